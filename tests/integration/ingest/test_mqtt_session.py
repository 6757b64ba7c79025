"""The two sessions at real brokers: what they bring, what they leave, and what they do when there is no room."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import aiomqtt
import pytest

from ingest import metrics
from ingest.incoming import Door, Incoming
from ingest.intake import Intake
from ingest.lag import Lag
from ingest.mqtt_session import DurableSession, LiveSession
from services.clock import utc_now
from services.settings import Broker, IngestSettings
from tests.ingest_samples import body, read

TOPIC = "anpr/v1/houthalen/reads"
NUMBERS = itertools.count(20)
LIMIT = 20_000


class Sessions:
    """Both sessions of one ingest, with intakes that nobody empties."""

    def __init__(self, settings: IngestSettings) -> None:
        self._settings = settings
        self.backlog, self.fresh, self.lag = Intake(LIMIT), Intake(LIMIT, "fresh"), Lag()
        self.live = LiveSession(settings, self.fresh, self.backlog, self.lag)
        self.durable = DurableSession(settings, self.backlog, self.lag, self.live.listens)
        self.tasks = [asyncio.create_task(session.run()) for session in (self.live, self.durable)]

    async def stop(self) -> None:
        """Leave, and have the broker forget the durable session."""
        for task in self.tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        broker = self._settings.broker
        async with aiomqtt.Client(broker.host, broker.port, username=broker.username, password=broker.password,
                                  identifier=f"zoneschild-ingest-{self._settings.ingest_number}", clean_session=True):
            pass


async def until(holds: Callable[[], Any], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110  # nobody says when
            await asyncio.sleep(0.01)


async def taken(intake: Intake, count: int) -> list[Incoming]:
    """Wait for messages and take them; they go on counting until they are released."""
    found: list[Incoming] = []
    async with asyncio.timeout(10):
        while len(found) < count:
            found += await intake.take(1000, 0)
    return found


def dropped(why: str) -> float:
    return metrics.COPIES_DROPPED.labels(why)._value.get()


@pytest.fixture(params=["broker", "mosquitto"])
def server(request: pytest.FixtureRequest) -> Any:
    """Each broker in turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def address(server: Any) -> Broker:
    """Where gateways publish."""
    return Broker.parse(server.url_for("simulator"))


@pytest.fixture
async def publish(address: Broker) -> AsyncIterator[Callable[..., Any]]:
    """Publish with quality 1, over and over until the test is done."""
    async with aiomqtt.Client(address.host, address.port, username=address.username,
                              password=address.password) as client:
        async def send(payload: bytes, *, retain: bool = False) -> None:
            await client.publish(TOPIC, payload, qos=1, retain=retain)

        yield send


@pytest.fixture
def settings_here(server: Any, database: Any) -> IngestSettings:
    """Settings with a number, and so with sessions, of the test's own."""
    return IngestSettings(database_url=database.ingest_url, identity_key=b"k" * 32,
                          broker_url=server.url_for("ingest"), ingest_number=next(NUMBERS))


@pytest.fixture
async def sessions(settings_here: IngestSettings) -> AsyncIterator[Sessions]:
    """Both sessions, connected, the live one listening."""
    running = Sessions(settings_here)
    connected = metrics.CONNECTED._value.get
    await until(lambda: running.live.listens.is_set() and connected() == 1)
    yield running
    await running.stop()


async def test_both_bring_what_is_fresh_and_the_durable_one_alone_what_is_old(sessions: Sessions, publish: Any) -> None:
    before = dropped("old")
    old, fresh = body(read(utc_now() - timedelta(hours=1))), body(read(utc_now()))
    await publish(old)
    await publish(fresh)
    assert [(one.payload, one.door) for one in await taken(sessions.backlog, 2)] == [
        (old, Door.durable), (fresh, Door.durable)]
    (copy,) = await taken(sessions.fresh, 1)
    assert (copy.payload, copy.door, copy.mid) == (fresh, Door.live, 0)
    assert dropped("old") == before + 1


async def test_the_live_session_rests_once_nothing_has_been_late_for_three_seconds_and_wakes_with_the_next_sign(
        sessions: Sessions, publish: Any) -> None:
    await until(lambda: not sessions.live.listens.is_set())
    await publish(body(read(utc_now())))
    await taken(sessions.backlog, 1)
    assert sessions.fresh.waiting_ms(10**15) == 0
    await publish(body(read(utc_now())))  # which nobody takes, so that it waits
    await until(sessions.live.listens.is_set)
    await publish(fresh := body(read(utc_now())))
    assert [one.payload for one in await taken(sessions.fresh, 1)] == [fresh]


async def test_a_retained_message_is_marked_and_no_copy_of_it_is_taken(settings_here: IngestSettings,
                                                                       publish: Any) -> None:
    await publish(kept := body(read(utc_now())), retain=True)
    running = Sessions(settings_here)
    (message,) = await taken(running.backlog, 1)
    assert (message.payload, message.retained) == (kept, True)
    await publish(plain := body(read(utc_now(), plate="3-ABC-124")))
    (message,) = await taken(running.backlog, 1)
    assert (message.payload, message.retained) == (plain, False)
    assert [one.payload for one in await taken(running.fresh, 1)] == [plain]
    await running.stop()
    await publish(b"", retain=True)  # forgets it


async def test_copies_leave_room_for_pushes_and_what_does_not_fit_comes_by_the_durable_session(
        sessions: Sessions, publish: Any) -> None:
    before = dropped("full")
    payloads = [body(read(utc_now(), plate=f"3-ABC-{number:03}")) for number in range(200)]
    for payload in payloads[:100]:
        await publish(payload)
    await until(lambda: dropped("full") > before)
    assert sessions.fresh.has_room(LIMIT * 2 // 3)
    assert [one.payload for one in await taken(sessions.backlog, 100)] == payloads[:100]


async def test_with_a_full_intake_no_connection_is_made_that_would_bring_more(settings_here: IngestSettings,
                                                                              publish: Any) -> None:
    running = Sessions(settings_here)
    large = Incoming(TOPIC, b"x" * 2 * LIMIT, 0)
    running.backlog.put(large)
    await until(running.live.listens.is_set)
    await asyncio.sleep(1)
    assert metrics.CONNECTED._value.get() == 0
    running.backlog.release(await taken(running.backlog, 1))
    await until(lambda: metrics.CONNECTED._value.get() == 1)
    await publish(payload := body(read(utc_now())))
    assert [one.payload for one in await taken(running.backlog, 1)] == [payload]
    await running.stop()


async def test_a_full_intake_stops_the_reading_and_room_starts_it_again(sessions: Sessions, publish: Any) -> None:
    payloads = [body(read(utc_now(), plate=f"3-ABC-{number:03}", lane=2)) for number in range(500)]
    for payload in payloads:
        await publish(payload)
    found: list[bytes] = []
    async with asyncio.timeout(20):
        while len(found) < 500:
            some = await sessions.backlog.take(1000, 0)
            assert sum(len(one.payload) for one in some) < 3 * LIMIT
            found += [one.payload for one in some]
            sessions.durable.acknowledge(some)
            sessions.backlog.release(some)
    assert sorted(found) == sorted(payloads)  # aedes may change the order of a few
