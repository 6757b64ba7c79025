"""A gateway that publishes over MQTT with paho: nothing is lost when the connection, the broker or the service fails.

    BROKER=mqtts://mqtt.anpr.example:8883 GATEWAY=houthalen PASSWORD=… python gateway_mqtt.py < reads.jsonl

Every line of standard input is one read (docs/asyncapi.yaml). A read of the last minute goes out at once and alone;
older ones go out in batches, behind the fresh ones, and never many more than the service has handled, which it says on
the feedback topic. VERSION=3.1.1 for an older broker, CAFILE=… for the zone's own CA, CERTFILE=… and KEYFILE=… for a
certificate instead of a password. A real gateway keeps `Outbox` on a disk.
"""

import json
import os
import queue
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

GATEWAY = os.environ["GATEWAY"]
KEPT_S = 5.0
"""How long a message is kept beyond its acknowledgement: a broker that is killed forgets the last seconds."""
MOST_READS, MOST_BYTES = 500, 6_000_000
UNACKNOWLEDGED, AHEAD = 100, int(os.environ.get("AHEAD", "200"))
"""Messages under way to the broker; messages that the service has not handled yet while a backlog goes on."""
FRESH = timedelta(seconds=60)
BEAT_EVERY_S = 10.0


@dataclass
class Outbox:
    """What is still to be sent, and what is sent and not yet safe. Reads are bytes, as they came."""

    fresh: deque[bytes] = field(default_factory=deque)
    old: deque[bytes] = field(default_factory=deque)
    again: deque[bytes] = field(default_factory=deque)
    sent: dict[int, bytes] = field(default_factory=dict)
    acknowledged: deque[tuple[float, bytes]] = field(default_factory=deque)
    until: dict[str, datetime] = field(default_factory=dict)

    def add(self, read: bytes) -> None:
        """Take a read in; of each camera, remember the last capture."""
        said = json.loads(read)
        captured_at = datetime.fromisoformat(said["captured_at"])
        (self.fresh if datetime.now(UTC) - captured_at < FRESH else self.old).append(read)
        self.until[said["camera"]] = max(captured_at, self.until.get(said["camera"], captured_at))

    def next_message(self, *, backlog: bool) -> bytes | None:
        """Return the next message: what must go out again, a fresh read, or a batch of old ones."""
        for urgent in (self.again, self.fresh):
            if urgent:
                return urgent.popleft()
        held: list[bytes] = []
        while backlog and self.old and len(held) < MOST_READS and sum(map(len, held)) + len(self.old[0]) < MOST_BYTES:
            held.append(self.old.popleft())
        return b'{"reads":[' + b",".join(held) + b"]}" if held else None

    def acknowledge(self, number: int) -> None:
        """Note that the broker has a message; it is kept a little longer."""
        self.acknowledged.append((time.monotonic(), self.sent.pop(number)))

    def forget_what_is_safe(self) -> None:
        """Drop what was acknowledged more than five seconds ago."""
        while self.acknowledged and time.monotonic() - self.acknowledged[0][0] > KEPT_S:
            self.acknowledged.popleft()

    def send_again(self) -> None:
        """After a loss of connection: whatever is not safe goes out once more. A read sent twice is stored once."""
        self.again.extendleft(reversed([message for _, message in self.acknowledged] + list(self.sent.values())))
        self.acknowledged.clear()
        self.sent.clear()

    def is_sent(self) -> bool:
        """Tell whether the broker has everything."""
        return not (self.fresh or self.old or self.again or self.sent)


@dataclass
class Pace:
    """How far the service is: it says on the feedback topic how many of our messages it has handled."""

    published: int = 0
    handled: int = 0
    since: str | None = None
    messages: int = 0

    def hear(self, feedback: dict[str, Any]) -> None:
        """Count what was handled since the last feedback; the first one only tells where the count stands."""
        if self.since is None:
            self.handled = self.published
        elif feedback["since"] == self.since:
            self.handled += feedback["messages"] - self.messages
        else:
            self.handled += feedback["messages"]  # the service has started again, and counts from nought
        self.handled = min(self.handled, self.published)
        self.since, self.messages = feedback["since"], feedback["messages"]
        for reject in feedback.get("rejects", []):
            print(f"rejected: {reject['messages']} of {reject['reason']}: {reject['detail']}", flush=True)

    def allows_backlog(self) -> bool:
        """Tell whether another batch of old reads may go out."""
        return self.published - self.handled < AHEAD


class Connection:
    """One connection to the broker; the events of paho's thread are handed over in a queue."""

    def __init__(self) -> None:
        broker = urlsplit(os.environ["BROKER"])
        five = os.environ.get("VERSION", "5") == "5"
        self.events: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        # A new client each time, with a clean session: what must go out again is known to Outbox, and to it alone.
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, f"{GATEWAY}-gateway",
                                  protocol=MQTTProtocolVersion.MQTTv5 if five else MQTTProtocolVersion.MQTTv311,
                                  reconnect_on_failure=False)
        self.client.username_pw_set(GATEWAY, os.environ.get("PASSWORD"))
        if broker.scheme == "mqtts":
            self.client.tls_set(os.environ.get("CAFILE"), os.environ.get("CERTFILE"), os.environ.get("KEYFILE"))
        put = self.events.put
        self.client.on_connect = lambda _client, _data, _flags, code, _properties: put(("connected", code))
        self.client.on_disconnect = lambda _client, _data, _flags, code, _properties: put(("lost", code))
        self.client.on_publish = lambda _client, _data, mid, code, _properties: put(
            ("refused", code) if code.is_failure else ("acknowledged", mid))
        self.client.on_message = lambda _client, _data, message: put(("feedback", json.loads(message.payload)))
        self.client.connect(broker.hostname, broker.port or (8883 if broker.scheme == "mqtts" else 1883))
        self.client.loop_start()

    def close(self) -> None:
        """End."""
        self.client.disconnect()
        self.client.loop_stop()


class Gateway:
    """Keeps a connection and sends what is in the outbox."""

    def __init__(self, outbox: Outbox, arriving: "queue.Queue[bytes | None]") -> None:
        self.outbox, self.arriving, self.pace = outbox, arriving, Pace()
        self.ended = False
        self.beat_at = 0.0

    def run(self) -> None:
        """Send until the input has ended and everything is safe; a connection that is lost is made again."""
        while not self._is_done():
            try:
                connection = Connection()
            except OSError:
                time.sleep(1)
                continue
            try:
                self._use(connection)
            finally:
                connection.close()
                self.outbox.send_again()

    def _use(self, connection: Connection) -> None:
        connected = False
        while not self._is_done():
            for what, value in self._events(connection):
                if what == "lost" or (what == "connected" and value.is_failure):
                    print(f"no connection: {value}", file=sys.stderr, flush=True)
                    time.sleep(1)
                    return
                if what == "connected":
                    connection.client.subscribe(f"anpr/feedback/{GATEWAY}", qos=1)
                    connected = True
                elif what == "acknowledged" and value in self.outbox.sent:
                    self.outbox.acknowledge(value)
                elif what == "refused":
                    raise SystemExit(f"the broker refuses a message: {value}")
                elif what == "feedback":
                    self.pace.hear(value)
            self._take_in()
            self.outbox.forget_what_is_safe()
            if connected:
                self._send(connection)

    @staticmethod
    def _events(connection: Connection) -> list[tuple[str, Any]]:
        found = []
        try:
            found.append(connection.events.get(timeout=0.02))
            while True:
                found.append(connection.events.get_nowait())
        except queue.Empty:
            return found

    def _take_in(self) -> None:
        while not self.ended and len(self.outbox.fresh) + len(self.outbox.old) < 100_000:
            try:
                line = self.arriving.get_nowait()
            except queue.Empty:
                return
            self.ended = line is None
            if line:
                self.outbox.add(line)

    def _send(self, connection: Connection) -> None:
        while len(self.outbox.sent) < UNACKNOWLEDGED:
            message = self.outbox.next_message(backlog=self.pace.allows_backlog())
            if message is None:
                break
            number = connection.client.publish(f"anpr/v1/{GATEWAY}/reads", message, qos=1).mid
            self.outbox.sent[number] = message
            self.pace.published += 1
        if self.outbox.is_sent() and time.monotonic() - self.beat_at > BEAT_EVERY_S:
            self._beat(connection)

    def _beat(self, connection: Connection) -> None:
        """Say of every camera until when its reads are complete: all before that instant have been sent."""
        self.beat_at, now = time.monotonic(), datetime.now(UTC)
        for camera, until in self.outbox.until.items():
            beat = {"camera": camera, "sent_at": now.isoformat(), "complete_until": until.isoformat()}
            connection.client.publish(f"anpr/v1/{GATEWAY}/heartbeats", json.dumps(beat), qos=1)
            self.pace.published += 1

    def _is_done(self) -> bool:
        return self.ended and self.outbox.is_sent() and not self.outbox.acknowledged


def main() -> None:
    """Read standard input in a thread of its own, and send."""
    arriving: queue.Queue[bytes | None] = queue.Queue(10_000)

    def listen() -> None:
        for line in sys.stdin.buffer:
            arriving.put(line.strip())
        arriving.put(None)

    threading.Thread(target=listen, daemon=True).start()
    Gateway(Outbox(), arriving).run()


if __name__ == "__main__":
    main()
