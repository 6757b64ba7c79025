"""Bytes → text: UTF-8, what a byte order mark or the header names, and nothing that would have to be guessed (pure)."""

import re

from ingest.mapping.limits import UnreadableError
from ingest.rows import Reason

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\0\0", "utf-32-le"), (b"\0\0\xfe\xff", "utf-32-be"),
          (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# The encodings that a message may name; Python knows others, some of which are no encodings of text.
_DECLARABLE = {"latin1": "cp1252", "latin-1": "cp1252", "iso-8859-1": "cp1252", "cp1252": "cp1252",
               "utf-16": "utf-16", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be",
               "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5", "koi8-r": "koi8-r"}
_FAMILY = re.compile(r"(?:iso-8859-(?:[2-9]|1[0345])|windows-125[0-8])\Z")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_SPACE = b" \t\r\n\0"


def declared(content_type: str) -> str:
    """Return the encoding that a header names, empty for none that is known."""
    found = _CHARSET.search(content_type[:1024])
    return decodable(found[1]) if found else ""


def decodable(name: str) -> str:
    """Return Python's name of an encoding that messages may declare, empty for any other."""
    known = name.lower()
    return known if _FAMILY.match(known) else _DECLARABLE.get(known, "")


def marked(body: bytes) -> str:
    """Return the encoding that the byte order mark at the beginning stands for, empty for none."""
    return next((encoding for mark, encoding in _MARKS if body.startswith(mark)), "")


def decode(body: bytes, encoding: str = "") -> str:
    """Return a body's text without mark, spaces and zeros around it.

    Raises UnreadableError when it is neither UTF-8 nor in the encoding that its mark or its header names.
    """
    mark = marked(body)
    for name in [mark] if mark else ["utf-8", encoding] if encoding else ["utf-8"]:
        try:
            text = body.decode(name)
        except UnicodeDecodeError:
            continue
        text = text.lstrip("\ufeff").strip(" \t\r\n\0")
        if "\0" not in text:
            return text
    raise UnreadableError(Reason.wrong_encoding, f"the body is no text in {(mark or encoding or 'utf-8').upper()}")


def begins_with(body: bytes) -> bytes:
    """Return the first character that is no space, zero or mark, as a byte; empty for a body of nothing else."""
    for mark, _ in _MARKS:
        body = body.removeprefix(mark)
    return body.lstrip(_SPACE)[:1]
