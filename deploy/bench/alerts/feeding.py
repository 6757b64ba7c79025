"""Publishing at a steady pace, with the plates that are watched for among the others; and a backlog in one go."""

import random
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

from deploy.bench import traffic
from deploy.bench.publisher import connect_packet, packets, publish, publish_packet
from services import messages
from services.clock import utc_now
from services.settings import Broker

READS_PER_S = 200
_TOPIC = messages.reads_topic(traffic.GATEWAY)
_SENT_AT_ONCE = 10


class Feeder(threading.Thread):
    """Publishes READS_PER_S reads a second until stopped; notes when each of `probes` was published, ms since 1970."""

    def __init__(self, broker: Broker, probes: Iterator[tuple[str, str]], probes_per_s: float) -> None:
        super().__init__(name="feeder", daemon=True)
        self.sent_ms: dict[str, float] = {}
        self._broker, self._probes, self._every = broker, probes, round(READS_PER_S / probes_per_s)
        self._stopped = threading.Event()
        self._rng = random.Random(5)

    def run(self) -> None:
        """Publish; what the broker says is read by another thread, so that it never stands still."""
        with socket.create_connection((self._broker.host, self._broker.port), timeout=60) as link:
            link.sendall(connect_packet(self._broker, "bench-feeder"))
            threading.Thread(target=_drain, args=(link,), daemon=True).start()
            began, number = time.monotonic(), 0
            while not self._stopped.is_set():
                for _ in range(_SENT_AT_ONCE):
                    number += 1
                    self._publish(link, number)
                self._stopped.wait(max(0.0, began + number / READS_PER_S - time.monotonic()))

    def _publish(self, link: socket.socket, number: int) -> None:
        key, plate = next(self._probes) if number % self._every == 0 else ("", "")
        fleet = (plate,) if plate else traffic.vehicles()
        read = traffic.make_read(self._rng, self._rng.choice(traffic.CAMERAS), utc_now(), fleet)
        if key:
            self.sent_ms[key] = time.time() * 1000
        link.sendall(publish_packet(_TOPIC, number % 65535 + 1, read))

    def stop(self) -> None:
        """Publish no more."""
        self._stopped.set()
        self.join()


def _drain(link: socket.socket) -> None:
    try:
        while link.recv(65536):
            pass
    except OSError:
        return  # the feeder has closed it


def send_backlog(broker: Broker, reads: int) -> None:
    """Publish reads of three hours ago as fast as the broker takes them."""
    old = traffic.make_reads(random.Random(9), reads, utc_now() - timedelta(hours=3))
    publish(broker, packets(_TOPIC, traffic.batches(old, 1)), 2_000)
