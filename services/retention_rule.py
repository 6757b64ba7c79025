"""How long a read may be kept, pure: every question, every store and expiry itself take the cut-off from here."""

from datetime import datetime, timedelta

from services.clock import ZONE

RETENTION = timedelta(days=365)
FUTURE = timedelta(minutes=5)
"""How far ahead of ours a camera's clock may be before its read is refused."""


def year_before(now: datetime) -> datetime:
    """Return the same wall-clock time in Brussels one calendar year earlier (29 February becomes 28)."""
    local = now.astimezone(ZONE)
    try:
        return local.replace(year=local.year - 1).astimezone(now.tzinfo)
    except ValueError:
        return local.replace(year=local.year - 1, day=28).astimezone(now.tzinfo)


def expiry_of(day_begins: datetime) -> datetime:
    """Return when the cut-off has come to a day's beginning in Brussels: all reads before it have left by then."""
    local = day_begins.astimezone(ZONE)
    try:
        year_after = local.replace(year=local.year + 1)
    except ValueError:  # a leap day: 365 days are the shorter
        return day_begins + RETENTION
    return min(day_begins + RETENTION, year_after.astimezone(day_begins.tzinfo))


def cut_off(now: datetime) -> datetime:
    """Return the instant before which nothing may be found: twelve months or 365 days, whichever is shorter."""
    return max(now - RETENTION, year_before(now))
