"""Bytes → one document, by what they are and not by what the header says: JSON, XML, form, lines or multipart.

Every size is limited (ingest/mapping/limits.py), over all the parts and fields of a message together.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from ingest.incoming import Incoming
from ingest.mapping import elements, lines, multipart, relaxed, texts
from ingest.mapping.limits import MAX_DOCUMENTS, MAX_FORM_FIELDS, Tally, UnreadableError
from ingest.mapping.parts import BrokenMultipartError, Part
from ingest.rows import Reason
from services.images import content_type

MAX_ESCAPES = 500_000
"""Escapes of one form: base64 of the largest message has half as many."""

_SPACE = b" \t\r\n\0"
_LONE_WORD = re.compile(rb"([\w.+-]{1,64})[\s\0]*\Z")
_FORM = re.compile(rb"[\w.\[\]-]{1,64}=")


@dataclass(slots=True)
class Document:
    """What paths look into; ingest/mapping/verbs.py says what the members are."""

    body: Any = None
    root: str = ""
    header: dict[str, str] = field(default_factory=dict)
    topic: list[str] = field(default_factory=list)
    part: dict[str, bytes] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)  # all of them in order, those without a name too
    kept: bytes | None = None  # what is kept of a refused message, where that may not be all of it
    broken: list[bytes] = field(default_factory=list)  # documents of several that cannot be read
    decoded: dict[int, tuple[str, bytes | None]] = field(default_factory=dict)  # pictures, by the place of their text

    def context(self, each: Any = None) -> dict[str, Any]:
        """Return the document as JMESPath wants it."""
        return {"body": self.body, "root": self.root, "header": self.header, "topic": self.topic, "part": self.part,
                "each": each}


def open_document(message: Incoming, path: str) -> Document:
    """Take a message apart.

    Raises UnreadableError when its body is no JSON, XML, form or multipart, or larger or deeper than any camera needs.
    """
    tally = Tally()
    document = Document(header=dict(message.headers), topic=path.split("/") if path else [], broken=tally.broken)
    kind = message.header("content-type")
    if content_type(message.payload) is not None:
        document.part["picture"] = message.payload
    # Some devices announce multipart and send the document alone.
    elif multipart.is_multipart(kind, message.payload) and texts.begins_with(message.payload) not in (b"{", b"[", b"<"):
        try:
            document.parts = multipart.split(kind, message.payload)
        except BrokenMultipartError as error:
            raise UnreadableError(Reason.bad_multipart, str(error)) from None
        _open_parts(document, document.parts, tally)
    else:
        document.root, document.body = parse(message.payload, texts.declared(kind), tally)
    return document


def _open_parts(document: Document, parts: list[Part], tally: Tally) -> None:
    unread: UnreadableError | None = None
    for part in parts:
        names = {part.name.lower(), part.filename.lower()} - {""}
        if not names and content_type(part.content) is not None:
            names = {"picture"} - document.part.keys()
        document.part |= dict.fromkeys(names, part.content)
        found = document.body is not None and not isinstance(document.body, str)
        if not found and part.content.strip() and content_type(part.content) is None:
            try:
                document.root, document.body = parse(part.content, texts.declared(part.content_type), tally)
            except UnreadableError as error:
                unread = unread or error  # a field of plain text or a picture of another kind may stand in front
    if document.body is None and unread is not None:
        raise unread


def parse(body: bytes, encoding: str = "", tally: Tally | None = None) -> tuple[str, Any]:
    """Return the XML root's name (empty for all else) and the tree, every name in small letters.

    `encoding` is what a header names, for text that is not UTF-8. Documents that follow one another become a list.
    Raises UnreadableError.
    """
    tally = tally or Tally()
    first = texts.begins_with(body)
    if first == b"<":
        return elements.read(body, tally)
    if first in (b"{", b"["):
        return "", _json(texts.decode(body, encoding), tally)
    start = body.removeprefix(b"\xef\xbb\xbf").lstrip(_SPACE)
    if _FORM.match(start):
        return "", _lines(texts.decode(body, encoding), tally)
    if word := _LONE_WORD.match(start):
        return "", word[1].decode()  # such as the Heartbeat of Dahua's streams, or the online of a last will
    raise UnreadableError(Reason.unknown_format, "the body is neither JSON nor XML nor a form")


def _json(text: str, tally: Tally) -> Any:
    tally.foresee(text.count(",") + text.count("[") + text.count("{"))
    try:
        tree = _decoded(text)
    except msgspec.DecodeError:
        trees = _documents(text, tally)
        tree = trees if len(trees) > 1 or tally.broken else trees[0]
    return _lowered(tree, 0, tally)


def _decoded(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except RecursionError:
        raise UnreadableError(Reason.too_deep, "the JSON is nested deeper than any camera needs") from None


def _documents(text: str, tally: Tally) -> list[Any]:
    """Return the documents of a text that is not one of JSON: one a line, one behind the other, or oddly written."""
    pieces = [line for line in text.split("\n", 2 * MAX_DOCUMENTS) if line.strip()]
    first = _forgiven(pieces[0], tally) if len(pieces) > 1 else []
    if len(first) != 1 or any(piece.lstrip()[:1] not in ("{", "[") for piece in pieces):
        trees = _forgiven(text, tally)
    else:
        trees = first
        for piece in pieces[1:]:
            found = _forgiven(piece, tally)
            trees += found
            if not found:
                tally.broken.append(piece.encode())
    if not trees:
        raise UnreadableError(Reason.not_json, "the JSON is malformed")
    if len(trees) + len(tally.broken) > MAX_DOCUMENTS:
        raise UnreadableError(Reason.too_large, f"more than {MAX_DOCUMENTS} documents in one message")
    return trees


def _forgiven(text: str, tally: Tally) -> list[Any]:
    """Return the documents in a text however their maker writes them; none when one of them is beyond understanding."""
    try:
        return [_decoded(text)]
    except msgspec.DecodeError:
        if not tally.may_forgive(len(text)):
            return []
    try:
        return [_decoded(document) for document in relaxed.documents(text, tally)]
    except (msgspec.DecodeError, relaxed.MalformedError):
        return []


def _lowered(tree: Any, depth: int, tally: Tally) -> Any:
    tally.count(depth)
    if isinstance(tree, dict):
        return {str(name).lower(): _lowered(value, depth + 1, tally) for name, value in tree.items()}
    if isinstance(tree, list):
        return [_lowered(value, depth + 1, tally) for value in tree]
    return tree


def _lines(text: str, tally: Tally) -> Any:
    """Return event lines as a list, lines as a tree, and all else as a form."""
    if not lines.are_events(text) and not lines.are_lines(text):
        return _form(text, tally)
    if text.count("\n") > lines.MAX_LINES:
        raise UnreadableError(Reason.too_deep, f"more than {lines.MAX_LINES} lines")
    found = lines.events(text)
    if not found:
        return _lowered(lines.tree_of(text), 0, tally)
    return [_lowered(members, 1, tally) | {"data": _event_data(data, tally)} for members, data in found]


def _event_data(data: str, tally: Tally) -> Any:
    if data[:1] in ("{", "["):
        return _json(data, tally)
    return _lowered(lines.tree_of(data), 0, tally) if lines.are_lines(data) else data


def _form(text: str, tally: Tally) -> dict[str, Any]:
    if text.count("%") > MAX_ESCAPES:
        raise UnreadableError(Reason.too_deep, f"more than {MAX_ESCAPES} escapes in a form")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS)
    except ValueError:
        raise UnreadableError(Reason.too_deep, f"more than {MAX_FORM_FIELDS} form fields") from None
    tree: dict[str, Any] = {}
    for name, value in pairs:
        document = value.strip()
        # A field that holds a whole JSON or XML document is that document (`json=…` of Plate Recognizer).
        elements.put(tree, name.lower(), parse(document.encode(), tally=tally)[1] if document[:1] in ("{", "[", "<")
                     else value)
    return tree
