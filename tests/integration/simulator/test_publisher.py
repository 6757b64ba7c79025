"""The publisher against real brokers: every version, a bounded window, nothing lost when the broker is killed."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from pydantic import SecretStr

from deploy.embedded.broker import EmbeddedBroker, MosquittoBroker
from services.messages import reads_topic
from services.settings import Broker, BrokerSettings
from simulator.publisher import Publisher

TOPIC = reads_topic("genk")


def settings(url: str, version: Any = "auto") -> BrokerSettings:
    return BrokerSettings(broker_url=SecretStr(url), mqtt_version=version)


@asynccontextmanager
async def listening(url: str) -> AsyncIterator[list[bytes]]:
    """A subscriber's list of payloads, growing while the block runs."""
    broker = Broker.parse(url)
    received: list[bytes] = []
    async with aiomqtt.Client(broker.host, broker.port, username=broker.username, password=broker.password) as client:
        await client.subscribe("anpr/v1/#", qos=1)

        async def listen() -> None:
            async for message in client.messages:
                received.append(bytes(message.payload))  # noqa: PERF401 -- grows while the test looks at it

        task = asyncio.create_task(listen())
        try:
            yield received
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def until(reached: Any, seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not reached():  # noqa: ASYNC110 -- what is waited for lies in a broker, which sets no event
            await asyncio.sleep(0.01)


@pytest.fixture(params=[EmbeddedBroker, MosquittoBroker])
def own_broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    with request.param(tmp_path / "broker") as running:
        yield running


@pytest.mark.parametrize("version", ["auto", "3.1.1"])
async def test_every_message_arrives_once_and_in_order(broker: Any, version: str) -> None:
    payloads = [b"%d" % number for number in range(2000)]
    async with listening(broker.url_for("ingest")) as received:
        async with Publisher(settings(broker.url_for("simulator"), version), window=50) as publisher:
            for payload in payloads:
                await publisher.send(TOPIC, payload)
                assert publisher.unacknowledged <= 50
            await publisher.drain()
        await until(lambda: len(received) >= len(payloads))
    assert received == payloads
    assert (publisher.counts.sent, publisher.counts.acknowledged, publisher.counts.resent) == (2000, 2000, 0)


async def test_it_speaks_mqtt_5_where_the_broker_does(mosquitto: Any) -> None:
    async with listening(mosquitto.url_for("ingest")) as received:
        async with Publisher(settings(mosquitto.url_for("simulator"), "5")) as publisher:
            await publisher.send(TOPIC, b"five")
            await publisher.drain()
        await until(lambda: len(received) > 0)
    assert received == [b"five"]


async def test_a_message_that_the_broker_refuses_is_counted(mosquitto: Any) -> None:
    async with Publisher(settings(mosquitto.url_for("simulator"), "5")) as publisher:
        await publisher.send("elsewhere/reads", b"x")
        await publisher.drain()
    assert (publisher.counts.refused, publisher.counts.acknowledged) == (1, 0)


async def test_what_was_acknowledged_just_before_the_broker_died_is_sent_again(own_broker: Any) -> None:
    async with Publisher(settings(own_broker.url_for("simulator"))) as publisher:
        await publisher.send(TOPIC, b"acknowledged")
        await publisher.drain()
        own_broker.kill()
        own_broker.start()
        async with listening(own_broker.url_for("ingest")) as received:
            await publisher.send(TOPIC, b"after")
            await until(lambda: publisher.counts.resent >= 1)
            await publisher.drain()
            await until(lambda: b"after" in received)
    assert publisher.counts.acknowledged == publisher.counts.sent == 2


async def test_what_was_acknowledged_long_before_the_broker_was_last_heard_is_not(own_broker: Any) -> None:
    async with Publisher(settings(own_broker.url_for("simulator")), kept_s=0.2) as publisher:
        await publisher.send(TOPIC, b"old")
        await publisher.drain()
        await asyncio.sleep(0.4)
        await publisher.send(TOPIC, b"recent")
        await publisher.drain()
        own_broker.kill()
        own_broker.start()
        await until(lambda: not publisher.connected)
        await publisher.send(TOPIC, b"new")
        await publisher.drain()
    assert publisher.counts.resent == 1


async def test_a_broker_that_stays_away_for_long_gets_it_again_as_well(own_broker: Any) -> None:
    async with Publisher(settings(own_broker.url_for("simulator")), kept_s=0.2) as publisher:
        await publisher.send(TOPIC, b"acknowledged")
        await publisher.drain()
        own_broker.kill()
        await asyncio.sleep(0.4)
        own_broker.start()
        await until(lambda: publisher.counts.resent == 1)
        await publisher.drain()


async def test_no_message_is_missing_after_the_broker_was_killed_under_load(own_broker: Any) -> None:
    payloads = {b"%d" % number for number in range(3000)}
    received: set[bytes] = set()

    async def send(publisher: Publisher) -> None:
        for payload in sorted(payloads):
            await publisher.send(TOPIC, payload)
        await publisher.drain()

    async with Publisher(settings(own_broker.url_for("simulator")), window=100) as publisher:
        async with listening(own_broker.url_for("ingest")) as before:
            sending = asyncio.create_task(send(publisher))
            await until(lambda: len(before) > 500)
            own_broker.kill()
        own_broker.start()
        async with listening(own_broker.url_for("ingest")) as after:
            await sending
            await until(lambda: len(received | set(before) | set(after)) == len(payloads))
    assert publisher.counts.resent > 0
    assert publisher.unacknowledged == 0


async def test_sending_waits_while_there_is_no_broker(tmp_path: Path) -> None:
    with EmbeddedBroker(tmp_path / "broker") as running:
        url = running.url_for("simulator")
    async with Publisher(settings(url), window=2) as publisher:
        await publisher.send(TOPIC, b"1")
        await publisher.send(TOPIC, b"2")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(publisher.send(TOPIC, b"3"), 0.3)
        assert publisher.unacknowledged == 2
        assert not publisher.connected
