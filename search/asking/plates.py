"""What is written like a plate, a pattern of one, or a piece that somebody remembers (pure)."""

import re
from dataclasses import dataclass

from search.asking.phrases import Phrases
from services.lookalikes.witness_shapes import is_usual
from services.patterns import Pattern, parse_pattern
from services.plates import normalise

_WILD = re.compile(r"[?*\[\]]")
_DIGIT, _LETTER = re.compile(r"\d"), re.compile(r"[A-Za-z]")
_ELLIPSIS = re.compile(r"\.{2,}|\u2026")
_SHORTEST_WHOLE, _SHORTEST_PIECE, _LONGEST_PIECE = 6, 2, 5
_PARTED = re.compile(r"(?:[1-9o] [a-z]{3} \d{3}|[a-z]{3} \d{3}|\d{3} [a-z]{3}|[a-z]{2} \d{3} [a-z]{2}"
                     r"|[a-z]{2} \d{3} [a-z]|[a-z] \d{3} [a-z]{2}|\d [a-z]{3} \d{2}|\d{2} [a-z]{3} \d"
                     r"|\d{2} [a-z]{2} [a-z]{2}|[a-z]{2} [a-z]{2} \d{2}|[a-z]{2} \d{2} [a-z]{2})(?!\S)")
"""Plates of Belgium, the Netherlands, France and Italy whose groups are parted by blanks."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A piece of a plate."""

    text: str


def read_plate(phrases: Phrases, start: int) -> tuple[Pattern | Remembered, int] | None:
    """Return the plate, pattern or piece of one that begins at a word, and the number of the word behind it."""
    parted = _PARTED.match(phrases.line, phrases.starts[start])
    if parted and parted[0].split()[0] not in _SMALL_WORDS:
        end = start + len(parted[0].split())
        return parse_pattern(parted[0]), end
    found = read_word(phrases.tokens[start].raw)
    return (found, start + 1) if found else None


_SMALL_WORDS = frozenset({"de", "le", "la", "in", "te", "op", "du", "en", "et", "of", "the", "on", "at", "to", "by"})


def read_word(raw: str) -> Pattern | Remembered | None:
    """Return what one word is of a plate; None when it is nothing of any."""
    whole = _ELLIPSIS.sub("", raw)
    text = whole.strip(".!()\"")
    if whole != raw:
        return _piece(text)
    if _WILD.search(text):
        return _pattern(text)
    plate = normalise(text)
    if plate is None or not re.fullmatch(r"[\w.-]+", text):
        return None
    if _is_whole(plate):
        return parse_pattern(plate)
    return _piece(text)


def _is_whole(plate: str) -> bool:
    """A plate that is complete has letters and digits; those of usual shapes, and whatever is as long."""
    mixed = bool(_DIGIT.search(plate) and _LETTER.search(plate))
    return mixed and (is_usual(plate) or len(plate) >= _SHORTEST_WHOLE)


def _pattern(text: str) -> Pattern | None:
    """With a wildcard it is a pattern; a ? behind a word without digits asks, and is none."""
    try:
        pattern = parse_pattern(text)
    except ValueError:
        return None
    known = sum(slot is not None and len(slot) == 1 for slot in pattern.slots)
    return pattern if known and (_DIGIT.search(text) or "*" in text or "[" in text or "?" in text[:-1]) else None


def _piece(text: str) -> Remembered | None:
    """Return a piece that is remembered: letters with digits, three digits or more, or three capitals together."""
    plate = normalise(text)
    if plate is None or len(plate) < _SHORTEST_PIECE or not re.fullmatch(r"[\w.-]+", text):
        return None
    mixed = bool(_DIGIT.search(plate) and _LETTER.search(plate))
    number = plate.isdecimal() and len(plate) >= len("123")
    capitals = text.isupper() and plate.isalpha() and len(plate) == len("ABC")
    return Remembered(plate) if len(plate) <= _LONGEST_PIECE and (mixed or number or capitals) else None
