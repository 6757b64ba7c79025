"""Times of the day in words: "20-23u", "tussen 8 en 10", "14:30", "8pm", "na 20u" (pure)."""

import re
from dataclasses import dataclass

from search.asking.lexicon_times import AT, BETWEEN, DAY, NAMED_TIMES, SINCE, TO, UNTIL
from search.asking.phrases import Phrases, any_of

AROUND = 30
"""A single time means so many minutes before and after it: nobody remembers to the minute."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A part of a day, in minutes since its midnight; below 0 and above 24 hours on the days beside; None is open."""

    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class Point:
    """A time of the day, minutes; `certain` when nothing but a time is written so."""

    minute: int
    certain: bool
    half: str = ""
    """am or pm."""


_POINT = re.compile(rf"({any_of(NAMED_TIMES)})|(\d{{1,2}})(?:(?:[:.]| ?[uh])([0-5]\d))?"
                    r"(?: ?(uur|uren|u|heures?|h|hrs?|o'clock|am|pm))?")
_TO = re.compile(rf" ?(?:({any_of(word for word in TO if word != '-')}) |- ?)")
_BETWEEN = re.compile(rf"(?:{any_of(BETWEEN)}) ")
_AT = re.compile(rf"(?:{any_of(AT)}) ")
_SINCE = re.compile(rf"(?:{any_of(SINCE)}) ")
_UNTIL = re.compile(rf"(?:{any_of(UNTIL)}) ")


def read_point(line: str, place: int) -> tuple[Point, int] | None:
    """Return the time written at a place of a line, and where it ends."""
    match = _POINT.match(line, place)
    if match is None:
        return None
    if match[1]:
        return Point(NAMED_TIMES[match[1]], certain=True), match.end()
    hour, minute, half = int(match[2]), int(match[3] or 0), match[4] if match[4] in {"am", "pm"} else ""
    if hour > (12 if half else 24) or (hour == 24 and minute):
        return None
    return Point(_minutes(hour, minute, half), bool(match[3] or match[4]), half or ""), match.end()


def _minutes(hour: int, minute: int, half: str | None) -> int:
    return (hour % 12 + 12 * (half == "pm") if half else hour) * 60 + minute


def read_range(phrases: Phrases, place: int) -> tuple[Clock, int] | None:
    """Return the hours written at a place: from one time to another."""
    line = phrases.line
    before = _BETWEEN.match(line, place)
    first = read_point(line, before.end() if before else place)
    if first is None:
        return None
    to = _TO.match(line, first[1])
    last = read_point(line, to.end()) if to else None
    if to is None or last is None or not phrases.ends_word(last[1]):
        return None
    if to[1] and not (before or first[0].certain or last[0].certain):
        return None
    return _range(first[0], last[0]), last[1]


def _range(first: Point, last: Point) -> Clock:
    """Of "8-10pm" the half of the day belongs to both; what ends before it begins goes over midnight."""
    start, end = first.minute, last.minute
    if last.half == "pm" and not first.half and start + DAY // 2 < end:
        start += DAY // 2
    return Clock(start, end if end > start else end + DAY)


def read_clock(phrases: Phrases, place: int) -> tuple[Clock, int] | None:
    """Return the hours written at a place: a range, one side of a time, or around one."""
    return read_range(phrases, place) or _read_side(phrases, place) or read_around(phrases, place)


def _read_side(phrases: Phrases, place: int) -> tuple[Clock, int] | None:
    for expression, since in ((_SINCE, True), (_UNTIL, False)):
        match = expression.match(phrases.line, place)
        point = read_point(phrases.line, match.end()) if match else None
        if point and point[0].certain and phrases.ends_word(point[1]):
            minute = point[0].minute
            return Clock(minute, None) if since else Clock(None, minute), point[1]
    return None


def read_around(phrases: Phrases, place: int) -> tuple[Clock, int] | None:
    """Return the hours around a single time."""
    before = _AT.match(phrases.line, place)
    point = read_point(phrases.line, before.end() if before else place)
    if point is None or not point[0].certain or not phrases.ends_word(point[1]):
        return None
    return Clock(point[0].minute - AROUND, point[0].minute + AROUND), point[1]
