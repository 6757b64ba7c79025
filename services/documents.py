"""A document that somebody hands in, pure: what it really is, and a name that harms nobody."""

import re
import unicodedata

MOST_BYTES = 10 * 1024 * 1024
"""The largest document that is kept."""

_LONGEST_NAME = 80
_UNUSUAL = re.compile(r"[^\w .()-]")
# By how the content begins, never by the name or by what the sender says: the type, and the end of a file's name.
_KINDS = (
    (b"%PDF-1.", "application/pdf", "pdf"),
    (b"%PDF-2.", "application/pdf", "pdf"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png", "png"),
)


def content_type(content: bytes) -> str | None:
    """Return the media type of a PDF, a JPEG or a PNG; None for anything else."""
    return next((kind for begin, kind, _ in _KINDS if content.startswith(begin)), None)


def name_ending(content: bytes) -> str:
    """Return how the name of a file with this content ends, without the dot."""
    return next((ending for begin, _, ending in _KINDS if content.startswith(begin)), "bin")


def harmless_name(name: str, content: bytes) -> str:
    """Return a file's name without folders, control characters and signs, ended by what the content is."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    printable = "".join(character for character in last if character.isprintable())
    stem = _UNUSUAL.sub("_", printable).rpartition(".")[0] or _UNUSUAL.sub("_", printable)
    return f"{stem.strip(' .')[:_LONGEST_NAME] or 'document'}.{name_ending(content)}"
