"""The expiry of everything that could show an expired read (owner's role only)."""

import re
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.clock import local_day, midnight
from services.database import transaction
from services.images import ImageStore
from services.retention_rule import cut_off

PASSAGE_MEMORY = timedelta(days=45)
"""How long a later message of the same passing car finds its read: the longest outage planned for, and a half."""

_WEEK = re.compile(r"reads_(\d{4})_(\d\d)_(\d\d)\Z")

# Every row that holds a trace of a read, with the column that says when it must go.
_EXPIRING_ROWS = {
    "reads": "captured_at < :cut_off",
    "plates": "last_seen < :cut_off_day",
    "passages": "captured_at < :passage_cut_off",
    "image_spool": "captured_at < :cut_off",
    "rejects": "expires_at < :now",
    "sessions": "expires_at < :now",
}


async def expire(engine: AsyncEngine, images: ImageStore, now: datetime) -> dict[str, int]:
    """Remove every trace of reads older than the cut-off; return how many rows, weeks and pictures went."""
    limit = cut_off(now)
    removed = {"weeks": await _drop_weeks(engine, limit)}
    values = {"cut_off": limit, "cut_off_day": local_day(limit), "now": now, "passage_cut_off": now - PASSAGE_MEMORY}
    async with transaction(engine) as connection:
        for table, condition in _EXPIRING_ROWS.items():
            result = await connection.execute(text(f"DELETE FROM {table} WHERE {condition}"), values)  # noqa: S608
            removed[table] = result.rowcount
    removed["pictures"] = await images.delete_before(limit)
    return removed


async def _drop_weeks(engine: AsyncEngine, limit: datetime) -> int:
    """Detach and drop the weeks that lie wholly before `limit`; a DELETE of a week would leave dead rows behind."""
    async with transaction(engine) as connection:
        weeks = [name for name, monday in await _weeks(connection) if midnight(monday + timedelta(days=7)) <= limit]
    # DETACH … CONCURRENTLY waits for running questions instead of making them wait, and wants no transaction around it.
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        for name in weeks:
            await connection.execute(text(f"ALTER TABLE reads DETACH PARTITION {name} CONCURRENTLY"))
            await connection.execute(text(f"DROP TABLE {name}"))
    return len(weeks)


async def _weeks(connection: AsyncConnection) -> list[tuple[str, date]]:
    rows = await connection.execute(text("SELECT inhrelid::regclass::text FROM pg_inherits "
                                         "WHERE inhparent = 'reads'::regclass ORDER BY 1"))
    found = []
    for (name,) in rows:
        if match := _WEEK.match(name):
            found.append((name, date(*map(int, match.groups()))))
    return found
