"""Hits at topics of both brokers: with quality 1, for whom the broker lets hear them; a refused topic is noticed."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from pydantic import SecretStr

from deploy.embedded.broker import EmbeddedBroker, MosquittoBroker
from services import broker_files
from services.broker_reload import reload_broker
from services.mqtt_passwords import password_hash
from tests.integration.ingest.deliver.receivers import Outbox, Running
from tests.integration.services.hits_world import PLATE
from tests.mqtt_handshake import gets_in

Start = Callable[..., Running]
Broker = EmbeddedBroker | MosquittoBroker
TOPIC, PASSWORD = "anpr/hits/meldkamer", "cad-password"


@pytest.fixture(params=[EmbeddedBroker, MosquittoBroker])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    """Each broker in turn, with somebody who may hear one topic of hits."""
    with request.param(tmp_path / "broker") as broker:
        cad = broker_files.BrokerUser("cad", password_hash(PASSWORD), subscribe=(TOPIC,))
        broker_files.write_files(broker.folder, [cad])
        reload_broker(broker.folder)
        deadline = time.monotonic() + 5
        while not gets_in(broker.port, "cad", PASSWORD):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield broker


class Subscriber:
    """What the receiver hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, int, dict[str, Any]]] = []

    async def listen(self, client: aiomqtt.Client) -> None:
        """Keep what comes."""
        async for message in client.messages:
            self.heard.append((str(message.topic), message.qos, json.loads(bytes(message.payload))))


@pytest.fixture
async def subscriber(server: Broker) -> AsyncIterator[Subscriber]:
    """The receiver, listening."""
    made = Subscriber()
    async with aiomqtt.Client("127.0.0.1", server.port, username="cad", password=PASSWORD, timeout=5) as client:
        await client.subscribe(TOPIC, qos=1)
        listening = asyncio.create_task(made.listen(client))
        yield made
        listening.cancel()


async def test_a_hit_is_published_at_its_topic_with_quality_1(
        start: Start, outbox: Outbox, server: Broker, subscriber: Subscriber) -> None:
    channel = outbox.world.add_channel("mqtt", "mqtt", TOPIC)
    hit = outbox.world.add_hit()
    ids = outbox.queue(channel, hit, "raised", "ended")
    running = start(broker_url=SecretStr(server.url_for("ingest")))
    await running.until(lambda: not outbox.left())
    await running.until(lambda: len(subscriber.heard) == 2)
    assert [(topic, quality, message["message_id"]) for topic, quality, message in subscriber.heard] == [
        (TOPIC, 1, ids[0]), (TOPIC, 1, ids[1])]
    assert subscriber.heard[0][2]["hit"]["plate"] == PLATE


async def test_a_topic_that_the_broker_refuses_is_tried_again_and_not_taken_for_sent(
        start: Start, outbox: Outbox, server: Broker) -> None:
    channel = outbox.world.add_channel("mqtt", "mqtt", "anpr/v1/bree/reads")
    outbox.queue(channel, outbox.world.add_hit())
    running = start(broker_url=SecretStr(server.url_for("ingest")))
    await running.until(lambda: (outbox.rows()[0]["last_error"] or "") in (
        "broker refuses the topic", "no connection") and outbox.rows()[0]["attempts"] > 1)
    assert outbox.left() == 1


async def test_with_no_broker_the_message_waits(start: Start, outbox: Outbox) -> None:
    channel = outbox.world.add_channel("mqtt", "mqtt", TOPIC)
    outbox.queue(channel, outbox.world.add_hit())
    await start(broker_url=SecretStr("mqtt://127.0.0.1:9")).until(
        lambda: outbox.rows()[0]["last_error"] == "no connection")
