"""How long a leg usually takes at some hour: measured where there are enough samples, else worked out (pure)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from search.journeys.network import Leg, Network, Route
from services.clock import ZONE

ENOUGH = 20
"""Of fewer vehicles the median says more about them than about the road."""

WITHOUT_MEASURE = 1.2
"""Usual time over the time without queues where nothing at all was measured: lights, junctions, some traffic."""

SLOW_SHARE = 1.4
"""A slow vehicle's time over the usual one where nothing was measured."""


@dataclass(frozen=True, slots=True)
class Hour:
    """What was measured on one leg in one hour of the day (Brussels): a row of `leg_times`, times in seconds."""

    start: int
    end: int
    hour: int
    samples: int
    fastest_s: float
    usual_s: float
    slow_s: float


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds that a way usually takes, and above which a vehicle is slow."""

    usual_s: float
    slow_s: float


class LegTimes:
    """The paces of all legs by hour."""

    def __init__(self, network: Network, measured: Iterable[Hour]) -> None:
        enough = [row for row in measured if row.samples >= ENOUGH and (row.start, row.end) in network.legs]
        self._network = network
        self._measured = {(row.start, row.end, row.hour): Pace(row.usual_s, row.slow_s) for row in enough}
        self._factors = _factors(network, enough)
        self._of_routes: dict[tuple[tuple[int, ...], int], Pace] = {}

    def of_route(self, route: Route, at: datetime) -> Pace:
        """Return the pace of a whole route for who sets out at `at`: its legs' times put end to end.

        The sum of the slow times is more than a slow vehicle needs for all, for nobody meets every queue; so a stop
        is told late rather than wrongly.
        """
        key = (route.cameras, at.astimezone(ZONE).hour)
        if key not in self._of_routes:
            paces = [self._of_leg(self._network.legs[pair], key[1]) for pair in route.pairs()]
            self._of_routes[key] = Pace(sum(pace.usual_s for pace in paces), sum(pace.slow_s for pace in paces))
        return self._of_routes[key]

    def _of_leg(self, leg: Leg, hour: int) -> Pace:
        found = self._measured.get((leg.start, leg.end, hour))
        if found is None:
            usual = leg.minutes * 60 * self._factors.get(hour, WITHOUT_MEASURE)
            found = Pace(usual, usual * SLOW_SHARE)
        return found


def _factors(network: Network, rows: Iterable[Hour]) -> Mapping[int, float]:
    """Return by hour how much longer the measured legs take than without queues: what the others are given."""
    usual: dict[int, float] = defaultdict(float)
    free: dict[int, float] = defaultdict(float)
    for row in rows:
        usual[row.hour] += row.usual_s * row.samples
        free[row.hour] += network.legs[row.start, row.end].minutes * 60 * row.samples
    return {hour: usual[hour] / free[hour] for hour in usual}
