"""What passes live in a scored world: whole trips of its vehicles among single ones, drawn and published at a pace."""

import asyncio
import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

import numpy as np

from services import messages
from services.clock import local_day, to_milliseconds, utc_now
from services.settings import SimulatorSettings
from simulator.calibrate import load_rhythm
from simulator.faults import Faults, Sighting, see
from simulator.network import Network
from simulator.publisher import Publisher
from simulator.score.truth import World
from simulator.score.world import MISREADS, MISSES, Options, strangers
from simulator.traffic import Passage, history

_SINGLE_SHARE = 1 / 3
"""Of passages of vehicles that take no part in the world's trips; these are taken for one another."""
_DUPLICATES = 0.02
_FIRST_HOUR = 7
_EVERY_S = 0.1
_SEED = 23


@dataclass(frozen=True, slots=True)
class Size:
    """How much passes, of which world, and how fast."""

    reads: int
    plates: int
    reads_per_day: int
    per_s: float
    seed: int


def draw(world: World, network: Network, size: Size) -> list[Sighting]:
    """Return what cameras make of passages of the day after the world's last, without those of which nobody hears."""
    singles = round(size.reads * _SINGLE_SHARE)
    trips = list(islice(_trips(world, network, size), size.reads - singles))
    taken = {passage.vehicle.plate for passage in trips}
    options = Options(size.plates, size.reads_per_day, world.seed, world.traffic_until)
    alone = list(islice(strangers(network, options, taken), singles))
    rng = np.random.default_rng([size.seed, _SEED])
    order = np.argsort(np.concatenate([np.linspace(0, 1, len(trips)), rng.random(len(alone))]), kind="stable")
    passages = [*trips, *alone]
    faults = Faults(misread=MISREADS, miss=MISSES, duplicate=_DUPLICATES)
    seen = see((passages[row] for row in order.tolist()), faults, size.seed + _SEED)
    return [sighting for sighting in seen if sighting.deliveries and sighting.plate]


def _trips(world: World, network: Network, size: Size) -> Iterator[Passage]:
    day = local_day(world.traffic_until)
    passages = history(network, load_rhythm(), np.random.default_rng(world.seed), [(day, size.reads_per_day)])
    begin = world.traffic_until + timedelta(hours=_FIRST_HOUR)
    return iter(passages.between(begin, begin + timedelta(days=1)))


def publish(settings: SimulatorSettings, sightings: Sequence[Sighting], per_s: float) -> list[Sighting]:
    """Publish sightings as if each vehicle passed now, so many a second; return them with the instants they were given.

    What a gateway sends twice, it sends as the same bytes.
    """
    return asyncio.run(_publish(settings, sightings, per_s))


async def _publish(settings: SimulatorSettings, sightings: Sequence[Sighting], per_s: float) -> list[Sighting]:
    async with Publisher(settings) as publisher:
        start = utc_now()
        passing = [replace(sighting, captured_at=to_milliseconds(start + timedelta(seconds=number / per_s)))
                   for number, sighting in enumerate(sightings)]
        for batch in _batches(_deliveries(passing)):
            due = max(at for at, _, _ in batch)
            await asyncio.sleep(max(0.0, (due - utc_now()).total_seconds()))
            by_gateway: dict[str, list[bytes]] = defaultdict(list)
            for _, number, sighting in batch:
                by_gateway[sighting.passage.camera.gateway].append(_encode(sighting, number))
            for gateway, reads in by_gateway.items():
                await publisher.send(messages.reads_topic(gateway), messages.encode_batch(reads))
        await publisher.drain()
    return passing


Delivery = tuple[datetime, int, Sighting]
"""When it is sent, its number, and what."""


def _deliveries(passing: Sequence[Sighting]) -> Iterable[Delivery]:
    """Return everything that is sent, in order; what is sent twice, is so as long after as it was drawn."""
    first = ((sighting.captured_at, number, sighting) for number, sighting in enumerate(passing))
    again = sorted((sighting.captured_at + (sighting.deliveries[-1] - sighting.deliveries[0]), number, sighting)
                   for number, sighting in enumerate(passing) if len(sighting.deliveries) > 1)
    return heapq.merge(first, again, key=lambda delivery: delivery[:2])


def _batches(deliveries: Iterable[Delivery]) -> Iterator[list[Delivery]]:
    batch: list[Delivery] = []
    for delivery in deliveries:
        if batch and (delivery[0] - batch[0][0]).total_seconds() > _EVERY_S:
            yield batch
            batch = []
        batch.append(delivery)
    if batch:
        yield batch


def _encode(sighting: Sighting, number: int) -> bytes:
    passage = sighting.passage
    return messages.encode(messages.Read(
        camera=passage.camera.code, captured_at=sighting.captured_at, plate=sighting.plate,
        country=passage.vehicle.country, confidence=sighting.confidence,
        passage=messages.Passage(f"score-{sighting.captured_at:%d%H%M%S}-{number:x}")))
