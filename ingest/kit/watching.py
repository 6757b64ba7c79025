"""Watching a gateway through the database: what arrives in a time, by either door, becomes facts; no plate leaves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingest.kit.facts import Camera, Counts, Facts, Refused, Seen
from services import plates
from services.errors import ConfigurationError
from services.registry import State
from services.schema import gateway_days, gateways

_MOST_SEEN = 20_000
_AROUND = timedelta(hours=26)
"""How old a read's capture may be to be looked at: any zone's error and a day; older ones are counted as late alone."""
_BACK_SOON = timedelta(seconds=10)

_CAMERAS = """
SELECT codes.camera_id, codes.source_id, cameras.code, last_received_at, heartbeat_at
FROM gateway_cameras AS codes JOIN cameras USING (camera_id) LEFT JOIN camera_states USING (camera_id)
WHERE gateway_id = :gateway_id
"""

_READS = """
SELECT camera_id, extract(epoch FROM received_at - captured_at)::float AS delay_s, confidence, confidence_raw, country,
       country_raw, plate LIKE '?%' AS unread, images > 0 AS pictured,
       coalesce(plate NOT LIKE '?%' AND captured_at - lag(captured_at) OVER (
           PARTITION BY camera_id, plate ORDER BY captured_at, read_id) < :soon, false) AS follows_itself
FROM reads
WHERE camera_id = ANY(:cameras) AND captured_at BETWEEN :began - :around AND :ended + :around
  AND gateway_id = :gateway_id AND received_at BETWEEN :began AND :ended AND NOT superseded
LIMIT :most
"""

_TRIALS = """
SELECT found->>'camera' AS source_id, extract(epoch FROM received_at - captured_at)::float AS delay_s,
       (found->>'confidence')::float AS confidence, found->>'confidence_raw' AS confidence_raw,
       found->>'country' AS country, found->>'country_raw' AS country_raw, found->>'plate' IS NULL AS unread,
       jsonb_array_length(found->'images') > 0 AS pictured,
       coalesce(found->>'passage' IS NULL AND captured_at - lag(captured_at) OVER (
           PARTITION BY found->>'camera', found->>'plate' ORDER BY captured_at) < :soon
           AND found->>'plate' ~ '[^A9]', false) AS follows_itself
FROM (SELECT *, (found->>'captured_at')::timestamptz AS captured_at FROM trial_reads) AS trial
WHERE gateway_id = :gateway_id AND received_at BETWEEN :began AND :ended
LIMIT :most
"""

_REFUSED = """
SELECT reason, count(*) AS number, max(detail) AS detail,
       coalesce(array_agg(extract(epoch FROM received_at - captured_at)::float)
                FILTER (WHERE captured_at IS NOT NULL AND reason = 'in-the-future'), '{}') AS delays_s
FROM rejects WHERE gateway_id = :gateway_id AND received_at BETWEEN :began AND :ended GROUP BY reason
"""

_PASSAGES = """
SELECT count(*), count(*) FILTER (WHERE revision > 0) FROM passages
WHERE camera_id = ANY(:cameras) AND captured_at BETWEEN :began AND :ended
"""


@dataclass(frozen=True, slots=True)
class Watched:
    """A gateway before anything was seen of it."""

    gateway_id: int
    name: str
    profile: str
    state: State


async def find(connection: AsyncConnection, name: str) -> Watched:
    """Return a gateway; raises ConfigurationError when there is none of that name."""
    columns = gateways.c
    row = (await connection.execute(
        select(columns.gateway_id, columns.name, columns.profile, columns.state).where(columns.name == name)
    )).one_or_none()
    if row is None:
        raise ConfigurationError(f"there is no gateway {name}: `python -m services gateway list` shows those there are")
    return Watched(row.gateway_id, row.name, row.profile, State(row.state))


async def count(connection: AsyncConnection, gateway_id: int) -> Counts:
    """Return what was counted of a gateway so far, all days together."""
    sums = [func.coalesce(func.sum(gateway_days.c[name]), 0) for name in Counts.__slots__]
    row = (await connection.execute(select(*sums).where(gateway_days.c.gateway_id == gateway_id))).one()
    return Counts(*(int(value) for value in row))


async def gather(connection: AsyncConnection, watched: Watched, before: Counts, began: datetime,
                 ended: datetime) -> Facts:
    """Return the facts of what arrived between two instants; `before` is what had been counted at the first."""
    now = await count(connection, watched.gateway_id)
    cameras = (await connection.execute(text(_CAMERAS), {"gateway_id": watched.gateway_id})).all()
    values = {"gateway_id": watched.gateway_id, "began": began, "ended": ended, "around": _AROUND, "soon": _BACK_SOON,
              "most": _MOST_SEEN, "cameras": [camera.camera_id for camera in cameras]}
    seen = await _seen(connection, cameras, values)
    passages, revised = (await connection.execute(text(_PASSAGES), values)).one()
    return Facts(
        watched.name, watched.profile, watched.state, round((ended - began).total_seconds()),
        Counts(*(getattr(now, name) - getattr(before, name) for name in Counts.__slots__)),
        tuple(_camera(camera, {one.camera for one in seen}, began) for camera in cameras), tuple(seen),
        {row.reason: Refused(row.number, row.detail, tuple(row.delays_s))
         for row in await connection.execute(text(_REFUSED), values)}, passages, revised)


async def _seen(connection: AsyncConnection, cameras: Iterable[Row[Any]], values: dict[str, Any]) -> list[Seen]:
    by_number = {camera.camera_id: camera.code for camera in cameras}
    by_name = {camera.source_id: camera.code for camera in cameras}
    reads = await connection.execute(text(_READS), values)
    seen = [_one(row, by_number[row.camera_id]) for row in reads]
    trials = await connection.execute(text(_TRIALS), values)
    # The most exact of a source's names for a camera need not be the one under which it is registered.
    return seen + [_one(row, by_name.get(row.source_id, "under another name")) for row in trials]


def _one(row: Row[Any], camera: str) -> Seen:
    return Seen(camera, row.delay_s, row.confidence, _shape(row.confidence_raw), row.country, _shape(row.country_raw),
                row.unread, row.pictured, row.follows_itself)


def _shape(raw: str | None) -> str | None:
    """Mask what was sent: a wrong mapping may have found a plate there."""
    return plates.mask(raw)[:16] if raw else None


def _camera(row: Row[Any], heard: set[str], began: datetime) -> Camera:
    moments = [moment for moment in (row.last_received_at, row.heartbeat_at) if moment is not None]
    return Camera(row.code, row.code in heard or any(moment >= began for moment in moments), bool(moments))
