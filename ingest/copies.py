"""What copies from the live session have stored: the messages themselves, when they come, are then no doubles.

A gateway's figures would otherwise show as doubled what it has sent once. The memory is bounded and ends with the
process: what it has forgotten is counted as doubled, and stored once all the same.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from ingest import metrics
from ingest.rows import Row

_LIMIT = 200_000
"""Some 20 MB at most: four hours of a zone's reads at 14 a second."""


class Copies:
    """The reads that copies have stored and whose messages are still to come, the oldest first."""

    def __init__(self, limit: int = _LIMIT) -> None:
        self._limit = limit
        self._stored: dict[int, None] = {}

    @contextmanager
    def attempt(self) -> Iterator["Attempt"]:
        """Give what one transaction notes and claims; if the transaction fails, all is as it was before."""
        attempt = Attempt(self._stored)
        try:
            yield attempt
        except BaseException:
            attempt.undo()
            raise
        metrics.COPIES_STORED.inc(len(attempt.noted))
        for _ in range(len(self._stored) - self._limit):
            del self._stored[next(iter(self._stored))]


class Attempt:
    """One transaction's changes to the memory, in force at once: another transaction may be waiting for its commit."""

    def __init__(self, stored: dict[int, None]) -> None:
        self._stored = stored
        self.noted: list[int] = []
        self._first: Counter[int] = Counter()
        self._claimed: list[int] = []

    def note(self, gateway_id: int, read_id: str, plate: str) -> None:
        """Remember that a copy has stored a read."""
        key = _key(read_id, plate)
        self.noted.append(key)
        self._stored[key] = None
        self._first[gateway_id] += 1

    def excused(self, rows: Iterable[Row]) -> Counter[int]:
        """Return, by gateway, how many of `rows` are no doubles though they may have changed nothing.

        They are the messages of which a copy was noted before, each once, and the copies that came second.
        """
        excused = Counter({gateway_id: -number for gateway_id, number in self._first.items()})
        for row in rows:
            if row.copied:
                excused[row.gateway_id] += 1
            elif self._stored and (key := _key(row.read_id, row.plate)) in self._stored:
                del self._stored[key]
                self._claimed.append(key)
                excused[row.gateway_id] += 1
        return excused

    def undo(self) -> None:
        """Take everything back."""
        for key in self.noted:
            self._stored.pop(key, None)
        self._stored.update(dict.fromkeys(self._claimed))


def _key(read_id: str, plate: str) -> int:
    return hash((read_id, plate))
