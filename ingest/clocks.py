"""How far cameras' clocks are ahead of ours, from what arrives live (pure: time is handed in).

A read that was captured at C by the camera's clock and received at R by ours has R - C = way - offset. The way is never
negative, and most of it is waiting, so the reads with the least R - C tell most of the clock: the clock filter of NTP
(RFC 5905, section 10), and Paxson's minima ("On calibrating measurements of packet transit times", SIGMETRICS 1998). Of
each window we take the second least, so that one wild time decides nothing, and change its sign. The result is at or
below the true offset, by as long as the fastest way took: a gateway that always waits for 300 ms makes its cameras seem
so far behind.

What was under way for long says nothing. Reads of a backlog are not handed in at all, and a window of late reads counts
only if R - C was the same for half of it: then the clock is behind, where a backlog that drains catches up.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ingest.rows import Row
from services.clock_rule import is_same

WINDOW_MS = 5 * 60_000
_LONGEST_MS = 60 * 60_000
"""A window that has not enough reads by then is given up: the clock may have been set meanwhile."""
_FEWEST = 5
_LATE_MS = 60_000
_EVEN_MS = 2_000
_EVEN_FOR_MS = 2 * 60_000
_MOST = 500
"""Reads of one camera in one window; at the rate of a road there are fewer, and a flood says no more."""
_READS_A_BATCH = 200
"""A batch of a thousand reads says no more of the clocks than two hundred of them, and costs five times as much."""
_OUR_TIME = "received"
"""Basis of a capture that is our own time of receipt (services/decoding.py): it says nothing of any clock."""


@dataclass(frozen=True, slots=True)
class Offset:
    """How far a camera was ahead from `since_ms` to `until_ms` (our clock, since 1970), by so many reads."""

    camera_id: int
    since_ms: int
    until_ms: int
    offset_ms: int
    samples: int


@dataclass(slots=True)
class _Window:
    began_ms: int
    last_ms: int
    ways_ms: list[int] = field(default_factory=list)

    def add(self, received_ms: int, way_ms: int) -> None:
        """Take one read in: when it was received, and how much later than its camera says that it was captured."""
        if len(self.ways_ms) < _MOST:
            self.last_ms = max(self.last_ms, received_ms)
            self.ways_ms.append(way_ms)

    def way_ms(self) -> int | None:
        """Return the second least, or None when its reads may have been late for something else than the clock."""
        ways = sorted(self.ways_ms)
        even = ways[len(ways) // 2] - ways[0] <= _EVEN_MS and self.last_ms - self.began_ms >= _EVEN_FOR_MS
        return ways[1] if even or ways[1] <= _LATE_MS else None


class Clocks:
    """Gathers what cameras' reads say of their clocks."""

    def __init__(self) -> None:
        self._windows: dict[int, _Window] = {}
        self._known: dict[int, Offset] = {}

    def remember(self, known: Iterable[Offset]) -> None:
        """Take in the last row of each camera, as it was kept before the start."""
        self._known = {offset.camera_id: offset for offset in known} | self._known

    def note(self, rows: Iterable[Row]) -> None:
        """Take in reads that did not wait in a backlog."""
        for row, _ in zip(rows, range(_READS_A_BATCH), strict=False):
            if row.clock_basis == _OUR_TIME:
                continue
            window = self._windows.get(row.camera_id)
            if window is None:
                window = self._windows[row.camera_id] = _Window(row.received_ms, row.received_ms)
            window.add(row.received_ms, row.received_ms - row.captured_ms)

    def measure(self, now_ms: int) -> list[Offset]:
        """End the windows that are long enough; return what each says, as the row that it makes or goes on with."""
        measured = []
        for camera_id, window in list(self._windows.items()):
            if now_ms - window.began_ms < WINDOW_MS:
                continue
            if len(window.ways_ms) >= _FEWEST:
                del self._windows[camera_id]
                if (way_ms := window.way_ms()) is not None:
                    samples = len(window.ways_ms)
                    measured.append(self._settle(Offset(camera_id, window.began_ms, window.last_ms, -way_ms, samples)))
            elif now_ms - window.began_ms > _LONGEST_MS:
                del self._windows[camera_id]
        return measured

    def _settle(self, offset: Offset) -> Offset:
        before = self._known.get(offset.camera_id)
        # Of the time in which nothing came nobody knows anything.
        if (before and offset.since_ms - before.until_ms < _LONGEST_MS
                and is_same(offset.offset_ms, before.offset_ms)):
            offset = replace(before, until_ms=offset.until_ms, samples=before.samples + offset.samples)
        self._known[offset.camera_id] = offset
        return offset
