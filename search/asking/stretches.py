"""Stretches of time in words: "deze week", "laatste 2 uur", "sinds gisteren", "23/11 - 25/11", "elke nacht" (pure)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from search.asking import lexicon_times as times
from search.asking.clocks import AROUND, Clock, read_point, read_range
from search.asking.days import Day, read_day
from search.asking.phrases import Phrases, any_of
from services.clock import ZONE, local_day, midnight


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time from one instant up to another; None is open."""

    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Every:
    """A part of every day, or some days of every week."""

    part: Clock | None = None
    weekdays: tuple[str, ...] = ()


def instant_of(day: date, minute: int, *, fold: int = 0) -> datetime:
    """Return the instant at which so many minutes have passed on Brussels' clocks since a day began."""
    local = datetime.combine(day, time()) + timedelta(minutes=minute)
    return local.replace(tzinfo=ZONE, fold=fold).astimezone(UTC)


_MINUTE = timedelta(minutes=1)
_NUMBER = rf"\d{{1,3}}|{any_of(times.NUMBERS)}"
_UNIT = any_of(times.UNITS)
_ROLLING = re.compile(
    rf"(?:{any_of(times.LAST_BEFORE)}) (?:({_NUMBER}) ?)?({_UNIT})\b|"
    rf"(?:(?:les|ces|la|le|l') ?)?(?:({_NUMBER}) )?(?:(?:{any_of(times.LAST_BEHIND)}) ({_UNIT})"
    rf"|({_UNIT}) (?:{any_of(times.LAST_BEHIND)}))\b")
_AGO = re.compile(rf"(?:({_NUMBER}) ?({_UNIT}) (?:{any_of(times.AGO_BEHIND)})"
                  rf"|(?:{any_of(times.AGO_BEFORE)}) ({_NUMBER}) ?({_UNIT}))\b")
_SINCE = re.compile(rf"(?:{any_of(times.SINCE)}) ")
_UNTIL = re.compile(rf"({any_of(times.UNTIL)}) ")
_BETWEEN = re.compile(rf"(?:{any_of((*times.BETWEEN, *times.SINCE))}) ")
_TO = re.compile(rf" ?(?:({any_of(word for word in times.TO if word != '-')}) |- ?)")


def _whole_days(first: date, days: int) -> Stretch:
    return Stretch(midnight(first), midnight(first + timedelta(days=days)))


def _monday(today: date) -> date:
    return today - timedelta(days=today.weekday())


def _saturday(today: date) -> date:
    return today - timedelta(days=(today.isoweekday() - 6) % 7)


def _last_month(today: date) -> Stretch:
    first = today.replace(day=1)
    return Stretch(midnight((first - timedelta(days=1)).replace(day=1)), midnight(first))


def _last_weekend(today: date) -> Stretch:
    saturday = _saturday(today)
    return _whole_days(saturday - timedelta(days=7 if today.isoweekday() > times.WEEKDAYS["vrijdag"] else 0), 2)


_NAMED: dict[str, Callable[[date], Stretch]] = {
    **dict.fromkeys(times.THIS_WEEK, lambda today: Stretch(midnight(_monday(today)), None)),
    **dict.fromkeys(times.LAST_WEEK, lambda today: _whole_days(_monday(today) - timedelta(days=7), 7)),
    **dict.fromkeys(times.THIS_MONTH, lambda today: Stretch(midnight(today.replace(day=1)), None)),
    **dict.fromkeys(times.LAST_MONTH, _last_month),
    **dict.fromkeys(times.WEEKEND, lambda today: _whole_days(_saturday(today), 2)),
    **dict.fromkeys(times.LAST_WEEKEND, _last_weekend),
}
_NAMES = re.compile(any_of(_NAMED))
_EVERY_WEEKDAY = re.compile(rf"(?:(?:{any_of(times.EVERY)}) )?({any_of(times.EVERY_WEEKDAY)})\b"
                            rf"|(?:{any_of(times.EVERY)}) ({any_of(times.WEEKDAYS)})\b")
_EVERY_DAY = re.compile(rf"(?:{any_of(times.EVERY_DAY)})\b")
_EVERY_PART = re.compile(any_of(times.EVERY_PART))


def read_named(phrases: Phrases, place: int, now: datetime) -> tuple[Stretch, int] | None:
    """Return the week, month or weekend that is named at a place."""
    match = _NAMES.match(phrases.line, place)
    if match is None or not phrases.ends_word(match.end()):
        return None
    return _not_to_come(_NAMED[match[0]](local_day(now)), now), match.end()


def _not_to_come(stretch: Stretch, now: datetime) -> Stretch:
    """Leave the end of what goes on open."""
    return Stretch(stretch.since, None) if stretch.until and stretch.until > now else stretch


def read_rolling(phrases: Phrases, place: int, now: datetime) -> tuple[Stretch, int] | None:
    """Return the last so many hours, days or weeks, to the minute."""
    match = _ROLLING.match(phrases.line, place)
    if match is None or not phrases.ends_word(match.end()):
        return None
    length = _number(match[1] or match[3]) * times.UNITS[match[2] or match[4] or match[5]]
    return Stretch(_minute(now - length), None), match.end()


def read_ago(phrases: Phrases, place: int, now: datetime) -> tuple[Stretch, int] | None:
    """Return the time around so long ago: a day of days, else half an hour on each side."""
    match = _AGO.match(phrases.line, place)
    if match is None or not phrases.ends_word(match.end()):
        return None
    unit = times.UNITS[match[2] or match[4]]
    instant = now - _number(match[1] or match[3]) * unit
    if unit >= timedelta(days=1):
        return _not_to_come(_whole_days(local_day(instant), 1), now), match.end()
    around = Stretch(_minute(instant - AROUND * _MINUTE), _minute(instant + AROUND * _MINUTE))
    return _not_to_come(around, now), match.end()


def _number(text: str | None) -> int:
    return times.NUMBERS.get(text, 0) or int(text) if text else 1


def _minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)


def read_between(phrases: Phrases, place: int, now: datetime) -> tuple[Stretch, int] | None:
    """Return the time from one day, or one moment, to another; the last day belongs to it."""
    before = _BETWEEN.match(phrases.line, place)
    first = _read_moment(phrases, before.end() if before else place, now)
    to = _TO.match(phrases.line, first[2]) if first else None
    last = _read_moment(phrases, to.end(), now) if to else None
    if not first or not to or not last or not phrases.ends_word(last[2]):
        return None
    if to[1] in times.AND and not before:
        return None
    until = last[1]
    since = next((begin for begin in first[0] if begin < until), None)
    return (_not_to_come(Stretch(since, until), now), last[2]) if since and since <= now else None


def read_side(phrases: Phrases, place: int, now: datetime) -> tuple[Stretch, int] | None:
    """Return the time since a day or moment, or until one."""
    since = _SINCE.match(phrases.line, place)
    found = _read_moment(phrases, since.end(), now) if since else None
    if found and found[0][0] <= now and phrases.ends_word(found[2]):
        return Stretch(found[0][0], None), found[2]
    until = _UNTIL.match(phrases.line, place)
    found = _read_moment(phrases, until.end(), now) if until else None
    if until is None or found is None or not phrases.ends_word(found[2]):
        return None
    return Stretch(None, min(found[1] if until[1] in times.UNTIL_INCLUDING else found[0][0], now)), found[2]


def _read_moment(phrases: Phrases, place: int, now: datetime) -> tuple[tuple[datetime, ...], datetime, int] | None:
    """Return the instants at which a day, or a time on it, may begin, the newest first; and the end of the newest."""
    found = read_day(phrases, place, local_day(now))
    if found is None:
        return None
    day, end = found
    at = _time_behind(phrases, end)
    begins, stops = (at[0], at[0]) if at else _part(day)
    begun = tuple(instant_of(date_, begins) for date_ in day.days if instant_of(date_, begins) <= now)
    if not begun:
        return None
    newest = next(date_ for date_ in day.days if instant_of(date_, begins) <= now)
    return begun, instant_of(newest, stops, fold=1), at[1] if at else end


def _part(day: Day) -> tuple[int, int]:
    part = day.part or Clock(None, None)
    return part.start or 0, times.DAY if part.end is None else part.end


def _time_behind(phrases: Phrases, end: int) -> tuple[int, int] | None:
    """Return the time behind a day, where it is one and no range of hours."""
    if not phrases.line.startswith(" ", end) or read_range(phrases, end + 1):
        return None
    point = read_point(phrases.line, end + 1)
    return (point[0].minute, point[1]) if point and point[0].certain else None


def read_every(phrases: Phrases, place: int) -> tuple[Every, int] | None:
    """Return the part of every day, or the days of every week, that is written at a place."""
    for expression, of in _EVERIES:
        match = expression.match(phrases.line, place)
        if match and phrases.ends_word(match.end()):
            return of(match), match.end()
    return None


def _weekdays(match: "re.Match[str]") -> Every:
    if match[1]:
        return Every(weekdays=times.EVERY_WEEKDAY[match[1]])
    return Every(weekdays=(times.WEEKDAY_CODES[times.WEEKDAYS[match[2]] - 1],))


_EVERIES: tuple[tuple["re.Pattern[str]", Callable[["re.Match[str]"], Every]], ...] = (
    (_EVERY_WEEKDAY, _weekdays),
    (_EVERY_PART, lambda match: Every(Clock(*times.EVERY_PART[match[0]]))),
    (_EVERY_DAY, lambda _: Every()),
)
