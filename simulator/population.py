"""The people behind the traffic: commuters, regulars, and visitors who are seen once and never again."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from simulator.calibrate import Rhythm
from simulator.network import Network
from simulator.routes import Routes, find_routes
from simulator.vehicles import Vehicle, draw_vehicles

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

COMMUTER_SHARE, REGULAR_SHARE = 0.30, 0.40
"""Shares of a weekday's trips by commuters and by regulars; the rest are visitors. Our assumption."""
_WORKS, _WORKS_AT_WEEKEND = 0.86, 0.12
_WEEKEND_SHARE = COMMUTER_SHARE * _WORKS_AT_WEEKEND / _WORKS
_TOURS_A_DAY = 0.35  # of a regular, on average
_REGULARITY = 1.0  # sigma of the log-normal of how often a regular drives: some daily, most now and then
_HABITS = ((0, 0.55), (1, 0.30), (2, 0.15))  # a regular's three destinations and how often each is chosen
_RETURNS = {"regular": 0.9, "visitor": 0.45}
_STAY_MEDIAN_S, _STAY_SIGMA = 3600.0, 0.8
_SHIFTS_H = ((7.8, 1.0, 0.84), (5.4, 0.3, 0.07), (13.3, 0.3, 0.05), (21.4, 0.3, 0.04))  # mean, spread, share
_WORKDAY_S, _WORKDAY_SPREAD_S = 8.9 * 3600, 2400.0
_SPARE = 1.15  # so many more trips are drawn than needed, then cut to the exact number of reads
_VISITOR_DAYS = 400  # after so many days a visitor's plate may return


@dataclass(frozen=True, slots=True)
class Population:
    """Everybody who is seen more than once, with habits; visitors are drawn day by day."""

    seed: int
    reads_per_day: int
    routes: Routes
    vehicles: tuple[Vehicle, ...]
    """Commuters first, then regulars."""
    work_route: Ints
    leaves_s: Floats
    """When each commuter leaves home, seconds after midnight."""
    works_s: Floats
    habit_routes: Ints
    """Three routes for each regular, all from the same place."""
    habit_weight: Floats
    start_shares: Floats
    """Share of tours (not of trips) that begin in each hour, for everybody but commuters; weekday, then weekend."""


@dataclass(frozen=True, slots=True)
class Tours:
    """One day's trips: which vehicle takes which route, starting so many seconds after midnight."""

    vehicle: Ints
    route: Ints
    start_s: Floats
    visitors: tuple[Vehicle, ...]
    """The vehicles numbered behind the population's."""


def draw_population(network: Network, rhythm: Rhythm, rng: np.random.Generator, reads_per_day: int) -> Population:
    """Return a population whose weekday makes about `reads_per_day` passages."""
    seed = int(rng.integers(2**31))
    own = np.random.default_rng(seed)
    routes = find_routes(network)
    trips = reads_per_day / routes.mean_length()
    commuters = max(1, round(trips * COMMUTER_SHARE / 2 / _WORKS))
    regulars = max(1, round(trips * REGULAR_SHARE / (1 + _RETURNS["regular"]) / _TOURS_A_DAY))
    weight = own.lognormal(0.0, _REGULARITY, regulars)
    leaves = _draw_shifts(own, commuters)
    works = own.normal(_WORKDAY_S, _WORKDAY_SPREAD_S, commuters)
    return Population(
        seed, reads_per_day, routes, tuple(draw_vehicles(own, np.arange(commuters + regulars), seed)),
        own.choice(len(routes.weight), commuters, p=routes.weight), leaves, works,
        _draw_habits(own, routes, regulars), weight / weight.sum(),
        np.array([_start_shares(own, rhythm, leaves, works, share) for share in (COMMUTER_SHARE, _WEEKEND_SHARE)]),
    )


def draw_tours(population: Population, rng: np.random.Generator, day: date, reads: int) -> Tours:
    """Return the trips of one day: somewhat more than needed for `reads` passages, some of them impossible.

    A vehicle may still be under way when its next trip begins; only travel times tell, so `traffic` drops those.
    """
    vehicle, route, start, visitor_count = _draw_all(population, rng, day, reads)
    first_serial = (len(population.vehicles)
                    + day.toordinal() % _VISITOR_DAYS * max(population.reads_per_day, reads))
    visitors = draw_vehicles(rng, first_serial + np.arange(visitor_count), population.seed)
    return Tours(vehicle, route, start, tuple(visitors))


def _draw_all(population: Population, rng: np.random.Generator, day: date,
              reads: int) -> tuple[Ints, Ints, Floats, int]:
    """Return vehicle, route and start of all trips before cutting, and the number of visitors."""
    routes = population.routes
    weekend = day.weekday() >= 5
    going = (_WORKS_AT_WEEKEND if weekend else _WORKS) * reads / population.reads_per_day
    at_work = np.flatnonzero(rng.random(len(population.work_route)) < going)
    left = max(reads * _SPARE / routes.mean_length() - 2 * len(at_work), 1.0)
    share = REGULAR_SHARE / (1 - COMMUTER_SHARE)
    regulars = rng.choice(len(population.habit_weight), round(left * share / (1 + _RETURNS["regular"])),
                          p=population.habit_weight)
    habit = rng.choice(3, len(regulars), p=[weight for _, weight in _HABITS])
    visitor_count = round(left * (1 - share) / (1 + _RETURNS["visitor"]))
    commuters = len(population.work_route)
    starts = population.start_shares[int(weekend)]
    parts = (
        _commute(population, rng, at_work),
        _tour(population, rng, commuters + regulars, population.habit_routes[regulars, habit],
              starts, _RETURNS["regular"]),
        _tour(population, rng, len(population.vehicles) + np.arange(visitor_count),
              rng.choice(len(routes.weight), visitor_count, p=routes.weight), starts, _RETURNS["visitor"]),
    )
    vehicle, route, start = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return vehicle, route, start, visitor_count


def _commute(population: Population, rng: np.random.Generator, who: Ints) -> tuple[Ints, Ints, Floats]:
    """Out in the morning and back in the evening, a few minutes earlier or later than usual."""
    out = population.work_route[who]
    leaves = population.leaves_s[who] + rng.normal(0, 420, len(who))
    back = leaves + population.works_s[who] + rng.normal(0, 1200, len(who))
    return (np.concatenate([who, who]), np.concatenate([out, population.routes.back[out]]),
            np.maximum(np.concatenate([leaves, back]), 0.0))


def _tour(population: Population, rng: np.random.Generator, who: Ints, out: Ints, starts: Floats,
          returns: float) -> tuple[Ints, Ints, Floats]:
    """Out at some hour of the rhythm, and for the share `returns` back after a stay, before midnight."""
    start = rng.choice(24, len(who), p=starts) * 3600 + rng.random(len(who)) * 3600
    back = start + population.routes.seconds()[out] * 1.3 + _draw_stays(rng, len(who))
    home = (rng.random(len(who)) < returns) & (back < 86_400)
    return (np.concatenate([who, who[home]]), np.concatenate([out, population.routes.back[out[home]]]),
            np.concatenate([start, back[home]]))


def _draw_stays(rng: np.random.Generator, count: int) -> Floats:
    return 1800 + rng.lognormal(np.log(_STAY_MEDIAN_S), _STAY_SIGMA, count)


def _draw_shifts(rng: np.random.Generator, count: int) -> Floats:
    means, spreads, shares = (np.array(column) for column in zip(*_SHIFTS_H, strict=True))
    shift = rng.choice(len(shares), count, p=shares)
    return np.asarray(rng.normal(means[shift], spreads[shift]) * 3600, dtype=np.float64)


def _draw_habits(rng: np.random.Generator, routes: Routes, count: int) -> Ints:
    """Return three routes each, from one place (a home), in the routes' shares."""
    homes = routes.origin[rng.choice(len(routes.weight), count, p=routes.weight)]
    habits = np.empty((count, 3), dtype=np.int64)
    for place in np.unique(homes):
        here = np.flatnonzero(homes == place)
        leaving = np.flatnonzero(routes.origin == place)
        weight = routes.weight[leaving] / routes.weight[leaving].sum()
        habits[here] = rng.choice(leaving, (len(here), 3), p=weight)
    return habits


def _start_shares(rng: np.random.Generator, rhythm: Rhythm, leaves_s: Floats, works_s: Floats,
                  commuter_share: float) -> Floats:
    """Return when tours must begin for all trips together to follow the rhythm's hours.

    Trips are commutes plus tours smeared by their returns; the smear is undone by the iteration of Richardson (1972)
    and Lucy (1974).
    """
    commutes = np.bincount((np.concatenate([leaves_s, leaves_s + works_s]) // 3600).astype(int) % 24, minlength=24)
    wanted = np.maximum(np.array(rhythm.hour_shares) - commuter_share * commutes / commutes.sum(), 0.0005)
    wanted /= wanted.sum()
    returns = (_RETURNS["regular"] + _RETURNS["visitor"]) / 2
    later = np.bincount(np.minimum(_draw_stays(rng, 4000) // 3600 + 1, 23).astype(int), minlength=24) / 4000
    smear = np.array([[(start == hour) + (returns * later[hour - start] if hour > start else 0.0) for hour in range(24)]
                      for start in range(24)])
    shares = wanted.copy()
    for _ in range(40):
        shares *= smear @ (wanted / (shares @ smear)) / smear.sum(axis=1)
    return np.asarray(shares / shares.sum(), dtype=np.float64)
