"""JSON as some makers write it, or print it in their documents → JSON (pure): a second attempt, when the first failed.

Single quotes, commas too many and too few, values that a template left out, Python's and JavaScript's words, and
documents that follow one another. Nothing is completed: what breaks off stays broken.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ingest.mapping.limits import MAX_TOKENS, Tally

_TOKEN = re.compile(r"""
      (?P<text>"[^"\\]*+(?:\\.[^"\\]*+)*+")
    | (?P<single>'[^'\\]*+(?:\\.[^'\\]*+)*+')
    | (?P<open>[{\[])
    | (?P<close>[}\]])
    | (?P<mark>[:,])
    | (?P<word>[^\s"'{}\[\]:,]++)
    | (?P<stray>\S)
    """, re.VERBOSE | re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f]")
_ESCAPED = re.compile(r'\\.|"', re.DOTALL)
_WORDS = {"true": "true", "True": "true", "false": "false", "False": "false", "null": "null", "None": "null",
          "undefined": "null", "nan": "null", "NaN": "null", "Infinity": "null", "-Infinity": "null"}
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*+)(?:\.\d++)?(?:[eE][+-]?\d++)?\Z")
_DIGITS = re.compile(r"[+-]?[\d.]{1,40}\Z")
_CLOSES = {"{": "}", "[": "]"}


class MalformedError(Exception):
    """What even a forgiving reader makes no sense of."""


@dataclass(slots=True)
class _Writer:
    """Writes the tokens of one document after another as JSON."""

    pieces: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)
    _before: str = ""  # open, key or value, colon, comma; empty at the beginning

    def write(self, kind: str, piece: str) -> bool:
        """Take a piece; return whether a document is whole with it."""
        if kind == "mark":
            self._mark(piece)
        elif kind == "close":
            self._close(piece)
        else:
            self._value(kind, piece)
        return not self._open and self._before == "value"

    def _mark(self, piece: str) -> None:
        if not self._open or (piece == ":" and self._before != "value"):
            raise MalformedError
        if self._before == "colon" and piece == ",":
            self.pieces.append("null")  # a template's value was empty
        elif piece == "," and self._before != "value":
            raise MalformedError
        self.pieces.append(piece)
        self._before = "colon" if piece == ":" else "comma"

    def _close(self, piece: str) -> None:
        if not self._open or _CLOSES[self._open.pop()] != piece:
            raise MalformedError
        if self._before == "comma":
            self.pieces.pop()
        elif self._before == "colon":
            self.pieces.append("null")
        self.pieces.append(piece)
        self._before = "value"

    def _value(self, kind: str, piece: str) -> None:
        if not self._open and kind != "open":
            raise MalformedError
        if self._before == "value":
            self.pieces.append(",")
        self.pieces.append(_WRITTEN[kind](piece))
        self._before = "value"
        if kind == "open":
            self._open.append(piece)
            self._before = "open"


def documents(text: str, tally: Tally) -> Iterator[str]:
    """Yield the documents in a text as JSON.

    Raises MalformedError where one is malformed or breaks off, or the message has more tokens than such texts have.
    """
    writer = _Writer()
    for match in _TOKEN.finditer(text):
        tally.tokens += 1
        kind = match.lastgroup or ""
        if kind == "stray" or tally.tokens > MAX_TOKENS:
            raise MalformedError
        if writer.write(kind, match[0]):
            yield "".join(writer.pieces)
            writer = _Writer()
    if writer.pieces:
        raise MalformedError


def _requoted(piece: str) -> str:
    """Return a text in single quotes in double ones."""
    inner = _ESCAPED.sub(lambda found: {'"': '\\"', "\\'": "'"}.get(found[0], found[0]), piece[1:-1])
    return _text(f'"{inner}"')


def _word(piece: str) -> str:
    if (word := _WORDS.get(piece)) is not None:
        return word
    if _NUMBER.match(piece):
        return piece if len(piece) <= 40 and math.isfinite(float(piece)) else "null"
    if _DIGITS.match(piece):
        return f'"{piece}"'  # 093 and .5 are no numbers of JSON
    raise MalformedError


def _text(piece: str) -> str:
    """Return a text in which line ends and other control characters, as of wrapped base64, are written as escapes."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", piece)


_WRITTEN: dict[str, Callable[[str], str]] = {"text": _text, "single": _requoted, "word": _word, "open": str}
