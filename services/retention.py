"""The expiry of everything that could show an expired read (owner's role only)."""

from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services import rewriting
from services.clock import local_day, midnight, monday_of
from services.database import transaction
from services.images import ImageStore
from services.partitions import monday_named, week_name
from services.retention_rule import cut_off

PASSAGE_MEMORY = timedelta(days=45)
"""How long a later message of the same passing car finds its read: the longest outage planned for, and a half."""

_WEEK_TABLES = """
SELECT relname, CASE WHEN inhdetachpending THEN 'FINALIZE' WHEN inhparent IS NOT NULL THEN 'CONCURRENTLY' ELSE '' END
FROM pg_class LEFT JOIN pg_inherits ON inhrelid = pg_class.oid
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1
"""

# Somebody has had all reads analysed together: the planner's sample then holds plates. No server does so by itself.
_PLANNER_REMEMBERS_READS = "SELECT EXISTS (SELECT FROM pg_stats WHERE schemaname = 'public' AND tablename = 'reads')"

# Rows that live on, and lose what they tell of a read that is gone: the instants at which it was captured and received.
# A camera that has been silent for a year is silent since the cut-off, as far as anybody may know.
_FADING_ROWS = (
    "UPDATE camera_states SET last_captured_at = NULL, last_received_at = NULL WHERE last_captured_at < :cut_off",
    "UPDATE camera_silences SET since = :cut_off WHERE since < :cut_off",
    "UPDATE hits SET first_captured_at = :cut_off WHERE first_captured_at < :cut_off",
    # A file of entries that nobody took within a day is brought again.
    "UPDATE watch_deliveries SET content = NULL, rest = '{}' WHERE content IS NOT NULL AND made_at < :day_ago",
)

# Every row that holds a trace of a read, with the column that says when it must go.
_EXPIRING_ROWS = {
    "reads": "captured_at < :cut_off",
    # On the day of the cut-off itself, the plates whose last read of that day is gone.
    "plates": "last_seen < :cut_off_day OR (last_seen = :cut_off_day AND NOT EXISTS (SELECT FROM reads "
              "WHERE reads.plate = plates.plate AND captured_at >= :cut_off AND captured_at < :cut_off_day_ends))",
    "passages": "captured_at < :passage_cut_off",
    "confirmations": "captured_at < :cut_off",
    "hit_deliveries": "made_at < :cut_off",  # tests of channels; the others go with their hits
    "alerts": "captured_at < :cut_off",
    # Alerts that were withdrawn may be of later reads than the last that stands.
    "hits": "last_captured_at < :cut_off AND NOT EXISTS (SELECT FROM alerts WHERE alerts.hit_id = hits.hit_id)",
    "action_vehicles": "captured_at < :cut_off",
    "follow_batches": "oldest_at < :cut_off",
    # Every version of what was watched for, a year after it ended.
    "watch_entries": "least(replaced_at, revoked_at, until) < :cut_off",
    "image_spool": "captured_at < :cut_off",
    "rejects": "expires_at < :now",
    "trial_reads": "expires_at < :now",
    "camera_clocks": "until < :cut_off",
    "camera_counts": "slot < :cut_off",  # those that ingest left when it was stopped for good
    "camera_silences": "until < :cut_off",
    "sessions": "expires_at < :now",
    # Both hold questions, which may name a part of a plate.
    "notices": "made_at < :cut_off",
    "approvals": "refused_at < :cut_off",
    # They may name a plate too; they end with their owner's account.
    "saved_searches": "expires_at < :now OR user_id IN (SELECT user_id FROM users WHERE disabled_at IS NOT NULL)",
}


async def expire(engine: AsyncEngine, images: ImageStore, now: datetime, *, thorough: bool = False) -> dict[str, int]:
    """Remove every trace of reads older than the cut-off; return how many rows, weeks and pictures went.

    `thorough`, once a night, also takes the bytes of what was deleted out of the free space of large tables
    (services/rewriting.py), and packs the indexes of weeks that are over.
    """
    limit = cut_off(now)
    removed = {"weeks": await _drop_weeks(engine, limit)}
    day = local_day(limit)
    values = {"cut_off": limit, "cut_off_day": day, "cut_off_day_ends": midnight(day + timedelta(days=1)), "now": now,
              "passage_cut_off": now - PASSAGE_MEMORY, "day_ago": now - timedelta(days=1)}
    async with transaction(engine) as connection:
        for table, condition in _EXPIRING_ROWS.items():
            result = await connection.execute(text(f"DELETE FROM {table} WHERE {condition}"), values)  # noqa: S608
            removed[table] = result.rowcount
        for statement in _FADING_ROWS:
            await connection.execute(text(statement), values)
    await _clean_up(engine, limit, {table for table, count in removed.items() if count}, thorough=thorough)
    removed["pictures"] = await images.delete_before(limit)
    if thorough:
        await rewriting.pack_weeks(engine, now)
    return removed


async def _clean_up(engine: AsyncEngine, limit: datetime, changed: set[str], *, thorough: bool) -> None:
    """Leave no dead rows, and nothing in what the planner remembers."""
    boundary_week = week_name(monday_of(limit))
    tables = changed & _EXPIRING_ROWS.keys() - {"reads"}
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        if await _planner_must_forget(connection, changed, thorough=thorough):
            await connection.execute(text("ANALYZE reads"))
        if "reads" in changed or (thorough and await _is_there(connection, boundary_week)):
            tables.add(boundary_week)
    if thorough:
        tables.add("plates")
    if tables or changed:
        await rewriting.clean(engine, tables, boundary_week=boundary_week, thorough=thorough)


async def _planner_must_forget(connection: AsyncConnection, changed: set[str], *, thorough: bool) -> bool:
    """Tell whether all reads must be analysed anew; where there are many it takes a minute, so only once a night."""
    if not thorough and not (changed & {"weeks", "reads"} and await rewriting.is_small(connection, "reads")):
        return False
    remembers: bool = (await connection.execute(text(_PLANNER_REMEMBERS_READS))).scalar_one()
    return remembers


async def _is_there(connection: AsyncConnection, table: str) -> bool:
    return (await connection.execute(text("SELECT to_regclass(:table)"), {"table": table})).scalar_one() is not None


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
