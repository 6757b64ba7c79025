"""Reads by COPY, for backfill: twice as fast as the idempotent statement, which follows when COPY is refused."""

from collections import Counter
from collections.abc import Iterator

import msgspec
from psycopg import AsyncConnection as Psycopg
from psycopg.errors import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from ingest import writer
from ingest.rows import Row
from services.clock import from_epoch_ms

_COPY = f"COPY reads ({', '.join(name for name, _ in writer.COLUMNS)}) FROM STDIN"
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


async def insert_reads(connection: AsyncConnection, rows: list[Row]) -> writer.Inserted:
    """Insert `rows` and return (gateway, stored, of these late); the same contract as `writer.insert_reads`."""
    if not rows:
        return []
    driver = (await connection.get_raw_connection()).driver_connection
    assert isinstance(driver, Psycopg)  # noqa: S101  # the only driver the product uses
    rows.sort(key=writer.primary_key)
    try:
        # SQLAlchemy's savepoint: psycopg's own would be the whole transaction where nothing was executed before.
        async with connection.begin_nested(), driver.cursor() as cursor, cursor.copy(_COPY) as copy:
            await copy.write("".join(_lines(rows)))
    except (IntegrityError, DataError):  # known already, or refused: the other statement knows, or says which
        return await writer.insert_reads(connection, rows)
    late = Counter(row.gateway_id for row in rows if row.late)
    return [(gateway, number, late[gateway]) for gateway, number in Counter(row.gateway_id for row in rows).items()]


def _lines(rows: list[Row]) -> Iterator[str]:
    kinds = [kind for _, kind in writer.COLUMNS]
    for row in rows:
        values = zip(kinds, msgspec.structs.astuple(row), strict=False)
        yield "\t".join([_field(kind, value) for kind, value in values]) + "\n"


def _field(kind: str, value: object) -> str:
    if value is None:
        return r"\N"
    if kind == "bigint":
        assert isinstance(value, int)  # noqa: S101  # milliseconds
        return from_epoch_ms(value).isoformat()
    if kind == "text":
        return str(value).translate(_ESCAPES)
    return str(value)
