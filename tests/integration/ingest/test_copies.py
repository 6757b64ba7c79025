"""Copies from the live session and the messages themselves, in two lanes: stored once, counted once, in any order."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from datetime import datetime
from itertools import permutations
from typing import Any

import msgspec
import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from ingest.batcher import Batcher
from ingest.copies import Copies
from ingest.incoming import Door, Incoming
from ingest.intake import Intake
from services.clock import to_milliseconds, utc_now
from services.images import ImageStore, Kind
from services.settings import IngestSettings
from tests.ingest_samples import JPEG, PNG, incoming, picture, read, reading


def copy_of(message: Incoming) -> Incoming:
    """What the live session brings of a message."""
    return msgspec.structs.replace(message, door=Door.live, mid=0)


class Lanes:
    """The two lanes of one ingest, with what they handed back."""

    def __init__(self, settings: IngestSettings, engine: AsyncEngine) -> None:
        self.images = ImageStore.open(settings.images_url)
        self.done: list[Incoming] = []
        self.lanes = {lane: Intake(2**24, lane) for lane in ("backlog", "fresh")}
        copies = Copies()
        self.tasks = [asyncio.create_task(Batcher(settings, engine, self.images, intake, self._hand_back, None, None,
                                                  copies).run()) for intake in self.lanes.values()]

    def _hand_back(self, messages: Iterable[Incoming], _answers: object) -> None:
        self.done += messages

    def put(self, *messages: Incoming) -> None:
        """Let messages in, each into its lane."""
        for message in messages:
            self.lanes["fresh" if message.door is Door.live else "backlog"].put(message)

    async def until(self, count: int) -> None:
        """Wait until so many messages were handed back."""
        async with asyncio.timeout(10):
            while len(self.done) < count:
                for task in self.tasks:
                    if task.done():
                        task.result()
                await asyncio.sleep(0.01)

    async def handle(self, *messages: Incoming) -> None:
        """Let messages in, one after the other."""
        for message in messages:
            self.put(message)
            await self.until(len(self.done) + 1)


@pytest.fixture
def just_now() -> datetime:
    """The present: copies of late reads are not taken."""
    return to_milliseconds(utc_now())


@pytest.fixture
async def lanes(settings: IngestSettings, look: Any, engine: AsyncEngine) -> AsyncIterator[Lanes]:
    """Two lanes at work."""
    running = Lanes(settings.model_copy(update={"ingest_linger_ms": 0}), engine)
    yield running
    for task in running.tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def message(moment: datetime, mid: int = 1, **members: Any) -> Incoming:
    return incoming(read(moment, **members), received_at=moment, mid=mid)


@pytest.mark.parametrize("copy_first", [True, False])
async def test_a_read_that_comes_twice_over_two_sessions_is_no_double(lanes: Lanes, look: Any, just_now: datetime,
                                                                      copy_first: bool) -> None:
    one = message(just_now)
    await lanes.handle(*((copy_of(one), one) if copy_first else (one, copy_of(one))))
    assert len(look.reads()) == 1
    assert look.counts() | {"stored": 1, "doubled": 0} == look.counts()


async def test_a_read_that_its_gateway_sends_again_is_a_double_all_the_same(lanes: Lanes, look: Any,
                                                                           just_now: datetime) -> None:
    one, again = message(just_now), message(just_now, mid=2)
    await lanes.handle(copy_of(one), copy_of(again), one, again)
    assert look.counts() | {"stored": 1, "doubled": 1} == look.counts()


async def test_copies_and_messages_that_meet_in_the_database_are_counted_once(lanes: Lanes, look: Any, database: Any,
                                                                              just_now: datetime) -> None:
    messages = [message(just_now, mid=number, plate=f"3-ABC-{number:03}") for number in range(1, 41)]
    with psycopg.connect(database.owner_url) as other:
        other.execute("LOCK TABLE gateway_days IN ACCESS EXCLUSIVE MODE")  # the last that a transaction writes to
        lanes.put(*map(copy_of, messages), *messages)
        await asyncio.sleep(0.3)  # one lane waits for this lock, the other for the first one's rows
    await lanes.until(80)
    assert look.counts() | {"stored": 40, "doubled": 0} == look.counts()


async def test_of_a_copy_only_fresh_reads_are_taken_and_no_reject_or_heartbeat(
        lanes: Lanes, look: Any, moment: datetime, just_now: datetime) -> None:
    old = message(moment, mid=1)
    bad = incoming({"reads": [read(just_now, camera="nobody's"), read(just_now)]}, received_at=just_now, mid=2)
    await lanes.handle(copy_of(msgspec.structs.replace(old, received_ms=bad.received_ms)), copy_of(bad))
    assert look.counts() == {"stored": 1, "doubled": 0, "superseded": 0, "rejected": 0, "heartbeats": 0}
    await lanes.handle(bad)
    assert look.counts() == {"stored": 1, "doubled": 0, "superseded": 0, "rejected": 1, "heartbeats": 0}


async def test_a_passage_ends_the_same_in_whatever_order_copies_and_messages_come(lanes: Lanes, look: Any,
                                                                                  just_now: datetime) -> None:
    orders = list(permutations("aAbB"))
    for number, order in enumerate(orders):
        first = incoming(reading("3-ABC-123", just_now, f"p{number}", confidence=0.5), received_at=just_now, mid=1)
        second = incoming(reading("3-ABG-123", just_now, f"p{number}", revision=1), received_at=just_now, mid=2)
        by_name = {"A": first, "a": copy_of(first), "B": second, "b": copy_of(second)}
        await lanes.handle(*(by_name[name] for name in order))
    found = look.all("SELECT plate, superseded, count(*) FROM reads GROUP BY 1, 2 ORDER BY 1")
    assert [tuple(row.values()) for row in found] == [("3ABC123", True, 24), ("3ABG123", False, 24)]
    counts = look.counts()
    assert counts["stored"] + counts["superseded"] == 48
    assert counts["doubled"] == 0


async def test_a_copy_that_the_database_refuses_is_dropped_and_the_message_is_the_reject(lanes: Lanes, look: Any,
                                                                                        just_now: datetime) -> None:
    look.connection.execute("ALTER TABLE reads ADD CONSTRAINT poison CHECK (plate <> '7XKV938')")
    poison = message(just_now, plate="7-XKV-938")
    await lanes.handle(copy_of(poison), poison)
    (reject,) = look.all("SELECT reason FROM rejects")
    assert reject == {"reason": "refused-by-store"}
    assert look.one("SELECT sum(doubled)::int FROM gateway_days") == 0


async def test_with_a_full_spool_a_copy_with_pictures_is_dropped_and_not_held(
        start_batcher: Any, look: Any, image_folder: Any, just_now: datetime) -> None:
    batcher = await start_batcher(image_spool_mb=0)
    image_folder.break_()
    batcher.put(copy_of(message(just_now, images=[picture("plate", PNG)])),
                copy_of(message(just_now, plate="3-ABC-124")))
    await batcher.until(lambda: batcher.intake.has_room(2**40))  # which it has for anything once it holds nothing
    assert [row["plate"] for row in look.reads()] == ["3ABC124"]


async def test_a_picture_lies_under_the_right_id_even_if_the_other_lane_was_just_storing_its_passage(
        lanes: Lanes, look: Any, database: Any, just_now: datetime) -> None:
    first = incoming(reading("3-ABC-123", just_now), received_at=just_now, mid=1)
    later = just_now.replace(microsecond=0)
    second = incoming(reading("3-ABC-123", later, images=[picture("overview", JPEG)]), received_at=just_now, mid=2)
    with psycopg.connect(database.owner_url) as other:
        other.execute("LOCK TABLE gateway_days IN ACCESS EXCLUSIVE MODE")  # the first cannot commit its passage
        lanes.put(first)
        await asyncio.sleep(0.3)
        lanes.put(copy_of(second))
        await asyncio.sleep(0.3)
    await lanes.until(2)
    (stored,) = look.reads()
    assert stored["images"] == 2
    assert await lanes.images.get(stored["read_id"], Kind.overview) == JPEG
