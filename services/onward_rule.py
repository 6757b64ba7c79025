"""Which camera a vehicle reaches next, and when: shares of the zone's own traffic, smoothed where they are few (pure).

Each step is the mean of a Dirichlet distribution, whose weight says as how many passages the step before it counts
(Gelman et al., Bayesian Data Analysis, 3.4):

    by network   p0(c)    = 1 / (number of neighbours + 1); the one more is "stays, turns off or leaves"
    by day       p1(c)    = (went(c)      + DAY_WEIGHT  · p0(c)) / (passed      + DAY_WEIGHT)
    by hour      p2(c, h) = (went'(c, h)  + HOUR_WEIGHT · p1(c)) / (passed'(h)  + HOUR_WEIGHT)
    by turn      p3(c, v) = (went(v, c)   + TURN_WEIGHT · p2(c)) / (passed(v)   + TURN_WEIGHT)

where went' and passed' add to an hour half of the hours beside it and a quarter of those beside these, and v is the
camera at which the vehicle was seen before, if that is known. The weights are those at which a day of made-up traffic
is foretold best from the days before it (decision 0140).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

DAY_WEIGHT, HOUR_WEIGHT, TURN_WEIGHT = 5.0, 100.0, 5.0

_BESIDE = {0: 1.0, -1: 0.5, 1: 0.5, -2: 0.25, 2: 0.25}
"""What an hour counts, by how far it is from the one that is asked for."""

ENOUGH = 20
"""Of fewer vehicles a measured time says more about them than about the road."""

_SOONEST, _USUAL, _LATEST = 0.7, 1.2, 1.7
"""Times over the network's own minutes, which know no queues, where nothing was measured."""


class Share(NamedTuple):
    """Of the vehicles that passed a camera, how many were next seen at another: a row of `onward_shares`."""

    to_camera: int
    hour: int
    passed: int
    went: int


class Turn(NamedTuple):
    """The same of those that had been seen at a certain camera before, at any hour: a row of `onward_turns`."""

    to_camera: int
    passed: int
    went: int


class Times(NamedTuple):
    """Seconds to the next camera: one vehicle in a hundred is faster, half are, five in six are."""

    soonest_s: float
    usual_s: float
    latest_s: float


class TimesOfHour(NamedTuple):
    """What was measured on one leg in one hour of the day: a row of `leg_times`, times in seconds."""

    to_camera: int
    hour: int
    samples: int
    fastest_s: float
    usual_s: float
    slow_s: float


@dataclass(frozen=True, slots=True)
class Passed:
    """Passages of a camera, and of these how many were next seen where; weighted ones need not be whole."""

    passed: float
    went: Mapping[int, float]

    def onto(self, prior: Mapping[int, float], weight: float) -> dict[int, float]:
        """Return the prior's shares, counted as `weight` passages, moved by these."""
        return {camera: (self.went.get(camera, 0.0) + weight * share) / (self.passed + weight)
                for camera, share in prior.items()}


def probabilities(neighbours: Sequence[int], shares: Sequence[Share], hour: int,
                  turns: Sequence[Turn] = ()) -> dict[int, float]:
    """Return how probably a vehicle is next seen at each neighbour; what they lack to 1 stays, turns off or leaves.

    `hour` is 0 to 23 in Brussels. `turns` are those of the camera where it was seen before.
    """
    by_network = dict.fromkeys(neighbours, 1.0 / (len(neighbours) + 1))
    by_day = _add_up(shares, dict.fromkeys(range(24), 1.0)).onto(by_network, DAY_WEIGHT)
    around = {(hour + away) % 24: weight for away, weight in _BESIDE.items()}
    by_hour = _add_up(shares, around).onto(by_day, HOUR_WEIGHT)
    if not turns:
        return by_hour
    return Passed(turns[0].passed, {turn.to_camera: turn.went for turn in turns}).onto(by_hour, TURN_WEIGHT)


def _add_up(shares: Iterable[Share], weights: Mapping[int, float]) -> Passed:
    passed: dict[int, float] = {}
    went: dict[int, float] = {}
    for share in shares:
        weight = weights.get(share.hour, 0.0)
        # Each of an hour's rows says how many passed.
        passed[share.hour] = weight * share.passed
        went[share.to_camera] = went.get(share.to_camera, 0.0) + weight * share.went
    return Passed(sum(passed.values()), went)


def times(minutes: float, measured: Sequence[TimesOfHour], hour: int) -> Times:
    """Return the seconds to one neighbour: as measured in that hour, else at any, else by the network's `minutes`.

    The mean of the hours' medians is not the day's median, but lies between the hours, which is enough here.
    """
    for rows in ([row for row in measured if row.hour == hour], measured):
        samples = sum(row.samples for row in rows)
        if samples >= ENOUGH:
            return Times(min(row.fastest_s for row in rows), sum(row.usual_s * row.samples for row in rows) / samples,
                         sum(row.slow_s * row.samples for row in rows) / samples)
    return Times(60 * minutes * _SOONEST, 60 * minutes * _USUAL, 60 * minutes * _LATEST)
