"""`python -m deploy.bench.outage_gateways`: gateways back from an outage. Fresh reads at once, the backlog between.

Each keeps no more messages on their way than feedback allows (docs/integrator-guide.md). A line of JSON on standard
output tells of each fresh read before it is sent; the last line tells what was sent. Settings come in as JSON.
"""

import asyncio
import json
import random
import sys
import time
from itertools import cycle
from pathlib import Path

import msgspec

from deploy.bench import traffic
from deploy.bench.outage_backlog import cameras_of, read_batches
from deploy.bench.publisher import connect_packet, publish_packet, subscribe_packet
from ingest import mqtt_packets
from services import messages
from services.clock import from_epoch_ms
from services.settings import Broker

_AHEAD = 500
"""Messages of one gateway beyond what feedback says: 2,000 of the four together, or 100,000 reads."""
_UNACKNOWLEDGED = 100
_PUBACK, _PUBLISH = 0x40, 0x30
_READ_BYTES = 65_536


class Moments:
    """The present millisecond, but never the same one twice: it tells fresh reads apart."""

    def __init__(self) -> None:
        self._last_ms = 0

    def __call__(self) -> int:
        """Return milliseconds since 1970."""
        self._last_ms = max(self._last_ms + 1, time.time_ns() // 1_000_000)
        return self._last_ms


class Gateway:
    """One gateway: a connection, a backlog in a file, and cameras that go on."""

    def __init__(self, name: str, url: str, file: Path, fresh_every_s: float, moments: Moments) -> None:
        self.name, self.reads, self.messages = name, 0, 0
        self._broker, self._file = Broker.parse(url), file
        self._fresh_every_s, self._moments = fresh_every_s, moments
        self._topic, self._cameras = messages.reads_topic(name), cameras_of(name)
        self._acknowledged = self._handled = 0
        self._heard = asyncio.Event()
        self._rng = random.Random(name)

    async def run(self) -> None:
        """Send fresh reads for as long as there is a backlog, and wait until the broker has everything."""
        self._reader, self._writer = await asyncio.open_connection(self._broker.host, self._broker.port)
        self._writer.write(connect_packet(self._broker, f"{self.name}-box"))
        if (await self._reader.readexactly(4))[3] != 0:
            raise ConnectionError(f"the broker refuses {self.name}")
        self._writer.write(subscribe_packet(messages.feedback_topic(self.name)))
        listening = asyncio.create_task(self._listen())
        fresh = asyncio.create_task(self._send_fresh())
        await self._drain(listening)
        fresh.cancel()
        await asyncio.wait([fresh])
        while self._acknowledged < self.messages:
            await self._wait(listening)
        listening.cancel()
        self._writer.close()

    async def _drain(self, listening: "asyncio.Task[None]") -> None:
        for payload in read_batches(self._file):
            while (self.messages - self._handled >= _AHEAD or self.messages - self._acknowledged >= _UNACKNOWLEDGED):
                await self._wait(listening)
            self._send(payload)
            self.reads += payload.count(b'"captured_at"')
            await self._writer.drain()

    async def _wait(self, listening: "asyncio.Task[None]") -> None:
        if listening.done():
            listening.result()
        self._heard.clear()
        await self._heard.wait()

    async def _send_fresh(self) -> None:
        await asyncio.sleep(self._rng.random() * self._fresh_every_s)
        for camera in cycle(self._cameras):
            captured_ms = self._moments()
            read = traffic.make_read(self._rng, camera, from_epoch_ms(captured_ms), traffic.vehicles())
            told = {"gateway": self.name, "captured_ms": captured_ms, "acknowledged": self._acknowledged}
            print(json.dumps(told), flush=True)
            self._send(read)
            self.reads += 1
            await asyncio.sleep(self._fresh_every_s)

    def _send(self, payload: bytes) -> None:
        self._writer.write(publish_packet(self._topic, self.messages % 65_535 + 1, payload))
        self.messages += 1

    async def _listen(self) -> None:
        stream = bytearray()
        try:
            while arrived := await self._reader.read(_READ_BYTES):
                stream += arrived
                end = 0
                for command, start, end in mqtt_packets.split(stream):
                    self._take(command, bytes(stream[start:end]))
                del stream[:end]
                self._heard.set()
            raise ConnectionError(f"the broker closed the connection of {self.name}")
        finally:
            self._heard.set()

    def _take(self, command: int, body: bytes) -> None:
        if command & 0xF0 == _PUBACK:
            self._acknowledged += 1
        elif command & 0xF0 == _PUBLISH:
            payload = mqtt_packets.publish(command, body, five=False).payload
            self._handled = msgspec.json.decode(payload, type=messages.Feedback).messages


async def play(urls: dict[str, str], folder: Path, fresh_a_second: float) -> dict[str, int]:
    """Let every gateway drain its backlog; return what they sent together."""
    traffic.vehicles()  # made before the first read is due
    moments = Moments()
    gateways = [Gateway(name, url, folder / name, len(urls) / fresh_a_second, moments) for name, url in urls.items()]
    async with asyncio.TaskGroup() as tasks:
        for gateway in gateways:
            tasks.create_task(gateway.run())
    return {"reads": sum(gateway.reads for gateway in gateways), "messages": sum(one.messages for one in gateways)}


def main() -> int:
    """Read the settings from standard input, play, and print what was sent."""
    settings = json.load(sys.stdin)
    print(json.dumps(asyncio.run(play(settings["urls"], Path(settings["folder"]), settings["fresh_a_second"]))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
