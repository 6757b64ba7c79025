"""Pieces of a multipart stream (multipart/x-mixed-replace) that a gateway passes on (pure).

A stream never ends, so it has no closing boundary; its parts have no names; their length, where it is told, goes before
the boundary, as a picture may hold the boundary's bytes.
"""

import re

from ingest.mapping.multipart import MAX_HEADER_BYTES, MAX_PARTS, BrokenMultipartError, Part

_FIRST_LINE = re.compile(rb"\s*--([^\r\n]{1,200}?)[ \t]*\r?\n")
_BLANK = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"^content-length[ \t]*:[ \t]*(\d{1,9})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_TYPE = re.compile(rb"^content-type[ \t]*:[ \t]*([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
_ID = re.compile(rb"^content-id[ \t]*:[ \t]*<?([^\r\n>]*)", re.IGNORECASE | re.MULTILINE)
_SPACE = b" \t\r\n\0"


def is_stream(content_type: str, body: bytes) -> bool:
    """Tell whether a body is a piece of a stream: by its header, or by parts that have no names."""
    first = _FIRST_LINE.match(body)
    if first is None:
        return False
    head = body[first.end():first.end() + MAX_HEADER_BYTES]
    blank = _BLANK.search(head)
    named = b"content-disposition" in head[:blank.start() if blank else 0].lower()
    return content_type.lower().startswith("multipart/x-mixed-replace") or not named


def split(body: bytes) -> list[Part]:
    """Return the parts of a piece of a stream.

    Raises BrokenMultipartError when it has too many, or breaks off within one.
    """
    first = _FIRST_LINE.match(body)
    if first is None:
        raise BrokenMultipartError("the stream does not begin with a boundary")
    delimiter, here = b"--" + first[1], first.start(1) - 2
    parts: list[Part] = []
    while here < len(body):
        after = here + len(delimiter)
        if body[after:after + 2] == b"--" or not body[after:].strip(_SPACE):
            break
        if len(parts) >= MAX_PARTS:
            raise BrokenMultipartError(f"the multipart has more than {MAX_PARTS} parts")
        part, here = _part(body, after, delimiter)
        parts.append(part)
    return parts


def _part(body: bytes, after: int, delimiter: bytes) -> tuple[Part, int]:
    """Return the part whose boundary ends at `after`, and where the next boundary begins."""
    blank = _BLANK.search(body, after, after + MAX_HEADER_BYTES)
    if blank is None:
        raise BrokenMultipartError("the multipart is malformed")
    head, start = body[after:blank.start()], blank.end()
    kind = _TYPE.search(head)
    length = _LENGTH.search(head)
    end, following = _ends_by_length(body, start, int(length[1]), delimiter) if length else (-1, -1)
    if end < 0:
        end, following = _ends_by_boundary(body, start, delimiter)
    name = _ID.search(head)
    return Part(name[1].decode("latin-1").strip() if name else "",
                content_type=kind[1].decode("latin-1").strip() if kind else "", content=body[start:end]), following


def _ends_by_length(body: bytes, start: int, length: int, delimiter: bytes) -> tuple[int, int]:
    """Return where a part of that length ends if a boundary, or the end of all, follows; else -1 twice."""
    end = start + length
    if end > len(body):
        return -1, -1
    following = end
    while following < len(body) and body[following] in _SPACE:
        following += 1
    fits = following == len(body) or body.startswith(delimiter, following)
    return (end, following) if fits else (-1, -1)


def _ends_by_boundary(body: bytes, start: int, delimiter: bytes) -> tuple[int, int]:
    place = body.find(b"\n" + delimiter, start - 1)
    if place >= 0:
        return max(start, place - 1 if body[place - 1:place] == b"\r" else place), place + 1
    if body.endswith((b"\n", b"}")):
        return len(body), len(body)
    raise BrokenMultipartError("the multipart breaks off before its closing boundary")
