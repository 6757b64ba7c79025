"""Exact matching in the transaction that stores the read: what raises an alert, once, and what never does."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ingest import copying, follow_batches, writer
from ingest.rows import Raising
from services.clock import epoch_ms, utc_now
from services.database import transaction
from services.watchlists.coverage import hour_of_week
from tests.ingest_samples import IDENTITY, decode_batch, incoming, read, reading


async def test_a_read_of_a_watched_plate_leaves_an_alert_that_shows_it(store: Any, watchlists: Any,
                                                                       moment: datetime) -> None:
    entry_id = watchlists.put()
    full = read(moment, country="be", confidence=0.5, direction="away",
                vehicle={"make": "Volvo", "model": "V60", "colour": "grey", "type": "car"})
    await store(incoming(full), incoming(read(moment, plate="4-DEF-456")))
    (alert,) = watchlists.alerts()
    expected = {"entry_id": entry_id, "entry_version": 1, "audience_id": 1, "discreet": False, "priority": 1,
                "matched_as": "exact", "probability": None, "plate": "3ABC123", "captured_at": moment, "camera_id": 11,
                "country": "BE", "confidence": 0.5, "direction": "away", "make": "Volvo", "model": "V60",
                "colour": "grey", "vehicle_type": "car", "moved_at": None, "hit_id": None, "withdrawn_at": None}
    assert {name: alert[name] for name in expected} == expected
    assert alert["read_id"] == watchlists.look.reads()[0]["read_id"]


async def test_every_list_that_a_plate_is_on_alerts(store: Any, watchlists: Any, moment: datetime) -> None:
    entries = [watchlists.put(), watchlists.put(state="count"), watchlists.put(state="action"), watchlists.put()]
    watchlists.put(state="off")
    await store(incoming(read(moment)))
    assert [alert["entry_id"] for alert in watchlists.alerts()] == entries


@pytest.mark.parametrize("columns", [
    {"validated_at": None}, {"replaced_at": utc_now()}, {"revoked_at": utc_now()}, {"pattern": True},
    {"validated_at": None, "lapses_at": utc_now() - timedelta(seconds=1)},
], ids=["asked", "replaced", "revoked", "a pattern", "lapsed"])
async def test_an_entry_that_is_not_live_raises_nothing(store: Any, watchlists: Any, moment: datetime,
                                                        columns: dict[str, Any]) -> None:
    watchlists.put(**columns)
    await store(incoming(read(moment)))
    assert watchlists.alerts() == []


async def test_an_urgent_entry_is_live_at_once(store: Any, watchlists: Any, moment: datetime) -> None:
    watchlists.put(validated_at=None, lapses_at=utc_now() + timedelta(hours=24))
    await store(incoming(read(moment)))
    assert watchlists.told() == [("3ABC123", "exact")]


INSTANT = timedelta(milliseconds=1)


@pytest.mark.parametrize(("since", "until", "counts"), [
    (timedelta(), INSTANT, True), (INSTANT, 2 * INSTANT, False), (-INSTANT, timedelta(), False),
], ids=["its first instant", "just before", "its end"])
async def test_a_period_begins_with_its_first_instant_and_ends_before_its_last(
        store: Any, watchlists: Any, moment: datetime, since: timedelta, until: timedelta, counts: bool) -> None:
    watchlists.put(since=moment + since, until=moment + until)
    await store(incoming(read(moment)))
    assert bool(watchlists.alerts()) is counts


async def test_an_entry_of_some_cameras_counts_at_these_alone(store: Any, watchlists: Any, moment: datetime) -> None:
    watchlists.put(cameras=[12])
    await store(incoming(read(moment)), incoming(read(moment, camera="cam2")))
    assert [alert["camera_id"] for alert in watchlists.alerts()] == [12]


async def test_an_entry_of_some_hours_counts_in_these_alone(store: Any, watchlists: Any, moment: datetime) -> None:
    this = hour_of_week(moment)
    for plate, hour in (("3ABC123", this), ("4DEF456", (this + 1) % 168)):
        watchlists.put(plate, hours="".join("1" if number == hour else "0" for number in range(168)))
    await store(incoming(read(moment)), incoming(read(moment, plate="4-DEF-456")))
    assert watchlists.told() == [("3ABC123", "exact")]
    assert moment.astimezone(ZoneInfo("Europe/Brussels")).hour == this % 24


@pytest.mark.parametrize(("wanted", "seen", "told"), [
    ("BE", "be", "exact"), ("BE", None, "exact"), (None, "nl", "exact"), ("BE", "nl", "country")])
async def test_another_country_makes_it_possible_only(store: Any, watchlists: Any, moment: datetime,
                                                      wanted: str | None, seen: str | None, told: str) -> None:
    watchlists.put(country=wanted)
    await store(incoming(read(moment, country=seen)))
    assert watchlists.told() == [("3ABC123", told)]


async def test_a_redelivered_read_alerts_once(store: Any, watchlists: Any, moment: datetime) -> None:
    watchlists.put()
    message = incoming(read(moment))
    await store(message, message)
    await store(message)
    assert len(watchlists.alerts()) == 1


async def test_a_redelivered_read_is_not_held_against_what_was_entered_since(store: Any, watchlists: Any,
                                                                             moment: datetime) -> None:
    await store(incoming(read(moment)))
    watchlists.put()
    await store(incoming(read(moment)))
    assert watchlists.alerts() == []


async def test_read_and_alert_are_stored_together_or_not_at_all(store: Any, look: Any, watchlists: Any,
                                                                moment: datetime) -> None:
    watchlists.put()
    look.connection.execute("REVOKE INSERT ON alerts FROM zoneschild_ingest")
    with pytest.raises(Exception, match="permission denied"):
        await store(incoming(read(moment)))
    assert look.reads() == []
    look.connection.execute("GRANT INSERT ON alerts TO zoneschild_ingest")
    look.connection.execute("REVOKE INSERT ON gateway_days FROM zoneschild_ingest")  # what is written last
    with pytest.raises(Exception, match="permission denied"):
        await store(incoming(read(moment)))
    assert (look.reads(), watchlists.alerts()) == ([], [])
    look.connection.execute("GRANT INSERT ON gateway_days TO zoneschild_ingest")
    await store(incoming(read(moment)))
    assert (len(look.reads()), len(watchlists.alerts())) == (1, 1)


async def test_a_late_read_says_so(store: Any, watchlists: Any, moment: datetime) -> None:
    watchlists.put()
    await store(incoming(read(moment), received_at=moment + timedelta(hours=3)))
    await store(incoming(read(moment, camera="cam2"), received_at=moment + timedelta(seconds=1)))
    assert [alert["late"] for alert in watchlists.alerts()] == [True, False]


async def test_a_correction_withdraws_the_losing_plate_and_raises_the_winning_one(
        store: Any, look: Any, watchlists: Any, moment: datetime) -> None:
    for plate in ("3ABC123", "3ABG123"):
        watchlists.put(plate)
    await store(incoming(reading("3-ABC-123", moment)))
    assert watchlists.told() == [("3ABC123", "exact")]
    look.connection.execute("UPDATE alerts SET moved_at = now()")
    await store(incoming(reading("3-ABG-123", moment, revision=1)))
    assert watchlists.told() == [("3ABG123", "exact")]
    assert [alert["moved_at"] for alert in watchlists.alerts()] == [None, None], "the mover looks at both"
    await store(incoming(reading("3-ABC-123", moment, revision=2)))
    assert watchlists.told() == [("3ABC123", "exact")]
    assert len(watchlists.alerts()) == 2, "it is the same alert, raised again"


async def test_a_reading_that_loses_at_once_never_alerts(store: Any, watchlists: Any, moment: datetime) -> None:
    watchlists.put()
    await store(incoming(reading("3-ABG-123", moment, revision=1)))
    await store(incoming(reading("3-ABC-123", moment, revision=0)))
    await store(*(incoming(reading(plate, moment, "p2", revision=revision))
                  for revision, plate in enumerate(("3-ABC-123", "3-ABG-123"))))
    assert watchlists.alerts() == []


async def test_rejects_and_trials_never_alert(store: Any, look: Any, watchlists: Any, moment: datetime) -> None:
    watchlists.put()
    await store(incoming(read(moment, camera="cam9")), incoming(read(moment - timedelta(days=400))))
    assert (look.one("SELECT count(*) FROM rejects"), watchlists.alerts()) == (2, [])


async def test_a_replayed_reject_alerts_as_late(store: Any, engine: Any, watchlists: Any, moment: datetime) -> None:
    watchlists.put()
    batch = decode_batch(incoming(read(moment)), now=utc_now())
    batch.raising = Raising.late
    await store_batch(store, batch)
    assert [alert["late"] for alert in watchlists.alerts()] == [True]


@pytest.mark.parametrize("insert", [writer.insert_reads, copying.insert_reads])
async def test_backfilled_history_raises_nothing_but_what_it_corrects_is_withdrawn(
        store: Any, watchlists: Any, moment: datetime, insert: Any) -> None:
    watchlists.put()
    await store(incoming(reading("3-ABC-123", moment)))
    batch = decode_batch(incoming(read(moment, camera="cam2")), incoming(reading("3-ABG-123", moment, revision=1)),
                         now=utc_now())
    batch.raising = Raising.nothing
    await store_batch(store, batch, insert=insert)
    assert len(watchlists.alerts()) == 1
    assert watchlists.told() == []


async def store_batch(store: Any, batch: Any, **how: Any) -> None:
    """Store what was decoded already."""
    await store.weeks.ensure(batch.mondays())
    async with transaction(store.engine) as connection:
        await writer.store(connection, IDENTITY, batch, **how)


async def test_a_batch_is_left_to_the_follower_only_where_it_has_something_to_follow(
        store: Any, look: Any, watchlists: Any, moment: datetime) -> None:
    watchlists.put()
    await store(incoming(read(moment)))
    assert look.all("SELECT * FROM follow_batches") == []
    watchlists.put("3AB*", pattern=True)
    await store(incoming(read(moment, camera="cam2"), received_at=moment + timedelta(seconds=1)),
                incoming(read(moment, plate="4-DEF-456"), received_at=moment + timedelta(hours=3)),
                incoming(read(moment, plate=None)))
    left = [(row["fresh"], row["oldest_at"], list(follow_batches.unpack(row["reads"])))
            for row in look.all("SELECT * FROM follow_batches ORDER BY fresh DESC")]
    ids = {(row["plate"], row["camera_id"]): row["read_id"].hex for row in look.reads()}
    assert left == [(fresh, moment, [((plate, epoch_ms(moment), ids[plate, camera_id]), camera_id)])
                    for fresh, plate, camera_id in ((True, "3ABC123", 12), (False, "4DEF456", 11))]
