"""The cameras' clock offsets in the database: the last are taken up at the start, new ones written every minute."""

import asyncio
import logging
from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ingest import arrays, metrics
from ingest.clocks import Clocks, Offset
from services.clock import epoch_ms, utc_now
from services.clock_rule import clock_class
from services.database import transaction

log = logging.getLogger(__name__)

_EVERY_S = 60.0

_LAST = "SELECT DISTINCT ON (camera_id) * FROM camera_clocks ORDER BY camera_id, since DESC"

_KEEP = """
INSERT INTO camera_clocks (camera_id, since, until, offset_ms, samples)
SELECT camera_id, 'epoch'::timestamptz + since_ms * interval '1 millisecond',
       'epoch'::timestamptz + until_ms * interval '1 millisecond', offset_ms, samples
FROM unnest(CAST(:camera_id AS int[]), CAST(:since_ms AS bigint[]), CAST(:until_ms AS bigint[]),
            CAST(:offset_ms AS int[]), CAST(:samples AS int[]))
     AS measured (camera_id, since_ms, until_ms, offset_ms, samples)
ON CONFLICT (camera_id, since) DO UPDATE SET
    until = greatest(camera_clocks.until, excluded.until), samples = greatest(camera_clocks.samples, excluded.samples)
"""
_COLUMNS = ("camera_id", "since_ms", "until_ms", "offset_ms", "samples")


async def keep_measuring(engine: AsyncEngine, clocks: Clocks, every_s: float = _EVERY_S) -> None:
    """Write for ever what `clocks` measures; while the database is away it is kept, up to the last of each camera."""
    waiting: dict[tuple[int, int], Offset] = {}
    remembered = False
    while True:
        try:
            if not remembered:
                async with transaction(engine) as connection:
                    clocks.remember(await last_offsets(connection))
                remembered = True
            for offset in clocks.measure(epoch_ms(utc_now())):
                waiting[offset.camera_id, offset.since_ms] = offset
                metrics.CLOCK_OFFSETS.labels(clock_class(offset.offset_ms)).inc()
            if waiting:
                async with transaction(engine) as connection:
                    await keep_offsets(connection, [waiting[key] for key in sorted(waiting)])
                waiting.clear()
        except Exception as error:  # whatever ails the database, the batcher says it and waits for it
            log.debug("the clocks' offsets could not be kept (%s)", type(error).__name__)
        await asyncio.sleep(every_s)


async def last_offsets(connection: AsyncConnection) -> list[Offset]:
    """Return the latest row of each camera."""
    rows = await connection.execute(text(_LAST))
    return [Offset(row.camera_id, epoch_ms(row.since), epoch_ms(row.until), row.offset_ms, row.samples) for row in rows]


async def keep_offsets(connection: AsyncConnection, offsets: Sequence[Offset]) -> None:
    """Write rows, or bring those that are there up to date; no camera and beginning may stand twice in `offsets`."""
    values = {name: arrays.number_array(getattr(offset, name) for offset in offsets) for name in _COLUMNS}
    await connection.execute(text(_KEEP), values)
