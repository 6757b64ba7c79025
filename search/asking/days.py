"""Days in words: "gisteren", "maandagavond", "23/11", "le 23 novembre", "vannacht"; none lies in the future (pure)."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from search.asking.clocks import Clock
from search.asking.lexicon_times import (
    DATE_BEFORE,
    DAYS_AGO,
    LAST_DAY_BEFORE,
    LAST_DAY_BEHIND,
    MONTHS,
    NEWEST_PARTS,
    NIGHT,
    NIGHT_ENDS,
    NIGHT_OF,
    PARTS,
    SHORT_WEEKDAYS,
    WEEKDAYS,
)
from search.asking.phrases import Phrases, any_of

_YEARS = range(2000, 2100)


@dataclass(frozen=True, slots=True)
class Day:
    """A day; where several may be meant, the newest first. `part` is the part of it that was named with it."""

    days: tuple[date, ...]
    part: Clock | None = None


_RELATIVE = re.compile(any_of(DAYS_AGO))
_WEEKDAY = re.compile(rf"(?:({any_of(LAST_DAY_BEFORE)}) )?(?:(?:op|le|on) )?({any_of(WEEKDAYS)})"
                      rf"(?: ({any_of(LAST_DAY_BEHIND)})\b)?|({any_of(SHORT_WEEKDAYS)})\.?(?= \d)")
_PART = re.compile(rf" ?(?:(?:in de|dans la|au|in the|'s) )?({any_of(PARTS)})(?:s\b)?")
_NEWEST = re.compile(any_of(NEWEST_PARTS))
_BEFORE = rf"(?:(?:{any_of(DATE_BEFORE)}) )?"
_NUMBERS = re.compile(rf"{_BEFORE}(\d{{1,2}})([/.-])(\d{{1,2}})(?:\2(\d{{4}}|\d\d))?(?![\d:])")
_ISO = re.compile(rf"{_BEFORE}(\d{{4}})-(\d\d)-(\d\d)(?!\d)")
_NAMED = re.compile(rf"{_BEFORE}(\d{{1,2}})(?:er|ste|de|e|st|nd|rd|th)?(?: of| de)? ({any_of(MONTHS)})\b\.?"
                    r"(?: (\d{4})(?!\S))?")
_NAMED_FIRST = re.compile(rf"{_BEFORE}({any_of(MONTHS)}) (\d{{1,2}})(?:st|nd|rd|th)?(?: (\d{{4}}))?(?![\d:./-])")
_NIGHT_OF = re.compile(rf"(?:{any_of(NIGHT_OF)}) ")
_ONTO = re.compile(r" (?:op|a|au|to|on) ")


def read_day(phrases: Phrases, place: int, today: date) -> tuple[Day, int] | None:
    """Return the day written at a place of the line, with the part of it where one is named, and where that ends."""
    newest = _NEWEST.match(phrases.line, place)
    if newest and phrases.ends_word(newest.end()):
        return Day((today, today - timedelta(days=1)), Clock(*NEWEST_PARTS[newest[0]])), newest.end()
    found = _read_night_of(phrases, place, today) or _read_whole_day(phrases.line, place, today)
    if found is None:
        return None
    days, end = found
    part = _PART.match(phrases.line, end)
    if part and phrases.ends_word(part.end()):
        return Day(days.days, Clock(*PARTS[part[1]])), part.end()
    return found if phrases.ends_word(end) or phrases.line[end] == "-" else None


def _read_night_of(phrases: Phrases, place: int, today: date) -> tuple[Day, int] | None:
    """Return the night that begins on a day: "nacht van maandag op dinsdag"."""
    before = _NIGHT_OF.match(phrases.line, place)
    first = _read_whole_day(phrases.line, before.end(), today) if before else None
    if first is None:
        return None
    onto = _ONTO.match(phrases.line, first[1])
    second = _read_whole_day(phrases.line, onto.end(), today) if onto else None
    return Day(first[0].days, Clock(NIGHT, NIGHT_ENDS)), second[1] if second else first[1]


def _read_whole_day(line: str, place: int, today: date) -> tuple[Day, int] | None:
    for expression, days_of in _KINDS:
        match = expression.match(line, place)
        days = days_of(match, today) if match else ()
        if match and days:
            return Day(days), match.end()
    return None


def _of_relative(match: "re.Match[str]", today: date) -> tuple[date, ...]:
    return (today - timedelta(days=DAYS_AGO[match[0]]),)


def _of_weekday(match: "re.Match[str]", today: date) -> tuple[date, ...]:
    number = WEEKDAYS[match[2]] if match[2] else SHORT_WEEKDAYS[match[4]]
    newest = today - timedelta(days=(today.isoweekday() - number) % 7)
    if (match[1] or match[3]) and newest == today:
        return (today - timedelta(days=7),)
    return newest, newest - timedelta(days=7)


def _of_numbers(match: "re.Match[str]", today: date) -> tuple[date, ...]:
    """Two numbers with a hyphen are hours, so that a date needs its year then."""
    if match[2] == "-" and not match[4]:
        return ()
    return _dates(int(match[1]), int(match[3]), match[4], today)


def _dates(day: int, month: int, year: str | None, today: date) -> tuple[date, ...]:
    """Return the day of that year, or without a year the newest that is not to come; empty when there is none."""
    years = (int(year) + (2000 if len(year) == len("26") else 0),) if year else (today.year, today.year - 1)
    found = [date(number, month, day) for number in years if number in _YEARS and _is_day(number, month, day)]
    return tuple(candidate for candidate in found if candidate <= today)[:1]


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


_KINDS = (
    (_RELATIVE, _of_relative),
    (_ISO, lambda match, today: _dates(int(match[3]), int(match[2]), match[1], today)),
    (_NUMBERS, _of_numbers),
    (_NAMED, lambda match, today: _dates(int(match[1]), MONTHS[match[2]], match[3], today)),
    (_NAMED_FIRST, lambda match, today: _dates(int(match[2]), MONTHS[match[1]], match[3], today)),
    (_WEEKDAY, _of_weekday),
)
