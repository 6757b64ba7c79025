"""Which entries a text may be meant by, patterns and look-alikes, held in memory (pure); never the exact ones.

Look-alikes are found by what is left of a text without one or two of its characters: two texts that share such a rest
are one or two mistakes apart, or little more, which services/lookalikes then tells. It is the deletion neighbourhood of
Mor and Fraenkel (1982).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

from services.lookalikes.grammar import shapes_of
from services.patterns import ALPHABET, parse_pattern
from services.plates import is_unread
from services.watchlists.watched import Watched

DEEP = 20_000
"""Of so many plates with look-alikes two mistakes are looked for (4 KB of memory each), of further ones one (1 KB)."""

_SHORTEST = 4
"""What is left of a shorter text fits too much."""

Key = tuple[int, int, bool]
"""Number and version of an entry, and whether it is validated: what is urgent may become so without a new version."""


class Followed:
    """The entries that are followed, by key; `add` and `remove` take microseconds each."""

    def __init__(self) -> None:
        self._entries: dict[Key, Watched] = {}
        self._patterns: dict[Key, re.Pattern[str]] = {}
        self._any_pattern: re.Pattern[str] | None = None
        self._by_plate: dict[str, list[Watched]] = defaultdict(list)
        self._depths: dict[str, int] = {}
        self._plates_by_rest: dict[str, list[str]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._entries)

    def differences(self, keys: Iterable[Key]) -> tuple[set[Key], set[Key]]:
        """Return which of `keys` are missing here, and which are here and not among them."""
        wanted = set(keys)
        return wanted - self._entries.keys(), self._entries.keys() - wanted

    def add(self, entry: Watched) -> None:
        """Follow an entry."""
        key = entry.entry_id, entry.version, entry.lapses_at is None
        self._entries[key] = entry
        if entry.pattern:
            self._patterns[key] = re.compile(_regex(entry.plate))
            self._any_pattern = None
        elif len(entry.plate) >= _SHORTEST:
            if entry.plate not in self._by_plate:
                self._depths[entry.plate] = 2 if len(self._by_plate) < DEEP else 1
                for rest in _rests(entry.plate, self._depths[entry.plate]):
                    self._plates_by_rest[rest].append(entry.plate)
            self._by_plate[entry.plate].append(entry)

    def remove(self, key: Key) -> None:
        """Follow an entry no longer."""
        entry = self._entries.pop(key)
        if self._patterns.pop(key, None):
            self._any_pattern = None
        elif len(entry.plate) >= _SHORTEST:
            self._by_plate[entry.plate].remove(entry)
            if not self._by_plate[entry.plate]:
                del self._by_plate[entry.plate]
                self._forget(entry.plate)

    def _forget(self, plate: str) -> None:
        for rest in _rests(plate, self._depths.pop(plate)):
            self._plates_by_rest[rest].remove(plate)
            if not self._plates_by_rest[rest]:
                del self._plates_by_rest[rest]

    def fitting(self, text: str) -> list[Watched]:
        """Return the entries whose pattern a text fits."""
        if not self._patterns or is_unread(text):
            return []
        if self._any_pattern is None:
            self._any_pattern = re.compile("|".join({pattern.pattern for pattern in self._patterns.values()}))
        if not self._any_pattern.fullmatch(text):  # of nearly all texts one look tells that they fit none
            return []
        return [self._entries[key] for key, pattern in self._patterns.items() if pattern.fullmatch(text)]

    def near(self, text: str) -> list[tuple[str, list[Watched]]]:
        """Return the plates that a text is near to and is not, each with its entries.

        A text that has a country's shape is hardly ever two misreads: it is weighed against vehicles that bear it. Only
        what is no plate at all is looked for with two.
        """
        if not self._by_plate or len(text) < _SHORTEST or is_unread(text):
            return []
        rests = self._plates_by_rest
        plates = {plate for rest in _rests(text, 1 if shapes_of(text) else 2) if rest in rests
                  for plate in rests[rest]} - {text}
        return [(plate, self._by_plate[plate]) for plate in sorted(plates)]


def _rests(text: str, depth: int) -> set[str]:
    return {"".join(kept) for count in range(depth + 1) for kept in combinations(text, len(text) - count)}


def _regex(plate: str) -> str:
    return "".join(_slots(plate))


def _slots(plate: str) -> Iterator[str]:
    for slot in parse_pattern(plate).slots:
        yield ".*" if slot is None else "." if slot == ALPHABET else f"[{slot}]"
