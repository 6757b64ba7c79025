"""The batcher: stored, then acknowledged; what the database refuses is kept aside; what is new is found."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from deploy.invented_papers import TAKE_ALL_LIVE
from services.clock import iso_ms, monday_of
from services.images import Kind
from tests.ingest_samples import BEATS, JPEG, PNG, incoming, picture, read, reading


def numbered(count: int, moment: datetime, first_mid: int = 1) -> list[Any]:
    return [incoming(read(moment + timedelta(milliseconds=n), plate=f"3-ABC-{n:03}"), mid=first_mid + n)
            for n in range(count)]


async def test_every_message_is_stored_and_acknowledged_in_its_order(start_batcher: Any, look: Any,
                                                                     moment: datetime) -> None:
    batcher = await start_batcher(ingest_batch_reads=7)
    batcher.put(*numbered(50, moment), incoming(b"{", mid=51),
                incoming({"camera": "cam1", "sent_at": iso_ms(moment)}, BEATS, mid=52))
    await batcher.until_acknowledged(52)
    assert batcher.acknowledged == list(range(1, 53))
    assert look.counts() == {"stored": 50, "doubled": 0, "superseded": 0, "rejected": 1, "heartbeats": 1}


async def test_nothing_is_acknowledged_before_it_is_committed(start_batcher: Any, look: Any, database: Any,
                                                              moment: datetime) -> None:
    batcher = await start_batcher()
    with psycopg.connect(database.owner_url) as other:
        other.execute("LOCK TABLE gateway_days IN ACCESS EXCLUSIVE MODE")
        batcher.put(*numbered(3, moment))
        await asyncio.sleep(0.5)
        assert batcher.acknowledged == []
        assert look.one("SELECT count(*) FROM reads") == 0
    await batcher.until_acknowledged(3)
    assert look.one("SELECT count(*) FROM reads") == 3


async def test_a_gateway_or_camera_registered_meanwhile_is_found(start_batcher: Any, look: Any,
                                                                 moment: datetime) -> None:
    batcher = await start_batcher()
    batcher.put(incoming(read(moment, camera="cam3"), mid=1))
    await batcher.until_acknowledged(1)
    look.connection.execute("INSERT INTO cameras (camera_id, code, name) VALUES (13, 'cam3', 'cam3')")
    look.connection.execute(TAKE_ALL_LIVE)
    look.connection.execute("INSERT INTO gateway_cameras VALUES (7, 'cam3', 13)")
    batcher.put(incoming(read(moment, camera="cam3"), mid=2))
    await batcher.until_acknowledged(2)
    assert (look.counts()["rejected"], look.counts()["stored"]) == (1, 1)


async def test_numbers_too_small_for_the_database_are_stored_as_nought(start_batcher: Any, look: Any,
                                                                       moment: datetime) -> None:
    batcher = await start_batcher()
    batcher.put(incoming(read(moment, confidence=1e-60, speed_kmh=1e-60), mid=1))
    await batcher.until_acknowledged(1)
    assert look.all("SELECT confidence, speed_kmh FROM reads") == [{"confidence": 0.0, "speed_kmh": 0.0}]


async def test_a_message_that_the_database_refuses_is_kept_as_a_reject_and_the_others_are_stored(
        start_batcher: Any, look: Any, moment: datetime) -> None:
    look.connection.execute("ALTER TABLE reads ADD CONSTRAINT poison CHECK (plate <> '7XKV938')")
    poison = read(moment, plate="7-XKV-938")
    messages = numbered(20, moment)
    messages.insert(11, incoming(poison, mid=99))
    batcher = await start_batcher()
    batcher.put(*messages)
    await batcher.until_acknowledged(21)
    assert sorted(batcher.acknowledged) == [*range(1, 21), 99]
    assert look.one("SELECT count(*) FROM reads") == 20
    (reject,) = look.all("SELECT reason, detail, body FROM rejects")
    assert reject["reason"] == "refused-by-store"
    assert b"7-XKV-938" in bytes(reject["body"])
    assert look.counts(0)["rejected"] == 1


async def test_a_week_that_is_gone_meanwhile_is_made_again(start_batcher: Any, look: Any, moment: datetime) -> None:
    batcher = await start_batcher()
    batcher.put(*numbered(1, moment))
    await batcher.until_acknowledged(1)
    look.connection.execute(f"DROP TABLE reads_{monday_of(moment):%Y_%m_%d}")
    batcher.put(*numbered(3, moment, first_mid=2))
    await batcher.until_acknowledged(4)
    assert look.one("SELECT count(*) FROM rejects") == 0
    assert look.one("SELECT count(*) FROM reads") == 3


async def test_a_week_that_the_database_does_not_want_costs_its_one_message_and_not_the_program(
        start_batcher: Any, look: Any, moment: datetime) -> None:
    unwanted = monday_of(moment - timedelta(days=70))
    look.connection.execute("ALTER FUNCTION ensure_reads_week RENAME TO ensure_other_week")
    look.connection.execute(f"""
        CREATE FUNCTION ensure_reads_week(monday date) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
            IF monday = '{unwanted}' THEN RAISE EXCEPTION 'outside the retention window'; END IF;
            RETURN ensure_other_week(monday);
        END $$; GRANT EXECUTE ON FUNCTION ensure_other_week TO zoneschild_ingest""")
    batcher = await start_batcher()
    batcher.put(*numbered(5, moment), incoming(read(moment - timedelta(days=70), plate="7-XKV-938"), mid=6))
    await batcher.until_acknowledged(6)
    assert look.one("SELECT count(*) FROM reads") == 5
    assert look.one("SELECT reason FROM rejects") == "refused-by-store"


async def test_a_database_that_takes_nothing_at_all_ends_the_program_and_acknowledges_nothing(
        start_batcher: Any, look: Any, moment: datetime) -> None:
    look.connection.execute("REVOKE INSERT ON reads, rejects FROM zoneschild_ingest")
    batcher = await start_batcher()
    batcher.put(incoming(read(moment, plate="7-XKV-938"), mid=1))
    with pytest.raises(BaseExceptionGroup) as ended:
        await asyncio.wait_for(asyncio.shield(batcher.task), 10)
    assert batcher.acknowledged == []
    assert "XKV" not in repr(ended.value.exceptions) + "".join(map(str, ended.value.exceptions))
    assert not ended.group_contains(RecursionError)


async def test_a_picture_lies_under_the_id_that_its_read_gets(start_batcher: Any, look: Any, moment: datetime) -> None:
    batcher = await start_batcher()
    batcher.put(incoming(reading("3-ABC-123", moment), mid=1))
    await batcher.until_acknowledged(1)
    later = moment + timedelta(milliseconds=300)
    batcher.put(incoming(reading("3-ABC-123", later, images=[picture("overview", JPEG)]), mid=2))
    await batcher.until_acknowledged(2)
    (stored,) = look.reads()
    assert stored["images"] == 2
    assert await batcher.images.get(stored["read_id"], Kind.overview) == JPEG


async def test_a_picture_lies_under_the_right_id_even_if_its_passage_was_still_being_stored(
        start_batcher: Any, look: Any, database: Any, moment: datetime) -> None:
    batcher = await start_batcher(ingest_linger_ms=0)
    with psycopg.connect(database.owner_url) as other:
        other.execute("LOCK TABLE gateway_days IN ACCESS EXCLUSIVE MODE")  # the first batch cannot commit
        batcher.put(incoming(reading("3-ABC-123", moment), mid=1))
        await asyncio.sleep(0.3)
        later = moment + timedelta(milliseconds=300)
        batcher.put(incoming(reading("3-ABC-123", later, images=[picture("plate", PNG)]), mid=2))
        await asyncio.sleep(0.3)
    await batcher.until_acknowledged(2)
    (stored,) = look.reads()
    assert stored["images"] == 1
    assert await batcher.images.get(stored["read_id"], Kind.plate) == PNG
