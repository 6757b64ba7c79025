"""The chips of a question: of each filter in use its sentence, the question without it, where its field is (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from search.asking.merging import without
from search.pages.language import Words, words
from search.reads.addresses import Links, Paging
from search.reads.filters import Asked, Filter
from services.clock import ZONE, local_day, midnight

MOST_NAMED = 3
"""More names than this are counted in a chip."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in use, as it stands beneath the box."""

    key: str
    text: Words
    without: str
    """The address of the question without it."""
    field: str
    """The id of its field."""


def chips_of(asked: Asked, how: Paging) -> list[Chip]:
    """Return the chips of a question, in the order of its filters; both ends of a time are one."""
    return [Chip(key, text, Links(without(asked, *attributes), how).first, field_id(key))
            for key, text, attributes in _said(asked)]


def field_id(key: str) -> str:
    """Return the id of a filter's field in the form."""
    return key if key in {"plate", "from", "until", "camera"} else f"f-{key}"


def _said(asked: Asked) -> Iterator[tuple[str, Words, tuple[str, ...]]]:
    for filter_, value in asked.chosen():
        if filter_.key == "from" and asked.until is not None:
            yield "from", time_in_words(value, asked.until), ("from_", "until")
        elif filter_.key != "until" or asked.from_ is None:
            yield filter_.key, _sentence(filter_, value), (filter_.attribute,)


def _sentence(filter_: Filter, value: Any) -> Words:
    if filter_.key in _COUNTED and len(value) > MOST_NAMED:
        return words("{label}: {count}", label=filter_.label, count=len(value))
    return filter_.sentence(value)


_COUNTED = frozenset({"plate", "camera", "site", "municipality", "road", "make", "model"})


def time_in_words(since: datetime, until: datetime) -> Words:
    """Return a time in few words: a whole day by its date, hours of one day with the day once."""
    first, last = local_day(since), local_day(until - timedelta(microseconds=1))
    if first == last and until != midnight(first + timedelta(days=1)):
        return words("on {day}, {start} to {end}", day=first, start=_clock(since), end=_clock(until))
    if (midnight(first), midnight(last + timedelta(days=1))) == (since, until):
        return words("on {day}", day=first) if first == last else words("{first} to {last}", first=first, last=last)
    return words("from {since} until {until}", since=since, until=until)


def _clock(instant: datetime) -> str:
    local = instant.astimezone(ZONE)
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
