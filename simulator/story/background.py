"""The past full of other traffic: dense for weeks, thin for a year, and what the cameras made of it, as JSON."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import msgspec
import numpy as np
import numpy.typing as npt

from services import messages
from services.clock import epoch_ms, from_epoch_ms, local_day, midnight
from services.plates import normalise
from simulator.calibrate import load_rhythm
from simulator.faults import Outage, Sighting, misread
from simulator.network import Network
from simulator.population import draw_population
from simulator.sun import is_night
from simulator.traffic import Passage, Passages, history

DENSE_READS, THIN_READS = 4000, 60
"""Reads a day in the last weeks, and in the year before."""
_REMEMBERED_DAYS, _REFUSED_DAYS, _REFUSED_KEPT = 365, 30, 0.05
_MISREAD, _MISSED = 0.012, 0.02
_DUSK_STEP_MS = 600_000

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when background traffic is needed, and whether the thin year before it is needed too."""

    start: datetime
    end: datetime
    with_year: bool


@dataclass(frozen=True, slots=True)
class Background:
    """All passages that were seen, in time order, and the JSON of each read without pictures."""

    passages: Passages
    reads: list[bytes]


def draw_background(network: Network, period: Period, silences: Sequence[Outage], taken: re.Pattern[str],
                    seed: int) -> Background:
    """Return the traffic of `period`, without what `silences` hide and without plates like `taken`.

    `taken` matches normalised plates that a case searches for, so that nobody else answers to its searches.
    """
    passages = _draw_passages(network, period, seed)
    rng = np.random.default_rng([seed, local_day(period.end).toordinal(), 1])
    kept = rng.random(len(passages)) >= _MISSED
    for silence in silences:
        kept &= ~_hidden(passages, silence)
    plates = [normalise(vehicle.plate) or "" for vehicle in passages.vehicles]
    strangers = np.array([taken.fullmatch(plate) is None for plate in plates], dtype=bool)
    passages = passages.take(kept & strangers[passages.vehicle])
    return Background(passages, list(_write_reads(passages, taken, rng)))


def _draw_passages(network: Network, period: Period, seed: int) -> Passages:
    """Draw the dense days and, when asked, the thin year and the few reads older than a year."""
    rhythm = load_rhythm()
    # The same generator, and so the same population, as live traffic with this seed.
    rng = np.random.default_rng(seed)
    population = draw_population(network, rhythm, rng, DENSE_READS)
    first, last = local_day(period.start), local_day(period.end)
    days = [(first + timedelta(days=day), DENSE_READS) for day in range((last - first).days + 1)]
    if not period.with_year:
        # Who set out before midnight still drives after it.
        days.insert(0, (first - timedelta(days=1), DENSE_READS))
        return history(network, rhythm, rng, days, population).between(period.start, period.end)
    oldest = last - timedelta(days=_REMEMBERED_DAYS + _REFUSED_DAYS)
    thin = [(oldest + timedelta(days=day), THIN_READS) for day in range((first - oldest).days)]
    drawn = history(network, rhythm, rng, [*thin, *days], population)
    return _thin_the_tail(drawn, last).between(midnight(oldest), period.end)


def _thin_the_tail(passages: Passages, last: date) -> Passages:
    """Keep only a few of the reads that are too old to be loaded: they exist to be refused."""
    edge = int(np.searchsorted(passages.captured_ms, epoch_ms(midnight(last - timedelta(days=_REMEMBERED_DAYS)))))
    step = round(1 / _REFUSED_KEPT)
    return passages.take(np.concatenate([np.arange(0, edge, step), np.arange(edge, len(passages))]))


def _hidden(passages: Passages, silence: Outage) -> Flags:
    camera = [known.code for known in passages.cameras].index(silence.camera)
    during = (passages.captured_ms >= epoch_ms(silence.start)) & (passages.captured_ms < epoch_ms(silence.end))
    return np.asarray((passages.camera == camera) & during, dtype=bool)


def _write_reads(passages: Passages, taken: re.Pattern[str], rng: np.random.Generator) -> Iterator[bytes]:
    """Yield the JSON of each read; written by hand, because 180,000 must take no longer than a second."""
    instants = np.datetime_as_string(passages.captured_ms.astype("datetime64[ms]"), unit="ms").tolist()
    confidences = np.round(rng.beta(40, 1.5, len(passages)), 3).tolist()
    wrong = (rng.random(len(passages)) < _MISREAD).tolist()
    night = _nights(passages)
    plates = [normalise(vehicle.plate) or "" for vehicle in passages.vehicles]
    cars = _vehicle_json(passages)
    cameras = [msgspec.json.encode(camera.code).decode() for camera in passages.cameras]
    rear = [camera.kind == "trajectory-section" for camera in passages.cameras]
    columns = zip(passages.camera.tolist(), passages.vehicle.tolist(), instants, confidences, wrong, night,
                  passages.lane.tolist(), passages.speed_kmh.tolist(), strict=True)
    for camera, number, instant, sure, is_wrong, dark, lane, speed in columns:
        vehicle = passages.vehicles[number]
        plate, confidence = plates[number], sure
        if is_wrong and not taken.fullmatch(spoilt := misread(plate, rng)):
            plate, confidence = spoilt, round(sure * 0.75, 3)
        sides = _REAR if rear[camera] or vehicle.type == "motorcycle" else _FRONT
        yield (f'{{"camera":{cameras[camera]},"captured_at":"{instant}Z","plate":"{plate}",'
               f'"country":"{vehicle.country}","confidence":{confidence},{sides},"lane":{lane},'
               f'"speed_kmh":{speed},"vehicle":{cars[number][dark]}}}').encode()


_FRONT = '"direction":"towards","facing":"front"'
_REAR = '"direction":"away","facing":"rear"'


def _vehicle_json(passages: Passages) -> list[tuple[str, str]]:
    """Return every vehicle by day and by night: infrared knows no colour."""
    encoder = msgspec.json.Encoder()
    return [(encoder.encode(messages.Vehicle(car.make, car.model, car.colour, car.type)).decode(),
             encoder.encode(messages.Vehicle(car.make, car.model, None, car.type)).decode())
            for car in passages.vehicles]


def _nights(passages: Passages) -> list[bool]:
    """Return for each passage whether it was dark; asked of the sun once every ten minutes."""
    steps, which = np.unique(passages.captured_ms // _DUSK_STEP_MS, return_inverse=True)
    dark = np.array([is_night(from_epoch_ms(int(step) * _DUSK_STEP_MS)) for step in steps], dtype=bool)
    nights: list[bool] = dark[which].tolist()
    return nights


def sighting_at(background: Background, row: int) -> Sighting:
    """Return the passage in `row` as it truly was, for its pictures."""
    passages = background.passages
    passage = Passage(
        from_epoch_ms(int(passages.captured_ms[row])), passages.cameras[passages.camera[row]],
        passages.vehicles[passages.vehicle[row]], int(passages.lane[row]), float(passages.speed_kmh[row]),
        int(passages.trip_id[row]))
    return Sighting(passage, passage.captured_at, normalise(passage.vehicle.plate), 1.0, (passage.captured_at,))
