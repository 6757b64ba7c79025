"""Multipart bodies as devices send them: what can be told apart is, what breaks off is refused."""

import logging

import pytest

from ingest.mapping import multipart
from ingest.mapping.parts import MAX_HEADERS, MAX_PARTS, BrokenMultipartError, Part

TYPE = "multipart/form-data; boundary=edge"
PICTURE = b"\xff\xd8\xff\0\r\n--edg\r\nand more"


def part(name: str, content: bytes, *headers: str, end: bytes = b"\r\n") -> bytes:
    lines = [b"--edge", f'Content-Disposition: form-data; name="{name}"'.encode(), *(line.encode() for line in headers)]
    return end.join(lines) + end + end + content + end


def body(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--edge--\r\n"


def found(content: bytes, kind: str = TYPE) -> list[tuple[str, bytes]]:
    return [(one.name, one.content) for one in multipart.split(kind, content)]


def test_parts_have_names_file_names_types_and_contents() -> None:
    content = body(part("anpr.xml", b"<a/>", "Content-Type: text/xml"),
                   b'--edge\r\nContent-Disposition: form-data; name=pic; filename="C:\\\\shots\\\\1.jpg"\r\n'
                   b"CONTENT-TYPE:image/jpeg\r\n\r\n" + PICTURE + b"\r\n")
    assert multipart.split(TYPE, content) == [
        Part("anpr.xml", "", "text/xml", b"<a/>"), Part("pic", "1.jpg", "image/jpeg", PICTURE)]


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/form-data", "multipart/form-data; boundary=other",
                                  "multipart/form-data;" + ';"' * 200_000])
def test_the_boundary_in_the_body_goes_before_the_headers(kind: str) -> None:
    content = body(part("a", b"1"))
    assert multipart.is_multipart(kind, content)
    assert found(content, kind) == [("a", b"1")]


def test_text_before_the_first_boundary_is_passed_over() -> None:
    assert found(b"This is a message with parts.\r\n" + body(part("a", b"1"))) == [("a", b"1")]


def test_lone_line_feeds_end_lines_and_stay_in_contents() -> None:
    content = b"".join(part(name, b"x\ny\r\n", end=b"\n") for name in "ab") + b"--edge--\n"
    assert found(content) == [("a", b"x\ny\r\n"), ("b", b"x\ny\r\n")]


@pytest.mark.parametrize("inside", [b"\r\n--edge", b"\r\n--edge\r\nbytes", b"\r\n--edge--\r\nbytes", b"\n--edge--",
                                    b"\r\n--edge\r\n\r\n", b"\r\n--edge\r\nA: b\r\n\r\n"])
def test_a_picture_of_known_length_may_hold_the_boundary(inside: bytes) -> None:
    picture = b"\xff\xd8\xff" + inside + b"\xff\xd9"
    content = body(part("anpr.xml", b"<a/>"), part("pic", picture, f"Content-Length: {len(picture)}"), part("b", b"2"))
    assert found(content) == [("anpr.xml", b"<a/>"), ("pic", picture), ("b", b"2")]


@pytest.mark.parametrize("inside", [b"\r\n--edge", b"\r\n--edge\r\n\xff\xd9"])
def test_a_picture_may_hold_what_is_not_quite_the_boundary(inside: bytes) -> None:
    picture = b"\xff\xd8\xff" + inside + b"\xff\xd9"
    assert found(body(part("pic", picture), part("b", b"2"))) == [("pic", picture), ("b", b"2")]


def test_a_length_that_is_wrong_is_not_believed() -> None:
    content = body(part("a", b"one", "Content-Length: 2"), part("b", b"2", "Content-Length: 99999"))
    assert found(content) == [("a", b"one"), ("b", b"2")]


def test_names_that_are_no_ascii_or_missing_do_no_harm() -> None:
    content = body("--edge\r\nContent-Disposition: form-data; name=\"caméra\"\r\n\r\n1\r\n".encode(),
                   b"--edge\r\nContent-Disposition: form-data; name=\"\xff\"; filename*=x''y\r\n\r\n2\r\n",
                   b"--edge\r\nContent-Disposition:\r\n\r\n3\r\n", b"--edge\r\nContent-Id: <pic>\r\n\r\n4\r\n")
    assert found(content) == [("caméra", b"1"), ("\N{REPLACEMENT CHARACTER}", b"2"), ("", b"3"), ("pic", b"4")]


@pytest.mark.parametrize("content", [
    body(part("a", PICTURE))[:-12], body(part("a", b"1"))[:30], b"--edge\r\n", b"--edge", b"", b"x" * 100,
    part("a", b"1"), part("a", b"1", end=b"\n"), body(part("a", b"1") * (MAX_PARTS + 1)),
    body(part("a", b"1", end=b"\n") * (MAX_PARTS + 1)),
    body(part("a", b"1", *(f"X-{n}: 1" for n in range(MAX_HEADERS)), "X: " + "y" * 10_000)),
    b"--edge\n" * 5000, b"--edge\r\nno header at all"])
def test_what_breaks_off_or_has_too_much_is_refused(content: bytes) -> None:
    with pytest.raises(BrokenMultipartError):
        multipart.split(TYPE, content)


def test_without_a_boundary_anywhere_there_is_nothing_to_split() -> None:
    with pytest.raises(BrokenMultipartError, match="names no boundary"):
        multipart.split("multipart/form-data", b"anything")


def test_nothing_that_a_sender_writes_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(BrokenMultipartError):
        multipart.split(TYPE, b"--edge\r\n3-ABC-123\r\n\r\n")
    assert not caplog.records
