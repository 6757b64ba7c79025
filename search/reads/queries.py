"""Every statement on reads; each takes the `Permitted` that only the audited path makes, or a granted picture."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    REAL,
    Column,
    ColumnElement,
    FromClause,
    Result,
    Select,
    cast,
    column,
    exists,
    null,
    or_,
    select,
    table,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.visitors import ExternallyTraversible, replacement_traverse

from search.answers import Found, Permitted
from search.cameras.completeness import Completeness, complete_until
from search.grants import Granted
from search.pages.language import Words
from search.reads.candidates import Wanted
from search.reads.cursor import Cursor
from search.reads.filters import Asked
from search.reads.resolving import Resolved, resolve
from search.reads.spread import Spread
from search.reads.spread_queries import AT_ONCE_MS, find_spread
from services.camera_places import stood_there
from services.clock import from_epoch_ms
from services.identity import captured_ms_of
from services.images import Kind
from services.lookalikes.model import Model
from services.plates import UNREAD_MARK, is_unread, sent_in_full
from services.schema import camera_places, cameras, gateways, image_spool, reads


@dataclass(frozen=True, slots=True)
class Read:
    """One read with its camera and gateway in words."""

    read_id: UUID
    captured_at: datetime
    received_at: datetime
    plate: str
    plate_raw: str | None
    country: str | None
    country_raw: str | None
    confidence: float | None
    speed_kmh: float | None
    lane: int | None
    direction: str | None
    facing: str | None
    make: str | None
    model: str | None
    colour: str | None
    vehicle_type: str | None
    images: int
    late: bool
    superseded: bool
    clock_synchronised: bool | None
    camera_code: str
    camera_name: str
    municipality: str | None
    road: str | None
    camera_direction: str | None
    speed_limit_kmh: int | None
    gateway: str
    probability: float | None = None
    """That it is the vehicle that was asked for, where the question did not name its plate."""
    why: tuple[Words, ...] = ()
    """What has to have happened for that."""

    @property
    def unread(self) -> bool:
        """Whether no plate was read."""
        return is_unread(self.plate)

    def pictures(self) -> list[Kind]:
        """Return which pictures there are."""
        return [kind for kind in Kind if self.images & kind]

    @property
    def cursor(self) -> Cursor:
        """The place in the list right after this read."""
        return Cursor(self.captured_at, self.read_id, self.plate)


class Counting(StrEnum):
    """Whether an answer is also counted over time and cameras."""

    no = "no"
    at_once = "at-once"    # where that takes no longer than a page may wait for it
    whatever = "whatever"  # however long it takes, as long as a question may


@dataclass(frozen=True, slots=True)
class PageAsked:
    """One page of an answer: the question, how many reads, after which one, and whether one read a vehicle."""

    asked: Asked
    limit: int
    now: datetime
    after: Cursor | None = None
    by_vehicle: bool = False
    spread: Counting = Counting.no
    """Whether it is also told how the whole answer lies over time and cameras."""


@dataclass(frozen=True, slots=True)
class ReadsPage:
    """Some reads, newest first, and where the next page begins (None: this is the last)."""

    items: tuple[Read, ...]
    following: Cursor | None
    completeness: tuple[Completeness, ...]
    """Of the cameras that the question is about."""
    spread: Spread | None = None
    """How the whole answer lies, where that was asked for."""

    @property
    def without_colour(self) -> int:
        """How many of them show no colour, as at night: they may be of any."""
        return sum(read.colour is None for read in self.items)


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage: the read as it stands, and earlier readings that a correction replaced."""

    current: Read
    earlier: tuple[Read, ...]


_OF_READS = tuple(field.name for field in fields(Read) if field.name in reads.c)
_CHOSEN = tuple(reads.c[name] for name in (*_OF_READS, "camera_id", "gateway_id"))
_NEWEST_FIRST = (reads.c.captured_at.desc(), reads.c.read_id.desc(), reads.c.plate.desc())


async def find_reads(permitted: Permitted, model: Model, page: PageAsked) -> Found[ReadsPage]:
    """Return up to `page.limit` reads that were not superseded, newest first; by vehicle, the newest of each."""
    asked, after = page.asked, page.after
    resolved = await resolve(permitted, model, asked, page.now)
    wanted, conditions = resolved.wanted, [*resolved.conditions]
    as_of = after.as_of if after else page.now
    if page.by_vehicle:
        permitted_too = [*conditions, *permitted.narrowing(reads)]
        conditions += [reads.c.received_at <= as_of, _newest_of_its_vehicle(permitted_too, as_of)]
    query = (permitted.select_reads(*_CHOSEN, wanted.probability.label("probability"))
             .where(*conditions, *_beyond(after)).order_by(*_NEWEST_FIRST))
    found = await _go_back(permitted, query, page, resolved)
    items = tuple(_explained(read, wanted) for read in found[:page.limit])
    following = replace(items[-1].cursor, as_of=as_of if page.by_vehicle else None) if len(found) > page.limit else None
    spread = None if page.spread is Counting.no else await find_spread(
        permitted, resolved, page.now, within_ms=AT_ONCE_MS if page.spread is Counting.at_once else None)
    cameras_asked = None if resolved.stays is None else [stay.camera_id for stay in resolved.stays]
    complete = await complete_until(permitted.connection, cameras_asked, earliest=permitted.permission.earliest)
    return Found(ReadsPage(items, following, tuple(complete), spread), tuple(read.read_id for read in items))


def _explained(read: Read, wanted: Wanted) -> Read:
    why = wanted.explain(read.plate)
    return replace(read, why=why) if why else read


async def _go_back(permitted: Permitted, query: Select[Any], page: PageAsked, resolved: Resolved) -> list[Read]:
    """Run the question through ever longer stretches of time until one read more than a page is found."""
    found: list[Read] = []
    statement = _with_places(resolved.in_a_stretch(query))
    if resolved.wanted.rare:
        await permitted.plan_once()
    for start, end in resolved.stretches(_just_after(page.after)):
        stretch = {"start": start, "end": end, "missing": page.limit + 1 - len(found)}
        found += _read_all(await permitted.execute(statement, stretch))
        if len(found) > page.limit:
            break
    return found


def _just_after(after: Cursor | None) -> datetime | None:
    return after.captured_at + timedelta(milliseconds=1) if after else None


def _newest_of_its_vehicle(conditions: Sequence[ColumnElement[bool]], as_of: datetime | None) -> ColumnElement[bool]:
    """Return that no newer read of the same plate fits the question too; an unread passage is a vehicle of its own."""
    newer = reads.alias("newer")
    order = tuple_(newer.c.captured_at, newer.c.read_id) > tuple_(reads.c.captured_at, reads.c.read_id)
    fits = [_of(newer, condition) for condition in conditions]
    return or_(reads.c.plate.startswith(UNREAD_MARK), ~exists(
        select(1).where(newer.c.plate == reads.c.plate, newer.c.captured_at >= reads.c.captured_at, order,
                        newer.c.received_at <= as_of, *fits)))


def _of(alias: FromClause, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return a condition on reads as one on an alias of them."""
    def other(element: ExternallyTraversible, **_: Any) -> ColumnElement[Any] | None:
        return alias.c[element.key] if isinstance(element, Column) and element.table is reads else None
    return replacement_traverse(condition, {}, other)


def _beyond(after: Cursor | None) -> list[ColumnElement[bool]]:
    """Go on after a cursor."""
    if after is None:
        return []
    return [tuple_(reads.c.captured_at, reads.c.read_id, reads.c.plate)
            < tuple_(after.captured_at, after.read_id, after.plate)]


def _place_chosen() -> Select[Any]:
    """Make, once for all questions, what joins cameras and gateways to the reads that a question has chosen.

    The join never decides how reads are found. A camera's place is the one where it stood when it took the read.
    """
    chosen = table("chosen", *(column(name, reads.c[name].type) for name in (*_OF_READS, "camera_id", "gateway_id")),
                   column("probability", REAL)).c
    place = camera_places.c
    named = (cameras.c.code.label("camera_code"), place.name.label("camera_name"), place.municipality,
             place.road, place.direction.label("camera_direction"), cameras.c.speed_limit_kmh,
             gateways.c.name.label("gateway"))
    return (select(*(chosen[name] for name in (*_OF_READS, "probability")), *named)
            .join(cameras, cameras.c.camera_id == chosen.camera_id)
            .join(camera_places, stood_there(chosen.camera_id, chosen.captured_at))
            .join(gateways, gateways.c.gateway_id == chosen.gateway_id)
            .order_by(chosen.captured_at.desc(), chosen.read_id.desc(), chosen.plate.desc()))


_PLACED = _place_chosen()


def _with_places(query: Select[Any]) -> Select[Any]:
    return _PLACED.add_cte(query.cte("chosen"))


def _read_all(found: Result[Any]) -> list[Read]:
    return [Read(**{**row, "plate_raw": sent_in_full(row["plate_raw"], row["plate"])}) for row in found.mappings()]


async def find_passage(permitted: Permitted, read_id: UUID) -> Found[Passage | None]:
    """Return one passage in full, None when there is none that may be seen.

    The id's own milliseconds are those of the capture, so that the look-up needs one week only.
    """
    query = permitted.select_reads(*_CHOSEN, cast(null(), REAL).label("probability")).where(
        reads.c.captured_at == from_epoch_ms(captured_ms_of(read_id)), reads.c.read_id == read_id)
    found = _read_all(await permitted.execute(_with_places(query)))
    current = next((read for read in found if not read.superseded), None)
    if current is None:
        return Found(None, ())
    earlier = sorted((read for read in found if read.superseded), key=lambda read: read.received_at, reverse=True)
    return Found(Passage(current, tuple(earlier)), (read_id,))


async def find_kept(permitted: Permitted, plate: str, since: datetime, until: datetime,
                    most: int) -> Found[tuple[Read, ...]]:
    """Return every read that is kept of a plate in [since, until), newest first, those too that were superseded (R20).

    One more than `most` says that there are more.
    """
    query = permitted.select_reads(*_CHOSEN, cast(null(), REAL).label("probability")).where(
        reads.c.plate == plate, reads.c.captured_at >= since, reads.c.captured_at < until)
    found = _read_all(await permitted.execute(_with_places(query.order_by(*_NEWEST_FIRST).limit(most + 1))))
    return Found(tuple(found), tuple(read.read_id for read in found[:most]))


async def find_spooled(connection: AsyncConnection, granted: Granted) -> bytes | None:
    """Return a granted picture that still waits for the image store."""
    content = await connection.scalar(select(image_spool.c.content).where(
        image_spool.c.read_id == granted.read_id, image_spool.c.kind == int(granted.kind)))
    return bytes(content) if content is not None else None
