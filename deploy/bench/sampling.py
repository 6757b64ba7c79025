"""Draws from a store what the questions are made of, from pages at random, so that a large store costs no more."""

from datetime import datetime

import psycopg

from deploy.bench.questions import Sample, Seen

_MOST_PAGES = 8_000

# One row a page: what lies together on a page was captured together, or begins alike.
_PLATES = """
SELECT DISTINCT ON ((ctid::text::point)[0]) plate
FROM plates TABLESAMPLE SYSTEM (%(percent)s) REPEATABLE (1) WHERE last_seen >= %(since)s
ORDER BY (ctid::text::point)[0], md5(plate)
"""
_READS = """
SELECT plate, captured_at, code, lat, lon, colour FROM (
    SELECT DISTINCT ON (reads.tableoid, (reads.ctid::text::point)[0])
           plate, captured_at, camera_id, colour
    FROM reads TABLESAMPLE SYSTEM (%(percent)s) REPEATABLE (1) WHERE captured_at >= %(since)s
    ORDER BY reads.tableoid, (reads.ctid::text::point)[0], md5(read_id::text)) AS one
JOIN cameras USING (camera_id) ORDER BY md5(plate || captured_at)
"""
_PAGES = """
SELECT sum(relpages) FROM pg_class LEFT JOIN pg_inherits ON inhrelid = oid
WHERE coalesce(inhparent, oid) = %(table)s::regclass AND relkind = 'r'
"""


def draw_sample(connection: psycopg.Connection, since: datetime) -> Sample:
    """Return plates last seen and reads captured since `since`, drawn evenly over the pages of the store."""
    values = {"since": since}
    plates = connection.execute(_PLATES, {**values, "percent": _percent(connection, "plates")}).fetchall()
    reads = connection.execute(_READS, {**values, "percent": _percent(connection, "reads")}).fetchall()
    return Sample(tuple(str(plate) for plate, in plates), tuple(Seen(*row) for row in reads))


def _percent(connection: psycopg.Connection, table: str) -> float:
    """Return the share of the table's pages, in per cent, that gives about _MOST_PAGES of them."""
    row = connection.execute(_PAGES, {"table": table}).fetchone()
    pages = int(row[0] or 1) if row else 1
    return min(100.0, 100.0 * _MOST_PAGES / max(1, pages))
