"""After expiry a plate of an expired day is in no table, no index, no file of the database, no picture and no log.

The one exception is the audit, which keeps what was asked.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import dict_row
from sqlalchemy.ext.asyncio import AsyncEngine

from services import retention, rewriting
from services.audit import Action
from services.clock import epoch_ms, local_day, midnight, monday_of, to_milliseconds, utc_now
from services.identity import read_id_hex
from services.images import ImageStore, Kind
from services.partitions import week_name
from services.plates import letters_of
from services.retention_rule import cut_off
from tests.integration.services.trails import leave_row

GONE, GONE_WITH_ITS_WEEK = "7XKV938", "7XQW521"
WRITTEN = {GONE: "7-XKV-938", GONE_WITH_ITS_WEEK: "7-XQW-521"}
STAYING = [f"3AB{letter}{number:03}" for letter in "ABC" for number in range(100, 200)]
"""None shares a spelling, forwards, backwards or sorted, with those that go."""
AUDIT = {"audit"}


class Zone:
    """A store in which plates leave every trace that the product leaves of them."""

    def __init__(self, owner: Any, images: ImageStore, now: datetime) -> None:
        self.owner, self.images, self.now, self.ids = owner, images, now, dict[str, UUID]()
        self.user_id = owner.execute("INSERT INTO users (username, display_name, role, password_hash) VALUES "
                                     "('u', 'u', 'investigator', '') RETURNING user_id").fetchone()["user_id"]
        self.list_id = owner.execute("INSERT INTO watchlists (code, name, category, priority, audience_id) VALUES "
                                     "('l', 'l', 'stolen-vehicle', 1, 1) RETURNING list_id").fetchone()["list_id"]
        self.action_id = owner.execute(
            "INSERT INTO actions (name, file_number, since, until, list_ids, made_by, made_at) VALUES "
            "('a', 'f', now(), now(), '{}', %s, now()) RETURNING action_id", [self.user_id]).fetchone()["action_id"]

    async def see(self, plate: str, captured_at: datetime) -> None:
        """Let a plate be read, corrected, refused, tried out, pictured and asked for."""
        read_id = UUID(read_id_hex(epoch_ms(captured_at), plate.encode().ljust(16)))
        self.ids[plate] = read_id
        written, expires_at = WRITTEN.get(plate, plate), captured_at + timedelta(days=365)
        self._week(captured_at)
        run = self.owner.execute
        run("INSERT INTO reads (captured_at, received_at, read_id, camera_id, gateway_id, plate, plate_raw) "
            "VALUES (%s, %s, %s, 1, 0, %s, %s)", [captured_at, captured_at, read_id, plate, written])
        run("INSERT INTO plates VALUES (%s, %s, %s)", [plate, local_day(captured_at), letters_of(plate)])
        run("INSERT INTO passages VALUES (1, %s, %s, %s, 0, 0.5, %s)", [read_id.bytes, captured_at, read_id, plate])
        run("INSERT INTO image_spool VALUES (%s, 1, %s, %s, %s, now())",
            [read_id, captured_at, plate, plate.encode() * 500])
        run("INSERT INTO rejects VALUES (%s, %s, %s, 0, '', '', '', '', %s)",
            [read_id.bytes, captured_at, expires_at, written.encode()])
        run("INSERT INTO confirmations VALUES (%s, %s, %s, 1, 0.9, %s, %s, now())",
            [read_id, self.user_id, captured_at, plate, plate])
        run("INSERT INTO trial_reads VALUES (DEFAULT, 0, %s, %s, %s, jsonb_build_object('plate', %s::text))",
            [captured_at, expires_at, read_id.bytes, plate])
        run("INSERT INTO saved_searches (user_id, name, filters, made_at, expires_at) VALUES "
            "(%s, %s, jsonb_build_object('plate', %s::text), %s, %s)",
            [self.user_id, plate, plate, captured_at, captured_at + timedelta(days=90)])
        self._watch(plate, captured_at, read_id)
        await self.images.put(read_id, Kind.plate, plate.encode())

    def _watch(self, plate: str, captured_at: datetime, read_id: UUID) -> None:
        """Let a plate have been watched for until it was seen, and be a hit and a vehicle of an action."""
        run = self.owner.execute
        run("INSERT INTO watch_entries (entry_id, list_id, plate, measure, reason, legal_basis, authority, "
            "file_number, requester, since, until, audience_id, priority, made_at, first_made_at) VALUES "
            "(nextval('watch_entry_ids'), %s, %s, 'm', 'r', 'l', 'a', 'f', 'r', '2020-01-01', %s, 1, 1, now(), now())",
            [self.list_id, plate, captured_at])
        hit_id = run("INSERT INTO hits (plate, audience_id, discreet, priority, matched_as, sightings, late, "
                     "first_captured_at, last_captured_at, last_camera_id, raised_at) VALUES "
                     "(%s, 1, false, 1, 'exact', 1, false, %s, %s, 1, now()) RETURNING hit_id",
                     [plate, captured_at, captured_at]).fetchone()["hit_id"]
        run("INSERT INTO hit_events (hit_id, kind) VALUES (%s, 'raised')", [hit_id])
        run("INSERT INTO alerts (entry_id, entry_version, list_id, audience_id, discreet, priority, matched_as, plate, "
            "captured_at, received_at, read_id, camera_id, images, late, hit_id) VALUES "
            "(1, 1, %s, 1, false, 1, 'exact', %s, %s, %s, %s, 1, 0, false, %s)",
            [self.list_id, plate, captured_at, captured_at, read_id, hit_id])
        run("INSERT INTO follow_batches (fresh, oldest_at, reads) VALUES (true, %s, %s)",
            [captured_at, plate.encode()])
        run("INSERT INTO action_vehicles (action_id, plate, captured_at, read_id, camera_id, images, expected_from, "
            "expected_until) VALUES (%s, %s, %s, %s, 1, 0, %s, %s)",
            [self.action_id, plate, captured_at, read_id, captured_at, captured_at])

    def _week(self, moment: datetime) -> None:
        monday = monday_of(moment)
        self.owner.execute(f"CREATE TABLE IF NOT EXISTS {week_name(monday)} PARTITION OF reads FOR VALUES "
                           f"FROM ('{midnight(monday)}') TO ('{midnight(monday + timedelta(days=7))}')")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where pictures lie."""
    return tmp_path / "images"


@pytest.fixture
async def zone(owner: Any, folder: Path) -> Zone:
    """Plates that stay, one that has just expired, one whose whole week has; the planner knows them all."""
    now = to_milliseconds(utc_now())
    made = Zone(owner, ImageStore.open(f"file:{folder}"), now)
    with owner.transaction():
        for number, plate in enumerate(STAYING):
            await made.see(plate, cut_off(now) + timedelta(seconds=number))
        await made.see(GONE, cut_off(now) - timedelta(milliseconds=1))
        await made.see(GONE_WITH_ITS_WEEK, cut_off(now) - timedelta(days=20))
    owner.execute("ANALYZE")
    return made


@pytest.fixture
def superuser(database: Any, database_template: Any) -> Iterator[psycopg.Connection]:
    """Whoever can read the files of the database."""
    url = database_template.superuser_url.rsplit("/", 1)[0] + f"/{database.name}"
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:
        yield connection


def spellings(zone: Zone, plate: str) -> list[bytes]:
    """Return how a plate can stand in a file: as it is, as written, from the end, sorted; and its read's id."""
    return [*(word.encode() for word in (plate, WRITTEN[plate], plate[::-1], letters_of(plate))), zone.ids[plate].bytes]


def tables_with(superuser: Any, zone: Zone, plate: str) -> set[str]:
    """Return the tables, the system's own too, in which something of a plate can be found."""
    words = [plate, WRITTEN[plate], letters_of(plate), str(zone.ids[plate]), plate.encode().hex(),
             WRITTEN[plate].encode().hex(), zone.ids[plate].hex]
    rows = superuser.execute("SELECT oid::regclass::text AS name FROM pg_class WHERE relkind IN ('r', 'm', 'p')")
    return {row["name"] for row in rows.fetchall() if superuser.execute(
        f"SELECT FROM {row['name']} AS t WHERE t::text LIKE ANY (%s) LIMIT 1",
        [[f"%{word}%" for word in words]]).rowcount}


def files_with(superuser: Any, zone: Zone, plate: str) -> set[str]:
    """Return the tables and indexes whose files, free space included, hold a spelling of a plate."""
    superuser.execute("CHECKPOINT")
    rows = superuser.execute("SELECT relname, pg_read_binary_file(pg_relation_filepath(oid)) AS content FROM pg_class "
                             "WHERE relkind IN ('r', 'i', 'm', 't', 'S')").fetchall()
    return {row["relname"] for row in rows if any(word in row["content"] for word in spellings(zone, plate))}


def pictures_with(folder: Path, zone: Zone, plate: str) -> list[Path]:
    words = spellings(zone, plate)
    return [file for file in folder.rglob("*") if file.is_file()
            and (zone.ids[plate].hex in file.name or any(word in file.read_bytes() for word in words))]


@pytest.mark.parametrize("plate", [GONE, GONE_WITH_ITS_WEEK])
async def test_before_expiry_it_is_everywhere(superuser: Any, zone: Zone, folder: Path, plate: str) -> None:
    everywhere = {"reads", "plates", "passages", "image_spool", "rejects", "trial_reads", "confirmations", "alerts",
                  "hits", "watch_entries", "follow_batches", "action_vehicles", "saved_searches"}
    assert everywhere <= tables_with(superuser, zone, plate)
    assert {*everywhere - {"reads"}, "plates_pkey", "plates_reversed", "plates_letters", "passages_pkey"} <= files_with(
        superuser, zone, plate)
    assert "pg_statistic" in files_with(superuser, zone, GONE), "the planner remembers it"
    assert len(pictures_with(folder, zone, plate)) == 1


async def test_r1_after_expiry_it_is_nowhere_but_in_the_audit(
        superuser: Any, zone: Zone, owner_engine: AsyncEngine, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await leave_row(owner_engine, GONE, Action.reads_searched)
    await retention.expire(owner_engine, zone.images, zone.now)
    assert tables_with(superuser, zone, GONE) == AUDIT
    assert files_with(superuser, zone, GONE) == AUDIT
    assert tables_with(superuser, zone, GONE_WITH_ITS_WEEK) == set()
    assert files_with(superuser, zone, GONE_WITH_ITS_WEEK) == set()
    for plate in (GONE, GONE_WITH_ITS_WEEK):
        assert pictures_with(folder, zone, plate) == []
        assert not any(word in caplog.text for word in (plate, WRITTEN[plate]))
    left = zone.owner.execute("SELECT count(*) AS n FROM reads JOIN plates USING (plate)").fetchone()
    assert left == {"n": len(STAYING)}


async def test_an_index_keeps_nothing_of_it_either(superuser: Any, zone: Zone, owner_engine: AsyncEngine) -> None:
    await retention.expire(owner_engine, zone.images, zone.now)
    superuser.execute("SET enable_seqscan = off")
    for condition in ("plate = '7XKV938'", "plate LIKE '%XKV93%'", "reverse(plate) = '839VKX7'",
                      "letters = '3789KVX'"):
        assert superuser.execute(f"SELECT FROM plates WHERE {condition}").rowcount == 0
    superuser.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
    for row in superuser.execute("SELECT oid::regclass::text AS name FROM pg_class WHERE relkind = 'i' AND relam = "
                                 "(SELECT oid FROM pg_am WHERE amname = 'btree') AND relnamespace = "
                                 "'public'::regnamespace").fetchall():
        superuser.execute("SELECT bt_index_check(%s::regclass, true)", [row["name"]])


async def test_large_tables_are_cleaned_of_its_bytes_by_the_thorough_run(
        superuser: Any, zone: Zone, owner_engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewriting, "SMALL_MB", 0)
    await retention.expire(owner_engine, zone.images, zone.now)
    assert tables_with(superuser, zone, GONE) == set(), "a large table is not written anew, and yet nobody finds it"
    await retention.expire(owner_engine, zone.images, zone.now, thorough=True)
    left = files_with(superuser, zone, GONE)
    assert not {name for name in left if name.startswith(("reads_", "plates_"))}
    assert [row["n"] for row in superuser.execute("SELECT count(*) AS n FROM plates")] == [len(STAYING)]


async def test_when_the_boundary_week_is_in_use_expiry_does_not_wait_for_ever(
        zone: Zone, owner_engine: AsyncEngine, as_search: Any) -> None:
    await retention.expire(owner_engine, zone.images, zone.now)
    with as_search.transaction():
        as_search.execute("SELECT count(*) FROM reads WHERE captured_at >= %s", [cut_off(zone.now)])
        removed = await retention.expire(owner_engine, zone.images, zone.now + timedelta(seconds=10))
    assert removed["reads"] == 10
    assert zone.owner.execute("SHOW lock_timeout").fetchone() == {"lock_timeout": "0"}


async def test_a_camera_that_was_last_heard_on_an_expired_day_tells_no_longer_when(
        zone: Zone, owner: Any, owner_engine: AsyncEngine) -> None:
    limit = cut_off(zone.now)
    camera_id = owner.execute("INSERT INTO cameras (code, name) VALUES ('BRE01A', 'x') RETURNING camera_id"
                              ).fetchone()["camera_id"]
    owner.execute("INSERT INTO camera_states VALUES (%s, %s, %s)", [camera_id, limit - timedelta(hours=1), limit])
    for since, until in ((-90, -80), (-70, 5), (-1, None)):
        owner.execute("INSERT INTO camera_silences VALUES (%s, %s, %s, 'rhythm')",
                      [camera_id, limit + timedelta(days=since), until and limit + timedelta(days=until)])
        await retention.expire(owner_engine, zone.images, zone.now)
        ends = until and limit + timedelta(days=until)
        assert owner.execute("SELECT since, until FROM camera_silences").fetchall() == (
            [] if until == -80 else [{"since": limit, "until": ends}])
        owner.execute("DELETE FROM camera_silences")
    state = owner.execute("SELECT last_captured_at, last_received_at FROM camera_states").fetchone()
    assert state == {"last_captured_at": None, "last_received_at": None}


async def test_weeks_that_are_over_are_packed_once(zone: Zone, owner: Any, owner_engine: AsyncEngine) -> None:
    await zone.see("3ABZ999", zone.now)
    owner.execute("SELECT ensure_reads_week(%s)", [monday_of(zone.now)])
    assert await rewriting.pack_weeks(owner_engine, zone.now) > 0
    assert await rewriting.pack_weeks(owner_engine, zone.now) == 0
    rows = owner.execute("SELECT tablename, count(*) AS n FROM pg_indexes WHERE indexdef LIKE '%fillfactor%100%' "
                         "GROUP BY 1").fetchall()
    packed = {row["tablename"]: row["n"] for row in rows}
    assert packed[week_name(monday_of(cut_off(zone.now)))] == 4
    assert week_name(monday_of(zone.now)) not in packed


async def test_what_an_interrupted_packing_has_left_is_removed(
        zone: Zone, owner: Any, superuser: Any, owner_engine: AsyncEngine) -> None:
    owner.execute("CREATE INDEX plates_letters_ccnew ON plates (letters)")
    superuser.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'plates_letters_ccnew'::regclass")
    await rewriting.pack_weeks(owner_engine, zone.now)
    assert owner.execute("SELECT to_regclass('plates_letters_ccnew') AS it").fetchone() == {"it": None}
