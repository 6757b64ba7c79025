"""The count of what every camera read lately: every fifteen seconds, by one of the ingest processes."""

import asyncio
import logging

from sqlalchemy.ext.asyncio import AsyncEngine

from services.camera_counts import count_reads
from services.clock import utc_now
from services.database import transaction

log = logging.getLogger(__name__)

_EVERY_S = 15.0
_LONGEST_S = 10.0


async def keep_counting(engine: AsyncEngine, every_s: float = _EVERY_S) -> None:
    """Count for ever; nobody's read waits for it."""
    while True:
        await asyncio.sleep(every_s)
        try:
            async with asyncio.timeout(_LONGEST_S), transaction(engine) as connection:
                await count_reads(connection, utc_now())
        except Exception as error:  # whatever ails the database, the batcher says it and waits for it
            log.debug("reads could not be counted (%s)", type(error).__name__)
