"""How long it takes to verify a long audit: rows sealed as the product seals them, then `audit verify` as it is run."""

from collections.abc import Iterator
from datetime import timedelta
from time import perf_counter
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from deploy.bench.figures import Figure
from deploy.bench.stand import KEY, Stand
from services.audit import Action
from services.audit_chain import START, Sealer
from services.clock import utc_now

ROWS = 1_000_000
GOAL_ROWS_PER_S = 10_000.0
"""A year of a zone's questions, some two million, is then verified within minutes, every night."""

_COLUMNS = ("audit_id", "at", "action", "user_id", "username", "role", "client_address", "consultation_id",
            "question", "filters", "decision", "result_count", "read_ids", "content_seal", "link_seal")


def _rows(number: int) -> Iterator[tuple[Any, ...]]:
    """Yield sealed rows as they are copied into the table, in the order of `_COLUMNS`; the newest is of now."""
    sealer, previous, now = Sealer(KEY.encode()), START, utc_now()
    for audit_id in range(1, number + 1):
        columns: dict[str, Any] = {
            "at": now - timedelta(seconds=number - audit_id), "action": str(Action.reads_searched),
            "user_id": audit_id % 200, "username": f"bench{audit_id % 200}", "role": "investigator",
            "client_address": "127.0.0.1", "consultation_id": UUID(int=audit_id % 9_999),
            "question": f"Passages van de nummerplaat {audit_id % 7 + 1}XKV{audit_id % 1000:03}",
            "filters": {"plate": [f"{audit_id % 7 + 1}XKV{audit_id % 1000:03}"]},
            "decision": {"purpose": "judicial-crime", "withheld": False}, "result_count": 2,
            "read_ids": [UUID(int=audit_id), UUID(int=audit_id + number)]}
        content = sealer.content(columns)
        previous = sealer.link(audit_id, content, previous)
        yield (audit_id, *(Jsonb(value) if isinstance(value, dict) else value for value in columns.values()),
               content, previous)


def verify_figures(stand: Stand) -> list[Figure]:
    """Put ROWS sealed rows into the stand's empty audit and verify them with the product's own command."""
    with stand.connect() as connection:
        connection.execute("ALTER TABLE audit DISABLE TRIGGER USER")
        connection.execute("TRUNCATE audit")  # what the stand's own commands left
        copying = f"COPY audit ({', '.join(_COLUMNS)}) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(copying) as copy:
            for row in _rows(ROWS):
                copy.write_row(row)
        connection.execute("ALTER TABLE audit ENABLE TRIGGER USER")
        connection.execute("VACUUM ANALYZE audit")
    began = perf_counter()
    stand.run("services", "audit", "verify")
    took_s = perf_counter() - began
    return [Figure(f"verifying {ROWS:,} rows", took_s, "s", "lower"),
            Figure("rows verified", ROWS / took_s, "rows/s", "higher", GOAL_ROWS_PER_S)]
