"""Rejects, masked as they are stored; the body of one, for whoever the audited path permits it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from search.answers import Found, Permitted
from search.rejects.filters import IS_OPEN, Asked, Cursor
from services.clock import local_day
from services.replaying import NEVER_REPLAYED, ReplayOutcome
from services.schema import gateway_reject_days, rejects

KEPT = timedelta(days=30)
"""How long a reject is kept (ingest/rejects.py; a test compares the two)."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A message that could not be stored; its topic, detail and excerpt are masked."""

    digest: bytes
    received_at: datetime
    captured_at: datetime | None
    expires_at: datetime
    topic: str
    reason: str
    detail: str
    excerpt: str
    replay_asked_at: datetime | None
    replayed_at: datetime | None
    replay_outcome: str | None

    @property
    def name(self) -> str:
        """Its name in addresses."""
        return self.digest.hex()

    @property
    def state(self) -> str:
        """What became of it: open, waiting, or a ReplayOutcome."""
        return "waiting" if self.replay_asked_at else self.replay_outcome or "open"

    @property
    def can_be_replayed(self) -> bool:
        """Whether it makes sense to ask for its replay."""
        return self.reason not in NEVER_REPLAYED and self.state not in ("waiting", ReplayOutcome.taken)

    @property
    def moment(self) -> datetime:
        """What the gate judges it by: its capture, where that is known."""
        return self.captured_at or self.received_at

    @property
    def cursor(self) -> Cursor:
        """Where a page that ends with it goes on."""
        return Cursor(self.received_at, self.digest)


@dataclass(frozen=True, slots=True)
class RejectsPage:
    """Some rejects, newest first, and where the next ones begin."""

    items: Sequence[Reject]
    following: Cursor | None


def _select(gateway_id: int, now: datetime) -> Select[tuple[object, ...]]:
    return (select(*(rejects.c[field.name] for field in fields(Reject)))
            .where(rejects.c.gateway_id == gateway_id, rejects.c.expires_at > now))


async def list_rejects(connection: AsyncConnection, gateway_id: int, asked: Asked, after: Cursor | None, limit: int,
                       now: datetime) -> RejectsPage:
    """Return a gateway's kept rejects, newest first."""
    query = _select(gateway_id, now).where(*asked.conditions())
    if after is not None:
        query = query.where(after.following(rejects.c.received_at, rejects.c.digest))
    query = query.order_by(rejects.c.received_at.desc(), rejects.c.digest.desc()).limit(limit + 1)
    found = [Reject(**row) for row in (await connection.execute(query)).mappings()]
    return RejectsPage(found[:limit], found[limit - 1].cursor if len(found) > limit else None)


async def find_reject(connection: AsyncConnection, gateway_id: int, digest: bytes, now: datetime) -> Reject | None:
    """Return one of a gateway's kept rejects, masked."""
    rows = await connection.execute(_select(gateway_id, now).where(rejects.c.digest == digest))
    row = rows.mappings().one_or_none()
    return Reject(**row) if row else None


async def open_message(permitted: Permitted, reject: Reject) -> Found[bytes | None]:
    """Return what was sent, as an envelope (docs/rejects.md); None when it is not kept or may not be seen."""
    if not permitted.permission.opens_all_at(reject.moment):  # whose plate stands in it, nobody knows before
        return Found(None, shown=0)
    body: bytes | None = (await permitted.connection.execute(
        text("SELECT reject_body(:digest)"), {"digest": reject.digest})).scalar()
    return Found(body, shown=0 if body is None else 1)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the list can be narrowed to: reasons with how many are open, and days with how many arrived."""

    reasons: dict[str, int]
    days: dict[date, int]


async def list_choices(connection: AsyncConnection, gateway_id: int, now: datetime) -> Choices:
    """Return the reasons of a gateway's open rejects and the days on which rejects that may be kept still arrived."""
    days = gateway_reject_days.c
    arrived = await connection.execute(
        select(days.day, func.sum(days.rejected)).group_by(days.day).order_by(days.day.desc())
        .where(days.gateway_id == gateway_id, days.day >= local_day(now - KEPT)))
    return Choices(await count_open(connection, gateway_id, now), {day: int(number) for day, number in arrived})


async def count_open(connection: AsyncConnection, gateway_id: int, now: datetime) -> dict[str, int]:
    """Return how many of a gateway's rejects are kept and not taken since, by reason, most frequent first."""
    number = func.count()
    rows = await connection.execute(
        select(rejects.c.reason, number).group_by(rejects.c.reason).order_by(number.desc(), rejects.c.reason)
        .where(rejects.c.gateway_id == gateway_id, rejects.c.expires_at > now, IS_OPEN))
    return {reason: int(count) for reason, count in rows}
