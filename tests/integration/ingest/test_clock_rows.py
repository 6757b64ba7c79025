"""Clock offsets in the database: written as they are measured, gone on with after a start."""

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from ingest.clock_rows import keep_measuring, keep_offsets, last_offsets
from ingest.clocks import Clocks, Offset
from ingest.rows import Row
from services.clock import epoch_ms, utc_now
from services.database import transaction
from tests.ingest_samples import decode, incoming, read

HOUR_MS = 3_600_000


def rows_of_late(way_ms: int, camera: str = "cam1") -> list[Row]:
    """Reads of the last ten minutes that took so long from the camera's time to ours."""
    moments = [utc_now() - timedelta(seconds=600 - 30 * number) for number in range(20)]
    found = decode(*(incoming(read(moment - timedelta(milliseconds=way_ms), camera=camera), received_at=moment)
                     for moment in moments), now=utc_now())
    return [row for row in found if isinstance(row, Row)]


async def measured(engine: AsyncEngine, look: Any, clocks: Clocks, count: int) -> list[dict[str, Any]]:
    """Let clocks be measured until there are so many rows."""
    task = asyncio.create_task(keep_measuring(engine, clocks, every_s=0.02))
    async with asyncio.timeout(10):
        found: list[dict[str, Any]] = []
        while len(found) < count:
            await asyncio.sleep(0.01)
            found = look.all("SELECT * FROM camera_clocks ORDER BY camera_id, since")
    task.cancel()
    return found


async def test_what_is_measured_is_kept(engine: AsyncEngine, look: Any) -> None:
    clocks = Clocks()
    clocks.note([*rows_of_late(40), *rows_of_late(-1500, "cam2")])
    found = await measured(engine, look, clocks, 2)
    assert [(row["camera_id"], row["offset_ms"], row["samples"]) for row in found] == [(11, -40, 20), (12, 1500, 20)]
    assert all(timedelta(minutes=9) < row["until"] - row["since"] < timedelta(minutes=10) for row in found)


async def test_the_last_row_goes_on_after_a_start(engine: AsyncEngine, look: Any) -> None:
    now_ms = epoch_ms(utc_now())
    before = [Offset(11, now_ms - 9 * HOUR_MS, now_ms - 5 * HOUR_MS, 700, 10),
              Offset(11, now_ms - 5 * HOUR_MS, now_ms - HOUR_MS // 2, -30, 100)]
    async with transaction(engine) as connection:
        await keep_offsets(connection, before)
        assert await last_offsets(connection) == [before[1]]
    clocks = Clocks()
    clocks.note([*rows_of_late(40), *rows_of_late(40, "cam2")])
    found = await measured(engine, look, clocks, 3)
    assert [(row["camera_id"], row["offset_ms"], row["samples"]) for row in found] == [
        (11, 700, 10), (11, -30, 120), (12, -40, 20)]
