"""The filters of the search, one row each: address key, name, how it is read, its SQL and its sentence."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, and_, or_

from search.pages.language import Words, words
from services.clock import ZONE, iso_ms
from services.errors import BadQuestionError
from services.plates import MAX_PLATE_LENGTH, UNREAD_MARK, is_wildcard, like_pattern, normalise_pattern
from services.schema import reads

T = TypeVar("T")
MAX_PLATES = 50
MAX_CAMERAS = 200


@dataclass(frozen=True, slots=True)
class Known:
    """What was looked up before the question: the cameras' numbers, and the plates that the patterns stand for."""

    camera_ids: Mapping[str, int]
    plates: tuple[str, ...] | None = None
    """None when there are too many to name them; the patterns are then held against the reads, newest first."""


@dataclass(frozen=True, slots=True)
class Filter(Generic[T]):
    """One filter; `parse` gives None when nothing is asked, `write` is its inverse."""

    key: str
    attribute: str
    label: Words
    parse: Callable[[Sequence[str]], T]
    write: Callable[[T], list[str]]
    condition: Callable[[T, Known], ColumnElement[bool]]
    sentence: Callable[[T], Words]


def _parse_plates(texts: Sequence[str]) -> tuple[str, ...]:
    parts = [part.strip() for text in texts for part in text.split(",") if part.strip()]
    if len(parts) > MAX_PLATES:
        raise BadQuestionError(words("plate: at most {most} plates at once", most=MAX_PLATES))
    try:
        return tuple(dict.fromkeys(normalise_pattern(part) for part in parts))
    except ValueError:
        raise BadQuestionError(words(
            "plate: write letters and digits, ? for one unknown character and * for any number of them; at most "
            "{most} characters", most=MAX_PLATE_LENGTH)) from None


def _plate_condition(patterns: tuple[str, ...], known: Known) -> ColumnElement[bool]:
    if known.plates is not None:
        return reads.c.plate.in_(known.plates)
    exact = [pattern for pattern in patterns if not is_wildcard(pattern)]
    likes = [reads.c.plate.like(like_pattern(pattern)) for pattern in patterns if is_wildcard(pattern)]
    # A pattern must not match the text that stands for an unread passage.
    return and_(or_(reads.c.plate.in_(exact), *likes), ~reads.c.plate.startswith(UNREAD_MARK))


# A "+" that was not escaped arrives as a blank; only behind a time can it have been one.
_LOST_PLUS = re.compile(r"(T\S+) (\d\d:?\d\d)\Z")
# As people here write it, and as the pages show it: 23/11/2026 14:05.
_BELGIAN = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ ,T]+(\d{1,2})[:.hu](\d\d)(?::(\d\d))?)?\Z")


def _parse_instant(key: str, texts: Sequence[str], *, fold: int) -> datetime | None:
    text = texts[-1].strip() if texts else ""
    if not text:
        return None
    try:
        instant = _belgian_moment(text) or datetime.fromisoformat(_LOST_PLUS.sub(r"\1+\2", text))
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=ZONE, fold=fold)
        return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadQuestionError(words(
            "{key}: write a moment as 23/11/2026 14:05 or 2026-11-23T14:05 (time in Brussels), or with its offset: "
            "2026-11-23T14:05:00+01:00", key=key)) from None


def _belgian_moment(text: str) -> datetime | None:
    match = _BELGIAN.match(text)
    if match is None:
        return None
    day, month, year, hour, minute, second = (int(part or 0) for part in match.groups())
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the caller gives it Brussels' time


def _parse_cameras(texts: Sequence[str]) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(part.strip() for text in texts for part in text.split(",") if part.strip()))
    if len(codes) > MAX_CAMERAS:
        raise BadQuestionError(words("camera: at most {most} cameras at once", most=MAX_CAMERAS))
    return codes


def _write_instant(instant: datetime | None) -> list[str]:
    return [iso_ms(instant)] if instant else []


PLATE: Filter[tuple[str, ...]] = Filter(
    "plate", "plate", words("Plate"), _parse_plates, list, _plate_condition,
    lambda plates: words("plate {plates}", plates=plates))

# In the hour that occurs twice in October, "from" means the first and "until" the second, so that nothing is lost.
FROM: Filter[datetime | None] = Filter(
    "from", "from_", words("From"), lambda texts: _parse_instant("from", texts, fold=0), _write_instant,
    lambda instant, _: reads.c.captured_at >= instant, lambda instant: words("from {instant}", instant=instant))

UNTIL: Filter[datetime | None] = Filter(
    "until", "until", words("Until"), lambda texts: _parse_instant("until", texts, fold=1), _write_instant,
    lambda instant, _: reads.c.captured_at < instant, lambda instant: words("until {instant}", instant=instant))

CAMERA: Filter[tuple[str, ...]] = Filter(
    "camera", "camera", words("Camera"), _parse_cameras, list,
    lambda codes, known: reads.c.camera_id.in_([known.camera_ids[code] for code in codes]),
    lambda codes: words("camera {codes}", codes=codes))

FILTERS: tuple[Filter[Any], ...] = (PLATE, FROM, UNTIL, CAMERA)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the reads; an attribute for each filter."""

    plate: tuple[str, ...] = ()
    from_: datetime | None = None
    until: datetime | None = None
    camera: tuple[str, ...] = ()

    def chosen(self) -> Iterator[tuple[Filter[Any], Any]]:
        """Yield the filters that are in use, each with its value."""
        for filter_ in FILTERS:
            value = getattr(self, filter_.attribute)
            if value:
                yield filter_, value

    def pairs(self) -> list[tuple[str, str]]:
        """Return the question as pairs for an address."""
        return [(filter_.key, text) for filter_, value in self.chosen() for text in filter_.write(value)]

    def in_full(self) -> dict[str, list[str]]:
        """Return the question for the audit, by address key."""
        return {filter_.key: filter_.write(value) for filter_, value in self.chosen()}

    def sentence(self) -> Words:
        """Return the question in words."""
        parts = [filter_.sentence(value) for filter_, value in self.chosen()]
        return words("Passages: {parts}", parts=parts) if parts else words("All passages")

    def conditions(self, known: Known) -> list[ColumnElement[bool]]:
        """Return the question as SQL conditions."""
        return [filter_.condition(value, known) for filter_, value in self.chosen()]


def parse_asked(pairs: Sequence[tuple[str, str]], *, beside: frozenset[str]) -> Asked:
    """Read the filters from an address; keys in `beside` belong to somebody else.

    Raises BadQuestionError: a filter that is silently dropped would answer another, broader question.
    """
    given: dict[str, list[str]] = {}
    for key, text in pairs:
        given.setdefault(key, []).append(text)
    keys = [filter_.key for filter_ in FILTERS]
    unknown = sorted(given.keys() - set(keys) - beside)
    if unknown:
        raise BadQuestionError(
            words("there is no filter {unknown}; there are: {keys}", unknown=unknown[0][:40], keys=keys))
    asked = Asked(**{filter_.attribute: filter_.parse(given.get(filter_.key, [])) for filter_ in FILTERS})
    if asked.from_ and asked.until and asked.until <= asked.from_:
        raise BadQuestionError(words("until: must be later than from"))
    return asked
