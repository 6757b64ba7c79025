"""How many reads cameras had lately, and usually have: numbers alone, no reads and no plates."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from search.cameras.pace import Counts, Rates
from services.schema import camera_counts, camera_rhythms


async def list_counts(connection: AsyncConnection, since: datetime) -> Counts:
    """Return how many reads each camera had in each five minutes from `since` on."""
    counted = camera_counts.c
    rows = await connection.execute(select(counted.camera_id, counted.slot, counted.reads).where(counted.slot >= since))
    return {(camera_id, slot): reads for camera_id, slot, reads in rows}


async def list_rates(connection: AsyncConnection, hours: Sequence[int]) -> Rates:
    """Return how many reads an hour each camera usually has in these hours of the week."""
    rhythm = camera_rhythms.c
    rows = await connection.execute(select(rhythm.camera_id, rhythm.hour_of_week, rhythm.reads_per_hour)
                                    .where(rhythm.hour_of_week == func.any(list(hours))))
    return {(camera_id, hour): rate for camera_id, hour, rate in rows}
