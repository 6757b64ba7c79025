"""How much room everything takes: reads by week with each index, the dictionary, the other tables, bytes a read."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.clock import midnight
from services.partitions import monday_named
from services.retention_rule import cut_off, expiry_of

# The indexes of a week are named after the index of all reads to which they belong.
_SIZES = """
SELECT owner.relname AS table_name, pg_table_size(owner.oid) AS heap_bytes,
       coalesce(whole.relname, part.relname) AS index_name, pg_relation_size(part.oid) AS index_bytes
FROM pg_class AS owner
LEFT JOIN pg_index ON indrelid = owner.oid
LEFT JOIN pg_class AS part ON part.oid = indexrelid
LEFT JOIN pg_inherits ON inhrelid = part.oid
LEFT JOIN pg_class AS whole ON whole.oid = inhparent
WHERE owner.relkind = 'r' AND owner.relnamespace = 'public'::regnamespace
ORDER BY 1, 3
"""
_EXPIRING = "SELECT count(*) FROM reads WHERE captured_at >= :cut_off AND captured_at < :tomorrow"
_OVERDUE = "SELECT count(*) FROM reads WHERE captured_at < :cut_off"
_PER_READ = ("reads", "plates", "passages")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TableSize:
    """One table: how many rows, and the bytes of its rows and of each index."""

    name: str
    rows: int
    heap_bytes: int
    index_bytes: Mapping[str, int]

    @property
    def bytes(self) -> int:
        """Rows and indexes together."""
        return self.heap_bytes + sum(self.index_bytes.values())


@dataclass(frozen=True, slots=True)
class Week:
    """The reads of one week, and when the last of them has expired, so that the whole week leaves."""

    monday: date
    size: TableSize
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Storage:
    """What is stored at `measured_at`, and what expires next."""

    measured_at: datetime
    cut_off: datetime
    weeks: Sequence[Week]
    tables: Sequence[TableSize]
    overdue_reads: int
    """Older than the cut-off and still there: what the next expiry removes."""
    reads_of_next_day: int
    """What expires by DELETE within a day from now."""

    @property
    def reads(self) -> int:
        """How many reads there are."""
        return sum(week.size.rows for week in self.weeks)

    def bytes_per_read(self) -> dict[str, float]:
        """Return the bytes of each part by read: rows and each index of the reads, dictionary, passages, the sum."""
        parts: defaultdict[str, float] = defaultdict(float)
        for week in self.weeks:
            parts["reads"] += week.size.heap_bytes
            for name, size in week.size.index_bytes.items():
                parts[name] += size
        for table in self.tables:
            if table.name in _PER_READ:
                parts[table.name] += table.bytes
        per_read = {name: size / max(self.reads, 1) for name, size in parts.items()}
        return per_read | {"all": sum(per_read.values())}


async def measure(connection: AsyncConnection, now: datetime) -> Storage:
    """Measure every table and count every row, exactly; a year of reads takes some seconds."""
    sizes = await _sizes(connection)
    weeks = {name: monday for name in sizes if (monday := monday_named(name)) is not None}
    limit = cut_off(now)
    tomorrow = cut_off(now + _DAY)
    return Storage(
        now, limit,
        [Week(monday, sizes[name], expiry_of(midnight(monday + 7 * _DAY))) for name, monday in weeks.items()],
        [size for name, size in sizes.items() if name not in weeks],
        (await connection.execute(text(_OVERDUE), {"cut_off": limit})).scalar_one(),
        (await connection.execute(text(_EXPIRING), {"cut_off": limit, "tomorrow": tomorrow})).scalar_one())


async def _sizes(connection: AsyncConnection) -> dict[str, TableSize]:
    heaps: dict[str, int] = {}
    indexes: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for row in (await connection.execute(text(_SIZES))).all():
        heaps[row.table_name] = row.heap_bytes
        if row.index_name:
            indexes[row.table_name][row.index_name] = row.index_bytes
    return {name: TableSize(name, await _count(connection, name), heap, indexes[name]) for name, heap in heaps.items()}


async def _count(connection: AsyncConnection, table: str) -> int:
    found: int = (await connection.execute(text(f'SELECT count(*) FROM "{table}"'))).scalar_one()  # noqa: S608
    return found
