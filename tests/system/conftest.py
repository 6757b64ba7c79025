"""Ingest from outside: its process, the broker's clients and the database, importing nothing of the product."""

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
import psycopg
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from deploy.invented_papers import TAKE_ALL_LIVE

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = itertools.count(1)
NEVER = 4_294_967_295


class Ingest:
    """`python -m ingest` as whoever installs it runs it."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.environment, self.log = environment, log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it says that it is connected."""
        connected = self.said("connected to the broker")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([sys.executable, "-m", "ingest"], cwd=ROOT, env=self.environment,
                                            stdout=log, stderr=log)
        wait_until(lambda: self.said("connected to the broker") > connected or self.process.poll() is not None)
        assert self.process.poll() is None, self.log.read_text()

    def said(self, words: str) -> int:
        """Return how often its log has said something."""
        return self.log.read_text().count(words) if self.log.exists() else 0

    def end(self, number: signal.Signals) -> int:
        """Send a signal and wait for the end; return the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(10)


class Gateway:
    """A gateway that publishes with quality 1."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, f"gateway-{next(NUMBERS)}")
        self.client.username_pw_set(parts.username, parts.password)
        self.client.max_inflight_messages_set(500)
        self.client.connect(parts.hostname, parts.port)
        self.client.loop_start()

    def publish(self, *messages: Any, topic: str = "anpr/v1/houthalen/reads") -> None:
        """Publish messages, bytes as they are and all else as JSON, and wait until the broker has them."""
        sent = [self.client.publish(topic, message if isinstance(message, bytes) else json.dumps(message), qos=1)
                for message in messages]
        for one in sent:
            one.wait_for_publish(10)

    def close(self) -> None:
        """Say good-bye."""
        self.client.disconnect()
        self.client.loop_stop()


def wait_until(holds: Callable[[], Any], seconds: float = 12) -> None:
    """Wait until something holds, or fail."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def forget_session(url: str, client_id: str) -> None:
    """Have the broker forget a durable session, which would go on collecting the other tests' messages."""
    parts = urlsplit(url)
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id, clean_session=True)
    client.username_pw_set(parts.username, parts.password)
    connected = threading.Event()
    client.on_connect = lambda *_: connected.set()
    client.connect(parts.hostname, parts.port)
    client.loop_start()
    assert connected.wait(5)
    client.disconnect()
    client.loop_stop()


@pytest.fixture(params=["broker", "mosquitto"])
def server(request: pytest.FixtureRequest) -> Any:
    """Each broker in turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def waits() -> Callable[..., None]:
    """The way to wait."""
    return wait_until


@pytest.fixture
def store(database: Any) -> Iterator[psycopg.Connection]:
    """The owner's connection to a database with one gateway and one camera."""
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        connection.execute("INSERT INTO gateways (gateway_id, name) VALUES (7, 'houthalen')")
        connection.execute("INSERT INTO cameras (camera_id, code, name) VALUES (11, 'cam1', 'cam1')")
        connection.execute(TAKE_ALL_LIVE)
        connection.execute("INSERT INTO gateway_cameras VALUES (7, 'cam1', 11)")
        yield connection


@pytest.fixture
def ingest(database: Any, store: Any, server: Any, tmp_path: Path) -> Iterator[Ingest]:
    """Ingest, not yet started, with a number and so a durable session of its own."""
    number = next(NUMBERS) % 64
    environment = {"PATH": os.environ["PATH"], "ZONESCHILD_DATABASE_URL": database.ingest_url,
                   "ZONESCHILD_BROKER_URL": server.url_for("ingest"), "ZONESCHILD_IDENTITY_KEY": "k" * 32,
                   "ZONESCHILD_IMAGES_URL": f"file:{tmp_path / 'images'}", "ZONESCHILD_INGEST_NUMBER": str(number)}
    program = Ingest(environment, tmp_path / "ingest.log")
    yield program
    if program.process is not None and program.process.poll() is None:
        program.process.kill()
        program.process.wait(10)
    forget_session(server.url_for("ingest"), f"zoneschild-ingest-{number}")


@pytest.fixture
def gateway(server: Any) -> Iterator[Gateway]:
    """A gateway connected to the broker."""
    running = Gateway(server.url_for("simulator"))
    yield running
    running.close()


@pytest.fixture
def reads() -> Callable[..., list[dict[str, Any]]]:
    """Make reads with different invented plates."""
    def make(count: int, first: int = 0, **members: Any) -> list[dict[str, Any]]:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        return [{"camera": "cam1", "captured_at": now, "plate": f"{3 + n // 1000 % 5}-XKV-{n % 1000:03}", **members}
                for n in range(first, first + count)]

    return make
