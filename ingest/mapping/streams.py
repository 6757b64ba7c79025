"""Multipart bodies as no standard has them: pieces of streams, lone line feeds, pictures that hold the boundary (pure).

A stream (multipart/x-mixed-replace) that a gateway passes on never ends, so it has no closing boundary, and its parts
have no names. Where a part tells its length, that goes before the boundary.
"""

import re

from ingest.mapping.parts import MAX_HEADER_BYTES, MAX_PARTS, BrokenMultipartError, Part, add_header

MAX_BOUNDARIES = 1000
"""Lines that look like the boundary, in pictures too."""

_FIRST_LINE = re.compile(rb"\s*--([^\r\n]{1,200}?)[ \t]*\r?\n")
_LOOKED_AT = 600
_BLANK = re.compile(rb"\r?\n\r?\n")
_OPENS = re.compile(rb"[ \t]*\r?\n(?:[\w-]{1,64}[ \t]*:|\r?\n|\Z)")
_SPACE = b" \t\r\n\0"
_BROKEN_OFF = "the multipart breaks off before its closing boundary"


def first_boundary(body: bytes) -> bytes | None:
    """Return the boundary that a body begins with."""
    first = _FIRST_LINE.match(body, 0, _LOOKED_AT)
    return first[1] if first else None


def is_stream(content_type: str, body: bytes) -> bool:
    """Tell whether a body is a piece of a stream: by its header, or without one by parts that have no names."""
    kind = content_type.lower()
    first = _FIRST_LINE.match(body, 0, _LOOKED_AT)
    if first is None:
        return False
    head = body[first.end():first.end() + MAX_HEADER_BYTES]
    blank = _BLANK.search(head)
    named = b"content-disposition" in head[:blank.start() if blank else 0].lower()
    return kind.startswith("multipart/x-mixed-replace") or not (named or kind.startswith("multipart/form-data"))


def split(body: bytes, boundary: bytes, *, closed: bool = False) -> list[Part]:
    """Return the parts of a body; `closed` is whether it must end with the closing boundary.

    Raises BrokenMultipartError when it has too many, or breaks off within one.
    """
    delimiter = b"--" + boundary
    here = body.find(delimiter)
    if here < 0 or body.count(delimiter) > MAX_BOUNDARIES:
        raise BrokenMultipartError("the multipart is malformed")
    parts: list[Part] = []
    while here < len(body):
        after = here + len(delimiter)
        if body[after:after + 2] == b"--":
            return parts
        if not body[after:].strip(_SPACE):
            break
        if len(parts) >= MAX_PARTS:
            raise BrokenMultipartError(f"the multipart has more than {MAX_PARTS} parts")
        part, here = _part(body, after, delimiter, closed=closed)
        parts.append(part)
    if closed:
        raise BrokenMultipartError(_BROKEN_OFF)
    return parts


def _part(body: bytes, after: int, delimiter: bytes, *, closed: bool) -> tuple[Part, int]:
    """Return the part whose boundary ends at `after`, and where the next boundary begins."""
    blank = _BLANK.search(body, after, after + MAX_HEADER_BYTES)
    if blank is None:
        raise BrokenMultipartError("the multipart is malformed")
    part = Part()
    for line in body[after:blank.start()].splitlines():
        name, _, value = line.partition(b":")
        add_header(part, name, value)
    start = blank.end()
    end, following = _ends_by_length(body, start, part.declared, delimiter)
    if end < 0:
        end, following = _ends_by_boundary(body, start, delimiter, closed=closed)
    part.content = body[start:end]
    return part, following


def _ends_by_length(body: bytes, start: int, length: int | None, delimiter: bytes) -> tuple[int, int]:
    """Return where a part of that length ends if a boundary, or the end of all, follows; else -1 twice."""
    if length is None or start + length > len(body):
        return -1, -1
    end = following = start + length
    while following < len(body) and body[following] in _SPACE:
        following += 1
    fits = following == len(body) or body.startswith(delimiter, following)
    return (end, following) if fits else (-1, -1)


def _ends_by_boundary(body: bytes, start: int, delimiter: bytes, *, closed: bool) -> tuple[int, int]:
    place = start - 1
    while (place := body.find(b"\n" + delimiter, place)) >= 0:
        after = place + 1 + len(delimiter)
        if _OPENS.match(body, after) or _closes(body, after, delimiter):
            return max(start, place - 1 if body[place - 1:place] == b"\r" else place), place + 1
        place = after  # the same bytes within a picture
    if not closed and body.endswith((b"\n", b"}")):
        return len(body), len(body)
    raise BrokenMultipartError(_BROKEN_OFF)


def _closes(body: bytes, after: int, delimiter: bytes) -> bool:
    """Tell whether the closing boundary ends at `after`: behind it comes no other one."""
    return body[after:after + 2] == b"--" and body.find(b"\n" + delimiter, after) < 0
