"""Both brokers: who may speak, what is kept when they are killed, and that aedes acknowledges what it has stored."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import aiomqtt
import pytest

from deploy.embedded.broker import EmbeddedBroker, MosquittoBroker
from deploy.processes import is_alive
from services.broker_files import MAX_PACKET_BYTES
from services.messages import TOPIC_FILTER

TOPIC = "anpr/v1/gateway/reads"
Broker = EmbeddedBroker | MosquittoBroker


@pytest.fixture(params=[EmbeddedBroker, MosquittoBroker])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    with request.param(tmp_path / "broker") as broker:
        yield broker


@contextlib.asynccontextmanager
async def client(broker: Broker, user: str, *, manual_ack: bool = False,
                 **options: object) -> AsyncIterator[aiomqtt.Client]:
    parts = urlsplit(broker.url_for(user))
    made = aiomqtt.Client(parts.hostname, parts.port, username=parts.username, password=parts.password, **options)
    made._client.manual_ack_set(manual_ack)  # before it connects: a durable session's messages come with the CONNACK
    async with made as connected:
        connected.pending_calls_threshold = 1000
        yield connected


async def publish(broker: Broker, numbers: range, senders: int = 8) -> None:
    async with client(broker, "simulator") as sender:
        waiting = iter(numbers)

        async def send() -> None:
            for number in waiting:
                await sender.publish(TOPIC, json.dumps(number), qos=1)

        await asyncio.gather(*(send() for _ in range(senders)))


async def receive(broker: Broker, count: int) -> list[int]:
    """Read `count` different messages in the durable session `reader`, or as many as come within a silence of 5 s."""
    numbers: list[int] = []
    async with client(broker, "ingest", identifier="reader", clean_session=False) as reader:
        await reader.subscribe(TOPIC_FILTER, qos=1)
        messages = aiter(reader.messages)
        with contextlib.suppress(TimeoutError):
            while len(set(numbers)) < count:
                numbers.append(json.loads((await asyncio.wait_for(anext(messages), 5)).payload))
    return numbers


async def test_a_durable_session_gets_every_live_message(running: Broker) -> None:
    await receive(running, 0)
    reading = asyncio.create_task(receive(running, 3000))
    await asyncio.gather(publish(running, range(1500)), publish(running, range(1500, 3000)))
    assert set(await reading) == set(range(3000))


async def test_the_queue_of_an_absent_session_survives_the_kill_of_the_broker(running: Broker) -> None:
    await receive(running, 0)
    await publish(running, range(500))
    if isinstance(running, MosquittoBroker):
        await asyncio.sleep(3)  # it saves its queue every second, and what is younger is forgotten
    running.kill()
    running.start()
    await publish(running, range(500, 600))
    assert await receive(running, 600) == list(range(600))


async def test_aedes_has_stored_whatever_it_acknowledged_when_it_is_killed_in_full_flight(tmp_path: Path) -> None:
    acknowledged: list[int] = []
    in_full_flight = asyncio.Event()
    with EmbeddedBroker(tmp_path / "broker") as broker:
        await receive(broker, 0)

        async def send_until_it_dies() -> None:
            with contextlib.suppress(aiomqtt.MqttError):
                async with client(broker, "simulator") as sender:
                    for number in range(100_000):
                        await sender.publish(TOPIC, json.dumps(number), qos=1, timeout=2)
                        acknowledged.append(number)
                        if number == 200:
                            in_full_flight.set()

        sending = asyncio.create_task(send_until_it_dies())
        await in_full_flight.wait()
        broker.kill()
        await sending
        broker.start()
        received = await receive(broker, len(acknowledged))
    assert set(acknowledged) <= set(received)


@pytest.mark.parametrize(("user", "password"), [
    (None, None), ("simulator", "wrong"), ("nobody", "x"), ("__proto__", "x")])
async def test_strangers_are_refused(running: Broker, user: str | None, password: str | None) -> None:
    with pytest.raises(aiomqtt.MqttError):
        async with aiomqtt.Client("127.0.0.1", running.port, username=user, password=password):
            pass


async def test_ingest_may_not_publish_and_the_simulator_may_not_read(running: Broker) -> None:
    await receive(running, 0)
    with contextlib.suppress(aiomqtt.MqttError):
        async with client(running, "ingest") as sender:
            await sender.publish(TOPIC, "0", qos=1, timeout=2)
    with contextlib.suppress(aiomqtt.MqttError):
        async with client(running, "simulator", identifier="spy") as spy:
            await spy.subscribe(TOPIC_FILTER, qos=1, timeout=2)
            await publish(running, range(1, 2))
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(aiter(spy.messages)), 1)
    await publish(running, range(2, 3))
    received = await receive(running, 2)
    assert 0 not in received
    assert 2 in received


async def test_a_message_beyond_the_limit_ends_the_connection_and_not_the_broker(running: Broker) -> None:
    await receive(running, 0)
    with contextlib.suppress(aiomqtt.MqttError):
        async with client(running, "simulator") as sender:
            await sender.publish(TOPIC, b"0" * (MAX_PACKET_BYTES + 1), qos=1, timeout=3)
    await publish(running, range(7, 8))
    assert await receive(running, 1) == [7]
    assert running.poll() is None


def test_stopping_leaves_no_process_behind(running: Broker) -> None:
    pid = running.pid
    running.stop()
    assert not is_alive(pid)


async def test_mosquitto_speaks_mqtt_5(mosquitto: MosquittoBroker) -> None:
    async with client(mosquitto, "ingest", protocol=aiomqtt.ProtocolVersion.V5) as reader:
        granted = await reader.subscribe(TOPIC_FILTER, qos=1)
    assert [code.value for code in granted] == [1]


async def unacknowledged(broker: Broker, count: int) -> dict[int, int]:
    """Receive `count` messages in the durable session `reader` without acknowledging them: message → packet number."""
    received: dict[int, int] = {}
    async with client(broker, "ingest", manual_ack=True, identifier="reader", clean_session=False) as reader:
        await reader.subscribe(TOPIC_FILTER, qos=1)
        messages = aiter(reader.messages)
        while len(received) < count:
            message = await asyncio.wait_for(anext(messages), 5)
            received[json.loads(message.payload)] = message.mid
    return received


@pytest.mark.parametrize("killed", [False, True])
async def test_aedes_never_gives_a_new_message_the_number_of_one_that_is_not_acknowledged(
        tmp_path: Path, killed: bool) -> None:
    with EmbeddedBroker(tmp_path / "broker") as broker:
        await receive(broker, 0)
        await publish(broker, range(50), senders=1)
        first = await unacknowledged(broker, 50)
        if killed:
            broker.kill()
            broker.start()
        await publish(broker, range(50, 100), senders=1)
        second = await unacknowledged(broker, 100)
    assert {number: second[number] for number in range(50)} == first
    assert [second[number] for number in range(50, 100)] == [first[49] + place for place in range(1, 51)]


async def test_a_stranger_who_does_not_wait_for_an_answer_does_not_end_the_broker(running: Broker) -> None:
    connect = b"\x10\x15\x00\x04MQTT\x04\xc2\x00\x3c\x00\x01s\x00\x01s\x00\x03bad"
    subscribe = b"\x82\x08\x00\x01\x00\x03a/b\x01"
    for number in range(40):
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        writer.write(connect)
        await asyncio.sleep(number * 0.0003)  # while the broker is still busy with the first packet
        writer.write(subscribe)
        with contextlib.suppress(ConnectionError):
            await asyncio.wait_for(reader.read(), 5)
        writer.close()
    async with client(running, "simulator"):
        assert running.poll() is None
