"""Plate patterns, pure: `?` one character, `*` any number, `[AB]` one of these; and the cheapest way to look one up."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from math import prod
from operator import itemgetter

from services.plates import MAX_PLATE_LENGTH

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÜ"
"""Every character that a normalised plate can have, in the order of their bytes."""
BEHIND = "ÿ"
"""Sorts behind every character of a plate, so `prefix` up to `prefix + BEHIND` are all plates that begin so."""

MOST_TEXTS = 2_000
"""So many beginnings, or whole plates, are looked up one by one: about 3 µs each."""
_ENTRIES = 2_000_000
"""The dictionary's size for which ways are compared; a zone's year has two to twenty million distinct plates."""
_LIKELY = 18
"""Among so many characters plates spread at each place: ten where digits stand, some 24 elsewhere."""
_MOST_ENTRIES = 60_000
"""Above so many entries behind the beginnings, the way is too long."""
_TRIGRAM = 3

_SEPARATORS = re.compile(r"[^0-9A-ZÄÖÜ?*\[\]]")
_TOKEN = re.compile(r"\[([0-9A-ZÄÖÜ]+)\]|([0-9A-ZÄÖÜ?*])")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern as its slots: each holds the characters that may stand there, None stands for any number of any."""

    slots: tuple[str | None, ...]

    def __str__(self) -> str:
        return "".join(_written(slot) for slot in self.slots)

    @property
    def exact(self) -> bool:
        """Whether it stands for one plate only."""
        return all(slot is not None and len(slot) == 1 for slot in self.slots)

    def backwards(self) -> "Pattern":
        """Return the pattern of the plates written backwards."""
        return Pattern(self.slots[::-1])

    def like(self) -> str:
        """Return the operand of SQL `LIKE` that matches at least what this does; nothing in it needs escaping."""
        return "".join("%" if slot is None else slot if len(slot) == 1 else "_" for slot in self.slots)

    def regex(self) -> str | None:
        """Return the regular expression for what `like` lets through too many; None when it lets none through."""
        if not any(slot is not None and 1 < len(slot) < len(ALPHABET) for slot in self.slots):
            return None
        return "^" + "".join(".*" if slot is None else "." if slot == ALPHABET else f"[{slot}]"
                             for slot in self.slots) + "$"


class Way(StrEnum):
    """The ways to find plates in the dictionary by index."""

    exact = "exact"
    beginnings = "beginnings"
    ends = "ends"            # by the index of plates written backwards
    trigrams = "trigrams"
    none = "none"            # too little is known for any of them


@dataclass(frozen=True, slots=True)
class Access:
    """How the dictionary is asked: `texts` are whole plates, beginnings, or ends written backwards."""

    way: Way
    texts: tuple[str, ...] = ()


def parse_pattern(raw: str) -> Pattern:
    """Return the pattern that `raw` writes; separators do not count, small letters are capitals.

    Raises ValueError when nothing is left to search for, brackets are empty or open, or it is longer than a plate.
    """
    text = _SEPARATORS.sub("", unicodedata.normalize("NFKC", raw).upper())
    slots: list[str | None] = []
    place = 0
    while place < len(text):
        token = _TOKEN.match(text, place)
        if token is None:
            raise ValueError("brackets hold the characters that may stand there: [AB]")
        slots.append(_slot(token))
        place = token.end()
    # Two * beside each other are one.
    pattern = Pattern(tuple(slot for before, slot in zip(["", *slots], slots, strict=False)
                            if slot is not None or before is not None))
    if not any(pattern.slots):
        raise ValueError("a plate needs at least one letter, digit or ?")
    if sum(slot is not None for slot in pattern.slots) > MAX_PLATE_LENGTH:
        raise ValueError(f"a plate has at most {MAX_PLATE_LENGTH} characters")
    return pattern


def _slot(token: re.Match[str]) -> str | None:
    if token[1]:
        return "".join(sorted(set(token[1])))
    return {"?": ALPHABET, "*": None}.get(token[2], token[2])


def _written(slot: str | None) -> str:
    if slot is None:
        return "*"
    if slot == ALPHABET:
        return "?"
    return slot if len(slot) == 1 else f"[{slot}]"


def choose_access(pattern: Pattern) -> Access:
    """Choose how the plates of a pattern are found in the dictionary, by index.

    Few plates are named. Else some slots from the left, or from the right, are written out into beginnings (ends), so
    that few entries lie behind each: of n slots written out, the texts are the product of their sizes, and the entries
    behind them shrink by _LIKELY / size with each slot. A run of three known characters goes by trigrams.
    """
    if None not in pattern.slots and prod(len(slot or "") for slot in pattern.slots) <= MOST_TEXTS:
        return Access(Way.exact, tuple(_write_out(pattern.slots)))
    ways = [(*_cheapest(slots), way, slots) for way, slots in (
        (Way.beginnings, pattern.slots), (Way.ends, pattern.slots[::-1]))]
    cost, length, way, slots = min(ways, key=itemgetter(0))
    if length and cost <= _MOST_ENTRIES:
        return Access(way, tuple(_write_out(slots[:length])))
    return Access(Way.trigrams if _longest_run(pattern) >= _TRIGRAM else Way.none)


def _cheapest(slots: tuple[str | None, ...]) -> tuple[float, int]:
    """Return the entries (and texts) to look at for the best number of slots written out, and that number."""
    texts, entries = 1, float(_ENTRIES)
    best = (entries, 0)
    for length, slot in enumerate(slots, 1):
        if slot is None:
            break
        texts *= len(slot)
        entries = max(entries * min(1.0, len(slot) / _LIKELY), 1.0)
        if texts > MOST_TEXTS:
            break
        best = min(best, (entries + texts, length))
    return best


def _longest_run(pattern: Pattern) -> int:
    shape = "".join("x" if slot is not None and len(slot) == 1 else " " for slot in pattern.slots)
    return max(map(len, shape.split()), default=0)


def _write_out(slots: tuple[str | None, ...]) -> Iterator[str]:
    return map("".join, product(*(slot or "" for slot in slots)))
