"""`live`: plays the zone's traffic from now on, in real time, with pictures, heartbeats and a story's events."""

import argparse
import asyncio
import contextlib
import heapq
import logging
import signal
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from services import messages
from services.clock import epoch_ms, utc_now
from services.settings import SimulatorSettings, load_settings
from simulator.calibrate import load_rhythm
from simulator.faults import Faults, Sighting, parse_faults, see
from simulator.network import Network, load_network
from simulator.population import draw_population
from simulator.publisher import Publisher
from simulator.sightings import Look, Painter, compose, look_at, paint
from simulator.story_events import Event, load_story, stage
from simulator.traffic import Passage, trips
from simulator.truth import Truth, line_of

FIRST_READS_S = (1.5, 2.0, 2.5)
"""The first passages are brought forward to so long after the start, so that a demo shows life at once, even at night
and even when the first of them is missed."""
HEARTBEAT_S = 60.0
IN_THE_MAKING = timedelta(seconds=2)
"""So young a passage may still wait for its pictures, so no heartbeat vouches for it."""
LAST_WORDS_S = 15.0
"""How long the broker may take over the last acknowledgements before we leave without them."""

_FOR_EVER = timedelta(days=3650)
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Options:
    """What `live` was asked to do; speed 2 squeezes two hours of traffic into one."""

    seed: int
    reads_per_day: int
    faults: Faults
    truth: Path
    events: list[Event]
    speed: float
    duration_s: float | None
    images: bool


@dataclass(order=True, slots=True)
class _Due:
    """One message that waits for its time."""

    at: datetime
    number: int
    sighting: Sighting = field(compare=False)
    look: Look = field(compare=False)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `live` is given."""
    parser.add_argument("--seed", type=int, default=1, help="the same seed shows the same vehicles (default: 1)")
    parser.add_argument("--reads-per-day", type=int, default=40_000, help="passages a day (default: 40000)")
    parser.add_argument("--faults", default="misread=0.02,miss=0.01", metavar="LIST",
                        help="misread, miss, duplicate, late as shares, late_s=SECONDS, outage=CAMERA@START+SECONDS, "
                        "drift=CAMERA:SECONDS (default: %(default)s)")
    parser.add_argument("--truth", type=Path, default=Path("var/truth/live.jsonl"), metavar="FILE",
                        help="where the ground truth grows (default: %(default)s)")
    parser.add_argument("--story", type=Path, metavar="FILE", help="a story whose live events are played too")
    parser.add_argument("--speed", type=float, default=1.0, help="so many hours of traffic in one hour (default: 1)")
    parser.add_argument("--duration", type=float, metavar="S", help="stop after so many seconds (default: never)")
    parser.add_argument("--no-images", action="store_true", help="send reads without pictures")


def run(arguments: argparse.Namespace) -> int:
    """Play traffic until told to stop."""
    settings = load_settings(SimulatorSettings)
    network = load_network()
    start = utc_now()
    options = Options(
        arguments.seed, arguments.reads_per_day, parse_faults(arguments.faults, start), arguments.truth,
        load_story(arguments.story, network) if arguments.story else [], arguments.speed, arguments.duration,
        not arguments.no_images,
    )
    asyncio.run(_play(settings, network, options, start))
    return 0


async def _play(settings: SimulatorSettings, network: Network, options: Options, start: datetime) -> None:
    stopped = asyncio.Event()
    with _stop_on_signals(stopped), Truth(options.truth) as truth:
        async with Publisher(settings) as publisher:
            stage_manager = _Live(network, options, start, publisher, truth)
            playing = asyncio.create_task(stage_manager.play())
            stopping = asyncio.create_task(stopped.wait())
            await asyncio.wait([playing, stopping], timeout=options.duration_s, return_when=asyncio.FIRST_COMPLETED)
            failure = playing.exception() if playing.done() else None
            await _end(playing, stopping)
            await _take_leave(stage_manager, publisher)
    if failure is not None:
        raise failure


async def _end(*tasks: "asyncio.Task[object]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _take_leave(live: "_Live", publisher: Publisher) -> None:
    try:
        async with asyncio.timeout(LAST_WORDS_S):
            await live.send_the_rest()
            await publisher.drain()
    except TimeoutError:
        _LOG.warning("the broker has not acknowledged the last %d messages; they are lost", publisher.unacknowledged)
    _LOG.info("%d messages sent, %d acknowledged, %d sent again", publisher.counts.sent, publisher.counts.acknowledged,
              publisher.counts.resent)


@contextlib.contextmanager
def _stop_on_signals(stopped: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has no such handlers; Ctrl-C still ends it there
            loop.add_signal_handler(number, stopped.set)
    yield


class _Live:
    """One performance: traffic, story and heartbeats towards one publisher and one ground truth."""

    def __init__(self, network: Network, options: Options, start: datetime, publisher: Publisher, truth: Truth) -> None:
        self._network, self._options, self._start = network, options, start
        self._publisher, self._truth = publisher, truth
        self._painter: Painter | None = None
        self._run_name = f"{epoch_ms(start):x}"
        self._seen = 0
        self._due: list[_Due] = []
        self._next_at = start
        """When the next passage of the traffic comes; all before it, unless late, are with the publisher."""

    async def play(self) -> None:
        """Play until cancelled."""
        if self._options.images:
            # Takes OpenCV and half a second with it, which is nothing that `--no-images` should wait for.
            from simulator.render import render_passage  # noqa: PLC0415

            self._painter = render_passage
        async with asyncio.TaskGroup() as group:
            group.create_task(self._send_heartbeats())
            group.create_task(self._play_story())
            group.create_task(self._play_traffic())

    async def send_the_rest(self) -> None:
        """Send at once what would have been late or doubled: the truth already tells of it."""
        while self._due:
            await self._send(heapq.heappop(self._due))

    async def _play_traffic(self) -> None:
        async for sighting in self._sightings():
            self._next_at = sighting.passage.captured_at
            # Late and doubled messages of earlier passages come first.
            await self._send_until(self._next_at)
            self._note(sighting, look_at(sighting))
            await self._send_until(self._next_at)

    async def _sightings(self) -> AsyncIterator[Sighting]:
        """Yield the traffic's sightings; the first passages are computed in a thread, the rest take no time."""
        sightings = see(self._squeezed(), self._options.faults, self._options.seed)
        while (sighting := await asyncio.to_thread(next, sightings, None)) is not None:
            yield sighting

    def _squeezed(self) -> Iterator[Passage]:
        """Yield passages from the start on, time running `speed` times as fast, the first one brought forward."""
        options, start = self._options, self._start
        rhythm = load_rhythm()
        population = draw_population(self._network, rhythm, np.random.default_rng(options.seed), options.reads_per_day)
        rng = np.random.default_rng(options.seed)
        traffic = trips(self._network, rhythm, rng, start, start + _FOR_EVER, options.reads_per_day, population)
        soon = start
        for number, passage in enumerate(traffic):
            at = start + (passage.captured_at - start) / options.speed
            if number < len(FIRST_READS_S):
                soon = at = min(at, start + timedelta(seconds=FIRST_READS_S[number]))
            yield replace(passage, captured_at=max(at, soon))

    async def _play_story(self) -> None:
        for sighting, look in stage(self._options.events, self._network, self._start):
            await _sleep_until(sighting.deliveries[0])
            number = self._write(sighting)
            await self._send(_Due(sighting.captured_at, number, sighting, look))

    def _note(self, sighting: Sighting, look: Look) -> None:
        """Write the truth about a passage and queue its messages."""
        number = self._write(sighting)
        for due in sighting.deliveries:
            heapq.heappush(self._due, _Due(due, number, sighting, look))

    def _write(self, sighting: Sighting) -> int:
        self._seen += 1
        self._truth.write(line_of(sighting, self._passage_id(self._seen)))
        return self._seen

    def _passage_id(self, number: int) -> str:
        return f"{self._run_name}-{number:x}"

    async def _send_until(self, instant: datetime) -> None:
        """Send what is due up to `instant`, each message at its time, and then wait for `instant` itself."""
        while self._due and self._due[0].at <= instant:
            await _sleep_until(self._due[0].at)
            await self._send(self._due[0])
            heapq.heappop(self._due)  # only now: until it is sent, heartbeats must not pass over it
        await _sleep_until(instant)

    async def _send(self, due: _Due) -> None:
        camera = due.sighting.passage.camera
        pictures = None
        if self._painter is not None:
            # The passage's number as seed: a duplicate gets the very same pictures, so the very same bytes.
            pictures = await asyncio.to_thread(paint, self._painter, due.sighting, due.look, due.number)
        payload = compose(due.sighting, self._passage_id(due.number), due.look, pictures)
        await self._publisher.send(messages.reads_topic(camera.gateway), payload)

    async def _send_heartbeats(self) -> None:
        """All cameras at once at the start; then each in turn, so that no second carries them all."""
        pause = 0.0
        while True:
            for camera in self._network.cameras.values():
                await self._send_heartbeat(camera.code, camera.gateway)
                await asyncio.sleep(pause)
            pause = HEARTBEAT_S / len(self._network.cameras)

    async def _send_heartbeat(self, camera: str, gateway: str) -> None:
        faults, now = self._options.faults, utc_now()
        if any(outage.holds(camera, now) for outage in faults.outages):
            return
        waiting = [due.sighting.passage.captured_at for due in self._due if due.sighting.passage.camera.code == camera]
        complete_until = min([self._next_at, now - IN_THE_MAKING, *waiting]) - timedelta(milliseconds=1)
        drift = timedelta(seconds=faults.drift_s.get(camera, 0.0))
        heartbeat = messages.Heartbeat(camera, now + drift, complete_until + drift)
        await self._publisher.send(messages.heartbeats_topic(gateway), messages.encode(heartbeat))


async def _sleep_until(instant: datetime) -> None:
    seconds = (instant - utc_now()).total_seconds()
    if seconds > 0:
        await asyncio.sleep(seconds)
