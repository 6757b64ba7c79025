"""Feedback over a real broker: a gateway hears what came of its messages, and no gateway hears of another's."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

ROOT = Path(__file__).resolve().parents[2]


class Listener:
    """A gateway that reads its feedback."""

    def __init__(self, address: str, said: dict[str, Any]) -> None:
        self.name, self.heard = said["mqtt_username"], []
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, f"listener-{self.name}")
        self.client.username_pw_set(self.name, said["mqtt_password"])
        self.client.on_message = lambda _client, _data, message: self.heard.append(json.loads(message.payload))
        subscribed = threading.Event()
        self.client.on_connect = lambda *_: self.client.subscribe(f"anpr/feedback/{self.name}", qos=1)
        self.client.on_subscribe = lambda *_: subscribed.set()
        parts = urlsplit(address)
        self.client.connect(parts.hostname, parts.port)
        self.client.loop_start()
        assert subscribed.wait(5)

    def send(self, *reads: Any) -> None:
        """Publish reads."""
        for read in reads:
            self.client.publish(f"anpr/v1/{self.name}/reads", json.dumps(read), qos=1).wait_for_publish(5)

    def total(self, what: str) -> int:
        """Return a count over all that was heard."""
        return sum(one[what] for one in self.heard)

    def close(self) -> None:
        """Say good-bye."""
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def listener(server: Any, database: Any, store: Any) -> Iterator[Callable[..., Listener]]:
    """Register gateways and listen as each."""
    environment = {"PATH": os.environ["PATH"], "ZONESCHILD_DATABASE_URL": database.owner_url,
                   "ZONESCHILD_AUDIT_KEY": "a" * 32, **server.commands_environment}
    made: list[Listener] = []

    def make(name: str) -> Listener:
        words = ["add", name, "--state", "live", "--cameras", "cam1=cam1", "--json"]
        done = subprocess.run([sys.executable, "-m", "services", "gateway", *words], cwd=ROOT, env=environment,
                              capture_output=True, text=True, check=True)
        made.append(Listener(server.url_for("ingest"), json.loads(done.stdout)))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_gateway_hears_what_came_of_its_messages(ingest: Any, listener: Any, store: Any, reads: Any,
                                                   waits: Any) -> None:
    ingest.start()
    bree, genk = listener("bree"), listener("genk")
    fresh = reads(30)
    bree.send(*fresh, *fresh[:10], *reads(2, camera="nobody's"))
    waits(lambda: bree.total("stored") == 30 and bree.total("doubled") == 10)
    waits(lambda: bree.total("rejected") == 2)
    assert bree.heard[-1]["messages"] == 42
    rejects = [reject for one in bree.heard for reject in one["rejects"]]  # both in one message, or one in each of two
    assert {reject["reason"] for reject in rejects} == {"unknown-camera"}
    assert sum(reject["messages"] for reject in rejects) == 2
    assert "XKV" not in json.dumps(bree.heard)
    assert all(one["messages"] == one["stored"] == 0 for one in genk.heard)


def test_a_gateway_that_missed_its_feedback_hears_how_far_ingest_is_all_the_same(ingest: Any, listener: Any,
                                                                                 store: Any, reads: Any,
                                                                                 waits: Any) -> None:
    ingest.start()
    bree = listener("bree")
    bree.client.unsubscribe("anpr/feedback/bree")
    bree.send(*reads(5))
    waits(lambda: store.execute("SELECT sum(stored)::int FROM gateway_days").fetchone() == (5,))
    bree.client.subscribe("anpr/feedback/bree")
    waits(lambda: bree.heard and bree.heard[-1]["messages"] == 5, 15)
