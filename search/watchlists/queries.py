"""Which past reads an entry or a list would have matched, in sums; every statement takes what the audited path made."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, any_, cast, func, or_

from search.answers import Found, Permitted
from search.lookalikes.queries import find_alikes
from search.pages.language import words
from search.reads.candidates import find_plates
from services.clock import ZONE, local_day
from services.errors import TooBroadError
from services.lookalikes.levels import LEAST
from services.lookalikes.model import Model
from services.patterns import parse_pattern
from services.schema import reads
from services.schema_watchlists import watch_entries
from services.watchlists.finding import Entry

MOST_MISREADS = 20


@dataclass(frozen=True, slots=True)
class Misread:
    """A text near the plate that was read: how often, and how probable it is that it was the plate."""

    text: str
    reads: int
    probability: float


@dataclass(frozen=True, slots=True)
class Tried:
    """What would have been raised, in sums."""

    since: datetime
    until: datetime
    days: tuple[tuple[date, int], ...]
    """Each day of the time that may be looked at, with how many hits."""
    cameras: tuple[tuple[int, int], ...]
    """Camera and number of hits, the most first."""
    misreads: tuple[Misread, ...] = ()

    @property
    def total(self) -> int:
        """How many hits in all."""
        return sum(count for _, count in self.days)

    @property
    def a_day(self) -> float:
        """How many hits a day."""
        return self.total / max((self.until - self.since) / timedelta(days=1), 1e-9)


async def hold_entry(permitted: Permitted, model: Model, entry: Entry, since: datetime,
                     until: datetime) -> Found[Tried]:
    """Hold an entry against the reads of [since, until); raises TooBroadError for too vague a pattern."""
    condition = await _fitting(permitted, entry)
    tried = await _sum_up(permitted, _counting(permitted).where(condition, *_covered(entry)), since, until)
    if not entry.pattern:
        tried = replace(tried, misreads=await _find_misreads(permitted, model, entry.plate))
    return Found(tried, shown=0 if entry.discreet else tried.total)


async def _fitting(permitted: Permitted, entry: Entry) -> ColumnElement[bool]:
    """Return the reads that an entry's plate or pattern is about; raises TooBroadError for too vague a pattern."""
    if not entry.pattern:
        return reads.c.plate == entry.plate
    found = await find_plates(permitted, [parse_pattern(entry.plate)])
    if found is None:
        raise TooBroadError(words("Too many plates fit this pattern. Name more of it."))
    return reads.c.plate.in_(found)


async def hold_list(permitted: Permitted, list_id: int, since: datetime, until: datetime) -> Found[Tried]:
    """Hold the plates of a list, those of its entries that are open, against the reads of [since, until)."""
    table = watch_entries.c
    listed = _counting(permitted).join_from(reads, watch_entries, and_(
        table.plate == reads.c.plate, table.list_id == list_id, ~table.pattern, ~table.discreet,
        table.replaced_at.is_(None), table.revoked_at.is_(None), table.until > until,
        or_(table.cameras.is_(None), reads.c.camera_id == any_(table.cameras)),
        or_(table.hours.is_(None), func.substr(table.hours, _HOUR_OF_WEEK, 1) == "1")))
    tried = await _sum_up(permitted, listed, since, until)
    return Found(tried, shown=tried.total)


_LOCAL = func.timezone(ZONE.key, reads.c.captured_at)
_DAY = func.date_trunc("day", _LOCAL)
# As services.watchlists.coverage counts them, and from 1 as SQL counts characters.
_HOUR_OF_WEEK = cast((func.extract("isodow", _LOCAL) - 1) * 24 + func.extract("hour", _LOCAL) + 1, Integer)


def _counting(permitted: Permitted) -> Select[Any]:
    return permitted.select_reads(_DAY.label("day"), reads.c.camera_id, func.count().label("times")).where(
        ~reads.c.superseded)


def _covered(entry: Entry) -> list[ColumnElement[bool]]:
    """Return where and at which hours an entry counts, as conditions on reads; its period is that of the trial."""
    area = [] if entry.cameras is None else [reads.c.camera_id.in_(entry.cameras)]
    hours = [] if entry.hours is None else [func.substr(entry.hours, _HOUR_OF_WEEK, 1) == "1"]
    return [*area, *hours]


async def _sum_up(permitted: Permitted, counting: Select[Any], since: datetime, until: datetime) -> Tried:
    begin = max(since, permitted.permission.earliest)
    rows = (await permitted.execute(counting.where(
        reads.c.captured_at >= since, reads.c.captured_at < until).group_by("day", reads.c.camera_id))).all()
    by_day, by_camera = Counter[date](), Counter[int]()
    for row in rows:
        by_day[row.day.date()] += row.times
        by_camera[row.camera_id] += row.times
    first, last = local_day(begin), local_day(until)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return Tried(begin, until, tuple((day, by_day[day]) for day in days), tuple(by_camera.most_common()))


async def _find_misreads(permitted: Permitted, model: Model, plate: str) -> tuple[Misread, ...]:
    alikes = await find_alikes(permitted, model, plate, LEAST["possible"])
    likeliest = sorted(alikes.items, key=lambda item: item.probability, reverse=True)[:MOST_MISREADS]
    return tuple(Misread(item.text, item.reads, round(item.probability, 3)) for item in likeliest)
