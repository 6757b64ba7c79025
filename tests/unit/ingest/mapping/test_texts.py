"""Bytes become text in UTF-8, in what a mark or a header names, and in nothing else."""

import pytest

from ingest.mapping import texts
from ingest.mapping.limits import UnreadableError
from ingest.rows import Reason

TEXT = '{"make": "Citroën"}'


@pytest.mark.parametrize("body", [
    TEXT.encode(), b"\xef\xbb\xbf" + TEXT.encode(), TEXT.encode("utf-16"), b"\xfe\xff" + TEXT.encode("utf-16-be"),
    TEXT.encode("utf-32"), b" \r\n" + TEXT.encode() + b"\0\0 \n"])
def test_a_mark_tells_the_encoding_and_what_surrounds_the_text_goes(body: bytes) -> None:
    assert texts.decode(body) == TEXT


@pytest.mark.parametrize(("header", "written"), [
    ("application/json; charset=ISO-8859-1", "latin-1"), ('text/plain; charset="windows-1252"', "cp1252"),
    ("application/json; charset=utf-16", "utf-16-le"), ("text/plain; charset=iso-8859-2", "iso-8859-2"),
    ("text/plain; charset=gb2312", "gb18030")])
def test_a_header_tells_the_encoding_of_what_is_not_utf_8(header: str, written: str) -> None:
    assert texts.decode(TEXT.encode(written), texts.declared(header)) == TEXT


def test_what_is_utf_8_is_utf_8_whatever_the_header_says() -> None:
    assert texts.decode(TEXT.encode(), texts.declared("text/plain; charset=iso-8859-1")) == TEXT


@pytest.mark.parametrize("body", [
    TEXT.encode("latin-1"), TEXT.encode("utf-16-le"), TEXT.encode("utf-16-be"), TEXT.encode("utf-16")[:-1],
    b'{"plate": "\xed\xa0\x80"}', b'{"plate": "\xc0\x80"}', b'{"plate": "3\0ABC"}'])
def test_what_is_no_text_is_refused_and_not_quoted(body: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"^the body is no text in UTF-(8|16-LE)$") as refused:
        texts.decode(body)
    assert refused.value.reason is Reason.wrong_encoding


@pytest.mark.parametrize("header", ["", "charset=", "charset=hex", "charset=rot13", "charset=undefined",
                                    "charset=utf-7", "charset=" + "x" * 1_000_000, "charset=../../etc", "charset=idna"])
def test_names_that_are_no_encodings_of_messages_are_not_looked_up(header: str) -> None:
    assert texts.declared(header) == ""


@pytest.mark.parametrize(("body", "first"), [
    (b" \r\n\0{", b"{"), ("\ufeff<a/>".encode(), b"<"), ("{}".encode("utf-16"), b"{"),
    ("\ufeff[]".encode("utf-16-be"), b"["), (b" \0 ", b""), (b"", b"")])
def test_the_first_character_stands_behind_marks_spaces_and_zeros(body: bytes, first: bytes) -> None:
    assert texts.begins_with(body) == first
