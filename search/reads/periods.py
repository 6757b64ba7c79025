"""The shortcuts for a period: each becomes two fixed moments, so that the address stays the page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from search.pages.language import Words, words
from services.clock import local_day, midnight
from services.gate import month_before


@dataclass(frozen=True, slots=True)
class Period:
    """One shortcut; `limits` gives its first instant and its end (None: until now and later)."""

    code: str
    label: Words
    limits: Callable[[datetime], tuple[datetime, datetime | None]]


def _minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)


PERIODS = {
    period.code: period
    for period in (
        Period("hour", words("Last hour"), lambda now: (_minute(now - timedelta(hours=1)), None)),
        Period("today", words("Today"), lambda now: (midnight(local_day(now)), None)),
        Period("yesterday", words("Yesterday"),
               lambda now: (midnight(local_day(now) - timedelta(days=1)), midnight(local_day(now)))),
        Period("week", words("7 days"), lambda now: (_minute(now - timedelta(days=7)), None)),
        # A little less than the month that may be seen, so that nothing of the question is withheld at once.
        Period("month", words("One month"), lambda now: (_minute(month_before(now)) + timedelta(minutes=5), None)),
    )
}
