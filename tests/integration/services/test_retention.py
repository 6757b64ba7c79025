"""Expiry: what is older than the cut-off is nowhere any more, to the millisecond, and nothing younger is touched."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from services import retention
from services.clock import epoch_ms, local_day, midnight, monday_of, to_milliseconds, utc_now
from services.identity import read_id_hex
from services.images import ImageStore, Kind
from services.plates import letters_of
from services.retention_rule import cut_off
from tests.integration.services.trails import SEALED, leave_row

OLD, YOUNG = "7XKV938", "6WJT427"
TABLES = ("reads", "plates", "passages", "image_spool", "rejects", "sessions", "audit", "camera_states")


class Zone:
    """A store with reads of chosen ages and everything that shows them."""

    def __init__(self, owner: Any, images: ImageStore) -> None:
        self.owner, self.images = owner, images

    async def add(self, plate: str, captured_at: datetime, passage_at: datetime | None = None) -> UUID:
        """Add a read with its plate, passage, spooled and stored pictures and a reject."""
        read_id = UUID(read_id_hex(epoch_ms(captured_at), plate.encode().ljust(16)))
        self._week(monday_of(captured_at))
        run = self.owner.execute
        run("INSERT INTO reads (captured_at, received_at, read_id, camera_id, gateway_id, plate) "
            "VALUES (%s, %s, %s, 1, 1, %s)", [captured_at, captured_at, read_id, plate])
        run("INSERT INTO plates VALUES (%s, %s, %s) ON CONFLICT (plate) DO UPDATE SET "
            "last_seen = greatest(plates.last_seen, excluded.last_seen)",
            [plate, local_day(captured_at), letters_of(plate)])
        run("INSERT INTO passages VALUES (1, %s, %s, %s, 0, 0.5, %s)",
            [read_id.bytes, passage_at or captured_at, read_id, plate])
        run("INSERT INTO image_spool VALUES (%s, 1, %s, %s, 'x', now())", [read_id, captured_at, plate])
        run("INSERT INTO rejects VALUES (%s, %s, %s, 0, '', '', '', '', %s)",
            [read_id.bytes, captured_at, captured_at + timedelta(days=365), plate.encode()])
        run("INSERT INTO users (user_id, username, display_name, role, password_hash) OVERRIDING SYSTEM VALUE "
            "VALUES (1, 'u', 'U', 'investigator', '') ON CONFLICT DO NOTHING")
        run("INSERT INTO confirmations VALUES (%s, 1, %s, 1, 0.5, %s, %s, %s)",
            [read_id, captured_at, plate, plate, captured_at])
        await self.images.put(read_id, Kind.plate, plate.encode())
        return read_id

    def _week(self, monday: date) -> None:
        name = f"reads_{monday:%Y_%m_%d}"
        self.owner.execute(f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF reads FOR VALUES "
                           f"FROM ('{midnight(monday)}') TO ('{midnight(monday + timedelta(days=7))}')")

    def tables_with(self, plate: str) -> set[str]:
        """Return the tables in which the plate can be found, as text or as bytes."""
        wanted = [f"%{plate}%", f"%{plate.encode().hex()}%"]
        names = self.owner.execute("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') "
                                   "AND relnamespace = 'public'::regnamespace").fetchall()
        return {row["relname"] for row in names if self.owner.execute(
            f"SELECT FROM {row['relname']} AS t WHERE t::text LIKE ANY (%s) LIMIT 1", [wanted]).rowcount}


@pytest.fixture
def images(tmp_path: Path) -> ImageStore:
    """Pictures in a folder of the test's own."""
    return ImageStore.open(f"file:{tmp_path / 'images'}")


@pytest.fixture
def zone(owner: Any, images: ImageStore) -> Zone:
    """A store with nothing in it."""
    return Zone(owner, images)


@pytest.fixture
def now() -> datetime:
    """This minute, cut to milliseconds."""
    return to_milliseconds(utc_now())


async def test_a_read_one_millisecond_too_old_is_nowhere_and_one_that_is_not_is_everywhere(
        zone: Zone, owner_engine: Any, images: ImageStore, now: datetime) -> None:
    gone = await zone.add(OLD, cut_off(now) - timedelta(milliseconds=1))
    kept = await zone.add(YOUNG, cut_off(now), passage_at=now)
    await retention.expire(owner_engine, images, now)
    assert zone.tables_with(OLD) == set()
    assert {"reads", "plates", "passages", "image_spool", "confirmations"} <= zone.tables_with(YOUNG)
    assert (await images.get(gone, Kind.plate), await images.get(kept, Kind.plate)) == (None, YOUNG.encode())


async def test_r1_reads_of_every_age_are_kept_or_gone_as_the_rule_says(
        zone: Zone, owner_engine: Any, images: ImageStore, now: datetime) -> None:
    limit = cut_off(now)
    moments = [limit + timedelta(days=days, hours=hours) for days in (-40, -15, -8, -7, -6, -1, 0, 1, 6, 7, 8, 300)
               for hours in (-1, 1)]
    for number, moment in enumerate(moments):
        await zone.add(f"3ABC{number:03}", moment, passage_at=now)
    removed = await retention.expire(owner_engine, images, now)
    expected = {f"3ABC{number:03}" for number, moment in enumerate(moments) if moment >= limit}
    for table in ("reads", "plates", "image_spool"):
        assert {row["plate"] for row in zone.owner.execute(f"SELECT plate FROM {table}")} == expected
    assert removed["pictures"] == len(moments) - len(expected)
    assert removed["weeks"] >= 2
    names = zone.owner.execute("SELECT relname FROM pg_class WHERE relname ~ '^reads_2' AND relkind = 'r'").fetchall()
    mondays = {monday_of(moment) for moment in moments}
    assert {row["relname"] for row in names} == {
        f"reads_{monday:%Y_%m_%d}" for monday in mondays if midnight(monday + timedelta(days=7)) > limit}


async def test_a_plate_that_was_seen_again_stays(zone: Zone, owner_engine: Any, images: ImageStore,
                                                 now: datetime) -> None:
    await zone.add(OLD, cut_off(now) - timedelta(minutes=1))
    await zone.add(OLD, cut_off(now) + timedelta(minutes=1), passage_at=now)
    await retention.expire(owner_engine, images, now)
    assert zone.owner.execute("SELECT count(*) AS n FROM plates").fetchone()["n"] == 1
    assert zone.owner.execute("SELECT count(*) AS n FROM reads").fetchone()["n"] == 1


async def test_a_passage_is_remembered_for_45_days(zone: Zone, owner_engine: Any, images: ImageStore,
                                                   now: datetime) -> None:
    await zone.add(OLD, now - timedelta(days=45, milliseconds=1))
    await zone.add(YOUNG, now - timedelta(days=45))
    await retention.expire(owner_engine, images, now)
    assert [row["plate"] for row in zone.owner.execute("SELECT plate FROM passages")] == [YOUNG]
    assert zone.owner.execute("SELECT count(*) AS n FROM reads").fetchone()["n"] == 2


async def test_expiring_twice_changes_nothing(zone: Zone, owner_engine: Any, images: ImageStore, now: datetime) -> None:
    await zone.add(OLD, cut_off(now) - timedelta(days=20))
    await zone.add(YOUNG, now, passage_at=now)
    await retention.expire(owner_engine, images, now)
    assert set((await retention.expire(owner_engine, images, now)).values()) == {0}


@pytest.mark.parametrize("left", ["ALTER TABLE reads DETACH PARTITION {}", None])
async def test_an_expiry_that_was_interrupted_is_finished_by_the_next(
        zone: Zone, owner_engine: Any, images: ImageStore, now: datetime, left: str | None) -> None:
    moment = cut_off(now) - timedelta(days=20)
    await zone.add(OLD, moment)
    name = f"reads_{monday_of(moment):%Y_%m_%d}"
    if left:
        zone.owner.execute(left.format(name))
    else:
        interrupt_detach(zone.owner, name)
    await retention.expire(owner_engine, images, now)
    assert zone.tables_with(OLD) == set()
    assert zone.owner.execute("SELECT to_regclass(%s) AS it", [name]).fetchone()["it"] is None


def interrupt_detach(owner: Any, name: str) -> None:
    """Leave a partition "pending detach", as a killed DETACH … CONCURRENTLY does."""
    with psycopg.connect(owner.info.dsn, password=owner.info.password) as reader:
        reader.execute("SELECT count(*) FROM reads")
        owner.execute("SET statement_timeout = '300ms'")
        with pytest.raises(psycopg.errors.QueryCanceled):
            owner.execute(f"ALTER TABLE reads DETACH PARTITION {name} CONCURRENTLY")
        owner.execute("SET statement_timeout = 0")


async def test_the_audit_is_never_touched(zone: Zone, owner_engine: Any, images: ImageStore, now: datetime) -> None:
    await leave_row(owner_engine)
    zone.owner.execute(SEALED.replace("VALUES (1, now()", "VALUES (2, %s"), [now - timedelta(days=3000)])
    await retention.expire(owner_engine, images, now)
    assert zone.owner.execute("SELECT count(*) AS n FROM audit").fetchone()["n"] == 2
