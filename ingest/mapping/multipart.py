"""Multipart bodies as cameras send them, through python-multipart's parser, with limits (pure).

What that parser finds malformed, or shorter than a part says of itself, is split by ingest/mapping/streams.py.
"""

import logging
from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from ingest.mapping import streams
from ingest.mapping.parts import MAX_HEADERS, MAX_PARTS, BrokenMultipartError, Part, add_header

_LONGEST_TYPE = 1024
_QUIET = logging.Logger("quiet", logging.CRITICAL)  # the parser would log what the sender wrote, for every message


def is_multipart(content_type: str, body: bytes) -> bool:
    """Tell whether a body is multipart, by its header or by the boundary at its beginning."""
    return content_type.lower().startswith("multipart/") or streams.first_boundary(body) is not None


def split(content_type: str, body: bytes) -> list[Part]:
    """Return the parts of a body, or of a piece of a stream.

    The boundary at the body's beginning goes before the header's, as some devices send another than they announce.
    Raises BrokenMultipartError.
    """
    first = streams.first_boundary(body)
    boundary = first or _declared_boundary(content_type)
    if not boundary:
        raise BrokenMultipartError("the multipart names no boundary")
    if streams.is_stream(content_type, body):
        return streams.split(body, boundary)
    if body.count(b"--" + boundary) > streams.MAX_BOUNDARIES:
        raise BrokenMultipartError("the multipart is malformed")
    start = body.find(b"--" + boundary)
    try:
        parts = _split(body[start:], boundary)
    except FormParserError:
        return streams.split(body, boundary, closed=True)
    if any(part.declared not in (None, len(part.content)) for part in parts):
        return _by_lengths(body, boundary) or parts
    return parts


def _declared_boundary(content_type: str) -> bytes:
    _, options = parse_options_header(content_type[:_LONGEST_TYPE].encode("latin-1", "replace"))
    return options.get(b"boundary", b"")


def _split(body: bytes, boundary: bytes) -> list[Part]:
    collector = _Collector()
    parser = MultipartParser(boundary, collector.callbacks(), max_header_count=MAX_HEADERS)  # type: ignore[arg-type]
    parser.logger = _QUIET
    parser.write(body)
    if not collector.complete:
        raise FormParserError
    return collector.parts


def _by_lengths(body: bytes, boundary: bytes) -> list[Part]:
    try:
        parts = streams.split(body, boundary, closed=True)
    except BrokenMultipartError:
        return []
    return parts if all(part.declared in (None, len(part.content)) for part in parts) else []


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

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        add_header(self.parts[-1], self._name, self._value)
        self._name = self._value = b""

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._content.append(data[start:end])

    def _end(self) -> None:
        self.parts[-1].content = b"".join(self._content)

    def _finish(self) -> None:
        self.complete = True
