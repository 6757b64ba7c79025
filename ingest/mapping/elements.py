"""XML → tree, every name in small letters and without its prefix; through defusedxml, with limits kept as it reads.

Namespaces are not resolved: makers' prefixes differ, some are bound to nothing, and an address of megabytes would be
repeated for every element.
"""

import re
from typing import Any
from xml.parsers.expat import errors
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml import DefusedXmlException
from defusedxml.expatreader import create_parser

from ingest.mapping import texts
from ingest.mapping.limits import Tally, UnreadableError
from ingest.rows import Reason

_DECLARATION = re.compile(r"<\?xml\s[^>]{0,200}\?>")
_ENCODING = re.compile(rb"""<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_WIDE = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}


def read(body: bytes, tally: Tally) -> tuple[str, Any]:
    """Return the name of the root and what it holds; of documents that follow one another, a list of what they hold.

    Raises UnreadableError when the body is malformed, in another encoding than it declares, declares a document type
    or entities, or is more than `tally` allows.
    """
    text = _text(body)
    # Elements and attributes weigh far more than their bytes: a tag of a million attributes is not even begun.
    tally.foresee(text.count("<") // 2 + (text.count('"') + text.count("'")) // 2)
    try:
        return _parsed(text, tally)
    except SAXParseException as error:
        if error.getMessage() != errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT:
            raise _malformed(error) from None
    try:
        return _several(text, tally)
    except SAXParseException as error:
        raise _malformed(error) from None


def _text(body: bytes) -> str:
    """Return the text without its declaration, in the encoding that its mark, its first bytes or it itself declares."""
    start = body.lstrip(b" \t\r\n")
    declared = _ENCODING.match(start)
    name = declared[1].decode("ascii", "replace") if declared else ""
    encoding = texts.marked(body) or _WIDE.get(start[:2], "")
    if not encoding and name and name.lower() not in ("utf-8", "utf8", "us-ascii", "ascii"):
        encoding = texts.decodable(name) or "undefined"
    try:
        text = body.decode(encoding or "utf-8")
    except UnicodeError:
        raise UnreadableError(Reason.wrong_encoding, "the XML is not in the encoding that it declares, or in one that "
                                                     "is not taken") from None
    text = text.strip("\ufeff\0 \t\r\n")
    return _DECLARATION.sub("", text, count=1) if text.startswith("<?xml") else text


def _parsed(text: str, tally: Tally) -> tuple[str, Any]:
    builder = _Builder(tally)
    parser = create_parser(forbid_dtd=True)
    parser.setContentHandler(builder)
    try:
        parser.feed(text.encode("utf-8"))
        parser.close()
    except DefusedXmlException:
        raise UnreadableError(Reason.not_xml, "the XML declares a document type or entities") from None
    return builder.root, builder.tree


def _several(text: str, tally: Tally) -> tuple[str, Any]:
    """Read documents that a connection carried one after the other."""
    _, tree = _parsed(f"<several>{_DECLARATION.sub('', text)}</several>", tally)
    if not isinstance(tree, dict):
        raise UnreadableError(Reason.not_xml, "the XML is malformed")
    root = next(iter(tree))
    documents = [one for held in tree.values() for one in (held if isinstance(held, list) else [held])]
    return root, documents if len(documents) > 1 else documents[0]


def _malformed(error: SAXParseException) -> UnreadableError:
    return UnreadableError(Reason.not_xml, f"the XML is malformed at line {error.getLineNumber()}")


class _Builder(ContentHandler):
    """Builds the tree: attributes are named @name, an element's text is #text, or the element itself without more."""

    def __init__(self, tally: Tally) -> None:
        super().__init__()
        self._tally = tally
        self._open: list[tuple[str, dict[str, Any], list[str]]] = []
        self._deeper = False  # behind a child text is no longer the element's
        self.root, self.tree = "", None

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802  # SAX's name
        self._tally.count(len(self._open), 1 + len(attrs))
        tree = {f"@{local_name(key)}": value for key, value in attrs.items()
                if key != "xmlns" and not key.startswith("xmlns:")}
        self._open.append((local_name(name), tree, []))
        self._deeper = False

    def characters(self, content: str) -> None:
        if not self._deeper and self._open:
            self._open[-1][2].append(content)

    def endElement(self, name: str) -> None:  # noqa: N802  # SAX's name
        name, tree, pieces = self._open.pop()
        text = "".join(pieces).strip()
        value: Any = (tree | {"#text": text} if text else tree) if tree else text
        self._deeper = True
        if self._open:
            put(self._open[-1][1], name, value)
        else:
            self.root, self.tree = name, value


def local_name(tag: str) -> str:
    """Return an element's or attribute's name without its prefix, in small letters, without a dot at the end."""
    return tag.rpartition(":")[2].rstrip(".").lower()


def put(tree: dict[str, Any], name: str, value: Any) -> None:
    """Add a value under a name; a name that comes again becomes a list."""
    if name not in tree:
        tree[name] = value
    elif isinstance(tree[name], list):
        tree[name].append(value)
    else:
        tree[name] = [tree[name], value]
