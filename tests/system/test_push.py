"""The push door from outside: beside MQTT, killed, flooded and lied to."""

import json
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.push_process import KEY, WRONG_KEY, free_port, put_key

PLANTED = "7-QZX-938"
BY_KEY = f"/push/houthalen?key={KEY}"
ONE_BROKER = pytest.mark.parametrize("server", ["broker"], indirect=True)


class Door:
    """The push door of the ingest process."""

    def __init__(self, port: int) -> None:
        self.port, self.address = port, f"http://127.0.0.1:{port}"
        self.client = httpx.Client(base_url=self.address, timeout=40)

    def open(self) -> bool:
        """Tell whether it knows the gateways."""
        try:
            return self.client.get("/push/nobody").status_code == 401
        except httpx.TransportError:
            return False

    def push(self, message: Any, place: str = BY_KEY, **more: Any) -> int:
        """Push a message and return the status; 0 when the connection broke."""
        content = message if isinstance(message, bytes) else json.dumps(message).encode()
        try:
            return self.client.post(place, content=content, **more).status_code
        except httpx.TransportError:
            return 0

    def raw(self, *pieces: bytes) -> None:
        """Send bytes as they are and hang up."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as one:
            for piece in pieces:
                one.sendall(piece)
                time.sleep(0.05)


@pytest.fixture
def start(ingest: Any, store: Any, waits: Callable[..., None]) -> Iterator[Callable[[], Door]]:
    """Start ingest, or start it again, with the push door open and a key for the gateway."""
    doors: list[Door] = []
    port = free_port()
    ingest.environment["ZONESCHILD_PUSH_PORT"] = str(port)
    put_key(store, "houthalen")

    def start_() -> Door:
        ingest.start()
        doors.append(Door(port))
        waits(doors[-1].open)
        return doors[-1]

    yield start_
    for door in doors:
        door.client.close()


def stored(store: Any) -> tuple[int, int]:
    return store.execute("SELECT count(*), count(DISTINCT plate) FROM reads").fetchone()


def test_the_same_message_by_mqtt_and_by_push_is_one_read(start: Any, gateway: Any, store: Any, reads: Any,
                                                          waits: Any) -> None:
    door = start()
    both = reads(60)
    gateway.publish(*both[:30])
    assert [door.push(one) for one in both] == [200] * 60
    gateway.publish(*both[30:])
    waits(lambda: store.execute("SELECT sum(stored), sum(doubled) FROM gateway_days").fetchone() == (60, 60))
    assert stored(store) == (60, 60)


@ONE_BROKER
def test_both_doors_at_once_lose_nothing(start: Any, gateway: Any, store: Any, reads: Any, waits: Any) -> None:
    door = start()
    with ThreadPoolExecutor(9) as pool:
        published = pool.submit(gateway.publish, *reads(1000))
        answers = list(pool.map(door.push, reads(300, first=1000)))
        published.result()
    assert answers == [200] * 300
    waits(lambda: stored(store) == (1300, 1300))


@ONE_BROKER
def test_what_was_answered_with_200_survives_a_kill_and_the_rest_comes_again(start: Any, ingest: Any, store: Any,
                                                                             reads: Any) -> None:
    door, sent = start(), reads(600)
    killer = threading.Timer(0.7, lambda: ingest.end(signal.SIGKILL))
    killer.start()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(door.push, sent))
    killer.join()
    assert {200, 0} == set(answers)
    safe = {one["plate"].replace("-", "") for one, answer in zip(sent, answers, strict=True) if answer == 200}
    assert safe <= {plate for plate, in store.execute("SELECT plate FROM reads").fetchall()}
    again = start()
    with ThreadPoolExecutor(8) as pool:
        unanswered = [one for one, answer in zip(sent, answers, strict=True) if answer == 0]
        assert set(pool.map(again.push, unanswered)) == {200}
    assert stored(store) == (600, 600)


@ONE_BROKER
def test_it_stops_cleanly_with_pushes_under_way(start: Any, ingest: Any, store: Any, database: Any,
                                                reads: Any) -> None:
    door = start()
    store.execute("BEGIN")
    store.execute("LOCK TABLE gateway_days IN ACCESS EXCLUSIVE MODE")
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(door.push, one) for one in reads(3)]
        time.sleep(0.5)
        began = time.monotonic()
        assert ingest.end(signal.SIGTERM) == 0
        assert time.monotonic() - began < 5
        assert [one.result() for one in waiting] == [503] * 3
    store.execute("ROLLBACK")
    assert ingest.said("Traceback") == 0


@ONE_BROKER
def test_hundreds_of_silent_and_slow_connections_do_not_keep_a_push_waiting(start: Any, store: Any, reads: Any,
                                                                            waits: Any) -> None:
    door = start()
    head = b"POST /push/houthalen HTTP/1.1\r\nHost: door\r\nContent-Length: 100\r\n"
    begun = [b"", b"P", head, head + b"\r\n{", head + f"X: {KEY}\r\n".encode()]
    slow = []
    for number in range(700):
        one = socket.create_connection(("127.0.0.1", door.port), timeout=5)
        one.sendall(begun[number % len(begun)])
        slow.append(one)
    began = time.monotonic()
    assert [door.push(one) for one in reads(5)] == [200] * 5
    assert time.monotonic() - began < 3
    for one in slow:
        one.close()


@ONE_BROKER
def test_no_key_and_no_plate_is_logged_whatever_is_pushed(start: Any, ingest: Any, store: Any, reads: Any) -> None:
    door = start()
    (good,) = reads(1, plate=PLANTED)
    digest = httpx.DigestAuth("houthalen", KEY)
    places = [BY_KEY, f"/push/houthalen/key/{KEY}/{PLANTED}", f"/push/houthalen/{PLANTED}?key={KEY}&plate={PLANTED}",
              f"/push/{PLANTED}?key={KEY}", f"/{PLANTED}?key={KEY}", f"/push/houthalen?key={WRONG_KEY}"]
    bodies = [good, [PLANTED], PLANTED.encode(), b"", f"<a>{PLANTED}".encode(), b"\xff\0" + PLANTED.encode(),
              {"reads": [good, {"camera": PLANTED}]}, PLANTED.encode() * 1_000_000]
    for message in bodies:
        assert {door.push(message, place) for place in places} <= {200, 401, 404, 413, 429}
        door.push(message, "/push/houthalen", auth=digest)
        door.push(message, "/push/houthalen", auth=("houthalen", KEY),
                  headers={"X-Plate": PLANTED, "Referer": door.address + BY_KEY, "Content-Type": PLANTED})
    door.client.post(BY_KEY, files={PLANTED: (PLANTED, PLANTED.encode(), PLANTED)})
    door.client.post(BY_KEY, data={PLANTED: PLANTED})
    door.client.get(BY_KEY, headers={"Connection": "upgrade", "Upgrade": "websocket"})
    door.client.request("DELETE", BY_KEY)
    line = f"POST {BY_KEY} HTTP/1.1\r\nHost: {PLANTED}\r\n".encode()
    door.raw(line + b"Content-Length: 50\r\n\r\n" + PLANTED.encode())
    door.raw(line + b"Transfer-Encoding: chunked\r\n\r\n", PLANTED.encode() + b"\r\n")
    door.raw(line + b"Content-Length: " + PLANTED.encode() + b"\r\n\r\n")
    door.raw(line + b"X " + KEY.encode() + b"\r\n\r\n")
    door.raw(line + b"Content-Length: 1\r\n\r\n{" + line + PLANTED.encode() + b"\r\n\r\n")
    subprocess.run(["curl", "-s", "-d", PLANTED, f"{door.address}/push/houthalen/key/{KEY}"], check=False)
    store.execute("ALTER TABLE reads ADD CONSTRAINT poison CHECK (plate <> '7QZX939')")
    assert door.push({**good, "plate": "7-QZX-939"}) == 200
    assert ingest.end(signal.SIGTERM) == 0
    for secret in ("QZX", "938", KEY, WRONG_KEY, "an-Invented", "Authorization", "/push/", "key="):
        assert (secret, ingest.said(secret)) == (secret, 0)
    assert ingest.said("Traceback") == 0
    kept = b"".join(bytes(body) for body, in store.execute("SELECT body FROM rejects WHERE body IS NOT NULL"))
    assert KEY.encode() not in kept
    assert WRONG_KEY.encode() not in kept
    shown = store.execute("SELECT string_agg(topic || detail || excerpt, '') FROM rejects").fetchone()[0]
    assert "QZX" not in shown
    assert KEY not in shown
