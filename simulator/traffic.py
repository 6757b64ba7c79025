"""Traffic that could be real: the same vehicles day after day, the survey's rhythm, queues and stops (pure).

Everything is drawn a day at a time from (seed, day), so that a history and live traffic with the same seed show one
and the same world, whatever instant either of them begins at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from services.clock import epoch_ms, from_epoch_ms, local_day, midnight
from simulator.calibrate import Rhythm
from simulator.network import Camera, Network
from simulator.population import Population, Tours, draw_population, draw_tours
from simulator.routes import Routes
from simulator.vehicles import Vehicle

__all__ = ["Passage", "Passages", "Vehicle", "history", "trips"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_STOP_MEDIAN_S, _STOP_SIGMA, _LONGEST_STOP_S = 480.0, 0.9, 3 * 3600.0
"""Length of a stop: our assumption, since the survey drops what takes longer than 15 minutes."""
_SLICE = timedelta(minutes=15)
_PAUSE_S = 300.0  # between two trips of one vehicle
_FIRST_LANE_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Passage:
    """One vehicle passing one camera, as it truly happened; `speed_kmh` in kilometres an hour."""

    captured_at: datetime
    camera: Camera
    vehicle: Vehicle
    lane: int
    speed_kmh: float
    trip_id: int


@dataclass(frozen=True, slots=True)
class Passages:
    """Many passages as columns in time order; iterating gives them one by one."""

    cameras: tuple[Camera, ...]
    vehicles: tuple[Vehicle, ...]
    captured_ms: Ints
    """Milliseconds since 1970."""
    camera: Ints
    """Index in `cameras`."""
    vehicle: Ints
    """Index in `vehicles`."""
    lane: Ints
    speed_kmh: Floats
    trip_id: Ints

    def __len__(self) -> int:
        return len(self.captured_ms)

    def __iter__(self) -> Iterator[Passage]:
        columns = (self.captured_ms, self.camera, self.vehicle, self.lane, self.speed_kmh, self.trip_id)
        for captured, camera, vehicle, lane, speed, trip in zip(*(c.tolist() for c in columns), strict=True):
            yield Passage(from_epoch_ms(captured), self.cameras[camera], self.vehicles[vehicle], lane, speed, trip)

    def take(self, rows: npt.NDArray[np.bool_] | Ints) -> "Passages":
        """Return the chosen rows, in the given order, over the same cameras and vehicles."""
        return Passages(self.cameras, self.vehicles, self.captured_ms[rows], self.camera[rows], self.vehicle[rows],
                        self.lane[rows], self.speed_kmh[rows], self.trip_id[rows])

    def between(self, start: datetime, end: datetime) -> "Passages":
        """Return the passages from `start` up to, not including, `end`."""
        first, last = np.searchsorted(self.captured_ms, [epoch_ms(start), epoch_ms(end)])
        return self.take(np.arange(first, last))


def history(network: Network, rhythm: Rhythm, rng: np.random.Generator, days: Sequence[tuple[date, int]],
            population: Population | None = None) -> Passages:
    """Return about `reads` passages for every (day, reads), each day from midnight to midnight in Brussels.

    Who starts before midnight may pass a camera after it, so a few passages fall on the day after the last.
    Pass the same `population` (or an `rng` in the same state) to get the same vehicles again.
    """
    if population is None:
        population = draw_population(network, rhythm, rng, max(reads for _, reads in days))
    return _join([_passages_of(network, rhythm, population, day, reads) for day, reads in days], population)


def trips(network: Network, rhythm: Rhythm, rng: np.random.Generator, start: datetime, end: datetime,
          reads_per_day: int, population: Population | None = None) -> Iterator[Passage]:
    """Yield every passage from `start` up to `end`, in time order, at about `reads_per_day`."""
    population = population or draw_population(network, rhythm, rng, reads_per_day)
    day, last = local_day(start), local_day(end)
    spilled = history(network, rhythm, rng, [(day - timedelta(days=1), reads_per_day)], population)
    while day <= last:
        today = history(network, rhythm, rng, [(day, reads_per_day)], population)
        begin, finish = max(start, midnight(day)), min(end, midnight(day + timedelta(days=1)))
        while begin < finish:
            # Slices, so that the first passage comes at once; both days, since yesterday's late drivers are still out.
            until = min(begin + _SLICE, finish)
            yield from sorted([*spilled.between(begin, until), *today.between(begin, until)], key=_captured_at)
            begin = until
        spilled, day = today, day + timedelta(days=1)


def _captured_at(passage: Passage) -> datetime:
    return passage.captured_at


def _passages_of(network: Network, rhythm: Rhythm, population: Population, day: date, reads: int) -> Passages:
    """Return one day's passages; vehicle indexes beyond the population point to the day's visitors."""
    rng = np.random.default_rng([population.seed, day.toordinal()])
    tours = draw_tours(population, rng, day, reads)
    length = population.routes.length[tours.route]
    trip = np.repeat(np.arange(len(length)), length)
    begin = np.cumsum(length) - length
    step = np.arange(len(trip)) - begin[trip] + population.routes.first[tours.route][trip]
    seconds = _leg_seconds(rhythm, rng, population.routes.minutes[step], trip, tours)
    elapsed = np.cumsum(seconds)
    elapsed -= (elapsed[begin] - seconds[begin])[trip]
    kept = _choose_trips(rng, tours, elapsed[begin + length - 1], length, reads)
    captured = epoch_ms(midnight(day)) + ((tours.start_s[trip] + elapsed) * 1000).astype(np.int64)
    order = np.argsort(captured, kind="stable")
    order = order[kept[trip[order]]]
    camera = population.routes.camera[step][order]
    lane, speed = _lane_and_speed(network, rng, population.routes, camera)
    return Passages(tuple(network.cameras.values()), tours.visitors, captured[order], camera,
                    tours.vehicle[trip][order], lane, speed, day.toordinal() * 10_000_000 + trip[order])


def _choose_trips(rng: np.random.Generator, tours: Tours, lasts_s: Floats, length: Ints,
                  reads: int) -> npt.NDArray[np.bool_]:
    """Return which trips happen: none while its vehicle is still on an earlier one, and together `reads` passages."""
    order = np.lexsort((tours.start_s, tours.vehicle))
    lane_of_time = tours.vehicle[order] * 1e7  # each vehicle gets a stretch of its own on one axis of seconds
    start = lane_of_time + tours.start_s[order]
    latest = np.maximum.accumulate(start + lasts_s[order] + _PAUSE_S)
    possible = order[np.concatenate([[True], start[1:] >= latest[:-1]])]
    possible = possible[rng.permutation(len(possible))]
    kept = np.zeros(len(length), dtype=bool)
    kept[possible[np.cumsum(length[possible]) <= reads]] = True
    return kept


def _leg_seconds(rhythm: Rhythm, rng: np.random.Generator, minutes: Floats, trip: Ints, tours: Tours) -> Floats:
    """Return the seconds each leg takes: free time, times queue, times driver, plus a stop now and then.

    Half of the survey's variance belongs to the driver (all legs of a trip alike), half to the leg.
    """
    part = rhythm.sigma / np.sqrt(2)
    driver = rng.normal(0.0, part, len(tours.route))[trip] + rng.normal(0.0, part, len(trip))
    hour = (tours.start_s // 3600).astype(np.int64) % 24
    queue = np.array(rhythm.congestion)[hour][trip]
    stops = rng.random(len(trip)) < rhythm.stop_share
    stop = np.minimum(rng.lognormal(np.log(_STOP_MEDIAN_S), _STOP_SIGMA, len(trip)), _LONGEST_STOP_S)
    return np.asarray(np.maximum(minutes * 60 * queue * np.exp(driver), 2.0) + np.where(stops, stop, 0.0))


def _lane_and_speed(network: Network, rng: np.random.Generator, routes: Routes, camera: Ints) -> tuple[Ints, Floats]:
    """Return lane (1 is the rightmost) and speed: around 95 % of the limit, 10 % of spread, more on the left."""
    known = [network.cameras[code] for code in routes.codes]
    limit = np.array([camera.speed_limit_kmh for camera in known], dtype=np.float64)[camera]
    lanes = np.array([camera.lanes for camera in known])[camera]
    lane = np.where((lanes > 1) & (rng.random(len(camera)) > _FIRST_LANE_SHARE), 2, 1)
    speed = limit * rng.normal(0.95, 0.10, len(camera)) + np.where(lane > 1, 5.0, 0.0)
    return lane.astype(np.int64), np.round(np.clip(speed, 5.0, 250.0), 1).astype(np.float64)


def _join(days: list[Passages], population: Population) -> Passages:
    """Put days together in time order; visitors of each day are numbered behind those of the days before."""
    residents = len(population.vehicles)
    vehicles = list(population.vehicles)
    columns: list[Ints] = []
    for day in days:
        columns.append(np.where(day.vehicle >= residents, day.vehicle + len(vehicles) - residents, day.vehicle))
        vehicles += day.vehicles
    captured = np.concatenate([day.captured_ms for day in days])
    joined = Passages(
        days[0].cameras, tuple(vehicles), captured, np.concatenate([day.camera for day in days]),
        np.concatenate(columns), np.concatenate([day.lane for day in days]),
        np.concatenate([day.speed_kmh for day in days]), np.concatenate([day.trip_id for day in days]),
    )
    return joined.take(np.argsort(captured, kind="stable"))
