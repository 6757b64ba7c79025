"""Puts the year into the real tables: each week's partition is filled before it has indexes, several weeks at once."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import LiteralString

import numpy as np
import psycopg
from psycopg import sql

from deploy.bench.year.days import Day, Ints, Text, World, draw_day, last_days, open_world
from deploy.bench.year.packing import pack, write_seen, write_texts
from services.clock import midnight, monday_of, utc_now
from services.rewriting import is_over
from simulator.network import Network

# What the workers share while they fill; gone when they are done.
SHARED = """
DROP SCHEMA IF EXISTS filling CASCADE;
CREATE SCHEMA filling;
CREATE UNLOGGED TABLE filling.cameras (
    camera smallint PRIMARY KEY, camera_id int, gateway_id smallint, rear boolean, prints boolean);
CREATE UNLOGGED TABLE filling.seen (plate text COLLATE "C", letters text COLLATE "C", day date);
"""

# Half of the municipalities' cameras send plates as printed, with their hyphens.
_CAMERAS = """
INSERT INTO filling.cameras
SELECT place - 1, camera_id, gateway_id, kind = 'trajectory-section', dense_rank() OVER (ORDER BY gateway_id) %% 2 = 0
FROM unnest(%s::text[]) WITH ORDINALITY AS listed (code, place)
JOIN cameras USING (code) JOIN gateway_cameras USING (camera_id)
"""

_OWN = """
SET work_mem = '256MB'; SET maintenance_work_mem = '1GB'; SET temp_buffers = '128MB'; SET jit = off;
SET max_parallel_workers_per_gather = 0; SET max_parallel_maintenance_workers = 0; SET timezone = 'UTC';
CREATE TEMP TABLE passages (
    captured_at timestamptz, received_at timestamptz, read_id uuid, camera smallint, text int, confidence real,
    speed_kmh real, lane smallint, late boolean, night boolean);
CREATE TEMP TABLE texts (
    number int, plate text COLLATE "C", letters text COLLATE "C", printed text, country text, make text, model text,
    colour text, type text);
"""

# Reads go in the order of their capture, day by day, as they would have come in.
_INSERT = """
INSERT INTO {week} (
    captured_at, received_at, read_id, camera_id, confidence, speed_kmh, gateway_id, lane, images, late,
    clock_synchronised, plate, plate_raw, country, direction, facing, make, model, colour, vehicle_type)
SELECT captured_at, received_at, read_id, camera_id, confidence, speed_kmh, gateway_id, lane, 3, late,
       true, plate, CASE WHEN prints THEN printed END, country,
       CASE WHEN rear OR type = 'motorcycle' THEN 'away' ELSE 'towards' END,
       CASE WHEN rear OR type = 'motorcycle' THEN 'rear' ELSE 'front' END,
       make, model, CASE WHEN NOT night THEN colour END, type
FROM passages JOIN texts ON number = text JOIN filling.cameras USING (camera)
"""

_KEYS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'p'
"""
_INDEXES = """
SELECT relname, pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE indrelid = %s::regclass AND NOT indisprimary
"""

_NOT_VISIBLE = """
SELECT relname FROM pg_class JOIN pg_inherits ON inhrelid = oid
WHERE inhparent = 'reads'::regclass AND relallvisible < relpages ORDER BY 1
"""

# A plate's row in the dictionary says on which day it was last seen, whatever day that was.
_DICTIONARY = """
INSERT INTO plates (plate, last_seen, letters) SELECT plate, max(day), min(letters) FROM filling.seen GROUP BY plate
"""

_STATES = """
INSERT INTO camera_states (camera_id, last_captured_at, last_received_at, heartbeat_at, complete_until)
SELECT camera_id, captured_at, received_at, received_at, captured_at FROM cameras CROSS JOIN LATERAL (
    SELECT captured_at, received_at FROM reads WHERE reads.camera_id = cameras.camera_id
    ORDER BY captured_at DESC LIMIT 1) AS newest
ON CONFLICT (camera_id) DO NOTHING
"""

@dataclass(frozen=True, slots=True)
class Week:
    """One week's share of the work: the days from `first` up to, not including, `last` of a year of `rows` reads."""

    url: str
    rows_a_day: int
    year_from: date
    first: date
    last: date

    @property
    def monday(self) -> date:
        """The Monday that names the partition."""
        return self.first - timedelta(days=self.first.weekday())

    @property
    def table(self) -> sql.Identifier:
        """The partition."""
        return sql.Identifier(self.name)

    @property
    def name(self) -> str:
        """The partition's name (services.partitions)."""
        return f"reads_{self.monday:%Y_%m_%d}"

    @property
    def bounds(self) -> list[sql.Literal]:
        """The partition's bounds."""
        return [sql.Literal(midnight(self.monday + timedelta(days=days)).isoformat()) for days in (0, 7)]

    def days(self) -> list[date]:
        """Return the days that are filled."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days)]


def weeks_of(url: str, rows_a_day: int, first: date, last: date) -> list[Week]:
    """Cut the days from `first` up to, not including, `last` into weeks that begin on Mondays."""
    mondays = sorted({monday_of(midnight(first + timedelta(days=number))) for number in range((last - first).days)})
    return [Week(url, rows_a_day, first, max(monday, first), min(monday + timedelta(days=7), last))
            for monday in mondays]


def prepare(connection: psycopg.Connection, network: Network, weeks: Iterable[Week]) -> None:
    """Make what the workers share, and every week's partition, attached and empty."""
    connection.execute(SHARED)
    connection.execute(_CAMERAS, [list(network.cameras)])
    for week in weeks:
        connection.execute("SELECT ensure_reads_week(%s)", [week.monday])


def fill_week(week: Week) -> int:
    """Fill one week's partition, whole and indexed, and return how many reads it holds.

    The partition stands outside `reads` meanwhile. Emptied and filled in one transaction, it needs no write-ahead log
    under `wal_level=minimal`; its key and indexes are made afterwards, from the definitions that it came with.
    """
    world = _world(week.rows_a_day)
    with psycopg.connect(week.url, autocommit=True) as connection:
        connection.execute(_OWN)
        _copy(connection, "texts", write_texts(world.residents, begin=0))
        connection.execute(sql.SQL("ALTER TABLE reads DETACH PARTITION {}").format(week.table))
        packed = is_over(week.monday, utc_now())  # as a year's nights leave it
        with connection.transaction(), _without_indexes(connection, week.name, packed=packed):
            stored = _fill_days(connection, world, week)
        connection.execute(sql.SQL("ALTER TABLE reads ATTACH PARTITION {} FOR VALUES FROM ({}) TO ({})").format(
            week.table, *week.bounds))
    return stored


def vacuum_week(week: Week) -> None:
    """Have every page of the week known as visible, as autovacuum does in its life, so that indexes may answer alone.

    While another week's transaction runs, nothing newer than its beginning would count as visible to everybody.
    """
    with psycopg.connect(week.url, autocommit=True) as connection:
        connection.execute(sql.SQL("VACUUM (FREEZE, ANALYZE) {}").format(week.table))


@cache
def _world(rows_a_day: int) -> World:
    """One worker's world; drawing the population takes seconds."""
    return open_world(rows_a_day)


@contextmanager
def _without_indexes(connection: psycopg.Connection, table: str, *, packed: bool = False) -> Iterator[None]:
    """Empty `table` and take its key and indexes away; put the same ones back, `packed` without spare room."""
    room = " WITH (fillfactor=100)" if packed else ""
    keys, indexes = (connection.execute(query, [table]).fetchall() for query in (_KEYS, _INDEXES))
    name = sql.Identifier(table)
    connection.execute(sql.SQL("TRUNCATE {}").format(name))
    for key, _ in keys:
        connection.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(name, sql.Identifier(key)))
    for index, _ in indexes:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(index)))
    yield
    for key, definition in keys:
        connection.execute(sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} ").format(name, sql.Identifier(key))
                           + sql.SQL(definition + room))  # PostgreSQL's own words
    for _, definition in indexes:
        head, where, condition = definition.partition(" WHERE ")
        connection.execute(sql.SQL(head + room + where + condition))


def _fill_days(connection: psycopg.Connection, world: World, week: Week) -> int:
    stored, last_seen = 0, np.zeros(len(world.residents), dtype=np.int64)
    for day in week.days():
        made = draw_day(world, day, (day - week.year_from).days, midnight(week.last))
        _fill_day(connection, week, made, begin=len(world.residents))
        stored += len(made)
        seen = last_days(made, len(world.residents), day)
        last_seen = np.maximum(last_seen, seen[:len(last_seen)])
        _write_seen(connection, made.texts, seen[len(last_seen):])
    _write_seen(connection, world.residents, last_seen)
    return stored


def _fill_day(connection: psycopg.Connection, week: Week, made: Day, *, begin: int) -> None:
    connection.execute("TRUNCATE passages")
    _copy(connection, "passages", pack(made, np.random.default_rng(len(made))), "(FORMAT binary)")
    connection.execute("DELETE FROM texts WHERE number >= %s", [begin])
    _copy(connection, "texts", write_texts(made.texts, begin=begin))
    connection.execute("ANALYZE passages, texts")
    connection.execute(sql.SQL(_INSERT).format(week=week.table))


def _write_seen(connection: psycopg.Connection, texts: Sequence[Text], ordinals: Ints) -> None:
    """Write down which of `texts` were seen, and on which day for the last time (0: not at all)."""
    _copy(connection, "filling.seen", write_seen(
        (texts[number], date.fromordinal(int(ordinals[number]))) for number in np.flatnonzero(ordinals).tolist()))


def _copy(connection: psycopg.Connection, table: str, content: str | bytes, form: LiteralString = "") -> None:
    target = sql.SQL("COPY {} FROM STDIN ").format(sql.Identifier(*table.split("."))) + sql.SQL(form)
    with connection.cursor().copy(target) as copy:
        copy.write(content)


def vacuum_rest(connection: psycopg.Connection) -> None:
    """Vacuum once more the weeks of which the other worker's session kept pages from counting as visible."""
    for week, in connection.execute(_NOT_VISIBLE).fetchall():
        connection.execute(sql.SQL("VACUUM (FREEZE) {}").format(sql.Identifier(week)))


def fill_dictionary(connection: psycopg.Connection) -> int:
    """Fill the dictionary of plates from what the weeks have seen; return how many there are."""
    connection.execute("SET work_mem = '1GB'; SET maintenance_work_mem = '2GB'; SET jit = off")
    with connection.transaction(), _without_indexes(connection, "plates"):
        plates = connection.execute(_DICTIONARY).rowcount
    connection.execute("VACUUM (FREEZE, ANALYZE) plates")
    connection.execute(_STATES)
    connection.execute("DROP SCHEMA filling CASCADE")
    connection.execute("VACUUM (ANALYZE) cameras, gateways, gateway_cameras, camera_states")
    return plates
