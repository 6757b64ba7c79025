"""Ingest as a process: what is published is stored, and nothing that anybody publishes stops it."""

import signal
import time
from typing import Any

PLANTED = "7-QZX-938"


def stored(store: Any) -> int:
    return store.execute("SELECT count(*) FROM reads").fetchone()[0]


def test_what_is_published_is_stored_once(ingest: Any, gateway: Any, store: Any, reads: Any, waits: Any) -> None:
    ingest.start()
    gateway.publish(*reads(300), {"reads": reads(100, first=300)})
    gateway.publish({"camera": "cam1", "sent_at": "2026-11-23T10:15:30Z"}, topic="anpr/v1/houthalen/heartbeats")
    waits(lambda: stored(store) == 400)
    waits(lambda: store.execute("SELECT sum(heartbeats) FROM gateway_days").fetchone() == (1,))
    assert store.execute("SELECT sum(stored), sum(doubled) FROM gateway_days").fetchone() == (400, 0)


def test_what_is_published_while_ingest_is_away_is_stored_when_it_is_back(ingest: Any, gateway: Any, store: Any,
                                                                          reads: Any, waits: Any) -> None:
    ingest.start()
    gateway.publish(*reads(1))
    waits(lambda: stored(store) == 1)
    assert ingest.end(signal.SIGTERM) == 0
    gateway.publish(*reads(50, first=1))
    ingest.start()
    waits(lambda: stored(store) == 51)


def test_it_stops_cleanly_within_five_seconds(ingest: Any, gateway: Any, store: Any, reads: Any, waits: Any) -> None:
    ingest.start()
    gateway.publish(*reads(100))
    began = time.monotonic()
    assert ingest.end(signal.SIGTERM) == 0
    assert time.monotonic() - began < 5
    assert ingest.said("Traceback") == 0


def test_a_flood_of_garbage_and_hostile_topics_does_not_stop_it_and_no_plate_is_logged(
        ingest: Any, gateway: Any, store: Any, reads: Any, waits: Any) -> None:
    ingest.start()
    deep = 50_000
    garbage = [b"", b"\0", b"\xff\xfe", b"{", b"[" * deep, b'{"reads":' + b"[" * deep, PLANTED.encode(),
               b'{"reads":[' + b'{"a":' * deep + b"1" + b"}" * deep + b"]}", {PLANTED: PLANTED}, [PLANTED],
               *reads(1, plate=PLANTED, direction=PLANTED), *reads(1, plate=PLANTED, confidence=7),
               *reads(1, plate=f"{PLANTED}\0"), *reads(1, camera=PLANTED, plate=PLANTED),
               {"camera": "cam1", "captured_at": "9999-12-31T23:59:59-14:00", "plate": PLANTED}]
    gateway.publish(*garbage, *(f"garbage {n} {PLANTED}".encode() for n in range(500)))
    for topic in (f"anpr/v1/{PLANTED}/reads", f"anpr/v1/houthalen/{PLANTED}", "anpr/v1//", "anpr/v1/ /reads",
                  "anpr/v1/houthalen/'; DROP TABLE reads; --", "anpr/v1/" + "x" * 5000 + "/reads", "anpr/v1/é漢/😀"):
        gateway.publish(*reads(1, plate=PLANTED), topic=topic)
    gateway.publish(*reads(20, plate=None), *reads(20))
    waits(lambda: stored(store) >= 21)
    waits(lambda: store.execute("SELECT sum(rejected) FROM gateway_days").fetchone()[0] == 500 + len(garbage) + 7)
    assert ingest.process.poll() is None
    assert ingest.end(signal.SIGTERM) == 0
    assert ingest.said("QZX") == ingest.said("938") == ingest.said("XKV") == 0
    shown = store.execute("SELECT string_agg(topic || detail || excerpt, '') FROM rejects").fetchone()[0]
    assert "QZX" not in shown
    assert "\0" not in shown
