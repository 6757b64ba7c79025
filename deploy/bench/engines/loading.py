"""The reads as a file, and how each engine takes them in the way that suits it best."""

from collections.abc import Callable
from pathlib import Path

import psycopg

from deploy.bench.engines.statements import COLUMNS

# Unread passages have no plate that anybody could look for; the year holds none.
_EXPORT = """
COPY (SELECT plate, captured_at, received_at, read_id, cameras.code AS camera, cameras.lat, cameras.lon, gateway_id,
             lane, confidence, speed_kmh, country, reads.direction, facing, make, model, colour, vehicle_type AS type
      FROM reads JOIN cameras USING (camera_id)) TO STDOUT (FORMAT csv, HEADER)
"""
_CLICKHOUSE = {
    "text": "LowCardinality(Nullable(String))", "timestamptz": "DateTime64(3, 'UTC')", "uuid": "UUID",
    "real": "Nullable(Float32)", "int": "Nullable(Int16)"}
_CLICKHOUSE_PLATE = "String"  # too many different ones for a dictionary by part


def export_reads(connection: psycopg.Connection, file: Path) -> None:
    """Write all reads, with the place of each camera, to a CSV."""
    with file.open("wb") as out, connection.cursor().copy(_EXPORT) as copy:
        for block in copy:
            out.write(block)


def _load_duckdb(file: Path) -> list[str]:
    """Sorted by plate, so that the smallest and largest plate of each row group tell where one may be; and by time."""
    columns = ", ".join(f"'{name}': '{kind.upper()}'" for name, kind in COLUMNS.items())
    csv = f"read_csv('{file}', header = true, columns = {{{columns}}})"
    return ["SET TimeZone = 'UTC'",
            f"CREATE TABLE reads AS SELECT * FROM {csv} ORDER BY plate, captured_at",  # noqa: S608 - our own
            "CREATE TABLE by_time AS SELECT * FROM reads ORDER BY captured_at", "CHECKPOINT"]


def _load_chdb(file: Path) -> list[str]:
    """Ordered by plate, with a projection that is ordered by time."""
    kinds = {name: _CLICKHOUSE[kind] for name, kind in COLUMNS.items()} | {"plate": _CLICKHOUSE_PLATE}
    columns = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
    return [
        "CREATE DATABASE IF NOT EXISTS bench ENGINE = Atomic", "USE bench",
        (f"CREATE TABLE reads ({columns}, PROJECTION by_time (SELECT * ORDER BY captured_at)) "
         "ENGINE = MergeTree ORDER BY (plate, captured_at)"),
        (f"INSERT INTO reads SELECT * FROM file('{file}', 'CSVWithNames') "  # noqa: S608 - our own
         "SETTINGS date_time_input_format = 'best_effort'"),
        "OPTIMIZE TABLE reads FINAL"]


LOADS: dict[str, Callable[[Path], list[str]]] = {"DuckDB": _load_duckdb, "chDB": _load_chdb}
