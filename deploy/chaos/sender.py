"""`python -m deploy.chaos.sender`: the gateways of a run, each with the simulator's own Publisher, and the truth.

What is due while a gateway's window is full waits for it and is sent as fast as the broker takes it afterwards, with
the time of its capture. Every message is written to the truth before it is handed to a publisher. SIGUSR1 says enough:
nothing more comes due, and the program ends when the broker has acknowledged everything and nothing is kept any more.
"""

import argparse
import asyncio
import contextlib
import math
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from io import BufferedWriter
from pathlib import Path

import msgspec

from deploy.chaos.traffic import GATEWAYS, Outgoing, Reading, make_traffic
from services.logs import configure_logging
from services.settings import BrokerSettings, load_settings
from simulator.publisher import Counts, Publisher

_QUEUED_MESSAGES = 20
"""Beside a publisher's window: made, written to the truth and not yet handed over."""


def read_truth(file: Path) -> Iterator[Reading]:
    """Yield every read that was sent."""
    decoder = msgspec.json.Decoder(list[Reading])
    with file.open("rb") as lines:
        for line in lines:
            yield from decoder.decode(line)


async def send(settings: BrokerSettings, seed: int, rate: float, kept_s: float, truth: BufferedWriter) -> Counts:
    """Send `rate` reads a second until told that it is enough; return what became of the messages."""
    enough = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, enough.set)
    async with contextlib.AsyncExitStack() as stack:
        gateways = {name: _Gateway(await stack.enter_async_context(Publisher(settings, kept_s=kept_s)))
                    for name in GATEWAYS}
        work = [asyncio.create_task(gateway.run()) for gateway in gateways.values()]
        await _feed(gateways, make_traffic(seed, rate, time.time_ns() // 1_000_000), enough, truth)
        for gateway in gateways.values():
            await gateway.queue.put(None)
        await asyncio.gather(*work)
        await asyncio.sleep(kept_s)  # a gateway that goes away now could not resend what its broker forgets
        await asyncio.gather(*(gateway.publisher.drain() for gateway in gateways.values()))
        return _sum(gateway.publisher.counts for gateway in gateways.values())


class _Gateway:
    def __init__(self, publisher: Publisher) -> None:
        self.publisher = publisher
        self.queue: asyncio.Queue[Outgoing | None] = asyncio.Queue(_QUEUED_MESSAGES)

    async def run(self) -> None:
        while (message := await self.queue.get()) is not None:
            await self.publisher.send(message.topic, message.payload)
        await self.publisher.drain()


async def _feed(gateways: dict[str, _Gateway], traffic: Iterator[Outgoing], enough: asyncio.Event,
                truth: BufferedWriter) -> None:
    """Hand out messages when they are due; a gateway that is behind holds the others back, and so bounds the memory."""
    encoder, last_ms = msgspec.json.Encoder(), math.inf
    for message in traffic:
        await _wait_until_due(message, enough)
        if enough.is_set():
            last_ms = min(last_ms, time.time() * 1000)
        if message.due_ms > last_ms:
            return
        if message.readings:
            truth.write(encoder.encode(message.readings) + b"\n")
        await gateways[message.gateway].queue.put(message)


async def _wait_until_due(message: Outgoing, enough: asyncio.Event) -> None:
    early_s = message.due_ms / 1000 - time.time()
    if early_s > 0 and not enough.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(enough.wait(), early_s)


def _sum(counts: Iterator[Counts]) -> Counts:
    total = Counts()
    for one in counts:
        for name, value in asdict(one).items():
            setattr(total, name, getattr(total, name) + value)
    return total


def main() -> int:
    """Send until SIGUSR1; write the truth beside, and what became of the messages to standard output."""
    parser = argparse.ArgumentParser(prog="python -m deploy.chaos.sender", description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--rate", type=float, required=True, help="reads a second")
    parser.add_argument("--kept-s", type=float, required=True, help="how long a message is kept beyond its PUBACK, s")
    parser.add_argument("--truth", type=Path, required=True)
    arguments = parser.parse_args()
    configure_logging("sender")
    with arguments.truth.open("wb") as truth:
        counts = asyncio.run(send(load_settings(BrokerSettings), arguments.seed, arguments.rate, arguments.kept_s,
                                  truth))
    arguments.truth.with_suffix(".counts.json").write_bytes(msgspec.json.encode(asdict(counts)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
