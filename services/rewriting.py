"""Tables and indexes written anew, so that no page keeps what was deleted and old weeks take less room (owner's role).

A deleted row's bytes stay in the free space of its pages after VACUUM: seldom in those of tables, which close up, and
mostly in those of indexes. Nobody finds them by asking, but whoever reads the files does.
"""

import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from psycopg.errors import LockNotAvailable
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.clock import midnight
from services.partitions import monday_named

log = logging.getLogger(__name__)

SMALL_MB = 8
"""A table so small is written anew in a moment, whoever waits for it."""
CLOSED_FOR = timedelta(days=7)
"""A week so long over gets hardly any more reads: its indexes need no room for them."""
PLANNER_STATISTICS = "pg_catalog.pg_statistic"
_SIZE = """
SELECT coalesce(CAST(sum(pg_total_relation_size(relid)) AS bigint), pg_total_relation_size(CAST(:table AS regclass)))
FROM pg_partition_tree(CAST(:table AS regclass))
"""
_WHOLE, _INDEXES = "VACUUM (FULL) {}", "REINDEX TABLE CONCURRENTLY {}"

# A reindexing that was interrupted leaves an index that nobody uses and everybody keeps up to date.
_LEFT_OVER = """
SELECT pg_class.oid::regclass::text FROM pg_class JOIN pg_index ON indexrelid = pg_class.oid
WHERE NOT indisvalid AND relname ~ '_cc(new|old)[0-9]*$' AND relnamespace = 'public'::regnamespace
"""
# ANALYZE leaves the statistics of an emptied table as they were. PostgreSQL can be told to forget them since 18.
_CAN_FORGET = "SELECT to_regproc('pg_clear_attribute_stats') IS NOT NULL"
_FORGET = """
SELECT pg_clear_attribute_stats('public', tablename, attname, inherited) FROM pg_stats
WHERE schemaname = 'public' AND tablename = :table
"""
_LOOSE = """
SELECT owner.relname, part.relname FROM pg_class AS owner JOIN pg_index ON indrelid = owner.oid
JOIN pg_class AS part ON part.oid = indexrelid
WHERE owner.relkind = 'r' AND owner.relnamespace = 'public'::regnamespace AND owner.relispartition
  AND NOT coalesce(part.reloptions @> '{fillfactor=100}', false) ORDER BY 1, 2
"""


async def clean(engine: AsyncEngine, tables: Iterable[str], *, boundary_week: str, thorough: bool) -> None:
    """Remove what DELETE has left in `tables`: dead rows always, the bytes in free space where that is cheap.

    `thorough` writes large ones anew too: the boundary week whole, which makes questions on it wait for a few seconds,
    and the indexes of the plates, which makes nobody wait. Where a lock is not to be had it stays for the next time.
    """
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("SET lock_timeout = '3s'"))
        try:
            for table in sorted(tables):
                if await is_small(connection, table) or (thorough and table == boundary_week):
                    await _write_anew(connection, _WHOLE, table)
                elif thorough and table == "plates":
                    await _drop_left_overs(connection)
                    await _write_anew(connection, _INDEXES, table)
                await connection.execute(text(f"VACUUM (INDEX_CLEANUP ON, ANALYZE) {table}"))
                await _forget_if_empty(connection, table)
            # What the planner remembered of the plates has just been replaced, which is a deletion too.
            await _write_anew(connection, _WHOLE, PLANNER_STATISTICS)
        finally:
            await connection.execute(text("RESET lock_timeout"))


async def is_small(connection: AsyncConnection, table: str) -> bool:
    """Tell whether a table with all its parts is so small that it may be written anew at any time."""
    size: int = (await connection.execute(text(_SIZE), {"table": table})).scalar_one()
    return size <= SMALL_MB * 1024 * 1024


async def _forget_if_empty(connection: AsyncConnection, table: str) -> None:
    empty = (await connection.execute(text(f"SELECT FROM {table} LIMIT 1"))).first() is None
    if empty and (await connection.execute(text(_CAN_FORGET))).scalar_one():
        await connection.execute(text(_FORGET), {"table": table})


async def _write_anew(connection: AsyncConnection, statement: str, table: str) -> None:
    try:
        await connection.execute(text(statement.format(table)))
    except DBAPIError as error:
        if not isinstance(error.orig, LockNotAvailable):
            raise
        log.info("%s is in use: it is written anew another time", table)


async def pack_weeks(engine: AsyncEngine, now: datetime) -> int:
    """Write the indexes of weeks that are over without room for more reads; return how many were. Nobody waits."""
    packed = 0
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await _drop_left_overs(connection)
        for table, index in (await connection.execute(text(_LOOSE))).all():
            if not is_over(monday_named(table), now):
                continue
            await connection.execute(text(f'ALTER INDEX "{index}" SET (fillfactor = 100)'))
            await connection.execute(text(f'REINDEX INDEX CONCURRENTLY "{index}"'))
            packed += 1
    return packed


def is_over(monday: date | None, now: datetime) -> bool:
    """Tell whether the week that begins on `monday` has been over for so long that its indexes are packed."""
    return monday is not None and midnight(monday + timedelta(days=7)) + CLOSED_FOR <= now


async def _drop_left_overs(connection: AsyncConnection) -> None:
    for (index,) in (await connection.execute(text(_LEFT_OVER))).all():
        await connection.execute(text(f"DROP INDEX CONCURRENTLY IF EXISTS {index}"))
