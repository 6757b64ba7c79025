"""The examples of docs/integrator-guide.md, run as an integrator runs them, against a real broker and a real ingest."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
import psycopg
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from deploy.embedded.broker import EmbeddedBroker, MosquittoBroker
from deploy.invented_papers import TAKE_ALL_LIVE
from services import broker_files
from services.broker_reload import reload_broker
from services.mqtt_passwords import password_hash
from tests.push_process import KEY, WRONG_KEY, PushIngest, put_key, wait_until

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "examples"
PASSWORD = "an-invented-password"
Broker = EmbeddedBroker | MosquittoBroker
ONE_BROKER = pytest.mark.parametrize("broker", [MosquittoBroker], indirect=True)


@pytest.fixture(params=[EmbeddedBroker, MosquittoBroker])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    """A broker of the test's own that knows the gateway houthalen."""
    with request.param(tmp_path / "broker") as running:
        user = broker_files.gateway_user("houthalen", password_hash(PASSWORD))
        broker_files.write_files(running.folder, [user])
        reload_broker(running.folder)
        yield running


@pytest.fixture
def look(database: Any) -> Iterator[psycopg.Connection]:
    """The owner's connection to a database with the gateway, its camera and its push key."""
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        connection.execute("INSERT INTO gateways (gateway_id, name) VALUES (7, 'houthalen')")
        connection.execute("INSERT INTO cameras (camera_id, code, name) VALUES (11, 'cam1', 'cam1')")
        connection.execute(TAKE_ALL_LIVE)
        connection.execute("INSERT INTO gateway_cameras VALUES (7, 'cam1', 11)")
        put_key(connection, "houthalen")
        yield connection


@pytest.fixture
def make_ingest(database: Any, look: Any, tmp_path: Path) -> Iterator[Callable[..., PushIngest]]:
    """Make ingest, not yet started, at a broker or at none; it is stopped at the end."""
    made: list[PushIngest] = []

    def make(broker: Broker | None = None) -> PushIngest:
        made.append(PushIngest(database.ingest_url, tmp_path, **(
            {"broker_url": broker.url_for("ingest")} if broker else {})))
        return made[-1]

    yield make
    for program in made:
        if program.process is not None:
            program.end()


def reads(count: int, age: timedelta = timedelta(hours=2), **members: Any) -> bytes:
    """Return reads as lines, with different invented plates."""
    first = datetime.now(UTC) - age
    lines = [{"camera": "cam1", "captured_at": (first + timedelta(milliseconds=n)).isoformat(),
              "plate": f"{3 + n // 1000 % 5}-XKV-{n % 1000:03}", **members} for n in range(count)]
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


STARTED: list["subprocess.Popen[bytes]"] = []


@pytest.fixture(autouse=True)
def leave_nothing_running() -> Iterator[None]:
    """A test that fails leaves no example behind it."""
    yield
    while STARTED:
        with STARTED.pop() as program:
            program.kill()


def start(name: str, arguments: tuple[str, ...] = (), **settings: str) -> "subprocess.Popen[bytes]":
    """Start an example with its settings in the environment."""
    program = [sys.executable] if name.endswith(".py") else ["sh"]
    environment = {"PATH": os.environ["PATH"], "GATEWAY": "houthalen", **settings}
    STARTED.append(subprocess.Popen([*program, EXAMPLES / name, *arguments], env=environment, stdin=subprocess.PIPE,
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE))
    return STARTED[-1]


def run(name: str, given: bytes = b"", arguments: tuple[str, ...] = (), **settings: str) -> tuple[int, str]:
    """Run an example to its end; return its exit code and all that it says."""
    program = start(name, arguments, **settings)
    said, wrong = program.communicate(given, timeout=100)
    return program.returncode, (said + wrong).decode()


def stored(look: Any) -> tuple[int, int]:
    return look.execute("SELECT count(*), count(DISTINCT plate) FROM reads").fetchone()


def test_curl_pushes_a_message_in_each_of_the_three_ways(make_ingest: Any, look: Any, tmp_path: Path) -> None:
    ingest, message = make_ingest(), tmp_path / "read.json"
    ingest.start()
    message.write_bytes(reads(1))
    address = f"{ingest.address}/push/houthalen"
    for settings in ({"ADDRESS": address, "KEY": KEY}, {"ADDRESS": address, "KEY": KEY, "AUTH": "basic"},
                     {"ADDRESS": f"{address}?key={KEY}", "AUTH": "none"}):
        assert run("push.sh", b"", (str(message),), **settings) == (
            0, '{"reads":1,"heartbeats":0,"ignored":0,"rejected":[]}\n')
    assert stored(look) == (1, 1)
    code, said = run("push.sh", b"", (str(message),), ADDRESS=address, KEY=WRONG_KEY)
    assert code != 0
    assert "401" in said


def test_curl_sends_again_until_the_service_is_there(make_ingest: Any, look: Any, tmp_path: Path) -> None:
    ingest, message = make_ingest(), tmp_path / "read.json"
    message.write_bytes(reads(1))
    program = start("push.sh", (str(message),), ADDRESS=f"{ingest.address}/push/houthalen", KEY=KEY)
    time.sleep(0.5)
    ingest.start()
    program.communicate(timeout=60)
    assert (program.returncode, stored(look)) == (0, (1, 1))


def test_the_pushing_gateway_delivers_everything_over_a_restart_and_says_what_was_rejected(make_ingest: Any,
                                                                                          look: Any) -> None:
    ingest = make_ingest()
    program = start("gateway_push.py", ADDRESS=f"{ingest.address}/push/houthalen", KEY=KEY)
    time.sleep(0.5)  # it tries, and nobody is there
    ingest.start()
    said, wrong = program.communicate(reads(1700) + reads(1, camera="cam9"), timeout=60)
    assert (program.returncode, wrong) == (0, b"")
    came_of_it = [json.loads(line) for line in said.splitlines()]
    assert [one["reads"] for one in came_of_it] == [500, 500, 500, 200]
    assert [one["reason"] for one in came_of_it[-1]["rejected"]] == ["unknown-camera"]
    assert stored(look) == (1700, 1700)


def test_the_pushing_gateway_stops_where_sending_again_changes_nothing(make_ingest: Any) -> None:
    ingest = make_ingest()
    ingest.start()
    code, said = run("gateway_push.py", reads(1), ADDRESS=f"{ingest.address}/push/houthalen", KEY=WRONG_KEY)
    assert (code, said.startswith("401: Show this gateway's key")) == (1, True)


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_the_publishing_gateway_delivers_everything_over_a_killed_broker(broker: Broker, make_ingest: Any, look: Any,
                                                                         version: str) -> None:
    if version == "5" and isinstance(broker, EmbeddedBroker):
        pytest.skip("the embedded broker speaks MQTT 3.1.1 alone")
    ingest = make_ingest(broker)
    ingest.start()
    wait_until(lambda: ingest.said("connected to the broker"))
    program = start("gateway_mqtt.py", BROKER=f"mqtt://127.0.0.1:{broker.port}", PASSWORD=PASSWORD, VERSION=version)
    program.stdin.write(reads(3000) + reads(5, timedelta(), plate="7-XKV-001"))
    program.stdin.flush()
    wait_until(lambda: stored(look)[0] > 500)
    broker.kill()
    broker.start()
    _, wrong = program.communicate(reads(2000, timedelta(hours=1)), timeout=100)
    assert program.returncode == 0, wrong.decode()
    wait_until(lambda: stored(look)[0] == 5005, seconds=30)
    until = "SELECT complete_until = (SELECT max(captured_at) FROM reads) FROM camera_states"
    wait_until(lambda: look.execute(until).fetchone() == (True,))


@ONE_BROKER
def test_the_publishing_gateway_waits_for_the_service_with_its_backlog_and_not_with_fresh_reads(
        broker: Broker) -> None:
    ingest = Service(broker)
    program = start("gateway_mqtt.py", BROKER=f"mqtt://127.0.0.1:{broker.port}", PASSWORD=PASSWORD, AHEAD="4")
    program.stdin.write(reads(10 * 500))
    program.stdin.flush()
    wait_until(lambda: len(ingest.batches) == 4)
    program.stdin.write(reads(3, timedelta()))
    program.stdin.flush()
    wait_until(lambda: ingest.singles == 3)
    assert len(ingest.batches) == 4
    ingest.say(since="2026-11-23T04:00:00Z", messages=1000)  # where the count stands
    wait_until(lambda: len(ingest.batches) == 8)
    ingest.say(since="2026-11-23T04:00:00Z", messages=1001, rejects=[
        {"reason": "unknown-camera", "detail": "this gateway has no camera of that name", "messages": 1}])
    wait_until(lambda: len(ingest.batches) == 9)
    ingest.say(since="2026-11-23T05:00:00Z", messages=3)  # started again
    wait_until(lambda: sum(ingest.batches) == 10 * 500)
    # Of what is still being read in, a batch may hold less; none holds more.
    assert max(ingest.batches) == 500
    said, wrong = program.communicate(timeout=60)
    assert (program.returncode, wrong) == (0, b"")
    assert said == b"rejected: 1 of unknown-camera: this gateway has no camera of that name\n"
    ingest.close()


@ONE_BROKER
def test_the_publishing_gateway_drains_its_backlog_at_the_pace_that_ingest_tells(broker: Broker, make_ingest: Any,
                                                                                look: Any) -> None:
    ingest = make_ingest(broker)
    ingest.start()
    wait_until(lambda: ingest.said("connected to the broker"))
    code, said = run("gateway_mqtt.py", reads(9 * 500) + reads(1, confidence=7), AHEAD="3", PASSWORD=PASSWORD,
                     BROKER=f"mqtt://127.0.0.1:{broker.port}")
    assert (code, said.startswith("rejected: 1 of wrong-shape: ")) == (0, True)
    assert stored(look) == (4500, 4500)


class Service:
    """What stands at the broker in ingest's place: it counts what comes and says what a test wants said."""

    def __init__(self, broker: Broker) -> None:
        parts = urlsplit(broker.url_for("ingest"))
        self.batches: list[int] = []
        self.singles = 0
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, "a-test")
        self.client.username_pw_set(parts.username, parts.password)
        self.client.on_message = lambda _client, _data, message: self.count(message.payload)
        heard = threading.Event()
        self.client.on_subscribe = lambda *_: heard.set()
        self.client.connect("127.0.0.1", broker.port)
        self.client.loop_start()
        self.client.subscribe("anpr/v1/+/reads", qos=1)
        assert heard.wait(5)

    def count(self, payload: bytes) -> None:
        if payload.startswith(b'{"reads"'):
            self.batches.append(payload.count(b'"plate"'))
        else:
            self.singles += 1

    def say(self, **members: Any) -> None:
        self.client.publish("anpr/feedback/houthalen", json.dumps(members), qos=1).wait_for_publish(5)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@ONE_BROKER
@pytest.mark.skipif(shutil.which("mosquitto_pub") is None, reason="mosquitto_pub is not here")
@pytest.mark.parametrize("version", ["5", "311"])
def test_mosquitto_pub_publishes_reads_and_heartbeats(broker: Broker, make_ingest: Any, look: Any,
                                                      version: str) -> None:
    ingest = make_ingest(broker)
    ingest.start()
    wait_until(lambda: ingest.said("connected to the broker"))
    settings = {"BROKER": "127.0.0.1", "PORT": str(broker.port), "PASSWORD": PASSWORD, "TLS": "no", "VERSION": version}
    assert run("publish.sh", reads(20), **settings) == (0, "")
    beat = {"camera": "cam1", "sent_at": datetime.now(UTC).isoformat()}
    assert run("publish.sh", json.dumps(beat).encode() + b"\n", TOPIC="heartbeats", **settings) == (0, "")
    wait_until(lambda: stored(look) == (20, 20))
    wait_until(lambda: look.execute("SELECT sum(heartbeats) FROM gateway_days").fetchone() == (1,))


def test_the_guide_shows_every_example() -> None:
    guide = (EXAMPLES.parent / "integrator-guide.md").read_text(encoding="utf-8")
    assert [file.name for file in sorted(EXAMPLES.iterdir()) if f"examples/{file.name}" not in guide] == []
