"""One part of a multipart body, and what its headers say of it."""

from dataclasses import dataclass

from python_multipart.multipart import parse_options_header

MAX_PARTS = 32
MAX_HEADERS = 8
MAX_HEADER_BYTES = 4096


class BrokenMultipartError(Exception):
    """The body is no multipart, has too many parts, or breaks off before its closing boundary."""


@dataclass(slots=True)
class Part:
    """One part; names are as sent, `declared` is the length that its header tells."""

    name: str = ""
    filename: str = ""
    content_type: str = ""
    content: bytes = b""
    declared: int | None = None


def add_header(part: Part, name: bytes, value: bytes) -> None:
    """Note what one header says; others than these are of no interest."""
    known, value = name.strip().lower(), value.strip()[:MAX_HEADER_BYTES]
    if known == b"content-type":
        part.content_type = _text(value)
    elif known == b"content-length" and value.isdigit() and len(value) < 10:
        part.declared = int(value)
    elif known == b"content-id" and not part.name:
        part.name = _text(value.strip(b"<>"))
    elif known == b"content-disposition":
        _, options = parse_options_header(value)
        part.name = _text(options.get(b"name", b"")) or part.name
        part.filename = _text(options.get(b"filename", b""))


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace").strip()
