"""Which plates can be meant by what is remembered: texts, sorted characters and pieces that an index can answer.

Whatever is swapped or mixed up has the same sorted characters, and what is forgotten adds to them. Wrong characters are
looked up in their places: their sorted characters would bring a dozen strangers for each text that fits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations_with_replacement, islice

from services.lookalikes.witness import arrangements
from services.lookalikes.witness_alike import ALPHABET, UNKNOWN, alike, kind_of
from services.lookalikes.witness_shapes import DIGIT, LETTER, is_usual
from services.plates import letters_of

MOST_PROBES = 5_000
"""Equality probes of one kind in one look-up; each costs PostgreSQL one to three microseconds."""

FEWEST_FOR_LETTERS = 5
"""With fewer characters in any order a tenth of the dictionary fits."""

FEWEST_FOR_PIECES = 3
"""A trigram has three characters."""

_LONGEST_PIECE = 6
_USUAL_LENGTH = 7  # of the plates that pass here: so many characters a witness who remembers all would say


@dataclass(frozen=True, slots=True)
class Probes:
    """What to look up: whole texts, sorted characters (`services.plates.letters_of`), and pieces of a text."""

    texts: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    pieces: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.letters or self.pieces)


def probe_for(text: str) -> Probes:
    """Return what to look up for a normalised text; nothing when too little of it is known."""
    known = text.replace(UNKNOWN, "")
    unknown = len(text) - len(known)
    many = len(known) >= FEWEST_FOR_LETTERS
    letters = _first(_letters(known, unknown)) if many else ()
    texts = _first(_texts(text)) if many and not unknown else ()
    pieces: tuple[str, ...] = ()
    if FEWEST_FOR_PIECES <= len(text) <= _LONGEST_PIECE and not unknown:
        pieces = (text, *arrangements(text))
    return Probes(texts, letters, pieces)


def count_characters(text: str) -> dict[str, int]:
    """Return how often each known character is remembered: the least that a plate must hold."""
    return {character: text.count(character) for character in dict.fromkeys(text) if character != UNKNOWN}


def _first(found: Iterator[str]) -> tuple[str, ...]:
    return tuple(islice(dict.fromkeys(found), MOST_PROBES))


def _letters(known: str, unknown: int) -> Iterator[str]:
    """Yield sorted characters: as said, with what may have been forgotten, and without one that was made up."""
    yield letters_of(known)
    most = min(2, max(1, unknown, _USUAL_LENGTH - len(known)))
    for number in range(1, most + 1):
        yield from (letters_of(known + "".join(more)) for more in combinations_with_replacement(ALPHABET, number))
    yield from (letters_of(known[:place] + known[place + 1:]) for place in range(len(known)))


def _texts(text: str) -> Iterator[str]:
    """Yield texts with wrong characters, the likeliest first: one; one and a swap; one and one forgotten; two."""
    yield from _changed(text, anything=True)
    for order in (*arrangements(text), *_neighbours_swapped(text)):
        yield from _changed(order)
    if len(text) < _USUAL_LENGTH:
        for anything in (False, True):
            for changed in _changed(text, anything=anything):
                yield from _lengthened(changed)
    else:
        for changed in _changed(text):
            yield from _changed(changed, anything=True)


def _neighbours_swapped(text: str) -> Iterator[str]:
    for place in range(len(text) - 1):
        yield text[:place] + text[place + 1] + text[place] + text[place + 2:]


def _lengthened(text: str) -> Iterator[str]:
    """Yield the texts with one more character that have a usual shape; all others are too many to look up."""
    for place in range(len(text) + 1):
        for kind, characters in ((DIGIT, ALPHABET[:10]), (LETTER, ALPHABET[10:])):
            if is_usual(text[:place] + kind + text[place:]):
                yield from (text[:place] + more + text[place:] for more in characters)


def _changed(text: str, *, anything: bool = False) -> Iterator[str]:
    """Yield the texts with one character changed for another that it is taken for, or for anything of its kind."""
    for place, character in enumerate(text):
        others = alike(character) + (kind_of(character) if anything else "")
        yield from (text[:place] + other + text[place + 1:] for other in dict.fromkeys(others))
