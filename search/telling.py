"""What search does on its own: tell of PVs that never came, of entries of lists that end, of hits that nobody took."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from search.program import Program
from services.clock import utc_now
from services.database import transaction
from services.hits.escalation import escalate_unclaimed
from services.overdue import tell_overdue
from services.watchlists.ending import tell_endings

EVERY = timedelta(seconds=15)
_TELLERS = (tell_overdue, tell_endings, escalate_unclaimed)
_log = logging.getLogger(__name__)


@asynccontextmanager
async def telling(program: Program, every: timedelta = EVERY) -> AsyncIterator[None]:
    """Tell of what is overdue or ends, as long as the block lasts; of several processes one tells of each row."""
    task = asyncio.create_task(_keep_telling(program, every))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _keep_telling(program: Program, every: timedelta) -> None:
    while True:
        for tell in _TELLERS:
            try:
                async with transaction(program.engine) as connection:
                    await tell(connection, program.trail, utc_now())
            except Exception as error:  # the next round tries again; its text may hold what is in no log
                _log.error("what is overdue could not be told: %s", type(error).__name__)
        await asyncio.sleep(every.total_seconds())
