"""PostgreSQL with the schema that comes to mind first: one table, an index on the plate and one on the time."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg

from deploy.bench.engines.child import ask_twice
from deploy.bench.engines.statements import COLUMNS
from deploy.bench.year.store import serving_settings
from deploy.embedded.postgres import EmbeddedPostgres

_SCHEMA = f"""
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;
CREATE TABLE reads ({", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())});
"""
_INDEXES = "CREATE INDEX ON reads (plate); CREATE INDEX ON reads (captured_at);"
_BLOCK = 1 << 20
_WITHIN_MS = 60_000


def ask_naive(folder: Path, file: Path, questions: Mapping[str, Sequence[Sequence[str]]],
              within_s: float) -> dict[str, Any]:
    """Load the CSV `file` into a server of its own in `folder` and ask; return what the other engines' child does."""
    with EmbeddedPostgres(folder / "postgres", settings=serving_settings()) as server, \
            psycopg.connect(server.superuser_url, autocommit=True) as connection:
        _load(connection, file)
        connection.execute(f"SET statement_timeout = {_WITHIN_MS}")
        row = connection.execute("SELECT pg_total_relation_size('reads')").fetchone()

        def ask(statement: str) -> int:
            return len(connection.execute(statement.encode()).fetchall())

        kinds = {name: ask_twice(ask, asked, within_s) for name, asked in questions.items()}
        return {"bytes": int(row[0]) if row else 0, "kinds": kinds}


def _load(connection: psycopg.Connection, file: Path) -> None:
    connection.execute(_SCHEMA)
    with file.open("rb") as lines, connection.cursor().copy("COPY reads FROM STDIN (FORMAT csv, HEADER)") as copy:
        while block := lines.read(_BLOCK):
            copy.write(block)
    connection.execute(_INDEXES)
    connection.execute("VACUUM ANALYZE reads")
