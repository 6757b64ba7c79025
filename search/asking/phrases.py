"""A text as the box reads it: its words, folded, and where phrases of several words end (pure)."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST_TEXT = 600
"""Characters of a question that are read; what is behind them is told as not understood."""

_TOKEN = re.compile(r'\w+:"[^"]*"|[^\s,;]+')
_ELIDED = re.compile(r"(l'|d'|qu')(?=\w{2})")
_QUOTES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u00b4": "'", "\u2013": "-", "\u2014": "-", "\u2011": "-"})
_AROUND = ".!()\"\u201c\u201d\u00ab\u00bb"


def fold(text: str) -> str:
    """Return a text as it is compared: small letters without accents, straight quotes and hyphens."""
    plain = unicodedata.normalize("NFKD", text.translate(_QUOTES).casefold())
    return "".join(character for character in plain if not unicodedata.combining(character))


@dataclass(frozen=True, slots=True)
class Token:
    """One word: as it was written, and as it is compared."""

    raw: str
    folded: str


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words of a question; `line` is all of them folded, a blank between each."""

    tokens: tuple[Token, ...]
    line: str
    starts: tuple[int, ...]
    rest: str = ""
    """What was too much to be read."""

    def raw(self, start: int, end: int) -> str:
        """Return the words from one up to another as they were written."""
        return " ".join(token.raw for token in self.tokens[start:end])

    def token_ending_at(self, place: int) -> int | None:
        """Return the number of the word behind a place of the line, None where no word ends there."""
        if place >= len(self.line):
            return len(self.tokens)
        return self.starts.index(place + 1) if self.line[place] == " " and place + 1 in self.starts else None

    def ends_word(self, place: int) -> bool:
        """Tell whether a word ends at a place of the line."""
        return place >= len(self.line) or self.line[place] == " "


def read_phrases(text: str) -> Phrases:
    """Split a question into words; commas and semicolons part them.

    A slash at its beginning is the key that leads to the box, pressed while the cursor was in it already.
    """
    text = text.removeprefix("/")
    tokens = tuple(token for raw in _TOKEN.findall(text[:LONGEST_TEXT]) for token in _tokens(raw))
    starts, place = [], 0
    for token in tokens:
        starts.append(place)
        place += len(token.folded) + 1
    return Phrases(tokens, " ".join(token.folded for token in tokens), tuple(starts), text[LONGEST_TEXT:].strip())


def _tokens(raw: str) -> Iterable[Token]:
    elided = _ELIDED.match(fold(raw))
    parts = (raw[:elided.end()], raw[elided.end():]) if elided and len(fold(raw)) == len(raw) else (raw,)
    for part in parts:
        folded = _bare(fold(part))
        if folded:
            yield Token(part.strip(), folded)


def _bare(folded: str) -> str:
    """Return a word without the marks around it; a ? behind letters alone asks, behind digits it stands for one."""
    bare = re.sub(r"\s", "", folded) if ":" not in folded else re.sub(r"\s", "_", folded)
    bare = bare.strip(_AROUND) or bare
    return bare[:-1] if bare.endswith("?") and bare[:-1].isalpha() else bare


def any_of(names: Iterable[str]) -> str:
    """Return the regular expression for one of the phrases, the longest first."""
    return "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))


def words_of(text: str) -> list[str]:
    """Return the words of a name, folded, without anything between them."""
    return re.findall(r"\w+", fold(text))
