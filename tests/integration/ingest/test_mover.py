"""The mover: alerts become hits, counts and nothing else; every event gets a number, and none is missed."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest

from ingest.mover import Mover
from services.clock import local_day, utc_now
from services.database import transaction
from services.hits import moving
from tests.ingest_samples import incoming, read, reading
from tests.integration.ingest.watching import TECINT, until


class Moving:
    """The mover's transactions, one at a time, and what came of them."""

    def __init__(self, engine: Any, look: Any, store: Any) -> None:
        self.engine, self.look, self.store = engine, look, store

    async def __call__(self, now: datetime | None = None, *, tend: bool = False) -> moving.Moved:
        now = now or utc_now()
        async with transaction(self.engine) as connection:
            assert await moving.try_lock(connection)
            if tend:
                await moving.tend(connection, now)
            return await moving.move(connection, now)

    async def see(self, *messages: dict[str, Any], late: bool = False) -> None:
        """Store messages that came at once, or three hours late, and move."""
        for message in messages:
            at = datetime.fromisoformat(message["captured_at"])
            await self.store(incoming(message, received_at=at + timedelta(hours=3 if late else 0, seconds=1)))
        await self()

    def hits(self) -> list[dict[str, Any]]:
        return list(self.look.all("SELECT * FROM hits ORDER BY hit_id"))

    def events(self) -> list[tuple[int, str]]:
        rows = self.look.all("SELECT number, kind FROM hit_events ORDER BY number")
        return [(row["number"], row["kind"]) for row in rows]


@pytest.fixture
def move(engine: Any, look: Any, store: Any) -> Moving:
    return Moving(engine, look, store)


async def test_an_alert_becomes_a_hit_that_is_told_under_a_number(move: Any, watchlists: Any, moment: datetime) -> None:
    watchlists.put(priority=2)
    await move.see(read(moment))
    (hit,) = move.hits()
    expected = {"plate": "3ABC123", "audience_id": 1, "discreet": False, "priority": 2, "matched_as": "exact",
                "sightings": 1, "late": False, "first_captured_at": moment, "last_captured_at": moment,
                "last_camera_id": 11, "state": "open", "disposition": None}
    assert {name: hit[name] for name in expected} == expected
    assert move.events() == [(1, "raised")]
    (alert,) = watchlists.alerts()
    assert (alert["hit_id"], alert["moved_at"] is None) == (hit["hit_id"], False)


async def test_repeats_of_a_vehicle_fold_into_its_open_hit(move: Any, watchlists: Any, moment: datetime) -> None:
    watchlists.put(priority=3)
    watchlists.put(priority=1)  # on two lists: one vehicle, one hit
    await move.see(read(moment))
    await move.see(read(moment + timedelta(minutes=5), camera="cam2"), read(moment + timedelta(minutes=2)))
    (hit,) = move.hits()
    assert (hit["sightings"], hit["priority"], hit["last_camera_id"]) == (3, 1, 12)
    assert hit["last_captured_at"] - hit["first_captured_at"] == timedelta(minutes=5)
    assert move.events() == [(1, "raised"), (2, "seen-again")]


async def test_what_has_ended_is_followed_by_a_new_hit(move: Any, watchlists: Any, moment: datetime) -> None:
    watchlists.put()
    await move.see(read(moment))
    move.look.connection.execute("UPDATE hits SET state = 'ended', ended_at = now(), disposition = 'no-result'")
    await move.see(read(moment + timedelta(minutes=1)))
    assert [hit["state"] for hit in move.hits()] == ["ended", "open"]


async def test_groups_and_what_is_discreet_stay_apart(move: Any, watchlists: Any, moment: datetime) -> None:
    watchlists.put()
    watchlists.put(audience_id=TECINT)
    watchlists.put(audience_id=TECINT, discreet=True)
    await move.see(read(moment))
    assert {(hit["audience_id"], hit["discreet"], hit["sightings"]) for hit in move.hits()} == {
        (1, False, 1), (TECINT, False, 1), (TECINT, True, 1)}


async def test_a_late_alert_makes_a_quiet_hit_until_a_fresh_one_wakes_it(move: Any, watchlists: Any,
                                                                         moment: datetime) -> None:
    watchlists.put()
    await move.see(read(moment), late=True)
    assert [hit["late"] for hit in move.hits()] == [True]
    await move.see(read(moment + timedelta(minutes=1)))
    (hit,) = move.hits()
    details = move.look.all("SELECT detail FROM hit_events ORDER BY number")
    assert (hit["late"], [row["detail"].get("woke") for row in details]) == (False, [None, True])


async def test_a_list_that_counts_keeps_a_number_and_nothing_else(move: Any, watchlists: Any, moment: datetime) -> None:
    watchlists.put(state="count")
    watchlists.put(state="count", discreet=True)
    await move.see(read(moment), read(moment + timedelta(seconds=1)), read(moment, camera="cam2"))
    counted = move.look.all("SELECT day, camera_id, discreet, matched FROM watch_days ORDER BY discreet, camera_id")
    assert counted == [{"day": local_day(moment), "camera_id": camera, "discreet": discreet, "matched": matched}
                       for discreet in (False, True) for camera, matched in ((11, 2), (12, 1))]
    assert (move.hits(), move.events(), watchlists.alerts()) == ([], [], [])


async def test_a_corrected_plate_ends_its_hit_and_the_winning_one_raises_its_own(move: Any, watchlists: Any,
                                                                                 moment: datetime) -> None:
    for plate in ("3ABC123", "3ABG123"):
        watchlists.put(plate)
    await move.see(reading("3-ABC-123", moment))
    await move.see(reading("3-ABG-123", moment, revision=1))
    assert [(hit["plate"], hit["disposition"], hit["ended_by"]) for hit in move.hits()] == [
        ("3ABC123", "withdrawn", None), ("3ABG123", None, None)]
    assert sorted(kind for _, kind in move.events()) == ["ended", "raised", "raised"]
    await move.see(reading("3-ABC-123", moment, revision=2))
    assert [(hit["plate"], hit["disposition"]) for hit in move.hits()][1:] == [("3ABG123", "withdrawn"),
                                                                               ("3ABC123", None)]


async def test_a_correction_takes_one_sighting_from_a_hit_that_has_others(move: Any, watchlists: Any,
                                                                          moment: datetime) -> None:
    watchlists.put()
    await move.see(read(moment), reading("3-ABC-123", moment + timedelta(minutes=1)))
    await move.see(reading("3-ABG-123", moment + timedelta(minutes=1), revision=1))
    (hit,) = move.hits()
    assert (hit["sightings"], hit["last_captured_at"], hit["state"]) == (1, moment, "open")
    assert move.events()[-1][1] == "withdrawn"


async def test_a_camera_does_not_end_what_a_person_has_looked_at(move: Any, watchlists: Any, moment: datetime) -> None:
    watchlists.put()
    await move.see(reading("3-ABC-123", moment))
    move.look.connection.execute("UPDATE hits SET state = 'confirmed'")
    await move.see(reading("3-ABG-123", moment, revision=1))
    assert [(hit["state"], hit["ended_at"]) for hit in move.hits()] == [("confirmed", None)]
    assert move.events()[-1][1] == "withdrawn"


@pytest.mark.parametrize("state", ["open", "claimed", "dispatched"])
async def test_a_revoked_entry_ends_its_hit_whoever_has_it(move: Any, watchlists: Any, moment: datetime,
                                                           state: str) -> None:
    entry_id = watchlists.put()
    await move.see(read(moment))
    move.look.connection.execute("UPDATE hits SET state = %s", [state])
    await move(tend=True)
    assert move.hits()[0]["ended_at"] is None
    watchlists.revoke(entry_id)
    await move(tend=True)
    assert [(hit["state"], hit["disposition"]) for hit in move.hits()] == [("ended", "withdrawn")]
    assert move.events()[-1][1] == "ended"


@pytest.mark.parametrize("fall", [
    "UPDATE watch_entries SET validated_at = NULL, lapses_at = now() - interval '1 second'",
    "UPDATE watch_entries SET replaced_at = now()", "UPDATE watchlists SET state = 'off'"],
    ids=["lapsed", "replaced by nothing", "its list off"])
async def test_what_is_no_longer_watched_for_ends_its_hit(move: Any, watchlists: Any, moment: datetime,
                                                          fall: str) -> None:
    watchlists.put()
    await move.see(read(moment))
    move.look.connection.execute("UPDATE hits SET state = 'confirmed'")
    move.look.connection.execute(fall)
    await move(tend=True)
    assert [hit["disposition"] for hit in move.hits()] == ["withdrawn"]


async def test_an_entry_that_falls_before_its_alert_is_moved_never_becomes_a_hit(store: Any, move: Any, watchlists: Any,
                                                                                 moment: datetime) -> None:
    entry_id = watchlists.put()
    await store(incoming(read(moment)))
    watchlists.revoke(entry_id)
    await move()
    assert (move.hits(), [alert["withdrawn_at"] is None for alert in watchlists.alerts()]) == ([], [False])


async def test_a_further_version_or_the_end_of_its_period_leaves_a_hit_alone(move: Any, watchlists: Any,
                                                                             moment: datetime) -> None:
    entry_id = watchlists.put(until=utc_now() + timedelta(seconds=1))
    await move.see(read(moment))
    watchlists.look.connection.execute("UPDATE watch_entries SET replaced_at = now()")
    watchlists.put(entry_id=entry_id, version=2)
    await move(utc_now() + timedelta(hours=1), tend=True)
    assert [hit["ended_at"] for hit in move.hits()] == [None]


async def test_a_hit_that_nobody_took_lapses_twelve_hours_after_it_was_last_seen(move: Any, watchlists: Any,
                                                                                 moment: datetime) -> None:
    watchlists.put()
    await move.see(read(moment))
    raised_at = move.hits()[0]["raised_at"]
    await move(raised_at + moving.LAPSES_AFTER, tend=True)
    assert move.hits()[0]["ended_at"] is None
    await move(raised_at + moving.LAPSES_AFTER + timedelta(seconds=1), tend=True)
    (hit,) = move.hits()
    assert (hit["state"], hit["disposition"], move.events()) == ("ended", "lapsed", [(1, "raised"), (2, "ended")])


async def test_whoever_asked_for_an_entry_hears_that_nobody_took_its_hit(move: Any, watchlists: Any,
                                                                         moment: datetime) -> None:
    entry_id = watchlists.put()
    move.look.connection.execute("INSERT INTO users (username, display_name, role) VALUES ('mia', 'Mia', 'tecint')")
    move.look.connection.execute("UPDATE watch_entries SET requested_by = (SELECT user_id FROM users "
                                 "WHERE username = 'mia')")
    await move.see(read(moment))
    await move(utc_now() + timedelta(days=1), tend=True)
    (told,) = move.look.all("SELECT kind, subject FROM notices")
    assert (told["kind"], told["subject"]["entry"], told["subject"]["what"]) == ("entry-seen", entry_id, "lapsed")


async def test_a_hit_in_somebodys_hands_does_not_lapse(move: Any, watchlists: Any, moment: datetime) -> None:
    watchlists.put()
    await move.see(read(moment))
    move.look.connection.execute("UPDATE hits SET state = 'claimed'")
    await move(utc_now() + timedelta(days=3), tend=True)
    assert move.hits()[0]["ended_at"] is None


async def test_fresh_alerts_are_moved_before_late_ones(move: Any, store: Any, watchlists: Any, moment: datetime,
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "MOST", 1)
    for plate in ("3ABC123", "4DEF456"):
        watchlists.put(plate)
    await store(incoming(read(moment), received_at=moment + timedelta(hours=1)))
    await store(incoming(read(moment, plate="4-DEF-456")))
    assert (await move()).full
    assert [hit["plate"] for hit in move.hits()] == ["4DEF456"]


@pytest.fixture
async def two_movers(engine: Any) -> AsyncIterator[list[Mover]]:
    """Two ingest processes' movers at work."""
    movers = [Mover(engine, lambda: True) for _ in range(2)]
    tasks = [asyncio.create_task(mover.run(0.01)) for mover in movers]
    yield movers
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_board_that_asks_for_greater_numbers_misses_nothing_and_doubles_nothing(
        store: Any, look: Any, watchlists: Any, moment: datetime, two_movers: list[Mover]) -> None:
    for number in range(8):
        watchlists.put(f"3ABC{number:03}")
    board, writers = Board(look), 6

    async def drive(writer: int) -> None:
        for step in range(4):
            at = moment + timedelta(seconds=writer * 10 + step)
            await store(incoming(read(at, plate=f"3-ABC-{random.Random(f'{writer} {step}').randrange(8):03}")))
            random.Random(step).choice(two_movers).wake()

    driving = asyncio.gather(*(drive(writer) for writer in range(writers)))
    async with asyncio.timeout(20):
        while not driving.done() or not board.has_all():
            board.ask()
            await asyncio.sleep(0.005)
        await driving
    assert board.numbers == list(range(1, len(board.numbers) + 1))
    assert look.one("SELECT sum(sightings)::int FROM hits") == 4 * writers
    assert look.one("SELECT count(*) FROM alerts") == 4 * writers


class Board:
    """A client that remembers the last number that it saw."""

    def __init__(self, look: Any) -> None:
        self.look, self.numbers = look, list[int]()

    def ask(self) -> None:
        last = self.numbers[-1] if self.numbers else 0
        self.numbers += [row["number"] for row in self.look.all(
            "SELECT number FROM hit_events WHERE number > %s ORDER BY number", last)]

    def has_all(self) -> bool:
        unmoved = self.look.one("SELECT count(*) FROM alerts WHERE moved_at IS NULL")
        return not unmoved and self.look.one("SELECT count(*) FROM hit_events") == len(self.numbers)


async def test_it_numbers_what_people_did_and_says_that_it_lives(look: Any, watchlists: Any, move: Any,
                                                                 moment: datetime, two_movers: list[Mover]) -> None:
    watchlists.put()
    await move.store(incoming(read(moment)))
    await until(lambda: look.one("SELECT count(*) FROM hit_events WHERE number IS NOT NULL") == 1)
    look.connection.execute("INSERT INTO hit_events (hit_id, kind) SELECT hit_id, 'claimed' FROM hits")
    await until(lambda: move.events() == [(1, "raised"), (2, "claimed")])
    (row,) = look.all("SELECT at, last_number, broker_connected FROM hit_mover")
    assert (row["last_number"], row["broker_connected"]) == (2, True)
    await until(lambda: look.one("SELECT at FROM hit_mover") > row["at"])


async def test_it_goes_on_after_the_database_was_away(look: Any, watchlists: Any, store: Any, moment: datetime,
                                                      two_movers: list[Mover]) -> None:
    watchlists.put()
    look.connection.execute("REVOKE SELECT ON alerts FROM zoneschild_ingest")
    await asyncio.sleep(0.1)
    look.connection.execute("GRANT SELECT ON alerts TO zoneschild_ingest")
    await store(incoming(read(moment)))
    await until(lambda: look.one("SELECT count(*) FROM hits") == 1)


async def test_a_lost_broker_is_told_unless_another_process_has_one(engine: Any, look: Any) -> None:
    async def stamp(connected: bool) -> bool | None:
        async with transaction(engine) as connection:
            await moving.stamp(connection, connected=connected)
        return look.one("SELECT broker_connected FROM hit_mover")

    assert [await stamp(connected) for connected in (False, True, False)] == [False, True, True]
    look.connection.execute("UPDATE hit_mover SET at = at - interval '4 seconds'")
    assert await stamp(False) is False
