"""What search does on its own, once a minute: tell of urgent consultations whose PV never came."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from search.program import Program
from services.clock import utc_now
from services.database import transaction
from services.overdue import tell_overdue

EVERY = timedelta(minutes=1)
_log = logging.getLogger(__name__)


@asynccontextmanager
async def telling(program: Program, every: timedelta = EVERY) -> AsyncIterator[None]:
    """Tell of what is overdue as long as the block lasts; every search process does, and each row is told by one."""
    task = asyncio.create_task(_keep_telling(program, every))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _keep_telling(program: Program, every: timedelta) -> None:
    while True:
        try:
            async with transaction(program.engine) as connection:
                await tell_overdue(connection, program.trail, utc_now())
        except Exception as error:  # whatever it is, the next minute tries again; its text may hold what is in no log
            _log.error("what is overdue could not be told: %s", type(error).__name__)
        await asyncio.sleep(every.total_seconds())
