"""The expiry of everything that could show an expired read (owner's role only)."""

from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.clock import local_day, midnight
from services.database import transaction
from services.images import ImageStore
from services.partitions import monday_named
from services.retention_rule import cut_off

PASSAGE_MEMORY = timedelta(days=45)
"""How long a later message of the same passing car finds its read: the longest outage planned for, and a half."""

_WEEK_TABLES = """
SELECT relname, CASE WHEN inhdetachpending THEN 'FINALIZE' WHEN inhparent IS NOT NULL THEN 'CONCURRENTLY' ELSE '' END
FROM pg_class LEFT JOIN pg_inherits ON inhrelid = pg_class.oid
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1
"""

# Every row that holds a trace of a read, with the column that says when it must go.
_EXPIRING_ROWS = {
    "reads": "captured_at < :cut_off",
    # On the day of the cut-off itself, the plates whose last read of that day is gone.
    "plates": "last_seen < :cut_off_day OR (last_seen = :cut_off_day AND NOT EXISTS (SELECT FROM reads "
              "WHERE reads.plate = plates.plate AND captured_at >= :cut_off AND captured_at < :cut_off_day_ends))",
    "passages": "captured_at < :passage_cut_off",
    "confirmations": "captured_at < :cut_off",
    "image_spool": "captured_at < :cut_off",
    "rejects": "expires_at < :now",
    "trial_reads": "expires_at < :now",
    "camera_clocks": "until < :cut_off",
    "sessions": "expires_at < :now",
}


async def expire(engine: AsyncEngine, images: ImageStore, now: datetime) -> dict[str, int]:
    """Remove every trace of reads older than the cut-off; return how many rows, weeks and pictures went."""
    limit = cut_off(now)
    removed = {"weeks": await _drop_weeks(engine, limit)}
    day = local_day(limit)
    values = {"cut_off": limit, "cut_off_day": day, "cut_off_day_ends": midnight(day + timedelta(days=1)), "now": now,
              "passage_cut_off": now - PASSAGE_MEMORY}
    async with transaction(engine) as connection:
        for table, condition in _EXPIRING_ROWS.items():
            result = await connection.execute(text(f"DELETE FROM {table} WHERE {condition}"), values)  # noqa: S608
            removed[table] = result.rowcount
    removed["pictures"] = await images.delete_before(limit)
    return removed


async def _drop_weeks(engine: AsyncEngine, limit: datetime) -> int:
    """Detach and drop the weeks that lie wholly before `limit`; a DELETE of a week would leave dead rows behind."""
    async with transaction(engine) as connection:
        weeks = [(name, detach) for name, monday, detach in await _weeks(connection)
                 if midnight(monday + timedelta(days=7)) <= limit]
    # DETACH … CONCURRENTLY waits for running questions instead of making them wait, and wants no transaction around it.
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        for name, detach in weeks:
            if detach:
                await connection.execute(text(f"ALTER TABLE reads DETACH PARTITION {name} {detach}"))
            await connection.execute(text(f"DROP TABLE {name}"))
    return len(weeks)


async def _weeks(connection: AsyncConnection) -> list[tuple[str, date, str]]:
    """Return every week's table, its Monday and how to detach it: an expiry that was killed leaves it half done."""
    rows = await connection.execute(text(_WEEK_TABLES))
    return [(name, monday, detach) for name, detach in rows if (monday := monday_named(name)) is not None]
