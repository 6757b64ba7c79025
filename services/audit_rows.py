"""The audit's rows as they lie in the database: streamed for whoever checks them, and written as lines for export."""

import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.audit import Action
from services.audit_chain import CONTENT, Head, Row

BATCH = 2_000
"""How many rows are held at once."""

# Whoever can write past the triggers can write what Python cannot read: such a value counts as none, and so as changed.
_READ_AS = {
    "at": "CASE WHEN at BETWEEN '0001-01-02 00:00+00' AND '9999-12-30 00:00+00' THEN at END AS at",
    "filters": "filters::text AS filters",
    "decision": "decision::text AS decision",
}
_ROWS = (f"SELECT audit_id, {', '.join(_READ_AS.get(name, name) for name in CONTENT)}, content_seal, link_seal "  # noqa: S608
         "FROM audit")
_HEAD = text("SELECT audit_id, link_seal FROM audit ORDER BY audit_id DESC LIMIT 1")
_NAMES = count(1)


def rows_after(connection: AsyncConnection, after: int | None) -> AsyncIterator[list[Row]]:
    """Yield the rows behind number `after` (None: all) in the order of their numbers, a batch at a time."""
    return _stream(connection, f"{'' if after is None else f'WHERE audit_id > {after:d}'} ORDER BY audit_id")


def rows_between(connection: AsyncConnection, first: int, last: int) -> AsyncIterator[list[Row]]:
    """Yield the rows of these numbers, a batch at a time."""
    return _stream(connection, f"WHERE audit_id BETWEEN {first:d} AND {last:d} ORDER BY audit_id")


def rows_of_action(connection: AsyncConnection, action: Action) -> AsyncIterator[list[Row]]:
    """Yield the rows of one action, the newest first."""
    return _stream(connection, f"WHERE action = '{Action(action)}' ORDER BY audit_id DESC")


async def newest_row(connection: AsyncConnection) -> Head:
    """Return the number and the link of the newest row."""
    found = (await connection.execute(_HEAD)).one_or_none()
    return Head(found.audit_id, bytes(found.link_seal)) if found else Head()


async def _stream(connection: AsyncConnection, condition: str) -> AsyncIterator[list[Row]]:
    """Fetch by a cursor of the server's, which takes no parameters: what stands in `condition` is our own."""
    cursor = f"audit_rows_{next(_NAMES)}"
    await connection.execute(text(f"DECLARE {cursor} NO SCROLL CURSOR FOR {_ROWS} {condition}"))
    fetch = text(f"FETCH {BATCH} FROM {cursor}")
    while part := (await connection.execute(fetch)).all():
        yield [_row(found) for found in part]
    await connection.execute(text(f"CLOSE {cursor}"))


def _row(found: Sequence[Any]) -> Row:
    number, *values, content_seal, link_seal = found
    columns = dict(zip(CONTENT, values, strict=True))
    columns["filters"], columns["decision"] = _read_json(columns["filters"]), _read_json(columns["decision"])
    return Row(number, columns, bytes(content_seal or b""), bytes(link_seal or b""))


def _read_json(written: str | None) -> Any:
    try:
        return None if written is None else json.loads(written)
    except (ValueError, RecursionError):  # numbers of thousands of digits, or a thousand brackets
        return None


def line_of(row: Row) -> bytes:
    """Return a row as the one line of JSON that is exported and anchored, its line feed included."""
    content = {"number": row.audit_id, **row.columns, "content_seal": row.content_seal.hex(),
               "link_seal": row.link_seal.hex()}
    return _ENCODER.encode(content).encode() + b"\n"


def _written(value: object) -> str:
    match value:
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case UUID():
            return str(value)
        case _:
            raise TypeError(f"an audit row holds no {type(value).__name__}")


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_written)
