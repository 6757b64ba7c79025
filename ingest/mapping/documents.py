"""Bytes → one document, by what they are and not by what the header says: JSON, XML, form, lines or multipart.

Every size is limited: depth, elements, parts. XML goes through defusedxml, which refuses DTDs and entities.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element, ParseError

import msgspec
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ingest.incoming import Incoming
from ingest.mapping import lines, multipart, streams
from ingest.rows import Reason
from ingest.sightings import Problem
from services.images import content_type

MAX_DEPTH = 32
MAX_NODES = 50_000
MAX_FORM_FIELDS = 100

_LONE_WORD = re.compile(rb"\s*([A-Za-z]{1,32})\s*\Z")
_LAST_COMMA = re.compile(r",(\s*[}\]])")
_FORM = re.compile(rb"[\w.\[\]-]{1,64}=")
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


class UnreadableError(Exception):
    """The body is none of the forms, or breaks off; carries the reason."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail

    def problem(self) -> Problem:
        """Return this as the value that a profile yields."""
        return Problem(self.reason, self.detail)


@dataclass(slots=True)
class Document:
    """What paths look into; ingest/mapping/verbs.py says what the members are."""

    body: Any = None
    root: str = ""
    header: dict[str, str] = field(default_factory=dict)
    topic: list[str] = field(default_factory=list)
    part: dict[str, bytes] = field(default_factory=dict)
    parts: list[multipart.Part] = field(default_factory=list)  # all of them in order, those without a name too
    kept: bytes | None = None  # what is kept of a refused message, where that may not be all of it

    def context(self, each: Any = None) -> dict[str, Any]:
        """Return the document as JMESPath wants it."""
        return {"body": self.body, "root": self.root, "header": self.header, "topic": self.topic, "part": self.part,
                "each": each}


def open_document(message: Incoming, path: str) -> Document:
    """Take a message apart.

    Raises UnreadableError when its body is no JSON, XML, form or multipart, or larger or deeper than any camera needs.
    """
    document = Document(header=dict(message.headers), topic=path.split("/") if path else [])
    kind = message.header("content-type")
    # Some devices announce multipart and send the document alone.
    if multipart.is_multipart(kind, message.payload) and message.payload.lstrip()[:1] not in (b"{", b"[", b"<"):
        try:
            document.parts = (streams.split(message.payload) if streams.is_stream(kind, message.payload)
                              else multipart.split(kind, message.payload))
        except multipart.BrokenMultipartError as error:
            raise UnreadableError(Reason.bad_multipart, str(error)) from None
        _open_parts(document, document.parts)
    else:
        document.root, document.body = parse(message.payload)
    return document


def _open_parts(document: Document, parts: list[multipart.Part]) -> None:
    unread: UnreadableError | None = None
    for part in parts:
        for name in {part.name.lower(), part.filename.lower()} - {""}:
            document.part[name] = part.content
        found = document.body is not None and not isinstance(document.body, str)
        if not found and part.content.strip() and content_type(part.content) is None:
            try:
                document.root, document.body = parse(part.content)
            except UnreadableError as error:
                unread = unread or error  # a field of plain text or a picture of another kind may stand in front
    if document.body is None and unread is not None:
        raise unread


def parse(body: bytes) -> tuple[str, Any]:
    """Return the XML root's name (empty for all else) and the tree, every name in small letters.

    Raises UnreadableError.
    """
    start = body.lstrip(b" \t\r\n\x00")[:4]
    bom = next((encoding for mark, encoding in _BOMS if start.startswith(mark)), None)
    if bom is not None:
        body = _text(body.lstrip(b" \t\r\n\x00"), bom).lstrip("\ufeff").encode()
        start = body.lstrip()[:1]
    if start[:1] in (b"{", b"["):
        return "", _json(body)
    if start[:1] == b"<":
        return _xml(body)
    if _FORM.match(body.lstrip()):
        return "", _lines(_text(body, "utf-8").strip("\0 \t\r\n"), body)
    if word := _LONE_WORD.match(body):
        return "", word[1].decode()  # such as the Heartbeat of Dahua's streams
    raise UnreadableError(Reason.unknown_format, "the body is neither JSON nor XML nor a form")


def _text(body: bytes, encoding: str) -> str:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableError(Reason.wrong_encoding, f"the body is not {encoding.upper()}") from None


def _lines(text: str, body: bytes) -> Any:
    """Return event lines as a list, lines as a tree, and all else as a form."""
    found = lines.events(text)
    if not found and not lines.are_lines(text):
        return _form(body)
    if len(found) > lines.MAX_LINES or text.count("\n") > lines.MAX_LINES:
        raise UnreadableError(Reason.too_deep, f"more than {lines.MAX_LINES} lines")
    tree = [members | {"data": _event_data(data)} for members, data in found] if found else lines.tree_of(text)
    return _Lowering().lowered(tree, 0)


def _event_data(data: str) -> Any:
    if data[:1] in ("{", "["):
        return _json(data.encode())
    return lines.tree_of(data) if lines.are_lines(data) else data


def _json(body: bytes) -> Any:
    text = _text(body, "utf-8").strip("\0 \t\r\n")
    try:
        tree = _decoded(text)
    except RecursionError:
        raise UnreadableError(Reason.too_deep, "the JSON is nested deeper than any camera needs") from None
    except msgspec.DecodeError:
        raise UnreadableError(Reason.not_json, "the JSON is malformed") from None
    return _Lowering().lowered(tree, 0)


def _decoded(text: str) -> Any:
    """Decode JSON; makers print, and some send, it with single quotes or with a comma after the last member."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        quoted = text if '"' in text else text.replace("'", '"')
        return msgspec.json.decode(_LAST_COMMA.sub(r"\1", quoted))


class _Lowering:
    """Counts what it copies, so that a body of a million brackets ends early."""

    def __init__(self) -> None:
        self._nodes = 0

    def lowered(self, tree: Any, depth: int) -> Any:
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            raise UnreadableError(Reason.too_deep, f"more than {MAX_DEPTH} levels or {MAX_NODES} values")
        if isinstance(tree, dict):
            return {str(name).lower(): self.lowered(value, depth + 1) for name, value in tree.items()}
        if isinstance(tree, list):
            return [self.lowered(value, depth + 1) for value in tree]
        return tree

    def element(self, element: Element, depth: int) -> Any:
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            raise UnreadableError(Reason.too_deep, f"more than {MAX_DEPTH} levels or {MAX_NODES} elements")
        tree: dict[str, Any] = {f"@{local_name(name)}": value for name, value in element.attrib.items()}
        for child in element:
            if isinstance(child.tag, str):  # else a comment or a processing instruction
                _put(tree, local_name(child.tag), self.element(child, depth + 1))
        text = (element.text or "").strip()
        if not tree:
            return text
        return tree | {"#text": text} if text else tree


def local_name(tag: str) -> str:
    """Return an element's or attribute's name without its namespace, in small letters, without a dot at the end."""
    return tag.rpartition("}")[2].rpartition(":")[2].rstrip(".").lower()


def _put(tree: dict[str, Any], name: str, value: Any) -> None:
    if name not in tree:
        tree[name] = value
    elif isinstance(tree[name], list):
        tree[name].append(value)
    else:
        tree[name] = [tree[name], value]


def _xml(body: bytes) -> tuple[str, Any]:
    try:
        root = fromstring(body.strip(b"\0 \t\r\n"), forbid_dtd=True)
    except DefusedXmlException:
        raise UnreadableError(Reason.not_xml, "the XML declares a document type or entities") from None
    except (UnicodeDecodeError, LookupError):
        raise UnreadableError(Reason.wrong_encoding, "the XML is not in the encoding that it declares") from None
    except (ParseError, ValueError) as error:
        position = getattr(error, "position", None)
        where = f" at line {position[0]}" if position else ""
        raise UnreadableError(Reason.not_xml, f"the XML is malformed{where}") from None
    return local_name(root.tag), _Lowering().element(root, 0)


def _form(body: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qsl(_text(body, "utf-8").strip(), keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS)
    except ValueError:
        raise UnreadableError(Reason.too_deep, f"more than {MAX_FORM_FIELDS} form fields") from None
    tree: dict[str, Any] = {}
    for name, value in pairs:
        document = value.strip()
        # A field that holds a whole JSON or XML document is that document (`json=…` of Plate Recognizer).
        _put(tree, name.lower(), parse(document.encode())[1] if document[:1] in ("{", "[", "<") else value)
    return tree
