"""Live first: while a backlog drains, what is fresh is stored within a second, and nothing is lost or counted twice."""

import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

OLD_BATCHES, OLD_A_BATCH = 240, 500
OLD = OLD_BATCHES * OLD_A_BATCH
FRESH = "SELECT plate FROM reads WHERE captured_at > now() - interval '1 hour'"


def old_reads(number: int) -> list[dict[str, Any]]:
    """A batch of reads of the day before yesterday, each of a moment of its own."""
    begin = datetime.now(UTC) - timedelta(days=2)
    moments = [begin + timedelta(milliseconds=100 * (number * OLD_A_BATCH + place)) for place in range(OLD_A_BATCH)]
    return [{"camera": "cam1", "captured_at": moment.isoformat(timespec="milliseconds"), "lane": 2,
             "plate": f"4-XKV-{moment.microsecond // 1000:03}"} for moment in moments]


def counted(store: Any, *what: str) -> list[int]:
    sums = ", ".join(f"coalesce(sum({name}), 0)::int" for name in what)
    return list(store.execute(f"SELECT {sums} FROM gateway_days").fetchone())


class Watch:
    """When each fresh read was first seen in the database, by a connection that looks all the time."""

    def __init__(self, url: str) -> None:
        self.seen: dict[str, float] = {}
        self._url, self._ended = url, threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def _look(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            while not self._ended.wait(0.01):
                now = time.monotonic()
                for plate, in connection.execute(FRESH):
                    self.seen.setdefault(plate, now)

    def end(self) -> None:
        """Look no more."""
        self._ended.set()
        self._thread.join()


def send_fresh(gateway: Any, reads: Any, store: Any) -> dict[str, float]:
    """Send a fresh read every now and then until most of the backlog is drained; return when each was sent."""
    sent = {}
    while counted(store, "stored")[0] < OLD * 0.9:
        (read,) = reads(1, first=len(sent))
        sent[read["plate"].replace("-", "")] = time.monotonic()
        gateway.publish(read)
        time.sleep(0.05)
    return sent


def test_what_is_fresh_is_stored_within_a_second_while_a_backlog_drains(
        ingest: Any, gateway: Any, store: Any, database: Any, reads: Any, waits: Any) -> None:
    ingest.start()
    assert ingest.end(signal.SIGTERM) == 0
    gateway.publish(*({"reads": old_reads(number)} for number in range(OLD_BATCHES)))
    ingest.start()
    watch = Watch(database.owner_url)
    sent = send_fresh(gateway, reads, store)
    waits(lambda: counted(store, "stored") == [OLD + len(sent)], 60)
    watch.end()
    assert len(sent) >= 10, "the backlog drained too fast to tell anything"
    assert max(watch.seen[plate] - at for plate, at in sent.items()) < 1
    waits(lambda: ingest.said("has caught up"))  # all that was copied has come as a message, too
    assert store.execute("SELECT count(*), count(*) FILTER (WHERE late) FROM reads").fetchone() == (
        OLD + len(sent), OLD)
    assert counted(store, "stored", "doubled", "late", "rejected") == [OLD + len(sent), 0, OLD, 0]


def test_what_its_gateway_sends_twice_is_doubled_and_what_comes_over_two_sessions_is_not(
        ingest: Any, gateway: Any, store: Any, reads: Any, waits: Any) -> None:
    ingest.start()
    assert ingest.said("comes by the live session too") == 1
    fresh = reads(40)
    gateway.publish(*fresh, *fresh[:15])
    waits(lambda: counted(store, "stored", "doubled") == [40, 15])
    waits(lambda: ingest.said("has caught up"))
    gateway.publish(*reads(20, first=40), *fresh[:5])
    waits(lambda: counted(store, "stored", "doubled") == [60, 20])
    assert ingest.said("comes by the live session too") == 1
