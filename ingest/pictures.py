"""Pictures: put before the commit, spooled in the database when their store fails, moved when it is back."""

import asyncio
import logging
from collections.abc import Sequence
from uuid import UUID

from obstore.exceptions import BaseError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ingest import metrics
from ingest.complaints import Complaint
from ingest.rows import Row
from services.database import transaction
from services.images import ImageStore, Kind

log = logging.getLogger(__name__)
_spooled = Complaint(log, "the image store fails: %d pictures are kept in the database for now")

_PUTS_AT_ONCE = 16
_PUT_TIMEOUT_S = 10.0
_MOVED_AT_ONCE = 50
STORE_ERRORS = (BaseError, OSError, TimeoutError)

# Not the table's size on disk: that stays for a while when the spool has been emptied.
_SPOOL_BYTES = "SELECT coalesce(sum(octet_length(content)), 0) FROM image_spool"
_SPOOLED = """
SELECT read_id, kind, captured_at, content FROM image_spool
ORDER BY queued_at LIMIT :limit
"""
_MOVED = "DELETE FROM image_spool WHERE read_id = :read_id AND kind = :kind"
_NO_LONGER_PENDING = """
UPDATE reads SET images_pending = false
WHERE captured_at = :captured_at AND read_id = :read_id
  AND NOT EXISTS (SELECT FROM image_spool WHERE image_spool.read_id = :read_id)
"""


async def put_pictures(store: ImageStore, rows: Sequence[Row]) -> list[Row]:
    """Put the pictures of `rows`; return, marked as pending, the rows whose pictures the store did not take."""
    limit = asyncio.Semaphore(_PUTS_AT_ONCE)

    async def put(row: Row) -> bool:
        async with limit:
            try:
                for kind, content in row.pictures:
                    await asyncio.wait_for(store.put(UUID(row.read_id), kind, content), _PUT_TIMEOUT_S)
            except STORE_ERRORS:
                row.images_pending = True
                return False
            return True

    pictured = [row for row in rows if row.pictures]
    taken = await asyncio.gather(*(put(row) for row in pictured))
    return [row for row, was_taken in zip(pictured, taken, strict=True) if not was_taken]


async def has_room(connection: AsyncConnection, limit_mb: int) -> bool:
    """Tell whether the spool may take more pictures."""
    used: int = (await connection.execute(text(_SPOOL_BYTES))).scalar_one()
    metrics.SPOOL_BYTES.set(used)
    return used < limit_mb * 1024 * 1024


async def empty_spool(engine: AsyncEngine, store: ImageStore) -> int:
    """Move spooled pictures to their store, the oldest first, until none is left; return how many were moved.

    Raises one of STORE_ERRORS when the store still fails; what was moved before stays moved.
    """
    moved = 0
    while True:
        async with transaction(engine) as connection:
            rows = (await connection.execute(text(_SPOOLED), {"limit": _MOVED_AT_ONCE})).all()
            for row in rows:
                await asyncio.wait_for(store.put(row.read_id, Kind(row.kind), row.content), _PUT_TIMEOUT_S)
            for row in rows:
                values = {"read_id": row.read_id, "kind": row.kind}
                await connection.execute(text(_MOVED), values)
                await connection.execute(text(_NO_LONGER_PENDING), {
                    "captured_at": row.captured_at, "read_id": row.read_id})
        moved += len(rows)
        if len(rows) < _MOVED_AT_ONCE:
            metrics.SPOOL_BYTES.set(0)
            return moved


async def keep_emptying(engine: AsyncEngine, store: ImageStore, every_s: float = 10.0) -> None:
    """Try to empty the spool for ever; a store that fails is tried again later."""
    while True:
        await asyncio.sleep(every_s)
        try:
            if moved := await empty_spool(engine, store):
                log.info("the image store is back: %d spooled pictures moved", moved)
        except STORE_ERRORS as error:
            log.warning("the image store still fails: %s", type(error).__name__)
        except Exception as error:  # the database may be away: the next round finds it
            log.warning("the spool could not be read: %s", type(error).__name__)


def note_spooled(rows: Sequence[Row]) -> None:
    """Count and say that pictures went to the spool."""
    pictures = sum(len(row.pictures) for row in rows)
    metrics.PICTURES_SPOOLED.inc(pictures)
    _spooled.say(pictures)
