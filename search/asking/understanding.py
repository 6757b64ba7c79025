"""What somebody writes in the box, understood: filters, the words each came from, what was not understood (pure).

At each word the ways to read are tried in the order of WAYS; the first that reads something has it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from search.asking.gathering import Gathered, gather
from search.asking.lexicon import FILLERS, NEGATORS
from search.asking.meanings import Known, Nothing, Reading
from search.asking.phrases import Phrases, read_phrases
from search.asking.ways import WAYS
from search.asking.zone import Zone
from search.reads.filters import Asked


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a question, and the filters (by attribute) that they became; none for what was not understood."""

    words: str
    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as it was understood."""

    asked: Asked
    pieces: tuple[Piece, ...] = ()
    unread: tuple[str, ...] = ()
    """What was not understood, in the words that it came in."""


def understand(text: str, zone: Zone, now: datetime) -> Understood:
    """Return the filters that a text asks for. It raises nothing: what makes no sense is told as not understood."""
    phrases = read_phrases(text)
    readings = list(_read(phrases, Known(zone, now)))
    gathered = gather([reading.meaning for reading in readings if reading.meaning is not None], now)
    pieces = list(_pieces(phrases, readings, gathered))
    unread = [piece.words for piece in pieces if not piece.attributes]
    return Understood(Asked(**gathered.sets), tuple(pieces), (*unread, *filter(None, [phrases.rest])))


def _read(phrases: Phrases, known: Known) -> Iterator[Reading]:
    """Yield what is read, word by word; a negation takes what it negates with it, as no filter says "not"."""
    place = 0
    while place < len(phrases.tokens):
        reading = _read_at(phrases, place, known)
        if reading.meaning is None and phrases.tokens[place].folded in NEGATORS and reading.end < len(phrases.tokens):
            reading = Reading(place, _read_at(phrases, _skip_fillers(phrases, reading.end), known).end, None)
        yield reading
        place = reading.end


def _skip_fillers(phrases: Phrases, place: int) -> int:
    last = len(phrases.tokens) - 1
    while place < last and phrases.tokens[place].folded in FILLERS:
        place += 1
    return place


def _read_at(phrases: Phrases, place: int, known: Known) -> Reading:
    for way in WAYS:
        found = way.read(phrases, place, known)
        if found:
            return Reading(place, found[1], found[0])
    return Reading(place, place + 1, None)


def _pieces(phrases: Phrases, readings: Sequence[Reading], gathered: Gathered) -> Iterator[Piece]:
    """Yield the pieces in the order of the words; words beside each other that nobody understood are one."""
    attributes: list[tuple[str, ...] | None] = _attributes(readings, gathered)
    at = 0
    while at < len(readings):
        end = at + 1
        while attributes[at] == () and end < len(readings) and attributes[end] == ():
            end += 1
        found = attributes[at]
        if found is not None:
            yield Piece(phrases.raw(readings[at].start, readings[end - 1].end), found)
        at = end


def _attributes(readings: Sequence[Reading], gathered: Gathered) -> list[Any]:
    """Return for each reading what it set, () where nothing was understood, None where there is nothing to say."""
    meant = iter(range(len(readings)))
    found: list[tuple[str, ...] | None] = []
    for reading in readings:
        if reading.meaning is None:
            found.append(())
            continue
        number = next(meant)
        found.append(None if isinstance(reading.meaning, Nothing) else gathered.attributes[number])
    return found


