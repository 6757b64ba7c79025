"""The questions of the search bench, one row a kind: how it is asked, of what, and which goal it has (pure)."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlencode

import numpy as np

from services.clock import iso_ms
from simulator.score.people import tell

ASKED = 1_000
_SHORTEST = 6
Pairs = dict[str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """One read of the store, from which a question is made."""

    plate: str
    captured_at: datetime
    camera: str
    lat: float
    lon: float
    colour: str | None


@dataclass(frozen=True, slots=True)
class Sample:
    """What questions are made of: plates of the dictionary, and reads, among which some plates are frequent."""

    plates: tuple[str, ...]
    reads: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of question; `goal_ms` is for the 95th percentile of the API, warm, over the whole year."""

    name: str
    make: Callable[[random.Random, Sample], Pairs]
    goal_ms: float | None = None
    path: Literal["/api/v1/reads", "/api/v1/journeys", "/reads"] = "/api/v1/reads"

    def addresses(self, sample: Sample, number: int = ASKED) -> list[str]:
        """Return `number` random questions of this kind as addresses; always the same ones for the same sample."""
        return [f"{self.path}?{urlencode(pairs)}" for pairs in self.questions(sample, number)]

    def questions(self, sample: Sample, number: int = ASKED) -> list[Pairs]:
        """Return `number` random questions of this kind as pairs of key and text."""
        rng = random.Random(self.name)
        return [self.make(rng, sample) for _ in range(number)]


def _any_plate(rng: random.Random, sample: Sample) -> Pairs:
    return {"plate": rng.choice(sample.plates)}


def _seen_plate(rng: random.Random, sample: Sample) -> Pairs:
    return {"plate": rng.choice(sample.reads).plate}


def _unknown(number: int) -> Callable[[random.Random, Sample], Pairs]:
    def make(rng: random.Random, sample: Sample) -> Pairs:
        plate = list(rng.choice(sample.plates))
        for place in rng.sample(range(len(plate)), min(number, len(plate) - 1)):
            plate[place] = "?"
        return {"plate": "".join(plate)}
    return make


def _alike(rng: random.Random, sample: Sample) -> Pairs:
    return {"plate": rng.choice(sample.plates), "alike": "0.5"}


def _witness(rng: random.Random, sample: Sample) -> Pairs:
    """What one of the simulator's witnesses tells of a plate; misread stumps of plates are nobody's memory."""
    plate = rng.choice([plate for plate in sample.plates if len(plate) >= _SHORTEST and not plate.isalpha()])
    told, _ = tell(plate, np.random.default_rng(rng.getrandbits(64)))
    return {"witness": told}


def _fifty(rng: random.Random, sample: Sample) -> Pairs:
    return {"plate": ",".join(rng.sample(sample.plates, min(50, len(sample.plates))))}


def _hour(rng: random.Random, seen: Seen) -> Pairs:
    start = seen.captured_at - timedelta(minutes=rng.randrange(60))
    return {"from": iso_ms(start), "until": iso_ms(start + timedelta(hours=1))}


def _camera_hour(rng: random.Random, sample: Sample) -> Pairs:
    seen = rng.choice(sample.reads)
    return {"camera": seen.camera, **_hour(rng, seen)}


def _area_hour_colour(rng: random.Random, sample: Sample) -> Pairs:
    """A square of about four by four kilometres around a camera."""
    seen = rng.choice([seen for seen in sample.reads if seen.colour])
    north, east = 0.018, 0.029
    corners = ((-east, -north), (east, -north), (east, north), (-east, north))
    area = ";".join(f"{seen.lon + lon:.4f},{seen.lat + lat:.4f}" for lon, lat in corners)
    return {"area": area, "colour": seen.colour or "", **_hour(rng, seen)}


def _journey(rng: random.Random, sample: Sample) -> Pairs:
    """A vehicle's month, around one of its reads."""
    seen, half = rng.choice(sample.reads), timedelta(days=15)
    return {"plate": seen.plate, "from": iso_ms(seen.captured_at - half), "until": iso_ms(seen.captured_at + half)}


def _newest(rng: random.Random, sample: Sample) -> Pairs:  # noqa: ARG001  # one shape for all
    return {}


KINDS = (
    Kind("exact plate", _any_plate, 15),
    Kind("exact plate, seen often", _seen_plate, 15),
    Kind("wildcard, 1 unknown", _unknown(1), 100),
    Kind("wildcard, 2 unknown", _unknown(2), 100),
    Kind("wildcard, 3 unknown", _unknown(3), 100),
    Kind("look-alike 0.5", _alike, 150),
    Kind("witness", _witness),
    Kind("50 plates", _fifty),
    Kind("camera + hour", _camera_hour, 30),
    Kind("area + hour + colour", _area_hour_colour),
    Kind("vehicle page", _seen_plate, path="/reads"),
    Kind("journeys of a month", _journey, 15, path="/api/v1/journeys"),
    Kind("newest 50", _newest),
)
