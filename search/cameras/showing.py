"""What a camera's page shows beside its papers: place, last hour, usual week, silences, and which cameras come next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from search.cameras.completeness import PastSilence, silent_between
from search.cameras.health import Health, health_of
from search.cameras.pace import Drawn, Pace, draw, hours_shown, paces_of, slots_before
from search.cameras.pace_queries import list_counts, list_rates
from search.cameras.queries import Camera, list_cameras
from search.cameras.week import Week, draw_week
from search.map.piece import Piece
from search.map.zone import Zone
from services.onward import Onward, onward_from
from services.schema import camera_rhythms

SILENCES_OF = timedelta(days=30)
MOST_SILENCES = 20
MOST_ONWARD = 6
_LEAST_PROBABLE = 0.02


@dataclass(frozen=True, slots=True)
class Shown:
    """One camera, as its page shows it."""

    camera: Camera
    others: Sequence[Camera]
    """All cameras, for its map."""
    health: Health
    pace: Pace
    drawn: Drawn
    week: Week | None
    silences: Sequence[PastSilence]
    """Of the last thirty days, the last first."""
    onward: Sequence[Onward]
    piece: Piece | None


async def look_at(connection: AsyncConnection, camera_id: int, zone: Zone, now: datetime) -> Shown:
    """Return what the page of a camera shows now."""
    found = await list_cameras(connection)
    camera = next(one for one in found if one.camera_id == camera_id)
    paces = paces_of([camera_id], await list_counts(connection, slots_before(now)[0]),
                   await list_rates(connection, hours_shown(now)), now)
    pace = paces[camera_id]
    silences = await silent_between(connection, [camera_id], now - SILENCES_OF, now)
    onward = [one for one in await onward_from(connection, camera_id, now) if one.probability >= _LEAST_PROBABLE]
    return Shown(camera, found, health_of(camera, now), pace, draw(pace, step=20, high=60),
                 draw_week(await _rates(connection, camera_id)), silences[::-1][:MOST_SILENCES],
                 onward[:MOST_ONWARD], _piece(zone, camera))


def _piece(zone: Zone, camera: Camera) -> Piece | None:
    return Piece(zone, (camera.lon, camera.lat)) if camera.lon is not None and camera.lat is not None else None


async def _rates(connection: AsyncConnection, camera_id: int) -> list[float]:
    rhythm = camera_rhythms.c
    return list((await connection.execute(
        select(rhythm.reads_per_hour).where(rhythm.camera_id == camera_id).order_by(rhythm.hour_of_week))).scalars())
