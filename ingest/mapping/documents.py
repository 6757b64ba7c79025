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
from ingest.mapping import multipart
from ingest.rows import Reason
from ingest.sightings import Problem
from services.images import content_type

MAX_DEPTH = 32
MAX_NODES = 50_000
MAX_FORM_FIELDS = 100

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
    if multipart.is_multipart(kind, message.payload):
        try:
            parts = multipart.split(kind, message.payload)
        except multipart.BrokenMultipartError as error:
            raise UnreadableError(Reason.bad_multipart, str(error)) from None
        _open_parts(document, parts)
    else:
        document.root, document.body = parse(message.payload)
    return document


def _open_parts(document: Document, parts: list[multipart.Part]) -> None:
    for part in parts:
        for name in {part.name.lower(), part.filename.lower()} - {""}:
            document.part[name] = part.content
        if document.body is None and part.content.strip() and content_type(part.content) is None:
            document.root, document.body = parse(part.content)


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
        return "", _form(body)
    raise UnreadableError(Reason.unknown_format, "the body is neither JSON nor XML nor a form")


def _text(body: bytes, encoding: str) -> str:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableError(Reason.wrong_encoding, f"the body is not {encoding.upper()}") from None


def _json(body: bytes) -> Any:
    text = _text(body, "utf-8").strip("\0 \t\r\n")
    try:
        tree = msgspec.json.decode(text)
    except RecursionError:
        raise UnreadableError(Reason.too_deep, "the JSON is nested deeper than any camera needs") from None
    except msgspec.DecodeError:
        raise UnreadableError(Reason.not_json, "the JSON is malformed") from None
    return _Lowering().lowered(tree, 0)


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
