"""Gateways, their cameras and what came of their messages: counts, never reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.schema import cameras, gateway_cameras, gateway_days, gateways, rejects

_COUNTS = ("stored", "doubled", "superseded", "rejected", "heartbeats")


@dataclass(frozen=True, slots=True)
class GatewayFigures:
    """A gateway with its sums over all days."""

    gateway_id: int
    name: str
    synthetic: bool
    settings: dict[str, Any]
    cameras: int
    stored: int
    doubled: int
    superseded: int
    rejected: int
    heartbeats: int


@dataclass(frozen=True, slots=True)
class GatewayCamera:
    """One camera of a gateway."""

    source_id: str
    code: str
    name: str
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True)
class Reject:
    """A message that was not taken; its topic, detail and excerpt are masked."""

    received_at: datetime
    topic: str
    reason: str
    detail: str
    excerpt: str


async def list_gateways(connection: AsyncConnection, name: str | None = None) -> list[GatewayFigures]:
    """Return every gateway, or the one called `name`, with its figures."""
    sums = (select(gateway_days.c.gateway_id, *(func.sum(gateway_days.c[count]).label(count) for count in _COUNTS))
            .group_by(gateway_days.c.gateway_id).subquery())
    owned = (select(gateway_cameras.c.gateway_id, func.count().label("cameras"))
             .group_by(gateway_cameras.c.gateway_id).subquery())
    query = (select(gateways.c.gateway_id, gateways.c.name, gateways.c.synthetic, gateways.c.settings,
                    func.coalesce(owned.c.cameras, 0).label("cameras"),
                    *(func.coalesce(sums.c[count], 0).label(count) for count in _COUNTS))
             .outerjoin(sums, sums.c.gateway_id == gateways.c.gateway_id)
             .outerjoin(owned, owned.c.gateway_id == gateways.c.gateway_id).order_by(gateways.c.name))
    if name is not None:
        query = query.where(gateways.c.name == name)
    rows = await connection.execute(query)
    # PostgreSQL sums bigint as numeric; a count is a whole number.
    return [GatewayFigures(*row[:5], *(int(count) for count in row[5:])) for row in rows]


async def list_cameras(connection: AsyncConnection, gateway_id: int) -> list[GatewayCamera]:
    """Return a gateway's cameras under both names."""
    rows = (await connection.execute(
        select(gateway_cameras.c.source_id, cameras.c.code, cameras.c.name, cameras.c.lat, cameras.c.lon)
        .join(cameras).where(gateway_cameras.c.gateway_id == gateway_id)
        .order_by(gateway_cameras.c.source_id))).mappings()
    return [GatewayCamera(**row) for row in rows]


async def count_rejects(connection: AsyncConnection, gateway_id: int, now: datetime) -> dict[str, int]:
    """Return how many kept rejects a gateway has for each reason, most frequent first."""
    rows = await connection.execute(
        select(rejects.c.reason, func.count().label("count"))
        .where(rejects.c.gateway_id == gateway_id, rejects.c.expires_at > now)
        .group_by(rejects.c.reason).order_by(func.count().desc(), rejects.c.reason))
    return {row.reason: row[1] for row in rows}


async def latest_rejects(connection: AsyncConnection, gateway_id: int, now: datetime) -> Sequence[Reject]:
    """Return a gateway's twenty latest kept rejects, masked as they are stored."""
    columns = (rejects.c.received_at, rejects.c.topic, rejects.c.reason, rejects.c.detail, rejects.c.excerpt)
    rows = (await connection.execute(
        select(*columns).where(rejects.c.gateway_id == gateway_id, rejects.c.expires_at > now)
        .order_by(rejects.c.received_at.desc()).limit(20))).mappings()
    return [Reject(**row) for row in rows]
