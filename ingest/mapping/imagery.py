"""Pictures of a document: parts as they are, or base64 at a path, with or without a data URI in front (pure)."""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any

from ingest.mapping.documents import Document
from ingest.mapping.values import NOTHING, Context, plain, regular, search_for
from ingest.mapping.verbs import Picture
from services.images import MAX_IMAGE_BYTES, Kind

NO_PICTURE = b"\0"
"""Neither JPEG nor PNG: what is no base64 is refused for that reason where pictures are checked."""

_DATA_URI = re.compile(rb"data:[^,]{0,200},")
_SPACE = b" \t\r\n\f\v"

Pictured = tuple[Kind, bytes]
FindPicture = Callable[[Context, Document], Pictured | None]


def picture_for(picture: Picture) -> FindPicture:
    """Return the function that finds a picture; raises ConfigurationError for a wrong path or expression."""
    kind = Kind[picture.kind]
    if picture.part is not None:
        pattern = regular(picture.part)
        return lambda context, _: next(((kind, content) for name, content in context["part"].items()
                                        if content and pattern.search(name)), None)
    search = search_for(picture.path or "")

    def find(context: Context, document: Document) -> Pictured | None:
        found = plain(search(context))
        content = found if isinstance(found, bytes) else _decoded_once(found, document)
        return (kind, content) if content else None

    return find


def _decoded_once(text: Any, document: Document) -> bytes | None:
    """Decode a text once though several reads of the message show it; the document keeps the text alive."""
    if not isinstance(text, str):
        return None
    if id(text) not in document.decoded:
        document.decoded[id(text)] = (text, _decoded(text))
    return document.decoded[id(text)][1]


def _decoded(text: str) -> bytes | None:
    """Return a picture's bytes, None for a text that means "missing", NO_PICTURE for any other text."""
    if text[:10].strip().lower() in NOTHING and len(text) < 10:
        return None
    if len(text) > 2 * MAX_IMAGE_BYTES or not text.isascii():
        return NO_PICTURE
    content = text.encode("ascii").translate(None, _SPACE)
    start = _DATA_URI.match(content)
    content = content[start.end():] if start else content
    try:
        return base64.b64decode(content + b"=" * (-len(content) % 4), validate=True) or NO_PICTURE
    except (binascii.Error, ValueError):
        return NO_PICTURE
