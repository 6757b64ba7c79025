"""The parts of a time that stand in a question, put together: which moments, hours and weekdays it means (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from search.asking.clocks import Clock, read_clock
from search.asking.days import Day, read_day
from search.asking.lexicon_times import DAY
from search.asking.phrases import Phrases
from search.asking.stretches import (
    Every,
    Stretch,
    instant_of,
    read_ago,
    read_between,
    read_every,
    read_named,
    read_rolling,
    read_side,
)
from search.reads.values import Hours
from services.clock import local_day

Part = Day | Clock | Stretch | Every


def read_time(phrases: Phrases, place: int, now: datetime) -> tuple[Part, int] | None:
    """Return the part of a time that is written at a place of the line, the longest that one of the ways reads."""
    found: list[tuple[Part, int]] = [one for one in (
        read_between(phrases, place, now), read_side(phrases, place, now), read_named(phrases, place, now),
        read_every(phrases, place), read_day(phrases, place, local_day(now)), read_clock(phrases, place),
        read_rolling(phrases, place, now), read_ago(phrases, place, now)) if one]
    whole = [one for one in found if phrases.ends_word(one[1])]
    return max(whole, key=lambda one: one[1], default=None)


@dataclass(frozen=True, slots=True)
class Meant:
    """What the parts mean together, by filter; and which of them, by number, found no place in it."""

    sets: Mapping[str, Any]
    refused: frozenset[int]


def put_together(parts: Sequence[Part], now: datetime) -> Meant:
    """Return what parts of a time mean together.

    One day or stretch, one part of the day: what comes second is refused. Hours beside one day are hours of that day;
    beside a longer stretch, or beside "every", they are hours of each day; alone, they are the last that have begun.
    """
    chosen, refused = _choose(parts)
    stretch, day, clock, every = (chosen.get(kind) for kind in (Stretch, Day, Clock, Every))
    sets: dict[str, Any] = {}
    if isinstance(every, Every):
        sets["weekday"] = every.weekdays
    hours = _of_every_day(clock, every, stretch)
    if hours is not None:
        sets["hours"], clock = hours, None
    if isinstance(stretch, Stretch):
        sets |= {"from_": stretch.since, "until": stretch.until}
    elif day or clock:
        span = _span(day, clock, now)
        sets |= {"from_": span.since, "until": span.until} if span else {}
    return Meant({key: value for key, value in sets.items() if value},
                 refused | _unused(parts, sets, {kind: chosen.get(kind) for kind in (Day, Clock)}))


def _choose(parts: Sequence[Part]) -> tuple[dict[type, Any], frozenset[int]]:
    chosen: dict[type, Any] = {}
    refused = set()
    for number, part in enumerate(parts):
        others = {Day: Stretch, Stretch: Day}.get(type(part), type(part))
        before = chosen.get(type(part))
        joined = _join(before, part)
        if joined is not None:
            chosen[type(part)] = joined
        elif before is not None or (others is not type(part) and others in chosen):
            refused.add(number)
        else:
            chosen[type(part)] = part
    return chosen, frozenset(refused)


def _join(before: Part | None, part: Part) -> Part | None:
    """Return two parts as one where they complete each other: since and until; nights and weekdays."""
    match before, part:
        case Stretch(None, datetime() as until), Stretch(datetime() as since, None) if since < until:
            return Stretch(since, until)
        case Stretch(datetime() as since, None), Stretch(None, datetime() as until) if since < until:
            return Stretch(since, until)
        case Every(), Every() if not (before.part and part.part):
            return Every(before.part or part.part, tuple(dict.fromkeys((*before.weekdays, *part.weekdays))))
    return None


def _of_every_day(clock: Clock | None, every: Every | None, stretch: Stretch | None) -> Hours | None:
    part = clock or (every.part if every else None)
    if part is None or part.start is None or part.end is None:
        return None
    if every is None and (stretch is None or _is_short(stretch)):
        return None
    start, end = _time(part.start), _time(part.end)
    return None if start == end else Hours(start, end)


def _is_short(stretch: Stretch) -> bool:
    return (stretch.since is not None and stretch.until is not None
            and stretch.until - stretch.since <= timedelta(minutes=DAY))


def _time(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)


def _span(day: Day | None, clock: Clock | None, now: datetime) -> Stretch | None:
    """Return the newest such hours that have begun; their end stays where it was written, also when it is to come."""
    today = local_day(now)
    days = day.days if day else (today, today - timedelta(days=1))
    part = _within(day.part if day else None, clock)
    for date in days:
        since = instant_of(date, part.start or 0)
        if since <= now and (part.start is not None or part.end is None or day
                             or instant_of(date, part.end) <= now or date != today):
            until = instant_of(date, DAY if part.end is None else part.end, fold=1)
            goes_on = (until > now and clock is None) or (part.end is None and (until > now or day is None))
            return Stretch(since, None if goes_on else until)
    return None


def _within(part: Clock | None, clock: Clock | None) -> Clock:
    """Return hours within a part of a day: of "vannacht 1-3u" they are those after midnight."""
    if clock is None:
        return part or Clock(None, None)
    behind = part is not None and part.end is not None and part.end > DAY
    if behind and clock.start is not None and clock.start < DAY // 2:
        return replace(clock, start=clock.start + DAY, end=None if clock.end is None else clock.end + DAY)
    return clock


def _unused(parts: Sequence[Part], sets: Mapping[str, Any], chosen: Mapping[type, Any]) -> frozenset[int]:
    """Return the numbers of the days and hours that set nothing, such as those of a day to come."""
    timed, recurring = bool(sets.get("from_") or sets.get("until")), "hours" in sets
    stretched = any(isinstance(part, Stretch) for part in parts)
    return frozenset(
        number for number, part in enumerate(parts)
        if (isinstance(part, Day) and part is chosen[Day] and not timed)
        or (isinstance(part, Clock) and part is chosen[Clock] and not recurring and (stretched or not timed)))
