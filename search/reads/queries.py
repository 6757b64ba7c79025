"""Every statement on reads; each takes the `Permitted` that only the audited path makes, or a granted picture."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from search.answers import Found, Permitted
from search.grants import Granted
from search.pages.language import words
from search.reads.cursor import Cursor
from search.reads.filters import Asked, Known
from services.clock import from_epoch_ms
from services.errors import BadQuestionError
from services.identity import captured_ms_of
from services.images import Kind
from services.plates import is_unread, is_wildcard, like_pattern
from services.schema import cameras, gateways, image_spool, plates, reads

MOST_CANDIDATES = 1000
"""Above so many plates behind a wildcard they are not named one by one (decision 0040)."""


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


@dataclass(frozen=True, slots=True)
class ReadsPage:
    """Some reads, newest first, and where the next page begins (None: this is the last)."""

    items: tuple[Read, ...]
    following: Cursor | None


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage: the read as it stands, and earlier readings that a correction replaced."""

    current: Read
    earlier: tuple[Read, ...]


_OF_READS = tuple(field.name for field in fields(Read) if field.name in reads.c)
_CHOSEN = tuple(reads.c[name] for name in (*_OF_READS, "camera_id", "gateway_id"))
_NEWEST_FIRST = (reads.c.captured_at.desc(), reads.c.read_id.desc(), reads.c.plate.desc())


async def find_reads(permitted: Permitted, asked: Asked, after: Cursor | None, limit: int) -> Found[ReadsPage]:
    """Return up to `limit` reads that were not superseded, newest first."""
    known = Known(await _camera_ids(permitted, asked.camera), await _candidates(permitted, asked.plate))
    newest = (permitted.select_reads(*_CHOSEN)
              .where(~reads.c.superseded, *asked.conditions(known), *_beyond(after))
              .order_by(*_NEWEST_FIRST).limit(limit + 1))
    found = await _with_places(permitted, newest)
    items = tuple(found[:limit])
    return Found(ReadsPage(items, items[-1].cursor if len(found) > limit else None),
                 tuple(read.read_id for read in items))


def _beyond(after: Cursor | None) -> list[ColumnElement[bool]]:
    """Go on after a cursor. The row comparison is exact; the plain one beside it lets PostgreSQL leave out weeks."""
    if after is None:
        return []
    return [reads.c.captured_at <= after.captured_at,
            tuple_(reads.c.captured_at, reads.c.read_id, reads.c.plate)
            < tuple_(after.captured_at, after.read_id, after.plate)]


async def _with_places(permitted: Permitted, query: Select[Any]) -> list[Read]:
    """Join cameras and gateways to reads that are already chosen, so that the join never decides how they are found."""
    chosen = query.subquery("chosen")
    named = (cameras.c.code.label("camera_code"), cameras.c.name.label("camera_name"), cameras.c.municipality,
             cameras.c.road, cameras.c.direction.label("camera_direction"), cameras.c.speed_limit_kmh,
             gateways.c.name.label("gateway"))
    rows = (await permitted.connection.execute(
        select(*(chosen.c[name] for name in _OF_READS), *named)
        .join(cameras, cameras.c.camera_id == chosen.c.camera_id)
        .join(gateways, gateways.c.gateway_id == chosen.c.gateway_id)
        .order_by(chosen.c.captured_at.desc(), chosen.c.read_id.desc(), chosen.c.plate.desc()))).mappings()
    return [Read(**row) for row in rows]


async def _camera_ids(permitted: Permitted, codes: Sequence[str]) -> dict[str, int]:
    """Return the numbers of cameras by code; raises BadQuestionError when one is not known."""
    if not codes:
        return {}
    rows = await permitted.connection.execute(
        select(cameras.c.code, cameras.c.camera_id).where(cameras.c.code.in_(codes)))
    found = {row.code: row.camera_id for row in rows}
    missing = [code for code in codes if code not in found]
    if missing:
        raise BadQuestionError(words("camera: there is no camera {code}", code=missing[0][:40]))
    return found


async def _candidates(permitted: Permitted, patterns: Sequence[str]) -> tuple[str, ...] | None:
    """Return every plate that the patterns stand for, None when there are more than MOST_CANDIDATES."""
    exact = tuple(pattern for pattern in patterns if not is_wildcard(pattern))
    likes = [plates.c.plate.like(like_pattern(pattern)) for pattern in patterns if is_wildcard(pattern)]
    if not likes:
        return exact
    rows = (await permitted.connection.execute(
        select(plates.c.plate).where(or_(*likes)).limit(MOST_CANDIDATES + 1))).scalars().all()
    return tuple({*exact, *rows}) if len(rows) <= MOST_CANDIDATES else None


async def find_passage(permitted: Permitted, read_id: UUID) -> Found[Passage | None]:
    """Return one passage in full, None when there is none that may be seen.

    The id's own milliseconds are those of the capture, so that the look-up needs one week only.
    """
    query = permitted.select_reads(*_CHOSEN).where(
        reads.c.captured_at == from_epoch_ms(captured_ms_of(read_id)), reads.c.read_id == read_id)
    found = await _with_places(permitted, query)
    current = next((read for read in found if not read.superseded), None)
    if current is None:
        return Found(None, ())
    earlier = sorted((read for read in found if read.superseded), key=lambda read: read.received_at, reverse=True)
    return Found(Passage(current, tuple(earlier)), (read_id,))


async def find_spooled(connection: AsyncConnection, granted: Granted) -> bytes | None:
    """Return a granted picture that still waits for the image store."""
    content = await connection.scalar(select(image_spool.c.content).where(
        image_spool.c.read_id == granted.read_id, image_spool.c.kind == int(granted.kind)))
    return bytes(content) if content is not None else None
