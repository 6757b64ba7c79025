"""`python -m services storage`: how much room everything takes, and what leaves when."""

import argparse
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine

from services.clock import ZONE, iso_ms, utc_now
from services.database import transaction
from services.storage import Storage, TableSize, Week, measure

_MB = 1024 * 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `storage` is given."""
    parser.add_argument("--json", action="store_true", help="print JSON, for scripts")


async def run(arguments: argparse.Namespace, engine: AsyncEngine) -> str:
    """Measure, and return what there is to say."""
    async with transaction(engine) as connection:
        storage = await measure(connection, utc_now())
    return msgspec.json.encode(as_values(storage)).decode() if arguments.json else in_words(storage)


def as_values(storage: Storage) -> dict[str, Any]:
    """Return everything that was measured, for scripts: sizes in bytes, instants in UTC."""
    return {
        "measured_at": iso_ms(storage.measured_at), "cut_off": iso_ms(storage.cut_off), "reads": storage.reads,
        "bytes_per_read": {name: round(size, 1) for name, size in storage.bytes_per_read().items()},
        "weeks": [{"monday": week.monday.isoformat(), "expires_at": iso_ms(week.expires_at), **_sizes(week.size)}
                  for week in storage.weeks],
        "tables": [_sizes(table) for table in storage.tables],
        "overdue_reads": storage.overdue_reads, "reads_of_next_day": storage.reads_of_next_day}


def _sizes(size: TableSize) -> dict[str, Any]:
    return {"name": size.name, "rows": size.rows, "bytes": size.bytes, "heap_bytes": size.heap_bytes,
            "index_bytes": dict(size.index_bytes)}


def in_words(storage: Storage) -> str:
    """Return three tables and what leaves next; times are those of Brussels."""
    return "\n\n".join((_weeks(storage.weeks), _tables(storage.tables), _per_read(storage), _leaving(storage)))


def _weeks(weeks: Sequence[Week]) -> str:
    names = sorted({name for week in weeks for name in week.size.index_bytes})
    rows = [("week of", "reads", "rows MB", *(f"{name} MB" for name in names), "bytes a read", "leaves on")]
    for week in weeks:
        size = week.size
        rows.append((week.monday.isoformat(), f"{size.rows:,}", _megabytes(size.heap_bytes),
                     *(_megabytes(size.index_bytes.get(name, 0)) for name in names),
                     f"{size.bytes / size.rows:.0f}" if size.rows else "-", _local(week.expires_at)))
    return _in_columns(rows)


def _tables(tables: Sequence[TableSize]) -> str:
    rows = [(table.name, f"{table.rows:,}", _megabytes(table.heap_bytes),
             ", ".join(f"{name} {_megabytes(size)}" for name, size in table.index_bytes.items()))
            for table in sorted(tables, key=lambda table: -table.bytes)]
    return _in_columns([("table", "rows", "rows MB", "indexes MB"), *rows])


def _per_read(storage: Storage) -> str:
    rows = [("bytes a read, pictures aside", ""), *((name, f"{size:.1f}") for name, size in
                                                    storage.bytes_per_read().items())]
    return _in_columns(rows)


def _leaving(storage: Storage) -> str:
    following = min((week.expires_at for week in storage.weeks if week.expires_at > storage.measured_at), default=None)
    lines = [f"cut-off: {_local(storage.cut_off)}",
             f"older than the cut-off and still there: {storage.overdue_reads:,} reads",
             f"leave within a day, by DELETE: {storage.reads_of_next_day:,} reads"]
    if following is not None:
        lines.append(f"next week that leaves whole: on {_local(following)}")
    return "\n".join(lines)


def _local(instant: datetime) -> str:
    return f"{instant.astimezone(ZONE):%Y-%m-%d %H:%M}"


def _megabytes(size: int) -> str:
    return f"{size / _MB:.1f}"


def _in_columns(rows: Iterable[tuple[str, ...]]) -> str:
    """Line texts up: the first and the last column to the left, figures to the right."""
    listed = list(rows)
    widths = [max(map(len, column)) for column in zip(*listed, strict=True)]
    last = len(widths) - 1
    return "\n".join("  ".join(cell.ljust(width) if place in (0, last) else cell.rjust(width)
                               for place, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip()
                     for row in listed)
