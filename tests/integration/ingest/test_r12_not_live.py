"""R12: ingest refuses what a camera sees that is not live, within two seconds, and stores what it sees once it is."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from ingest.batcher import Batcher
from ingest.intake import Intake
from ingest.register import Register
from ingest.replays import Replayer
from services.clock import utc_now
from services.images import ImageStore
from services.settings import IngestSettings
from tests.ingest_samples import incoming, read
from tests.integration.ingest.conftest import Look

FELT_WITHIN_S = 2.5
OFF = "UPDATE cameras SET live_since = NULL WHERE camera_id = 11"
ON = "UPDATE cameras SET live_since = now() WHERE camera_id = 11"


class Running:
    """A batcher at work with a register that keeps itself current, as the service runs them."""

    def __init__(self, settings: IngestSettings, engine: AsyncEngine) -> None:
        self.intake, self.register, self.mids = Intake(2**24), Register(engine), 0
        self.acknowledged: asyncio.Queue[int] = asyncio.Queue()
        batcher = Batcher(settings, engine, ImageStore.open(settings.images_url), self.intake, self._acknowledge,
                          self.register)
        self.tasks = [asyncio.create_task(self.register.keep_current()), asyncio.create_task(batcher.run())]

    async def send(self, *messages: dict[str, object]) -> None:
        """Hand messages in together and wait until they are acknowledged."""
        for message in messages:
            self.mids += 1
            self.intake.put(incoming(message, received_at=utc_now(), mid=self.mids))
        async with asyncio.timeout(10):
            while await self.acknowledged.get() != self.mids:
                pass

    def _acknowledge(self, messages: Any, _answers: Any) -> None:
        for message in messages:
            self.acknowledged.put_nowait(message.mid)


@pytest.fixture
async def running(settings: IngestSettings, engine: AsyncEngine) -> AsyncIterator[Running]:
    """Ingest's middle, stopped at the end."""
    made = Running(settings, engine)
    yield made
    for task in made.tasks:
        task.cancel()
    await asyncio.wait(made.tasks)


async def test_r12_a_camera_that_is_not_live_is_refused_and_once_it_is_the_next_read_is_stored(
        look: Look, running: Running, moment: datetime) -> None:
    look.connection.execute(OFF)
    await asyncio.sleep(FELT_WITHIN_S)
    await running.send(read(moment, plate="1XKV482"), read(moment, camera="cam2", plate="1XKV483"))
    assert [row["plate"] for row in look.reads()] == ["1XKV483"]
    (reject,) = look.all("SELECT reason, body, excerpt, detail, topic FROM rejects")
    assert (reject["reason"], reject["body"], reject["excerpt"]) == ("camera-not-live", None, "")
    assert look.counts()["rejected"] == 1
    look.connection.execute(ON)
    await asyncio.sleep(FELT_WITHIN_S)
    await running.send(read(moment + timedelta(seconds=1), plate="1XKV484"), read(utc_now(), plate="1XKV485"))
    assert [row["plate"] for row in look.reads()] == ["1XKV483", "1XKV484", "1XKV485"]


async def test_r12_a_camera_that_is_taken_off_is_refused_within_two_seconds(
        look: Look, running: Running, moment: datetime) -> None:
    await running.send(read(moment, plate="1XKV482"))
    look.connection.execute(OFF)
    await asyncio.sleep(FELT_WITHIN_S)
    await running.send(read(moment + timedelta(seconds=5), plate="1XKV483"))
    assert [row["plate"] for row in look.reads()] == ["1XKV482"]


async def test_r12_what_it_saw_while_it_was_off_is_refused_when_it_comes_later(
        look: Look, running: Running) -> None:
    look.connection.execute(OFF)
    during = utc_now() + timedelta(milliseconds=5)
    await asyncio.sleep(0.1)
    look.connection.execute(ON)
    await asyncio.sleep(FELT_WITHIN_S)
    await running.send(read(during, plate="1XKV482"), read(utc_now(), plate="1XKV483"))
    assert [row["plate"] for row in look.reads()] == ["1XKV483"]


async def test_r12_a_reject_that_turns_out_to_be_of_such_a_camera_goes_at_once(
        look: Look, running: Running, settings: IngestSettings, engine: AsyncEngine, moment: datetime) -> None:
    await running.send(read(moment, camera="cam7", plate="1XKV482"))
    assert look.one("SELECT body IS NOT NULL FROM rejects")
    look.connection.execute("INSERT INTO cameras (camera_id, code, name) VALUES (99, 'cam7', 'cam7')")
    look.connection.execute("INSERT INTO gateway_cameras VALUES (7, 'cam7', 99)")
    look.connection.execute("UPDATE rejects SET replay_asked_at = now()")
    await Replayer(settings, engine, ImageStore.open(settings.images_url)).replay_some()
    (reject,) = look.all("SELECT reason, expires_at <= now() AS gone FROM rejects")
    assert reject == {"reason": "camera-not-live", "gone": True}
    assert look.reads() == []
