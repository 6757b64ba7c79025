"""Multipart bodies as cameras send them, through python-multipart's parser, with limits (pure)."""

import re
from dataclasses import dataclass, field
from email.message import Message

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser

MAX_PARTS = 32
MAX_HEADER_BYTES = 4096

_BOUNDARY_LINE = re.compile(rb"\s*--([^\r\n]{1,200}?)[ \t]*\r?\n")
_LONE_LINE_FEED = re.compile(rb"(?<!\r)\n")


class BrokenMultipartError(Exception):
    """The body is no multipart, has too many parts, or breaks off before its closing boundary."""


@dataclass(slots=True)
class Part:
    """One part; names are as sent."""

    name: str = ""
    filename: str = ""
    content_type: str = ""
    content: bytes = b""


def is_multipart(content_type: str, body: bytes) -> bool:
    """Tell whether a body is multipart, by its header or by the boundary at its beginning."""
    return content_type.lower().startswith("multipart/") or _BOUNDARY_LINE.match(body) is not None


def split(content_type: str, body: bytes) -> list[Part]:
    """Return the parts of a body.

    The boundary at the body's beginning goes before the header's, as some devices send another than they announce.
    Raises BrokenMultipartError.
    """
    first = _BOUNDARY_LINE.match(body)
    boundary = first[1] if first else _declared_boundary(content_type)
    if not boundary:
        raise BrokenMultipartError("the multipart names no boundary")
    body = body[first.start(1) - 2:] if first else body
    if first and not first[0].endswith(b"\r\n"):
        body = _with_carriage_returns(body, boundary)
    collector = _Collector()
    parser = MultipartParser(boundary, collector.callbacks())  # type: ignore[arg-type]
    try:
        parser.write(body)
    except FormParserError:
        raise BrokenMultipartError("the multipart is malformed") from None
    if not collector.complete:
        raise BrokenMultipartError("the multipart breaks off before its closing boundary")
    return collector.parts


def _declared_boundary(content_type: str) -> bytes:
    header = Message()
    header["Content-Type"] = content_type
    return str(header.get_param("boundary") or "").encode("latin-1", "replace")


def _with_carriage_returns(body: bytes, boundary: bytes) -> bytes:
    """Give the lines around the parts, and not their contents, the ends that the standard wants (RFC 2046)."""
    delimiter = b"--" + boundary
    pieces = body.split(b"\n" + delimiter)
    mended = []
    for place, piece in enumerate(pieces):
        head, separator, content = piece.partition(b"\n\n")
        if place:
            mended.append(b"\r\n" + delimiter)
        mended.append(_LONE_LINE_FEED.sub(b"\r\n", head) + (b"\r\n\r\n" + content if separator else b""))
    return b"".join(mended)


@dataclass(slots=True)
class _Collector:
    """What the parser calls, gathered into parts."""

    parts: list[Part] = field(default_factory=list)
    complete: bool = False
    _name: bytes = b""
    _value: bytes = b""
    _content: list[bytes] = field(default_factory=list)

    def callbacks(self) -> dict[str, object]:
        return {"on_part_begin": self._begin, "on_header_field": self._header_name,
                "on_header_value": self._header_value, "on_header_end": self._header_end,
                "on_part_data": self._data, "on_part_end": self._end, "on_end": self._finish}

    def _begin(self) -> None:
        if len(self.parts) >= MAX_PARTS:
            raise BrokenMultipartError(f"the multipart has more than {MAX_PARTS} parts")
        self.parts.append(Part())
        self._content = []

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]
        self._check(self._name)

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        self._check(self._value)

    def _check(self, header: bytes) -> None:
        if len(header) > MAX_HEADER_BYTES:
            raise BrokenMultipartError("a header of the multipart is too long")

    def _header_end(self) -> None:
        name, value = self._name.decode("latin-1").lower(), self._value.decode("utf-8", "replace")
        self._name = self._value = b""
        if name == "content-type":
            self.parts[-1].content_type = value
        elif name == "content-id" and not self.parts[-1].name:
            self.parts[-1].name = value.strip().strip("<>")
        elif name == "content-disposition":
            header = Message()
            header["Content-Disposition"] = value
            self.parts[-1].name = str(header.get_param("name", "", "content-disposition"))
            self.parts[-1].filename = str(header.get_param("filename", "", "content-disposition"))

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._content.append(data[start:end])

    def _end(self) -> None:
        self.parts[-1].content = b"".join(self._content)

    def _finish(self) -> None:
        self.complete = True
