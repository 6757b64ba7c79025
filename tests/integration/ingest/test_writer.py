"""The one transaction: what is stored, what is counted, and that doing it twice changes nothing."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.clock import ZONE, iso_ms, local_day, utc_now
from tests.ingest_samples import BEATS, body, incoming, read, reading

TABLES = ("reads", "plates", "passages", "camera_states", "rejects", "image_spool")


async def test_a_read_is_stored_with_everything_it_says(store: Any, look: Any, moment: datetime) -> None:
    full = read(moment, country="be", confidence=0.5, direction="away", facing="rear", lane=2, speed_kmh=71.5,
                clock_synchronised=True, vehicle={"make": 'V"o\\l{v}o,', "model": "NULL", "colour": "grey, 'dark'",
                                                  "type": "☃"})
    await store(incoming(full, received_at=moment + timedelta(minutes=2)))
    (stored,) = look.reads()
    del stored["read_id"]
    assert stored == {
        "captured_at": moment, "received_at": moment + timedelta(minutes=2), "camera_id": 11, "gateway_id": 7,
        "confidence": 0.5, "speed_kmh": 71.5, "lane": 2, "images": 0, "images_pending": False, "late": True,
        "superseded": False, "clock_synchronised": True, "plate": "3ABC123", "plate_raw": "-",
        "country": "BE", "country_raw": "be", "direction": "away", "facing": "rear", "make": 'V"o\\l{v}o,',
        "model": "NULL", "colour": "grey, 'dark'", "vehicle_type": "☃",
        "confidence_raw": None, "clock_basis": None}


async def test_storing_twice_changes_nothing_but_the_count_of_doubles(store: Any, look: Any, moment: datetime) -> None:
    messages = [incoming(read(moment)), incoming(reading("4-DEF-456", moment)), incoming(b"{"),
                incoming({"reads": [read(moment, camera="cam2"), read(moment, camera="cam9")]})]
    first = await store(*messages)
    before = {table: look.all(f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES}
    again = await store(*messages)
    assert {table: look.all(f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES} == before
    assert (first[7].stored, first[7].doubled, first[7].rejected) == (3, 0, 2)
    assert (again[7].stored, again[7].doubled, again[7].rejected) == (0, 5, 0)


async def test_every_message_is_counted_once_under_what_came_of_it(store: Any, look: Any, moment: datetime) -> None:
    counts = await store(
        incoming(read(moment)), incoming(read(moment)),                                     # stored, doubled
        incoming(reading("4-DEF-456", moment)), incoming(reading("4-DFF-456", moment, revision=1)),  # and superseded
        incoming(read(moment), "anpr/v1/genk/reads"),                                       # of another gateway
        incoming(b"{"), incoming(b"["), incoming(b"{"),                                     # two rejects, one doubled
        incoming(read(moment), "anpr/v1/hasselt/reads"),                                    # of nobody
        incoming({"camera": "cam1", "sent_at": iso_ms(moment)}, BEATS))
    assert look.counts(7) == {"stored": 2, "doubled": 2, "superseded": 1, "rejected": 2, "heartbeats": 1}
    assert look.counts(8) == {"stored": 1, "doubled": 0, "superseded": 0, "rejected": 0, "heartbeats": 0}
    assert look.counts(0) == {"stored": 0, "doubled": 0, "superseded": 0, "rejected": 1, "heartbeats": 0}
    assert (counts[7].stored, counts[8].stored, counts[0].rejected) == (2, 1, 1)


async def test_counts_add_up_over_batches_by_day_of_arrival(store: Any, look: Any, moment: datetime) -> None:
    for number in range(3):
        await store(incoming(read(moment + timedelta(seconds=number)), received_at=moment + timedelta(minutes=1)))
    (day,) = look.all("SELECT * FROM gateway_days")
    assert (day["day"], day["stored"]) == (local_day(moment + timedelta(minutes=1)), 3)


async def test_the_dictionary_has_every_plate_but_no_unread_one(store: Any, look: Any, moment: datetime) -> None:
    await store(incoming(read(moment)), incoming(read(moment, plate=None)), incoming(read(moment, plate="unknown")),
                incoming(reading("4-DEF-456", moment)), incoming(reading("4-DFF-456", moment, revision=1)))
    known = [row["plate"] for row in look.all("SELECT plate FROM plates ORDER BY 1")]
    assert known == ["3ABC123", "4DEF456", "4DFF456"]
    assert {row["plate"] for row in look.reads()} - {"?11"} == {"3ABC123", "4DEF456", "4DFF456"}


async def test_the_day_on_which_a_plate_was_last_seen_only_rises(store: Any, look: Any, moment: datetime) -> None:
    for age in (3, 1, 2):
        await store(incoming(read(moment - timedelta(days=age))))
    await store(incoming(read(moment - timedelta(days=5))), incoming(read(moment - timedelta(days=4))))
    assert look.one("SELECT last_seen FROM plates") == local_day(moment - timedelta(days=1))


async def test_a_plate_seen_around_midnight_in_brussels_is_seen_on_the_later_day(store: Any, look: Any) -> None:
    midnight = datetime.combine(utc_now().astimezone(ZONE).date() - timedelta(days=1), datetime.min.time(), ZONE)
    await store(incoming(read(midnight - timedelta(milliseconds=1))), incoming(read(midnight)))
    await store(incoming(read(midnight - timedelta(milliseconds=1), plate="4-DEF-456")))
    seen = {row["plate"]: row["last_seen"] for row in look.all("SELECT * FROM plates")}
    assert seen == {"3ABC123": midnight.date(), "4DEF456": midnight.date() - timedelta(days=1)}


async def test_a_camera_remembers_its_latest_read_and_heartbeat(store: Any, look: Any, moment: datetime) -> None:
    earlier, later = moment - timedelta(minutes=5), moment + timedelta(minutes=5)
    beat = {"camera": "cam1", "sent_at": iso_ms(moment), "complete_until": iso_ms(moment)}
    await store(incoming(read(moment), received_at=later), incoming(beat, BEATS, received_at=later))
    beat["complete_until"] = iso_ms(earlier)
    await store(incoming(read(earlier), received_at=moment), incoming(beat, BEATS, received_at=moment))
    assert look.all("SELECT * FROM camera_states") == [{
        "camera_id": 11, "last_captured_at": moment, "last_received_at": later, "heartbeat_at": later,
        "complete_until": moment, "heartbeat_every_s": None}]


async def test_a_camera_remembers_how_often_it_sends_heartbeats(store: Any, look: Any, moment: datetime) -> None:
    every = []
    for seconds in (0, 60, 120, 120.5, 320, 100_000):  # two that waited together, and an outage
        received_at = moment + timedelta(seconds=seconds)
        await store(incoming({"camera": "cam1", "sent_at": iso_ms(received_at)}, BEATS, received_at=received_at))
        every.append(look.one("SELECT heartbeat_every_s FROM camera_states"))
    assert every == [None, 60, 60, 60, pytest.approx(60 * 0.9 + 199.5 * 0.1), pytest.approx(73.95 * 0.9 + 2160)]


async def test_states_of_cameras_may_wait_but_heartbeats_do_not(store: Any, look: Any, moment: datetime) -> None:
    beat = {"camera": "cam2", "sent_at": iso_ms(moment)}
    await store(incoming(read(moment)), incoming(beat, BEATS), states=False)
    assert [row["camera_id"] for row in look.all("SELECT camera_id FROM camera_states")] == [12]


async def test_a_reject_is_kept_whole_and_shown_masked(store: Any, look: Any, moment: datetime) -> None:
    message = read(moment, plate="7-XKV-938", camera="cam9")
    await store(incoming(message))
    (reject,) = look.all("SELECT * FROM rejects")
    assert (reject["reason"], reject["gateway_id"]) == ("unknown-camera", 7)
    assert bytes(reject["body"]) == b"topic: anpr/v1/houthalen/reads\n\n" + body(message)
    assert "XKV" not in f"{reject['topic']}{reject['detail']}{reject['excerpt']}"


@pytest.mark.parametrize("wrong", [b"\0", b"\xff\xfe", b'{"a\\u0000b": 1}', b'{"\\u0000": 1}'])
async def test_any_reject_can_be_kept(store: Any, look: Any, wrong: bytes) -> None:
    await store(incoming(wrong), incoming(wrong, "anpr/v1/\0\\x00/reads"))
    assert look.one("SELECT count(*) FROM rejects") == 2


async def test_nothing_stays_of_a_transaction_that_fails(store: Any, look: Any, moment: datetime) -> None:
    look.connection.execute("REVOKE INSERT ON gateway_days FROM zoneschild_ingest")
    with pytest.raises(Exception, match="permission denied"):
        await store(incoming(read(moment)), incoming(b"{"))
    assert [look.one(f"SELECT count(*) FROM {table}") for table in TABLES] == [0] * len(TABLES)
