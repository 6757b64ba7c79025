"""The one clock of the product: every instant is aware UTC; the zone's days are those of Brussels."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Brussels")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def utc_now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def local_day(instant: datetime) -> date:
    """Return the calendar day in Brussels on which `instant` falls."""
    return instant.astimezone(ZONE).date()


def midnight(day: date) -> datetime:
    """Return the instant, in UTC, at which `day` begins in Brussels (23:00 or 22:00 UTC the day before)."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def monday_of(instant: datetime) -> date:
    """Return the Monday, in Brussels, of the week that holds `instant`."""
    day = local_day(instant)
    return day - timedelta(days=day.weekday())


def to_milliseconds(instant: datetime) -> datetime:
    """Cut `instant` to whole milliseconds, the precision in which the store keeps every capture."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def epoch_ms(instant: datetime) -> int:
    """Return whole milliseconds since 1970 for an aware `instant`."""
    return (instant - _EPOCH) // _MILLISECOND


def from_epoch_ms(milliseconds: int) -> datetime:
    """Return the UTC instant that lies `milliseconds` after 1970."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def iso_ms(instant: datetime) -> str:
    """Write `instant` as ISO 8601 in UTC with milliseconds and a Z: `2026-11-23T10:15:30.123Z`."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def typed_instant(word: str) -> datetime:
    """Return the instant that somebody typed as ISO 8601, in Brussels' time unless it says otherwise.

    Raises ValueError when it is none.
    """
    moment = datetime.fromisoformat(word)
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZONE)).astimezone(UTC)
