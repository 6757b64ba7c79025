"""The alerts that hits are made of, for whoever is of their group (R11)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from search.hits.queries import Onlooker
from services.hits.matching import MatchedAs
from services.retention_rule import cut_off
from services.schema import cameras
from services.schema_hits import alerts


@dataclass(frozen=True, slots=True)
class Part:
    """Which alerts: raised since then, before the one where the last page ended, so many at most."""

    since: datetime
    before: int | None
    limit: int


@dataclass(frozen=True, slots=True)
class HitAlert:
    """A read that matched an entry, and the hit that it is part of; the names are the columns'."""

    alert_id: int
    hit_id: int
    entry_id: int
    read_id: UUID
    plate: str
    country: str | None
    camera: str
    captured_at: datetime
    received_at: datetime
    raised_at: datetime
    matched_as: MatchedAs
    probability: float | None
    late: bool


_COLUMNS = tuple(alerts.c[name] for name in HitAlert.__slots__ if name != "camera")


async def list_alerts(connection: AsyncConnection, onlooker: Onlooker, part: Part) -> list[HitAlert]:
    """Return alerts of the onlooker's groups that are part of a hit and stand, the newest first."""
    earlier = true() if part.before is None else alerts.c.alert_id < part.before
    rows = await connection.execute(
        select(*_COLUMNS, cameras.c.code.label("camera")).join(cameras, cameras.c.camera_id == alerts.c.camera_id)
        .where(alerts.c.audience_id.in_(sorted(onlooker.groups)), alerts.c.hit_id.is_not(None),
               alerts.c.withdrawn_at.is_(None), alerts.c.raised_at >= part.since,
               alerts.c.captured_at >= cut_off(onlooker.now), earlier)
        .order_by(alerts.c.alert_id.desc()).limit(part.limit))
    return [HitAlert(**{**row, "matched_as": MatchedAs(row["matched_as"])}) for row in rows.mappings()]
