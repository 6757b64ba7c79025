"""`score journeys`: are true trips rebuilt, among misses, misreads and a dead camera, and is that camera named?"""

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from rich.progress import track

from services.clock import iso_ms
from services.settings import SimulatorSettings, load_settings
from simulator.score.api import Api
from simulator.score.measures import Row
from simulator.score.results import report
from simulator.score.trips import PROBABLE, Trip, is_named, judge, reads_of, silences_due, trips_of
from simulator.score.truth import World, load_truth, load_world

_SLACK = timedelta(hours=1)


@dataclass(slots=True)
class Outcome:
    """What became of the trips that were asked for."""

    verdicts: Counter[str] = field(default_factory=Counter)
    due: int = 0
    """Passages of the silent camera that could be named."""
    named: int = 0
    clean: Counter[str] = field(default_factory=Counter)
    """The same verdicts for trips of which nothing was missed or misread."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `score journeys` is given."""
    parser.add_argument("--world", type=Path, required=True, metavar="FOLDER", help="the world that the store holds")
    parser.add_argument("--vehicles", type=int, default=800, metavar="N", help="vehicles asked for, all their trips")
    parser.add_argument("--silenced", type=int, default=100, metavar="N",
                        help="further vehicles whose way led past the silent camera")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the figures are written (JSON)")


def run(arguments: argparse.Namespace) -> int:
    """Ask, compare, print."""
    world = load_world(arguments.world)
    trips = trips_of(load_truth(arguments.world))
    chosen, silenced = choose(trips, world, arguments.vehicles, arguments.silenced, arguments.seed)
    with Api(load_settings(SimulatorSettings)) as api:
        drawn = _ask_all(api, world, {plate: trips[plate] for plate in chosen})
        past_silence = _ask_all(api, world, {plate: trips[plate] for plate in silenced})
    report("Journeys, through the API", list(say(drawn, past_silence)), arguments.out)
    return 0


def choose(trips: dict[str, list[Trip]], world: World, vehicles: int, silenced: int,
           seed: int) -> tuple[list[str], list[str]]:
    """Draw vehicles by chance, and others among those that passed the silent camera: these alone would be too few."""
    plates = sorted(plate for plate, made in trips.items() if any(trip.seen for trip in made))
    order = np.random.default_rng([seed, 13]).permutation(len(plates)).tolist()
    chosen = [plates[row] for row in order[:vehicles]]
    silent = [plates[row] for row in order[vehicles:] if any(silences_due(trip, world) for trip in trips[plates[row]])]
    return chosen, silent[:silenced]


def _ask_all(api: Api, world: World, trips: dict[str, list[Trip]]) -> Outcome:
    outcome = Outcome()
    begin = iso_ms(datetime.fromisoformat(iso_ms(world.traffic_from)) - _SLACK)
    end = iso_ms(datetime.fromisoformat(iso_ms(world.traffic_until)) + _SLACK)
    for plate, made in track(trips.items(), "vehicles"):
        found = api.journeys(plate, begin, end, PROBABLE)
        rebuilt = [reads for reads in map(reads_of, found.journeys) if reads]
        legs = [leg for journey in found.journeys for leg in journey.legs]
        for trip in made:
            if trip.seen:
                _count(outcome, trip, judge(trip, [other for other in made if other is not trip], rebuilt))
            due = silences_due(trip, world)
            outcome.due += len(due)
            outcome.named += sum(is_named(passage, legs) for passage in due)
    return outcome


def _count(outcome: Outcome, trip: Trip, verdict: str) -> None:
    outcome.verdicts[verdict] += 1
    if all(passage.outcome == "read" for passage in trip.passages):
        outcome.clean[verdict] += 1


def say(drawn: Outcome, past_silence: Outcome) -> Iterator[Row]:
    """Yield the share rebuilt exactly and why the others were not; silence over all vehicles that were asked for."""
    total = drawn.verdicts.total()
    yield Row("trips", total, "trips")
    yield Row("rebuilt exactly", drawn.verdicts["exact"] / max(total, 1), "", goal=0.95)
    for verdict in ("split", "merged", "incomplete", "with strangers"):
        yield Row(verdict, drawn.verdicts[verdict] / max(total, 1), "", "lower")
    yield Row("rebuilt exactly, of trips without miss or misread",
              drawn.clean["exact"] / max(drawn.clean.total(), 1), "")
    silenced = past_silence.verdicts["exact"] / max(past_silence.verdicts.total(), 1)
    yield Row("rebuilt exactly, of vehicles past the silent camera", silenced, "")
    due = drawn.due + past_silence.due
    yield Row("passages of the silent camera between two reads", due, "passages")
    yield Row("of these named with its silence", (drawn.named + past_silence.named) / max(due, 1), "", goal=1.0)
