"""Pieces of a multipart stream are split by the lengths they tell, else by their boundary."""

import pytest

from ingest.mapping import streams
from ingest.mapping.parts import MAX_PARTS, BrokenMultipartError

HEAD = b"--edge\r\nContent-Type: text/plain\r\n"


def contents(body: bytes) -> list[bytes]:
    return [part.content for part in streams.split(body, b"edge")]


def told(content: bytes) -> bytes:
    return HEAD + b"Content-Length: %d\r\n\r\n" % len(content) + content + b"\r\n"


def test_a_part_of_known_length_may_hold_the_boundary() -> None:
    picture = b"\xff\xd8\xff\r\n--edge\r\n\r\nmore"
    assert contents(told(b"one") + told(picture) + told(b"two")) == [b"one", picture, b"two"]


def test_a_part_without_a_length_ends_at_the_next_boundary() -> None:
    assert contents(HEAD + b"\r\none\r\n" + HEAD + b"\r\ntwo\r\n--edge--\r\n") == [b"one", b"two"]


def test_a_length_that_is_wrong_is_not_believed() -> None:
    assert contents(HEAD + b"Content-Length: 2\r\n\r\none\r\n" + told(b"two")) == [b"one", b"two"]


def test_lone_line_feeds_part_as_well() -> None:
    assert contents(b"--edge\nContent-Type: text/plain\n\none\n--edge\nContent-Type: text/plain\n\ntwo\n") == [
        b"one", b"two\n"]


def test_a_stream_may_end_at_a_boundary_that_opens_another_part() -> None:
    assert contents(told(b"one") + b"--edge\r\n") == [b"one"]


@pytest.mark.parametrize("body", [told(b"one" * 9)[:-10], told(b"one") + HEAD, HEAD + b"\r\nEvents[0].UTC=17",
                                  told(b"") * (MAX_PARTS + 1)])
def test_what_breaks_off_or_never_ends_is_refused(body: bytes) -> None:
    with pytest.raises(BrokenMultipartError):
        streams.split(body, b"edge")


@pytest.mark.parametrize(("kind", "body", "is_one"), [
    ("multipart/x-mixed-replace; boundary=edge", told(b"one"), True),
    ("", told(b"one"), True),
    ("multipart/form-data; boundary=edge", b'--edge\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n', False),
    ("multipart/x-mixed-replace; boundary=edge", b"{}", False),
])
def test_a_stream_is_known_by_its_header_or_by_parts_without_names(kind: str, body: bytes, is_one: bool) -> None:
    assert streams.is_stream(kind, body) is is_one
