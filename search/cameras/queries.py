"""Cameras with the state of their feeds; no reads and no plates."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.schema import camera_states, cameras


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera and how fresh its reads are."""

    camera_id: int
    code: str
    name: str
    municipality: str | None
    road: str | None
    direction: str | None
    kind: str | None
    lat: float | None
    lon: float | None
    heading_deg: int | None
    speed_limit_kmh: int | None
    lanes: int | None
    synthetic: bool
    last_captured_at: datetime | None
    heartbeat_at: datetime | None
    complete_until: datetime | None


async def list_cameras(connection: AsyncConnection) -> list[Camera]:
    """Return every camera, by municipality (those without one last) and code."""
    states = camera_states.c
    own = [cameras.c[name] for name in Camera.__slots__ if name in cameras.c]
    rows = (await connection.execute(
        select(*own, states.last_captured_at, states.heartbeat_at, states.complete_until)
        .outerjoin(camera_states, states.camera_id == cameras.c.camera_id)
        .order_by(cameras.c.municipality.nulls_last(), cameras.c.code))).mappings()
    return [Camera(**row) for row in rows]


def by_municipality(found: list[Camera]) -> dict[str, list[Camera]]:
    """Return cameras grouped by municipality, those without one under an empty name."""
    groups: dict[str, list[Camera]] = {}
    for camera in found:
        groups.setdefault(camera.municipality or "", []).append(camera)
    return groups
