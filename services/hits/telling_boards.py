"""What boards are told: the events after a number, how far the mover is, and whether it lives."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from services.hits.events import EventKind
from services.schema_hits import hit_events, hit_mover, hits
from services.schema_people import users
from services.schema_watchlists import audiences

CHANNEL = "hits"
"""Where the mover notifies that there are new numbers."""

ALIVE_WITHIN = timedelta(seconds=5)
"""A mover that was not heard of for so long stands still."""


@dataclass(frozen=True, slots=True)
class Told:
    """One event, with what decides who hears of it."""

    number: int
    hit_id: int
    kind: EventKind
    at: datetime
    user_id: int | None
    detail: Mapping[str, Any]
    audience_id: int


@dataclass(frozen=True, slots=True)
class Pulse:
    """Whether anything can come at all."""

    now: datetime
    """The database's clock, by which the mover stamps."""
    moved_at: datetime | None
    """When the mover was last seen."""
    broker_connected: bool

    @property
    def is_alive(self) -> bool:
        """Whether ingest moves alerts and hears the broker."""
        return (self.moved_at is not None and self.now - self.moved_at < ALIVE_WITHIN) and self.broker_connected


async def newest_number(connection: AsyncConnection) -> int:
    """Return the highest number that was given so far, 0 when there is none."""
    return await connection.scalar(select(func.max(hit_events.c.number))) or 0


async def events_after(connection: AsyncConnection, number: int, most: int) -> Sequence[Told]:
    """Return the next events after a number, in order: the mover gives numbers in the order of commits."""
    event = hit_events.c
    rows = await connection.execute(
        select(event.number, event.hit_id, event.kind, event.at, event.user_id, event.detail, hits.c.audience_id)
        .join(hits, hits.c.hit_id == event.hit_id).where(event.number > number)
        .order_by(event.number).limit(most))
    return [Told(row.number, row.hit_id, EventKind(row.kind), row.at, row.user_id, row.detail, row.audience_id)
            for row in rows]


async def feel_pulse(connection: AsyncConnection) -> Pulse:
    """Return whether ingest lives, by what its mover wrote last."""
    row = (await connection.execute(
        select(func.clock_timestamp().label("now"), hit_mover.c.at, hit_mover.c.broker_connected))).one()
    return Pulse(row.now, row.at, bool(row.broker_connected))


async def groups_of(connection: AsyncConnection, user_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Return the groups of several users at once, as `audiences.holds` has it; none for whoever is shut out."""
    wanted = bindparam("user_ids", sorted(user_ids), type_=ARRAY(Integer))
    rows = await connection.execute(
        select(users.c.user_id, func.array_agg(audiences.c.audience_id).label("groups"))
        .join(audiences, or_(users.c.role == any_(audiences.c.roles), users.c.user_id == any_(audiences.c.user_ids)))
        .where(users.c.user_id == any_(wanted), users.c.disabled_at.is_(None)).group_by(users.c.user_id))
    return {row.user_id: frozenset(row.groups) for row in rows}
