"""A deliverer killed in the middle: nothing is lost, and what comes twice comes with the same id."""

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import blake2b
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ROOT = Path(__file__).resolve().parents[2]
HITS, UNDER_WAY = 60, 8
KEY = "k" * 40


class Receiver:
    """A slow web server on loopback, with the ids that came."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                assert json.loads(body)["message_id"] == self.headers["webhook-id"]
                receiver.ids.append(self.headers["webhook-id"])
                time.sleep(0.05)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                """Whoever posted was killed."""

        self.server = Server(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


def sealed(secret: str) -> bytes:
    """Seal channel 1's secret as the product keeps it."""
    key = blake2b(blake2b(KEY.encode()).digest(), person=b"channel-secret", digest_size=32).digest()
    return b"n" * 12 + AESGCM(key).encrypt(b"n" * 12, secret.encode(), b"channel:1")


@pytest.fixture
def outbox(database: Any, receiver: Receiver) -> Iterator[psycopg.Connection]:
    """The owner's connection to a database with hits of which a channel has still to be told."""
    secret = "whsec_" + base64.b64encode(b"s" * 32).decode()
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        run = connection.execute
        run("INSERT INTO users (username, display_name, role, password_hash) VALUES ('els', 'Els', 'tecint', '')")
        run("INSERT INTO channels (channel_id, name, kind, address, secret, audience_id, agreed_by, agreed_at) "
            "SELECT 1, 'CAD', 'webhook', %s, %s, 1, user_id, now() FROM users",
            [f"http://127.0.0.1:{receiver.server.server_address[1]}/hits", sealed(secret)])
        run("INSERT INTO hits (plate, audience_id, discreet, priority, matched_as, sightings, late, first_captured_at, "
            "last_captured_at, last_camera_id, raised_at) SELECT '3ABC' || number, 1, false, 1, 'exact', 1, false, "
            "now(), now(), 1, now() FROM generate_series(100, %s) AS number", [99 + HITS])
        run("INSERT INTO hit_events (hit_id, kind, number) SELECT hit_id, 'raised', hit_id FROM hits")
        run("INSERT INTO hit_deliveries (channel_id, event_id, hit_id) SELECT 1, event_id, hit_id FROM hit_events "
            "ORDER BY event_id")
        yield connection


@pytest.fixture
def deliverer(database: Any, tmp_path: Path) -> Iterator[Any]:
    """A way to start `python -m ingest deliver`; whatever still runs is killed at the end."""
    started: list[subprocess.Popen[bytes]] = []
    environment = {**os.environ, "ZONESCHILD_DATABASE_URL": database.ingest_url, "ZONESCHILD_IDENTITY_KEY": KEY,
                   "ZONESCHILD_AUDIT_KEY": "a" * 40}

    def start() -> subprocess.Popen[bytes]:
        with (tmp_path / "log").open("ab") as log:
            started.append(subprocess.Popen([sys.executable, "-m", "ingest", "deliver"], cwd=ROOT, env=environment,
                                            stdout=log, stderr=log))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def left(outbox: psycopg.Connection) -> int:
    (count,) = outbox.execute("SELECT count(*) FROM hit_deliveries WHERE sent_at IS NULL").fetchone() or (0,)
    return int(count)


def test_a_killed_deliverer_loses_nothing_and_doubles_with_the_same_id_alone(
        outbox: psycopg.Connection, receiver: Receiver, deliverer: Any, waits: Any) -> None:
    first = deliverer()
    waits(lambda: len(receiver.ids) >= HITS // 4, 30)
    first.kill()
    first.wait()
    assert 0 < left(outbox) < HITS, "it was killed in the middle"
    deliverer()
    # What the killed one had claimed is free after a minute; nobody waits for it here.
    outbox.execute("UPDATE hit_deliveries SET claimed_until = now() WHERE claimed_until > now() AND sent_at IS NULL")
    waits(lambda: left(outbox) == 0, 30)
    known = {str(row[0]) for row in outbox.execute("SELECT message_id FROM hit_deliveries")}
    assert set(receiver.ids) == known
    assert len(receiver.ids) - HITS <= UNDER_WAY
    (audited,) = outbox.execute("SELECT sum(result_count) FROM audit WHERE action = 'hits-delivered'").fetchone() or ()
    assert audited == HITS, "each once, whoever sent it"


def test_a_deliverer_that_is_asked_to_stop_finishes_what_is_under_way(
        outbox: psycopg.Connection, receiver: Receiver, deliverer: Any, waits: Any) -> None:
    process = deliverer()
    waits(lambda: receiver.ids, 30)
    process.terminate()
    assert process.wait(20) == 0
    assert len(receiver.ids) == HITS - left(outbox)
    assert outbox.execute("SELECT count(*) FROM hit_deliveries WHERE claimed_until IS NOT NULL").fetchone() == (0,)
