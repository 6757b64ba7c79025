"""A body is what its bytes are: JSON, XML, form, lines or multipart, one document or several, within limits."""

import json
from typing import Any

import pytest

from ingest.incoming import Door, Incoming
from ingest.mapping.documents import MAX_ESCAPES, Document, open_document, parse
from ingest.mapping.limits import (
    MAX_DEPTH,
    MAX_DOCUMENTS,
    MAX_FORGIVEN,
    MAX_FORM_FIELDS,
    MAX_NODES,
    UnreadableError,
)
from ingest.rows import Reason

JPEG = b"\xff\xd8\xff an invented picture"


def opened(body: bytes, kind: str = "", path: str = "") -> Document:
    headers = (("content-type", kind),) if kind else ()
    return open_document(Incoming(f"push/kade/{path}", body, 0, door=Door.push, headers=headers), path)


def refused(body: bytes, kind: str = "") -> Reason:
    with pytest.raises(UnreadableError) as error:
        opened(body, kind)
    assert "3ABC123" not in error.value.detail
    return error.value.reason


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded", "image/jpeg",
                                  "multipart/form-data; boundary=b", "application/octet-stream", "\0"])
@pytest.mark.parametrize(("body", "tree"), [
    (b'{"Plate": "3ABC123", "A": [{"B": null}]}', {"plate": "3ABC123", "a": [{"b": None}]}), (b" [1]", [1]),
    (b"<A><Plate>3ABC123</Plate></A>", {"plate": "3ABC123"}), (b"Plate=3ABC123&a=1&A=2", {
        "plate": "3ABC123", "a": ["1", "2"]})])
def test_a_body_is_what_its_bytes_are_whatever_the_header_says(kind: str, body: bytes, tree: object) -> None:
    # A form begins with anything, so there a header that says multipart is believed.
    if body.startswith(b"Plate") and "multipart" in kind:
        assert refused(body, kind) is Reason.bad_multipart
    else:
        assert opened(body, kind).body == tree


def test_topic_headers_and_root_stand_beside_the_body() -> None:
    document = opened(b"<Msg/>", "text/xml", "gate/north")
    assert document.context({"a": 1}) == {"body": "", "root": "msg", "header": {"content-type": "text/xml"},
                                          "topic": ["gate", "north"], "part": {}, "each": {"a": 1}}


@pytest.mark.parametrize(("body", "word"), [(b" Heartbeat\r\n", "Heartbeat"), (b"online", "online"), (b"1", "1"),
                                            (b"-0.5\0", "-0.5"), (b"\xef\xbb\xbfON", "ON")])
def test_a_lone_word_or_number_is_itself(body: bytes, word: str) -> None:
    assert opened(body).body == word


def test_a_picture_alone_is_a_part_and_no_document() -> None:
    document = opened(JPEG, "application/json")
    assert (document.body, document.part) == (None, {"picture": JPEG})


def test_parts_go_by_name_and_by_file_name_and_the_first_that_is_a_document_is_the_body() -> None:
    def part(head: str, content: bytes) -> bytes:
        return b"--b\r\nContent-Disposition: form-data" + head.encode() + b"\r\n\r\n" + content + b"\r\n"

    document = opened(part('; name="note"', b"some words") + part('; name="P"; filename="A.jpg"', JPEG) +
                      part('; name="event"', b'{"x": 1}') + part("", JPEG) + part('; name="late"', b"<y/>") + b"--b--")
    assert document.body == {"x": 1}
    assert document.part == {"note": b"some words", "p": JPEG, "a.jpg": JPEG, "event": b'{"x": 1}', "picture": JPEG,
                             "late": b"<y/>"}


def test_a_field_of_a_form_may_hold_a_whole_document() -> None:
    assert opened(b"json=%7B%22A%22%3A+1%7D&x=%3Ca%3E%3CB%3E1%3C%2Fa%3E".replace(b"%3CB%3E1", b"")).body == {
        "json": {"a": 1}, "x": ""}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_a_document_a_line_is_several(end: str) -> None:
    assert opened(end.join(['{"A": 1}', '{"a": 2,}', "[3]"]).encode()).body == [{"a": 1}, {"a": 2}, [3]]


def test_documents_behind_one_another_without_a_line_are_several() -> None:
    assert opened(b'{"A": 1}{"a": 2} {"a": 3}').body == [{"a": 1}, {"a": 2}, {"a": 3}]
    assert opened(b"<M><p>1</p></M><M><p>2</p></M>").body == [{"p": "1"}, {"p": "2"}]


def test_a_broken_line_spoils_itself_alone() -> None:
    document = opened(b'{"a": 1}\n{"a": \n{"a": 3}\n{"a": "3ABC1')
    assert document.body == [{"a": 1}, {"a": 3}]
    assert document.broken == [b'{"a": ', b'{"a": "3ABC1']


def test_a_first_line_alone_stays_a_list_when_the_rest_is_broken() -> None:
    document = opened(b'{"a": 1}\n{"a": ')
    assert (document.body, document.broken) == ([{"a": 1}], [b'{"a":'])


@pytest.mark.parametrize("text", ['[\n{"plate": "3ABC123"},\n{"a": 2}', '{\n"plate": "3ABC123"\n', '{"plate": 3ABC123}',
                                  '{"plate": "\\ud800"}', '{"plate": "3ABC123"', '{"a": 1} 3ABC123', "[[]"])
def test_what_breaks_off_or_means_nothing_is_refused_whole(text: str) -> None:
    assert refused(text.encode()) is Reason.not_json


def test_pretty_printed_json_with_a_comma_too_many_is_one_document() -> None:
    assert opened(b'{\n "a": 1,\n "b": [\n  {"c": 2},\n ],\n}').body == {"a": 1, "b": [{"c": 2}]}


@pytest.mark.parametrize(("body", "reason"), [
    (b"3ABC123 has passed", Reason.unknown_format), (bytes(range(256)) * 10, Reason.unknown_format),
    (b"%PDF-1.4", Reason.unknown_format),
    (b"\0\0\0", Reason.unknown_format), ("plate=3ABC123&make=Citroën".encode("latin-1"), Reason.wrong_encoding),
    ('{"plate": "3ABC123", "make": "Citroën"}'.encode("latin-1"), Reason.wrong_encoding),
    (b"\xff\xfe{\0", Reason.not_json), (b"\xff\xfe{", Reason.wrong_encoding)])
def test_what_cannot_be_read_is_refused_with_its_reason(body: bytes, reason: Reason) -> None:
    assert refused(body) is reason


def nested(depth: int) -> Any:
    tree: Any = 1
    for _ in range(depth):
        tree = {"a": tree}
    return tree


@pytest.mark.parametrize("body", [
    json.dumps(nested(MAX_DEPTH + 1)).encode(), b"[" * 3_000_000, b'{"a":' * 1_000_000,
    json.dumps([0] * (MAX_NODES + 1)).encode(), b"[" + b"{}," * 2_000_000 + b"1]", b'{"a": 1}\n' + b"[" * 3_000,
    b"&".join(b"a=[1,1,1,1,1]" for _ in range(90)).replace(b"1]", b"1" + b",1" * (MAX_NODES // 90) + b"]"),
    b"a=" + b"%41" * (MAX_ESCAPES + 1), b"&".join(b"a=1" for _ in range(MAX_FORM_FIELDS + 1)), b"a=1\n" * 30_000])
def test_more_or_deeper_than_any_camera_sends_is_refused(body: bytes) -> None:
    assert refused(body) is Reason.too_deep


def test_limits_hold_over_all_the_parts_of_a_message() -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n%s\r\n'
    broken = b"[" + b"1," * (MAX_NODES * 3)
    assert refused(part % broken * 20 + b"--b--") in (Reason.too_deep, Reason.not_json)


def test_as_much_as_is_allowed_is_read() -> None:
    assert len(opened(json.dumps([0] * (MAX_NODES - 1)).encode()).body) == MAX_NODES - 1
    assert opened(json.dumps(nested(MAX_DEPTH)).encode()).body == nested(MAX_DEPTH)


@pytest.mark.parametrize("between", [b"\n", b" "])
def test_more_documents_than_a_batch_has_are_refused(between: bytes) -> None:
    assert refused(between.join([b'{"a":1}'] * (MAX_DOCUMENTS + 1))) is Reason.too_large
    assert len(opened(between.join([b'{"a":1}'] * MAX_DOCUMENTS)).body) == MAX_DOCUMENTS


def test_a_length_of_digits_is_no_danger() -> None:
    assert opened(b'{"a": ' + b"9" * 5000 + b', "b": 1e999, "c": -1E+99999, "d": 1}').body == {
        "a": None, "b": None, "c": None, "d": 1}


def test_a_text_of_escapes_may_hold_a_zero_for_the_values_to_drop() -> None:
    assert parse(b'{"a": "3ABC123\\u0000"}') == ("", {"a": "3ABC123\0"})


def test_oddly_written_json_is_read_up_to_a_length() -> None:
    assert opened(b"{'a': '" + b"x" * 1_000_000 + b"'}").body == {"a": "x" * 1_000_000}
    assert refused(b"{'a': '" + b"x" * MAX_FORGIVEN + b"'}") is Reason.not_json
