"""Gateways at both brokers: each speaks for itself alone, and who is gone from the files is out at once."""

import asyncio
import contextlib
import functools
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import aiomqtt
import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from deploy.embedded import broker as broker_module
from deploy.embedded.broker import EmbeddedBroker, MosquittoBroker
from services import broker_files
from services.broker_reload import reload_broker
from services.messages import TOPIC_FILTER
from services.mqtt_passwords import make_password, password_hash
from tests.mqtt_handshake import gets_in

Broker = EmbeddedBroker | MosquittoBroker
PASSWORDS = {"houthalen": "houthalen-password", "peer": "peer-password"}


@pytest.fixture(params=[EmbeddedBroker, MosquittoBroker])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    with request.param(tmp_path / "broker") as broker:
        register(broker, **PASSWORDS)
        yield broker


def register(broker: Broker, **passwords: str) -> None:
    """Let the broker know these gateways and no other, and wait until it does."""
    write(broker, *(broker_files.gateway_user(name, hashed(password)) for name, password in passwords.items()))


def write(broker: Broker, *users: broker_files.BrokerUser) -> None:
    """Let the broker know these users; it does when somebody new gets in."""
    password = make_password()
    broker_files.write_files(broker.folder, [*users, broker_files.BrokerUser("new", password_hash(password))])
    assert reload_broker(broker.folder) == "the broker reads its files again"
    deadline = time.monotonic() + 5
    while not gets_in(broker.port, "new", password):
        assert time.monotonic() < deadline
        time.sleep(0.02)


@functools.cache
def hashed(password: str) -> str:
    """Return the same hash of the same password each time, as the database does."""
    return password_hash(password)


@contextlib.asynccontextmanager
async def connected(broker: Broker, user: str, password: str = "", **options: object) -> AsyncIterator[aiomqtt.Client]:
    options.setdefault("timeout", 5)
    if user in ("ingest", "simulator"):
        parts = urlsplit(broker.url_for(user))
        user, password = str(parts.username), str(parts.password)
    async with aiomqtt.Client("127.0.0.1", broker.port, username=user, password=password or PASSWORDS.get(user),
                              **options) as client:
        yield client


@dataclass
class Ear:
    """What ingest's session hears."""

    client: aiomqtt.Client
    heard: list[str]

    async def hears(self, text: str) -> None:
        async with asyncio.timeout(5):
            while text not in self.heard:
                self.heard.append((await anext(aiter(self.client.messages))).payload.decode())


@contextlib.asynccontextmanager
async def listening(broker: Broker, topic: str = TOPIC_FILTER, user: str = "ingest", **options: object,
                    ) -> AsyncIterator[Ear]:
    async with connected(broker, user, **options) as client:
        await client.subscribe(topic, qos=1)
        yield Ear(client, [])


async def say(broker: Broker, user: str, topic: str, text: str) -> None:
    """Publish, and do not mind being thrown out for it."""
    with contextlib.suppress(aiomqtt.MqttError):
        async with connected(broker, user) as client:
            await client.publish(topic, text, qos=1, timeout=1)


async def is_cut(client: aiomqtt.Client) -> None:
    """Wait until the broker ends the connection."""
    with pytest.raises(aiomqtt.MqttError):
        async with asyncio.timeout(5):
            await anext(aiter(client.messages))


async def test_a_gateway_is_heard_on_its_own_topics_and_on_no_other(running: Broker) -> None:
    async with listening(running) as ingest:
        for topic in ("anpr/v1/peer/reads", "anpr/v1/houthalen-2/reads", "anpr/v1/reads", "anpr/v1"):
            await say(running, "houthalen", topic, topic)
        await say(running, "houthalen", "anpr/v1/houthalen/onvif-ej/RuleEngine/&1", "deep")
        await say(running, "houthalen", "anpr/v1/houthalen/reads", "its own")
        await ingest.hears("its own")
    assert ingest.heard == ["deep", "its own"]


async def test_a_gateway_hears_its_own_feedback_and_nothing_else(running: Broker) -> None:
    async with (listening(running, "anpr/feedback/houthalen", "houthalen") as own,
                connected(running, "peer") as nosy):
        for topic in ("anpr/feedback/houthalen", "anpr/feedback/+", "anpr/feedback/#", "anpr/v1/peer/#", "#", "peer/#"):
            with contextlib.suppress(aiomqtt.MqttError):
                await nosy.subscribe(topic, qos=1)
        async with connected(running, "ingest") as ingest:
            await ingest.publish("anpr/feedback/houthalen", "for houthalen", qos=1)
            await say(running, "peer", "anpr/feedback/houthalen", "forged")
            await say(running, "peer", "anpr/v1/peer/reads", "a read")
            await ingest.publish("anpr/feedback/houthalen", "the last", qos=1)
        await own.hears("the last")
        assert own.heard == ["for houthalen", "the last"]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(aiter(nosy.messages)), 0.5)


async def test_a_gateway_that_is_gone_is_cut_and_stays_out_while_the_others_go_on(running: Broker) -> None:
    async with connected(running, "houthalen") as gone, connected(running, "peer") as other:
        register(running, peer=PASSWORDS["peer"])
        await is_cut(gone)
        assert not gets_in(running.port, "houthalen", PASSWORDS["houthalen"])
        async with listening(running) as ingest:
            await other.publish("anpr/v1/peer/reads", "still here", qos=1)
            await ingest.hears("still here")


async def test_a_gateway_with_a_new_password_is_cut_and_comes_in_with_the_new_one_alone(running: Broker) -> None:
    async with connected(running, "houthalen") as old:
        register(running, **{**PASSWORDS, "houthalen": "the new one"})
        await is_cut(old)
    assert not gets_in(running.port, "houthalen", PASSWORDS["houthalen"])
    async with connected(running, "houthalen", "the new one") as new, listening(running) as ingest:
        await new.publish("anpr/v1/houthalen/reads", "new", qos=1)
        await ingest.hears("new")


async def test_a_new_gateway_comes_in_without_a_restart(running: Broker) -> None:
    assert not gets_in(running.port, "bree", "bree-password")
    register(running, **PASSWORDS, bree="bree-password")
    async with listening(running) as ingest, connected(running, "bree", "bree-password") as new:
        await new.publish("anpr/v1/bree/reads", "hello", qos=1)
        await ingest.hears("hello")


async def test_what_comes_while_ingest_is_away_is_kept_over_a_restart_and_a_reload(running: Broker) -> None:
    session = {"identifier": "zoneschild-ingest-0", "clean_session": False}
    async with listening(running, **session):
        pass
    await say(running, "houthalen", "anpr/v1/houthalen/reads", "before")
    running.stop()
    running.start()
    register(running, **PASSWORDS)
    await say(running, "houthalen", "anpr/v1/houthalen/reads", "after")
    async with listening(running, **session) as ingest:
        await ingest.hears("after")
    assert ingest.heard == ["before", "after"]


async def test_a_will_is_published_on_its_owners_topics_only(running: Broker) -> None:
    async with listening(running) as ingest:
        for topic in ("anpr/v1/peer/reads", "anpr/v1/houthalen/reads"):
            with staying(running, topic) as client:
                client.socket().close()  # gone without a word
        await ingest.hears("anpr/v1/houthalen/reads")
        await say(running, "peer", "anpr/v1/peer/reads", "the last")
        await ingest.hears("the last")
    assert ingest.heard == ["anpr/v1/houthalen/reads", "the last"]


async def test_the_embedded_broker_publishes_the_rightful_wills_of_before_a_kill_and_lives_on(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker_module, "_SCRIPT", with_a_fast_heart(tmp_path / "script"))
    with EmbeddedBroker(tmp_path / "broker") as broker:
        register(broker, **PASSWORDS)
        async with listening(broker, identifier="ears", clean_session=False):
            pass
        with staying(broker, "anpr/v1/houthalen/reads"), staying(broker, "anpr/v1/peer/reads"):
            broker.kill()
        broker.start()
        async with listening(broker, identifier="ears", clean_session=False) as ingest:
            await ingest.hears("anpr/v1/houthalen/reads")
            await say(broker, "peer", "anpr/v1/peer/reads", "the last")
            await ingest.hears("the last")
        assert ingest.heard == ["anpr/v1/houthalen/reads", "the last"]
        assert broker.poll() is None


def with_a_fast_heart(folder: Path) -> Path:
    """Return a copy of the broker's script that looks for old wills every second, not every four minutes."""
    original = broker_module._SCRIPT
    folder.mkdir()
    (folder / "node_modules").symlink_to(original.parent / "node_modules")
    text = original.read_text(encoding="utf-8")
    assert "concurrency: 1000" in text
    (folder / "broker.mjs").write_text(text.replace("concurrency: 1000", "heartbeatInterval: 250, concurrency: 1000"))
    return folder / "broker.mjs"


@contextlib.contextmanager
def staying(broker: Broker, will: str) -> Iterator[mqtt.Client]:
    """A connection of `houthalen` with a will that says its own topic."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.username_pw_set("houthalen", PASSWORDS["houthalen"])
    client.will_set(will, will, qos=1)
    client.connect("127.0.0.1", broker.port)
    while not client.is_connected():
        client.loop(0.1)
    yield client
    client.loop(0.1)


@pytest.mark.parametrize(("topic", "granted"), [
    ("anpr/v1/bree/heartbeats", True), ("anpr/v1/+/heartbeats", True), ("anpr/v1/+/+", False), ("anpr/v1/#", False),
    ("anpr/v1/bree", False), ("anpr/v1/bree/heartbeats/x", False), ("anpr/+/+/heartbeats", False), ("#", False),
    ("anpr/v1/#/heartbeats", False)])
async def test_the_embedded_broker_grants_a_subscription_that_is_wholly_within_a_users_rights(
        tmp_path: Path, topic: str, granted: bool) -> None:
    with EmbeddedBroker(tmp_path / "broker") as broker:
        write(broker, broker_files.BrokerUser("meter", hashed("meter"), subscribe=("anpr/v1/+/heartbeats",)))
        client = aiomqtt.Client("127.0.0.1", broker.port, username="meter", password="meter")
        async with client:
            try:
                codes = [code.value for code in await client.subscribe(topic, qos=1)]
            except (aiomqtt.MqttError, ValueError):
                codes = [128]
        assert codes == [1 if granted else 128]


async def test_a_broker_that_is_restarted_knows_its_gateways(running: Broker) -> None:
    running.kill()
    running.start()
    async with connected(running, "houthalen"):
        pass


def test_a_broker_that_does_not_run_is_told_nothing(running: Broker) -> None:
    running.stop()
    assert reload_broker(running.folder) == "the broker does not run; it reads its files when it starts"


async def test_a_file_that_cannot_be_read_changes_nothing_at_the_embedded_broker(tmp_path: Path) -> None:
    with EmbeddedBroker(tmp_path / "broker") as broker:
        register(broker, **PASSWORDS)
        async with connected(broker, "houthalen") as client:
            (broker.folder / "users.json").write_text("{", encoding="utf-8")
            reload_broker(broker.folder)
            deadline = time.monotonic() + 5
            while "users.json cannot be read" not in broker.log.read_text(encoding="utf-8"):
                assert time.monotonic() < deadline
                await asyncio.sleep(0.02)
            await client.publish("anpr/v1/houthalen/reads", "still here", qos=1)
        async with connected(broker, "houthalen"):
            pass


async def test_no_gateway_takes_the_session_of_ingest_at_the_embedded_broker(tmp_path: Path) -> None:
    with EmbeddedBroker(tmp_path / "broker") as broker:
        register(broker, **PASSWORDS)
        async with listening(broker, identifier="zoneschild-ingest-0", clean_session=False):
            pass
        await say(broker, "peer", "anpr/v1/peer/reads", "kept")
        with pytest.raises(aiomqtt.MqttError):
            async with connected(broker, "houthalen", identifier="zoneschild-ingest-0", clean_session=True):
                pass
        async with listening(broker, identifier="zoneschild-ingest-0", clean_session=False) as ingest:
            await ingest.hears("kept")
