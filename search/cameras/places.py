"""Where a camera stood, and in which time: a camera that is moved keeps its old place for its old reads."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.schema import camera_places, cameras


@dataclass(frozen=True, slots=True)
class Place:
    """One place of one camera from `since` up to `until` (None: it still stands there)."""

    camera_id: int
    code: str
    since: datetime
    until: datetime | None
    name: str
    municipality: str | None
    road: str | None
    site: str | None
    direction: str | None
    lat: float | None
    lon: float | None
    heading_deg: int | None


_COLUMNS = tuple(cameras.c.code if field.name == "code" else camera_places.c[field.name] for field in fields(Place))


async def list_places(connection: AsyncConnection) -> list[Place]:
    """Return every place of every camera."""
    rows = await connection.execute(
        select(*_COLUMNS).join(cameras, cameras.c.camera_id == camera_places.c.camera_id)
        .order_by(camera_places.c.camera_id, camera_places.c.since))
    return [Place(*row) for row in rows]
