"""Gateways, their cameras and what came of their messages: counts, never reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from search.pages.language import words
from services.errors import NotFoundError
from services.registry import State
from services.schema import (
    camera_states,
    cameras,
    gateway_cameras,
    gateway_days,
    gateway_reject_days,
    gateways,
    rejects,
    trial_reads,
)

DAYS = 14
"""How many days of counts a gateway's page shows."""

# What is refused still, by reason, with what was said of the latest.
_COMPLAINTS = """
SELECT counted.reason, counted.number, latest.received_at, latest.detail FROM (
    SELECT reason, count(*) AS number FROM rejects
    WHERE gateway_id = :gateway_id AND expires_at > :now AND replay_outcome IS DISTINCT FROM 'taken' GROUP BY reason
) AS counted CROSS JOIN LATERAL (
    SELECT received_at, detail FROM rejects
    WHERE gateway_id = :gateway_id AND reason = counted.reason AND expires_at > :now
      AND replay_outcome IS DISTINCT FROM 'taken' ORDER BY received_at DESC LIMIT 1
) AS latest ORDER BY counted.number DESC, counted.reason
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of messages; `late` ones are among those stored."""

    stored: int = 0
    late: int = 0
    doubled: int = 0
    superseded: int = 0
    trial: int = 0
    ignored: int = 0
    rejected: int = 0
    heartbeats: int = 0


_COUNTS = Tally.__slots__


@dataclass(frozen=True, slots=True)
class GatewayName:
    """A gateway by number and name."""

    gateway_id: int
    name: str


@dataclass(frozen=True, slots=True)
class GatewayFigures:
    """A gateway with its settings and its counts: over all days, and today's."""

    gateway_id: int
    name: str
    synthetic: bool
    settings: dict[str, Any]
    profile: str
    state: State
    decoding: dict[str, Any]
    cameras: int
    last_message_at: datetime | None
    total: Tally
    today: Tally


@dataclass(frozen=True, slots=True)
class GatewayCamera:
    """One camera of a gateway, and when it was last heard."""

    source_id: str
    code: str
    name: str
    lat: float | None
    lon: float | None
    last_received_at: datetime | None
    heartbeat_at: datetime | None


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why messages are refused: a reason, how many of its rejects are open, and what was said of the latest."""

    reason: str
    number: int
    latest_at: datetime
    detail: str


async def find_gateway(connection: AsyncConnection, name: str) -> GatewayName:
    """Return the gateway called `name`; raises NotFoundError when there is none."""
    row = (await connection.execute(
        select(gateways.c.gateway_id, gateways.c.name).where(gateways.c.name == name))).one_or_none()
    if row is None:
        raise NotFoundError(words("There is no gateway with this name."))
    return GatewayName(*row)


async def list_gateways(connection: AsyncConnection, today: date, name: str | None = None) -> list[GatewayFigures]:
    """Return every gateway, or the one called `name`, with its figures."""
    sums = (select(gateway_days.c.gateway_id, *_sums("total"), *_sums("today", gateway_days.c.day == today))
            .group_by(gateway_days.c.gateway_id).subquery())
    own = gateways.c
    query = (select(own.gateway_id, own.name, own.synthetic, own.settings, own.profile, own.state, own.decoding,
                    _count_cameras().label("cameras"), func.greatest(*_last_messages()).label("last_message_at"),
                    *(column for column in sums.c if column.name != "gateway_id"))
             .outerjoin(sums, sums.c.gateway_id == own.gateway_id).order_by(own.name))
    if name is not None:
        query = query.where(own.name == name)
    return [_figures(dict(row)) for row in (await connection.execute(query)).mappings()]


def _sums(span: str, condition: ColumnElement[bool] | None = None) -> list[ColumnElement[Any]]:
    summed = [(count, func.sum(gateway_days.c[count])) for count in _COUNTS]
    return [(total if condition is None else total.filter(condition)).label(f"{span}_{count}")
            for count, total in summed]


def _count_cameras() -> ScalarSelect[int]:
    return (select(func.count()).where(gateway_cameras.c.gateway_id == gateways.c.gateway_id)
            .correlate(gateways).scalar_subquery())


def _last_messages() -> list[ScalarSelect[Any]]:
    """Return where a message of a gateway leaves its instant: states of cameras, trial reads and rejects."""
    states = select(func.max(func.greatest(camera_states.c.last_received_at, camera_states.c.heartbeat_at))).join(
        gateway_cameras, gateway_cameras.c.camera_id == camera_states.c.camera_id).where(
        gateway_cameras.c.gateway_id == gateways.c.gateway_id)
    others = [select(func.max(table.c.received_at)).where(table.c.gateway_id == gateways.c.gateway_id)
              for table in (trial_reads, rejects)]
    return [query.correlate(gateways).scalar_subquery() for query in (states, *others)]


def _figures(row: dict[str, Any]) -> GatewayFigures:
    # PostgreSQL sums bigint as numeric, and nothing at all as NULL.
    total, today = (Tally(**{count: int(row.pop(f"{span}_{count}") or 0) for count in _COUNTS})
                    for span in ("total", "today"))
    return GatewayFigures(**row | {"state": State(row["state"]), "total": total, "today": today})


async def list_cameras(connection: AsyncConnection, gateway_id: int) -> list[GatewayCamera]:
    """Return a gateway's cameras under both names."""
    states = camera_states.c
    rows = (await connection.execute(
        select(gateway_cameras.c.source_id, cameras.c.code, cameras.c.name, cameras.c.lat, cameras.c.lon,
               states.last_received_at, states.heartbeat_at)
        .join(cameras, cameras.c.camera_id == gateway_cameras.c.camera_id)
        .outerjoin(camera_states, states.camera_id == cameras.c.camera_id)
        .where(gateway_cameras.c.gateway_id == gateway_id).order_by(gateway_cameras.c.source_id))).mappings()
    return [GatewayCamera(**row) for row in rows]


async def list_days(connection: AsyncConnection, gateway_id: int, today: date) -> dict[date, Tally]:
    """Return a gateway's counts of the last days, today first; a day on which nothing came is there too."""
    rows = await connection.execute(
        select(gateway_days.c.day, *(gateway_days.c[count] for count in _COUNTS))
        .where(gateway_days.c.gateway_id == gateway_id, gateway_days.c.day > today - timedelta(days=DAYS)))
    found = {row[0]: Tally(*row[1:]) for row in rows}
    return {day: found.get(day, Tally()) for day in last_days(today)}


async def list_reject_days(connection: AsyncConnection, gateway_id: int, today: date) -> Mapping[str, dict[date, int]]:
    """Return how many messages of a gateway were refused on each of the last days, by reason, most frequent first."""
    columns = gateway_reject_days.c
    rows = await connection.execute(
        select(columns.reason, columns.day, columns.rejected)
        .where(columns.gateway_id == gateway_id, columns.day > today - timedelta(days=DAYS)))
    found: dict[str, dict[date, int]] = {}
    for reason, day, number in rows:
        found.setdefault(reason, {})[day] = number
    return dict(sorted(found.items(), key=lambda item: (-sum(item[1].values()), item[0])))


def last_days(today: date) -> list[date]:
    """Return the last days, today first."""
    return [today - timedelta(days=age) for age in range(DAYS)]


async def list_complaints(connection: AsyncConnection, gateway_id: int, now: datetime) -> list[Complaint]:
    """Return why messages of a gateway are refused still, most frequent reason first."""
    rows = await connection.execute(text(_COMPLAINTS), {"gateway_id": gateway_id, "now": now})
    return [Complaint(*row) for row in rows]
