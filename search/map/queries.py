"""Where cameras stand; no reads and no plates."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from search.map.zone import Spot
from services.schema import cameras


async def list_spots(connection: AsyncConnection) -> list[Spot]:
    """Return the places of all cameras that have one."""
    rows = await connection.execute(
        select(cameras.c.lon, cameras.c.lat, cameras.c.municipality)
        .where(cameras.c.lon.is_not(None), cameras.c.lat.is_not(None)).order_by(cameras.c.code))
    return [Spot((row.lon, row.lat), row.municipality or "") for row in rows]
