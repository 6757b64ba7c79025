"""`score onward`: is the camera that a vehicle passes next among the first three offered, and how probable was it said?

What is asked are reads of a day that the product has never seen: the day after the world's last, the same vehicles.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from rich.progress import track

from services.clock import ZONE, iso_ms, local_day
from services.settings import SimulatorSettings, load_settings
from simulator.calibrate import load_rhythm
from simulator.faults import Faults, Sighting, see
from simulator.network import Network, load_network
from simulator.score.api import Api, Onward
from simulator.score.measures import Judged, Row, bins, calibration_error
from simulator.score.results import report, say_bins
from simulator.score.truth import World, load_world
from simulator.score.world import MISREADS, MISSES
from simulator.traffic import history

_FIRST = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """A read, where its vehicle had been seen before on the same trip, and what truly came next."""

    camera: str
    captured_at: datetime
    before: str | None
    passed: str | None
    """The next camera on the way, whether it read anything or not; None when the trip ends here."""
    seen: str | None
    """The next camera that read the plate."""
    seen_at: datetime | None

    @property
    def hour(self) -> int:
        """The hour of the day in Brussels: within one, answers are the same."""
        return self.captured_at.astimezone(ZONE).hour


@dataclass(frozen=True, slots=True)
class Offered:
    """What was offered for a read, the most probable first."""

    asked: Asked
    items: Sequence[Onward]

    def holds(self, rank: int) -> bool:
        """Tell whether the camera that was truly passed next is among the first `rank`."""
        return self.asked.passed in [item.camera for item in self.items[:rank]]

    def judged(self) -> Iterator[Judged]:
        """Yield each camera that was offered: right is the one that read the plate next."""
        for item in self.items:
            yield Judged(item.probability, item.camera == self.asked.seen)

    def in_time(self) -> bool | None:
        """Tell whether the vehicle came between soonest and latest; None when it was not seen at what was offered."""
        said = [item for item in self.items if item.camera == self.asked.seen]
        if not said or self.asked.seen_at is None:
            return None
        took = (self.asked.seen_at - self.asked.captured_at).total_seconds()
        return said[0].soonest_s <= took <= said[0].latest_s


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `score onward` is given."""
    parser.add_argument("--world", type=Path, required=True, metavar="FOLDER", help="the world that the store holds")
    parser.add_argument("--reads", type=int, default=4_000, metavar="N", help="reads asked of (default: %(default)s)")
    parser.add_argument("--reads-per-day", type=int, default=40_000, metavar="N", help="as the world was made with")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the figures are written (JSON)")


def run(arguments: argparse.Namespace) -> int:
    """Ask, judge, print."""
    network = load_network()
    asked = draw(load_world(arguments.world), network, arguments.reads_per_day, arguments.reads, arguments.seed)
    with Api(load_settings(SimulatorSettings)) as api:
        by_hour = _ask_all(api, asked, by_turn=False)
        by_turn = _ask_all(api, asked, by_turn=True)
    rows = [Row("reads asked of", len(asked), "reads"),
            Row("of these with a further camera on the way", sum(one.passed is not None for one in asked), "reads"),
            *say("by camera and hour", by_hour, None), *say("by where it came from too", by_turn, 0.95),
            *say_bins("by where it came from too", list(bins([item for one in by_turn for item in one.judged()]))),
            Row(f"nearest {_FIRST} by the network, next camera among them", nearest(asked, network), "")]
    report("Next cameras, through the API", rows, arguments.out)
    return 0


def draw(world: World, network: Network, reads_per_day: int, number: int, seed: int) -> list[Asked]:
    """Draw reads of the day that follows the world's traffic, whose vehicles it shares."""
    day = [(local_day(world.traffic_until), reads_per_day)]
    passages = history(network, load_rhythm(), np.random.default_rng(world.seed), day)
    asked = list(ask_of(see(passages, Faults(misread=MISREADS, miss=MISSES), seed + 2)))
    rows = np.random.default_rng([seed, 17]).permutation(len(asked))[:number]
    return [asked[row] for row in rows.tolist()]


def ask_of(sightings: Iterable[Sighting]) -> Iterator[Asked]:
    """Yield every read whose plate is right, with what came before and after it on its trip."""
    trips: dict[tuple[str, int], list[Sighting]] = defaultdict(list)
    for sighting in sightings:
        trips[sighting.passage.vehicle.plate, sighting.passage.trip_id].append(sighting)
    for trip in trips.values():
        read = [number for number, sighting in enumerate(trip) if not sighting.faults]
        for place, number in enumerate(read):
            here, code = trip[number], trip[number].passage.camera.code
            following = trip[read[place + 1]] if place + 1 < len(read) else None
            yield Asked(code, here.captured_at, trip[read[place - 1]].passage.camera.code if place else None,
                        trip[number + 1].passage.camera.code if number + 1 < len(trip) else None,
                        following.passage.camera.code if following else None,
                        following.captured_at if following else None)


def _ask_all(api: Api, asked: Sequence[Asked], *, by_turn: bool) -> list[Offered]:
    answers: dict[tuple[str, int, str | None], list[Onward]] = {}
    offered = []
    for one in track(asked, "reads, by where they came from" if by_turn else "reads"):
        before = one.before if by_turn else None
        key = (one.camera, one.hour, before)
        if key not in answers:
            answers[key] = api.onward(one.camera, iso_ms(one.captured_at), before)
        offered.append(Offered(one, answers[key]))
    return offered


def say(name: str, offered: Sequence[Offered], goal: float | None) -> Iterator[Row]:
    """Yield hit rates, calibration, what was said of those that come nowhere, and whether the times hold."""
    went = [one for one in offered if one.asked.passed is not None]
    for rank in (1, _FIRST):
        yield Row(f"{name}, next camera among the first {rank}", _share([one.holds(rank) for one in went]), "",
                  goal=goal if rank == _FIRST else None)
    judged = [item for one in offered for item in one.judged()]
    yield Row(f"{name}, calibration error", calibration_error(judged), "", "lower", 0.02)
    yield Row(f"{name}, probability left for elsewhere",
              float(np.mean([1.0 - sum(item.probability for item in one.items) for one in offered])), "")
    yield Row(f"{name}, seen next at none that was offered",
              _share([one.asked.seen not in {item.camera for item in one.items} for one in offered]), "", "lower")
    in_time = [held for held in (one.in_time() for one in offered) if held is not None]
    yield Row(f"{name}, came between soonest and latest", _share(in_time), "")


def nearest(asked: Sequence[Asked], network: Network) -> float:
    """Return how often the next camera is among the nearest by road: what a map alone tells."""
    found = []
    for one in asked:
        if one.passed is not None:
            legs = [edge for edge in network.edges_from(one.camera) if edge.end in network.cameras]
            first = sorted(legs, key=lambda edge: edge.minutes)[:_FIRST]
            found.append(one.passed in [edge.end for edge in first])
    return _share(found)


def _share(found: Sequence[bool]) -> float:
    return sum(found) / len(found) if found else 1.0
