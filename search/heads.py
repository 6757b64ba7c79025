"""The copies of the audit's newest row outside PostgreSQL, made while search runs (services/audit_heads.py)."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from search.program import Program
from services.audit_heads import HeadsFile, heads_file
from services.database import reading

EVERY_S = 1.0
_COMPLAIN_EVERY = 60
"""A copy that cannot be made is complained of once in so many times."""

_log = logging.getLogger(__name__)


@asynccontextmanager
async def copying_heads(program: Program) -> AsyncIterator[None]:
    """Copy the newest row once a second as long as the block lasts, where the settings name a file."""
    file = heads_file(program.settings)
    if file is None:
        yield
        return
    ending = asyncio.Event()
    task = asyncio.create_task(_copy_until(ending, program.engine, file))
    try:
        yield
    finally:
        ending.set()  # never cancelled: a thread may be writing
        await task


async def _copy_until(ending: asyncio.Event, engine: AsyncEngine, file: HeadsFile) -> None:
    """Copy again and again, and once more in the end: questions may have been answered meanwhile."""
    failed = 0
    while True:
        was_ending = ending.is_set()
        failed = 0 if await _copy(engine, file) else failed + 1
        if failed % _COMPLAIN_EVERY == 1:
            _log.warning("the audit's newest row cannot be copied to ZONESCHILD_AUDIT_HEADS_FILE")
        if was_ending:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(ending.wait(), EVERY_S)


async def _copy(engine: AsyncEngine, file: HeadsFile) -> bool:
    """Copy once; False when it failed. Another process that is copying at this moment does it for us."""
    try:
        async with reading(engine) as connection:
            await file.copy(connection)
    except (OSError, SQLAlchemyError):
        return False
    return True
