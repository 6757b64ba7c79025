"""An entry as reads are held against it: its columns that decide, and whether it counts for a read (pure)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.watchlists.coverage import Coverage

COLUMNS = ("entry_id", "version", "list_id", "plate", "pattern", "country", "least_probability", "since", "until",
           "cameras", "hours", "audience_id", "priority", "discreet", "lapses_at", "validated_at")
"""Those of `watch_entries` that `Watched.of` needs."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A version of an entry that is matched; what it says to people is left out."""

    entry_id: int
    version: int
    list_id: int
    plate: str
    pattern: bool
    country: str | None
    least_probability: float | None
    audience_id: int
    priority: int
    discreet: bool
    lapses_at: datetime | None
    """Of an urgent entry that no second person has validated."""

    coverage: Coverage

    @classmethod
    def of(cls, row: Any) -> "Watched":
        """Return the entry of a row that holds COLUMNS."""
        cameras = None if row.cameras is None else frozenset(row.cameras)
        return cls(row.entry_id, row.version, row.list_id, row.plate, row.pattern, row.country, row.least_probability,
                   row.audience_id, row.priority, row.discreet, None if row.validated_at else row.lapses_at,
                   Coverage(row.since, row.until, cameras, row.hours))

    def counts_for(self, captured_at: datetime, camera_id: int, now: datetime) -> bool:
        """Tell whether a read that is looked at `now` is held against it.

        Its period is one of captures: what was captured before its end and comes late still counts. An urgent entry
        that has lapsed counts for nothing any more, whenever it was captured: nobody ever agreed to it.
        """
        return (self.lapses_at is None or now < self.lapses_at) and self.coverage.holds(captured_at, camera_id)
