"""Days and hours of the story, counted from the anchor, and the edges of what the law lets be seen."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta

from services.clock import ZONE, local_day


def at(anchor: datetime, days_ago: int, hour: int, minute: int = 0) -> datetime:
    """Return the instant, in UTC, `days_ago` local days before the anchor's day at a Brussels hour and minute."""
    day = local_day(anchor) - timedelta(days=days_ago)
    # Adding minutes to a Brussels time would count wrongly in the night in which the clock changes.
    return datetime.combine(day, time(hour, minute), ZONE).astimezone(UTC)


def month_edge(day: date) -> date:
    """Return the later of one calendar month and 30 days before `day`: what lies before needs a decision."""
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    calendar = date(year, month, min(day.day, monthrange(year, month)[1]))
    return max(calendar, day - timedelta(days=30))


def spoken(moment: datetime) -> str:
    """Return the Brussels time as people write it: `21:10`."""
    return f"{moment.astimezone(ZONE):%H:%M}"


def dated(moment: datetime) -> str:
    """Return the Brussels day as people write it: `22/11/2026`."""
    return f"{moment.astimezone(ZONE):%d/%m/%Y}"
