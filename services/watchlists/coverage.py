"""Where and when an entry counts (pure): its period, its cameras, its hours of the week in Brussels."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from services.clock import ZONE

HOURS_OF_WEEK = 168


@dataclass(frozen=True, slots=True)
class Coverage:
    """An entry counts for what was captured in [since, until), at one of `cameras` (None: at any), in its hours."""

    since: datetime
    until: datetime
    cameras: frozenset[int] | None = None
    hours: str | None = None
    """168 times `0` or `1`, from Monday 0:00 in Brussels; None is always."""

    def holds(self, captured_at: datetime, camera_id: int) -> bool:
        """Tell whether it counts for a read."""
        return (self.since <= captured_at < self.until
                and (self.cameras is None or camera_id in self.cameras)
                and (self.hours is None or self.hours[hour_of_week(captured_at)] == "1"))


def hour_of_week(instant: datetime) -> int:
    """Return the hour of the week in Brussels: 0 is Monday 0:00 to 0:59."""
    local = instant.astimezone(ZONE)
    return local.weekday() * 24 + local.hour


def write_hours(days: Iterable[int], first: int, last: int) -> str | None:
    """Return the hours `first` to `last` (0 to 24, the last excluded) of these days (0 is Monday); None for all.

    Where `last` is not after `first` they go on past midnight, into the next day.
    """
    length = (last - first) % 24 or 24
    chosen = {(day * 24 + first + hour) % HOURS_OF_WEEK for day in days for hour in range(length)}
    return None if len(chosen) == HOURS_OF_WEEK else "".join(
        "1" if hour in chosen else "0" for hour in range(HOURS_OF_WEEK))


def read_hours(hours: str) -> tuple[tuple[int, ...], int, int] | None:
    """Return days and hours as `write_hours` takes them; None where no one stretch of the day says it."""
    for first, last in product(range(24), range(1, 25)):
        length = (last - first) % 24 or 24
        days = tuple(day for day in range(7) if all(
            hours[(day * 24 + first + hour) % HOURS_OF_WEEK] == "1" for hour in range(length)))
        if days and write_hours(days, first, last) == hours:
            return days, first, last
    return None
