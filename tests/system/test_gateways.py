"""Gateways from the console to the store: registered, in trial, with new credentials, shut out."""

import itertools
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

ROOT = Path(__file__).resolve().parents[2]
OUT_WITHIN_S = 5
Command = Callable[..., dict[str, Any]]


class Box:
    """A gateway as an integrator builds one: its own name and password, one connection."""

    def __init__(self, address: str, name: str, password: str) -> None:
        self.name, self.codes, self.lost = name, [], threading.Event()
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, f"box-{name}", reconnect_on_failure=False)
        self.client.username_pw_set(name, password)
        answered = threading.Event()
        self.client.on_connect = lambda _c, _u, _f, code, _p: (self.codes.append(code), answered.set())
        self.client.on_disconnect = lambda *_: self.lost.set()
        parts = urlsplit(address)
        self.client.connect(parts.hostname, parts.port)
        self.client.loop_start()
        assert answered.wait(5)

    @property
    def is_in(self) -> bool:
        """Whether the broker took the connection and has not ended it."""
        return not self.codes[-1].is_failure and not self.lost.is_set()

    def send(self, *reads: Any) -> None:
        """Publish reads on the gateway's own topic."""
        for read in reads:
            self.client.publish(f"anpr/v1/{self.name}/reads", json.dumps(read), qos=1).wait_for_publish(5)

    def close(self) -> None:
        """Say good-bye."""
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def command(server: Any, database: Any, store: Any) -> Command:
    """`python -m services gateway …` as whoever keeps the system running types it."""
    environment = {"PATH": os.environ["PATH"], "ZONESCHILD_DATABASE_URL": database.owner_url,
                   "ZONESCHILD_AUDIT_KEY": "a" * 32, **server.commands_environment}

    def run(*words: str) -> dict[str, Any]:
        done = subprocess.run([sys.executable, "-m", "services", "gateway", *words, "--json"], cwd=ROOT,
                              env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture
def box(server: Any) -> Iterator[Callable[[dict[str, Any]], Box]]:
    """Boxes with the credentials that a command printed."""
    made: list[Box] = []

    def make(said: dict[str, Any]) -> Box:
        made.append(Box(server.url_for("ingest"), said["mqtt_username"], said["mqtt_password"]))
        return made[-1]

    yield make
    for one in made:
        one.close()


def plates(store: Any) -> set[str]:
    return {plate for plate, in store.execute("SELECT plate FROM reads")}


def trials(store: Any) -> set[str]:
    return {found["plate"] for found, in store.execute("SELECT found FROM trial_reads")}


def rejected(store: Any) -> int:
    return store.execute("SELECT count(*) FROM rejects WHERE reason = 'gateway-disabled'").fetchone()[0]


def test_what_a_live_gateway_sends_is_stored(command: Command, box: Any, ingest: Any, store: Any, reads: Any,
                                             waits: Any) -> None:
    ingest.start()
    bree = box(command("add", "bree", "--state", "live", "--cameras", "cam1=cam1"))
    bree.send(*reads(3))
    waits(lambda: len(plates(store)) == 3)


def test_what_a_gateway_in_trial_sends_is_shown_and_not_stored_until_it_is_live(
        command: Command, box: Any, ingest: Any, store: Any, reads: Any, waits: Any) -> None:
    ingest.start()
    bree = box(command("add", "bree", "--cameras", "cam1=cam1"))
    bree.send(*reads(1))
    waits(lambda: len(trials(store)) == 1)
    assert plates(store) == set()
    command("state", "bree", "live")
    numbers = itertools.count(1)
    waits(lambda: bree.send(*reads(1, first=next(numbers))) or plates(store))  # ingest hears of it within two seconds
    in_trial = trials(store)
    bree.send(*reads(10, first=900))
    waits(lambda: len(plates(store)) >= 11)
    assert not plates(store) & trials(store)
    assert trials(store) == in_trial


def test_after_rotate_the_old_password_is_refused_and_the_new_one_goes_on(
        command: Command, box: Any, ingest: Any, store: Any, reads: Any, waits: Any) -> None:
    ingest.start()
    first = command("add", "bree", "--state", "live", "--cameras", "cam1=cam1")
    connected = box(first)
    second = command("rotate", "bree")
    assert connected.lost.wait(OUT_WITHIN_S)
    assert not box(first).is_in
    box(second).send(*reads(1))
    waits(lambda: len(plates(store)) == 1)


def test_a_disabled_gateway_is_out_within_seconds_and_its_late_messages_are_rejects(
        command: Command, box: Any, ingest: Any, gateway: Any, store: Any, reads: Any, waits: Any) -> None:
    ingest.start()
    said = command("add", "bree", "--state", "live", "--cameras", "cam1=cam1")
    bree, began = box(said), time.monotonic()
    command("disable", "bree")
    assert bree.lost.wait(OUT_WITHIN_S)
    assert not box(said).is_in
    numbers = itertools.count(1)

    def late(count: int) -> None:
        gateway.publish(*(reads(1, first=next(numbers))[0] for _ in range(count)), topic="anpr/v1/bree/reads")

    waits(lambda: late(1) or rejected(store), began + OUT_WITHIN_S - time.monotonic())
    before, stored = rejected(store), plates(store)
    late(20)  # what the broker still held of it
    waits(lambda: rejected(store) >= before + 20)
    assert plates(store) == stored
    command("enable", "bree")
    waits(lambda: box(said).is_in)


def test_a_message_over_the_limit_is_one_reject_and_does_not_end_the_connection(
        command: Command, box: Any, ingest: Any, store: Any, reads: Any, waits: Any) -> None:
    ingest.start()
    bree = box(command("add", "bree", "--state", "live", "--cameras", "cam1=cam1"))
    bree.client.publish("anpr/v1/bree/reads", b"x" * 10_000_000, qos=1).wait_for_publish(10)
    bree.send(*reads(1))
    waits(lambda: len(plates(store)) == 1)
    waits(lambda: store.execute("SELECT reason, count(*) FROM rejects GROUP BY 1").fetchall() == [("too-large", 1)])
    assert bree.is_in


def test_a_push_key_is_void_once_its_gateway_is_disabled(command: Command, ingest: Any, store: Any, reads: Any,
                                                         waits: Any, free_port: int) -> None:
    ingest.environment |= {"ZONESCHILD_PUSH_PORT": str(free_port)}
    ingest.start()
    said = command("add", "bree", "--state", "live", "--cameras", "cam1=cam1")
    address = f"http://127.0.0.1:{free_port}{said['push_path']}?key={said['push_key']}"
    waits(lambda: pushed(address, reads(1)[0]) == 200)
    waits(lambda: len(plates(store)) == 1)
    command("disable", "bree")
    waits(lambda: pushed(address, reads(1, first=1)[0]) in (401, 403), OUT_WITHIN_S)
    assert pushed(address, reads(1, first=2)[0]) in (401, 403)
    assert "3XKV002" not in plates(store)


def pushed(address: str, read: Any) -> int:
    request = urllib.request.Request(address, json.dumps(read).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except urllib.error.URLError:
        return 0


@pytest.fixture
def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
