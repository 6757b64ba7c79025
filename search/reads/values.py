"""How the values of filters are written in an address, and read from it; every error says how to write it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TypeVar

from search.pages.language import Words, words
from services.clock import ZONE, iso_ms
from services.errors import BadQuestionError

T = TypeVar("T")

# A "+" that was not escaped arrives as a blank; only behind a time can it have been one.
_LOST_PLUS = re.compile(r"(T\S+) (\d\d:?\d\d)\Z")
# As people here write it, and as the pages show it: 23/11/2026 14:05.
_BELGIAN = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ ,T]+(\d{1,2})[:.hu](\d\d)(?::(\d\d))?)?\Z")
_HOUR = r"(\d{1,2})(?:[:.hu](\d\d))? ?(?:h|u|uur)?"
_HOURS = re.compile(rf"{_HOUR}\s*[-\u2013]\s*{_HOUR}\Z")
_SPAN = re.compile(r"(\d{1,3}(?:[.,]\d{1,3})?)?\s*[-\u2013]\s*(\d{1,3}(?:[.,]\d{1,3})?)?\Z")
MOST_CORNERS = 50


@dataclass(frozen=True, slots=True)
class Span:
    """A range of numbers, both ends included; None is open."""

    least: float | None
    most: float | None

    def __str__(self) -> str:
        return "-".join("" if end is None else f"{end:g}" for end in (self.least, self.most))


@dataclass(frozen=True, slots=True)
class Hours:
    """A part of every day, in Brussels' time; one that ends before it begins goes over midnight."""

    start: time
    end: time

    @property
    def over_midnight(self) -> bool:
        """Whether it belongs to a night."""
        return self.end <= self.start

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


Point = tuple[float, float]
"""Longitude and latitude, degrees (WGS 84)."""


def split(texts: Sequence[str]) -> list[str]:
    """Return the values that are repeated or separated by commas, without blanks."""
    return [part.strip() for text in texts for part in text.split(",") if part.strip()]


def last(texts: Sequence[str]) -> str:
    """Return the last value given for a filter that takes one; an empty text when there is none."""
    return texts[-1].strip() if texts else ""


def parse_names(key: str, most: int) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """Return the reader of a list of names of which there may be at most `most`."""
    def parse(texts: Sequence[str]) -> tuple[str, ...]:
        names = tuple(dict.fromkeys(split(texts)))
        if len(names) > most:
            raise BadQuestionError(words("{key}: at most {most} at once", key=key, most=most))
        if any(len(name) > 80 or not name.isprintable() for name in names):
            raise BadQuestionError(words("{key}: this is no name", key=key))
        return names
    return parse


def parse_choices(key: str, choices: Mapping[str, T]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """Return the reader of a list of codes, each one of `choices`."""
    def parse(texts: Sequence[str]) -> tuple[str, ...]:
        codes = tuple(dict.fromkeys(part.lower() for part in split(texts)))
        if any(code not in choices for code in codes):
            raise BadQuestionError(words("{key}: choose of {choices}", key=key, choices=list(choices)))
        return tuple(code for code in choices if code in codes)
    return parse


def parse_flag(key: str) -> Callable[[Sequence[str]], bool | None]:
    """Return the reader of `yes` or `no`; None when nothing is asked."""
    def parse(texts: Sequence[str]) -> bool | None:
        text = last(texts).lower()
        if text not in {"", "yes", "no"}:
            raise BadQuestionError(words("{key}: write yes or no", key=key))
        return {"yes": True, "no": False}.get(text)
    return parse


def write_flag(flag: bool | None) -> list[str]:
    """Return the flag as an address has it."""
    return [] if flag is None else ["yes" if flag else "no"]


def parse_lanes(texts: Sequence[str]) -> tuple[int, ...]:
    """Return the numbers of lanes, 0 to 20."""
    parts = split(texts)
    if any(not part.isdecimal() or int(part) > 20 for part in parts):
        raise BadQuestionError(words("lane: write the number of a lane"))
    return tuple(sorted({int(part) for part in parts}))


def parse_span(key: str, most: float) -> Callable[[Sequence[str]], Span | None]:
    """Return the reader of a range such as `90-`, `-30` or `50-70`, its ends from 0 to `most`."""
    def parse(texts: Sequence[str]) -> Span | None:
        text = last(texts)
        if not text:
            return None
        match = _SPAN.match(text)
        ends = [float(end.replace(",", ".")) if end else None for end in match.groups()] if match else [None, None]
        given = [end for end in ends if end is not None]
        if not given or given != sorted(given) or given[-1] > most:
            raise BadQuestionError(words("{key}: write a range: 50-70, 90- or -30; at most {most}",
                                         key=key, most=f"{most:g}"))
        return Span(ends[0], ends[1])
    return parse


def write_one(value: object | None) -> list[str]:
    """Return a single value as an address has it."""
    return [] if value is None else [str(value)]


def parse_hours(texts: Sequence[str]) -> Hours | None:
    """Return a part of the day such as `22-05` or `22:30-5:15`; one that goes over midnight is a night."""
    text = last(texts).lower()
    if not text:
        return None
    match = _HOURS.match(text)
    try:
        if match is None:
            raise ValueError(text)
        start, end = (time(int(hour) % 24 if int(hour) == 24 else int(hour), int(minute or 0))
                      for hour, minute in (match.group(1, 2), match.group(3, 4)))
        if start == end:
            raise ValueError(text)
    except ValueError:
        raise BadQuestionError(words("hours: write a part of the day: 22-05 or 07:30-09:00")) from None
    return Hours(start, end)


def parse_area(texts: Sequence[str]) -> tuple[Point, ...]:
    """Return the corners of an area, written `lon,lat;lon,lat;lon,lat`; the last joins the first."""
    text = last(texts)
    if not text:
        return ()
    try:
        corners = tuple(_point(corner) for corner in text.split(";") if corner.strip())
    except ValueError:
        corners = ()
    if corners[:1] == corners[-1:]:
        corners = corners[:-1]
    if not 3 <= len(corners) <= MOST_CORNERS:
        raise BadQuestionError(words("area: write 3 to {most} corners as longitude,latitude: "
                                     "5.59,51.13;5.62,51.13;5.61,51.15", most=MOST_CORNERS))
    return corners


def _point(text: str) -> Point:
    lon, lat = (float(part) for part in text.split(","))
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError(text)
    return lon, lat


def write_area(corners: tuple[Point, ...]) -> list[str]:
    """Return an area as an address has it."""
    return [";".join(f"{lon:g},{lat:g}" for lon, lat in corners)] if corners else []


def parse_instant(key: str, *, fold: int) -> Callable[[Sequence[str]], datetime | None]:
    """Return the reader of a moment; `fold` says which of the two is meant in the hour that occurs twice."""
    def parse(texts: Sequence[str]) -> datetime | None:
        text = last(texts)
        if not text:
            return None
        try:
            instant = _belgian_moment(text) or datetime.fromisoformat(_LOST_PLUS.sub(r"\1+\2", text))
            if instant.tzinfo is None:
                instant = instant.replace(tzinfo=ZONE, fold=fold)
            instant.astimezone(ZONE)  # the last hour of the calendar is none in Brussels, and could not be shown
            return instant.astimezone(UTC)
        except (ValueError, OverflowError):
            raise _no_moment(key) from None
    return parse


def _no_moment(key: str) -> BadQuestionError:
    return BadQuestionError(words(
        "{key}: write a moment as 23/11/2026 14:05 or 2026-11-23T14:05 (time in Brussels), or with its offset: "
        "2026-11-23T14:05:00+01:00", key=key))


def _belgian_moment(text: str) -> datetime | None:
    match = _BELGIAN.match(text)
    if match is None:
        return None
    day, month, year, hour, minute, second = (int(part or 0) for part in match.groups())
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the caller gives it Brussels' time


def write_instant(instant: datetime | None) -> list[str]:
    """Return a moment as an address has it."""
    return [iso_ms(instant)] if instant else []


def span_words(span: Span, unit: str) -> Words:
    """Return a range in words, with its unit."""
    if span.least is None:
        return words("at most {most} {unit}", most=f"{span.most:g}", unit=unit)
    if span.most is None:
        return words("at least {least} {unit}", least=f"{span.least:g}", unit=unit)
    return words("{least} to {most} {unit}", least=f"{span.least:g}", most=f"{span.most:g}", unit=unit)
