"""Ingest killed at any moment: what it had not stored comes again, and nothing is stored twice.

Guards the private parts of aiomqtt and paho in ingest/mqtt_link.py: acknowledging by hand, after the commit.
"""

import signal
import time
from typing import Any

import psycopg


def stored(store: Any) -> tuple[int, int]:
    return store.execute("SELECT count(*), count(DISTINCT plate) FROM reads").fetchone()


def test_what_a_killed_ingest_had_not_acknowledged_is_stored_exactly_once(ingest: Any, gateway: Any, store: Any,
                                                                          reads: Any, waits: Any) -> None:
    ingest.start()
    for burst in range(3):
        gateway.publish(*reads(400, first=400 * burst))
        ingest.end(signal.SIGKILL)  # in the middle of whatever it is doing
        ingest.start()
    waits(lambda: stored(store) == (1200, 1200))
    gateway.publish(*reads(1, first=1200))
    waits(lambda: stored(store)[0] > 1200)
    assert stored(store) == (1201, 1201)


def test_nothing_is_acknowledged_before_it_is_committed(ingest: Any, gateway: Any, store: Any, database: Any,
                                                        reads: Any, waits: Any) -> None:
    ingest.start()
    gateway.publish(*reads(10))
    waits(lambda: stored(store) == (10, 10))
    with psycopg.connect(database.owner_url) as other:
        other.execute("LOCK TABLE gateway_days IN ACCESS EXCLUSIVE MODE")  # the last that a transaction writes to
        gateway.publish(*reads(40, first=10))
        waits(lambda: waiting_for_a_lock(store))
        time.sleep(0.5)
        assert stored(store) == (10, 10)
        ingest.end(signal.SIGKILL)
    waits(lambda: not still_connected(store))
    assert stored(store) == (10, 10)  # so all forty must come again, or they are lost
    ingest.start()
    waits(lambda: stored(store) == (50, 50))


def test_what_was_acknowledged_does_not_come_again(ingest: Any, gateway: Any, store: Any, reads: Any,
                                                   waits: Any) -> None:
    ingest.start()
    gateway.publish(*reads(200))
    waits(lambda: stored(store) == (200, 200))
    time.sleep(1)  # the acknowledgements are on their way, and Mosquitto writes its book every second
    ingest.end(signal.SIGKILL)
    ingest.start()
    gateway.publish(*reads(1, first=200))
    waits(lambda: stored(store) == (201, 201))
    assert store.execute("SELECT sum(stored), sum(doubled) FROM gateway_days").fetchone() == (201, 0)


def waiting_for_a_lock(store: Any) -> bool:
    return store.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'gateway_days'::regclass"
                         ).fetchone()[0] > 0


def still_connected(store: Any) -> bool:
    return store.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = 'zoneschild_ingest' "
                         "AND datname = current_database()").fetchone()[0] > 0
