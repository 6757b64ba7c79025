"""Whether a look-alike read fits a vehicle's journeys in time and place, and what that is worth (pure).

The probability that two texts alone give is turned into odds and multiplied by a likelihood ratio (Bayes' theorem in
its odds form):

    odds after = odds on the plate alone * P(fit | same vehicle) ÷ P(fit | a stranger)

A read fits in one of five ways (`Fit`). How often the same vehicle's misread fits in each is `SAME_VEHICLE`. A
stranger's read falls anywhere: the cameras' shares of the traffic being equal, the chance that it falls into a set of
windows, each one camera for some time, is

    P(fit | a stranger) = Σ lengths of the windows ÷ (period asked for * number of cameras)

so a short window between two exact reads is worth thousands, and a read near nothing is worth less than one. A read
that the vehicle cannot have been at is ruled out, whatever its text.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from search.journeys.assembling import Journey
from search.journeys.legs import Judged, Roads, is_possible
from search.journeys.network import Network
from search.journeys.seen import Fit, Seen
from services.clock import ZONE

SAME_VEHICLE = {Fit.between: 0.53, Fit.next: 0.38, Fit.near: 0.03, Fit.habit: 0.02, Fit.elsewhere: 0.04}
"""P(fit | same vehicle). A journey of the zone passes 4.4 cameras: of its misreads more than half lie inside it, a
third at its ends, the rest beyond a camera that missed the vehicle, or are all that was read of it (decision 0092)."""

_SLOWEST = 3.0
"""A vehicle that goes on to the next camera takes at most so many times the time without queues, and _EXTRA."""
_EXTRA = timedelta(minutes=5)
_MOST_OF_ALL = 0.9
"""Windows never cover more of the period: below a tenth for the rest the sum is no longer a chance."""


@dataclass(frozen=True, slots=True)
class Window:
    """One camera from one moment to another."""

    camera_id: int
    since: datetime
    until: datetime

    @property
    def length(self) -> timedelta:
        """How long it is open."""
        return max(self.until - self.since, timedelta())


@dataclass(frozen=True, slots=True)
class RuledOut:
    """A read that cannot be the vehicle: it was read by `other` too near in time and too far away."""

    read: Seen
    other: Seen


@dataclass(frozen=True, slots=True)
class Fitted:
    """Look-alike reads sorted by what they can be, and how many were left out as too doubtful."""

    probable: tuple[Seen, ...]
    ruled_out: tuple[RuledOut, ...]
    left_out: int


class Surroundings:
    """Where and when the vehicle is expected, as its exact reads tell."""

    def __init__(self, exact: Sequence[Seen], journeys: Sequence[Journey], roads: Roads, period: timedelta) -> None:
        self._exact = sorted(exact, key=_at)
        self._instants = [seen.at for seen in self._exact]
        self._network = roads.network
        self._windows = {Fit.between: _by_camera(_between(journeys, roads.network)),
                         Fit.next: _by_camera(_next(journeys, roads.network)),
                         Fit.near: _by_camera(_near(journeys, roads.network))}
        self._habits = {(seen.place.camera_id, hour) for seen in exact for hour in _hours_around(seen.at)}
        self._ratios = self._work_out(period)

    def _work_out(self, period: timedelta) -> dict[Fit, float]:
        if not self._exact:  # nothing is known of the vehicle, so no place and time says anything
            return dict.fromkeys(Fit, 1.0)
        whole = period * max(len(self._network.nodes), 1)
        shares = {fit: sum((window.length for windows in by_camera.values() for window in windows), timedelta()) / whole
                  for fit, by_camera in self._windows.items()}
        shares[Fit.habit] = len(self._habits) / (24 * max(len(self._network.nodes), 1))
        covered = sum(shares.values())
        tighter = min(1.0, _MOST_OF_ALL / covered) if covered else 1.0
        shares = {fit: share * tighter for fit, share in shares.items()}
        shares[Fit.elsewhere] = 1 - sum(shares.values())
        return {fit: SAME_VEHICLE[fit] / share if share else 1.0 for fit, share in shares.items()}

    def fit_of(self, read: Seen) -> Fit:
        """Return how a read lies to the exact ones."""
        for fit, by_camera in self._windows.items():
            if any(window.since <= read.at <= window.until for window in by_camera.get(read.place.camera_id, ())):
                return fit
        hour = read.at.astimezone(ZONE).hour
        return Fit.habit if (read.place.camera_id, hour) in self._habits else Fit.elsewhere

    def ratio(self, fit: Fit) -> float:
        """Return the likelihood ratio of a fit."""
        return self._ratios[fit]

    def conflict(self, read: Seen) -> Seen | None:
        """Return the exact read that the same vehicle cannot have been at as well, None when there is none."""
        place = bisect_left(self._instants, read.at)
        beside = self._exact[max(place - 1, 0):place + 1]
        return next((other for other in beside if not is_possible(other, read, self._network)), None)


def fit_alikes(alikes: Iterable[Seen], surroundings: Surroundings, roads: Roads, level: float) -> Fitted:
    """Sort look-alike reads: those that are the vehicle with probability `level` at least, and those that cannot be.

    Every read comes with its probability on the plate alone and leaves with that after time and place. Of two that
    cannot both be the vehicle, the more probable one stays.
    """
    probable: list[Seen] = []
    ruled_out: list[RuledOut] = []
    left_out = 0
    judged = [(read, surroundings.conflict(read)) for read in alikes]
    ruled_out += [RuledOut(read, other) for read, other in judged if other and (read.probability or 0) >= level]
    after = [_weigh_there(read, surroundings) for read, other in judged if other is None]
    for read in sorted(after, key=lambda seen: seen.probability or 0, reverse=True):
        if (read.probability or 0) < level:
            left_out += 1
        elif (other := _rival(read, probable, roads.network)) is not None:
            ruled_out.append(RuledOut(read, other))
        else:
            probable.append(read)
    return Fitted(tuple(sorted(probable, key=_at)), tuple(sorted(ruled_out, key=lambda out: out.read.at)), left_out)


def _weigh_there(read: Seen, surroundings: Surroundings) -> Seen:
    fit = surroundings.fit_of(read)
    return replace(weigh(read, surroundings.ratio(fit)), fit=fit)


def weigh(read: Seen, ratio: float) -> Seen:
    """Return the read with the probability that a likelihood ratio makes of its own (odds form of Bayes' theorem)."""
    before = read.probability or 0.0
    odds = before * ratio
    return replace(read, probability=odds / (odds + 1 - before) if before < 1 else 1.0, on_plate_alone=before)


def _rival(read: Seen, others: Sequence[Seen], network: Network) -> Seen | None:
    return next((other for other in others if not is_possible(other, read, network)), None)


def _at(seen: Seen) -> datetime:
    return seen.at


def _by_camera(windows: Iterable[Window]) -> dict[int, list[Window]]:
    found: dict[int, list[Window]] = {}
    for window in windows:
        found.setdefault(window.camera_id, []).append(window)
    return found


def _between(journeys: Iterable[Journey], network: Network) -> Iterable[Window]:
    for journey in journeys:
        for leg in journey.legs:
            yield from _on(leg, network)


def _on(leg: Judged, network: Network) -> Iterable[Window]:
    for camera in leg.route.passed if leg.route else ():
        since = leg.before.at + _least(network, leg.before.place.camera_id, camera)
        yield Window(camera, since, leg.after.at - _least(network, camera, leg.after.place.camera_id))


def _next(journeys: Iterable[Journey], network: Network) -> Iterable[Window]:
    for journey in journeys:
        first, last = journey.reads[0], journey.reads[-1]
        for leg in network.arriving(first.place.camera_id):
            yield Window(leg.start, first.at - _longest(leg.minutes), first.at - _least(network, leg.start, leg.end))
        for leg in network.leaving(last.place.camera_id):
            yield Window(leg.end, last.at + _least(network, leg.start, leg.end), last.at + _longest(leg.minutes))


def _near(journeys: Iterable[Journey], network: Network) -> Iterable[Window]:
    for journey in journeys:
        first, last = journey.reads[0], journey.reads[-1]
        for camera, least, minutes in network.beyond_next(last.place.camera_id):
            yield Window(camera, last.at + timedelta(seconds=least), last.at + _longest(minutes))
        for camera, least, minutes in network.before_previous(first.place.camera_id):
            yield Window(camera, first.at - _longest(minutes), first.at - timedelta(seconds=least))


def _hours_around(at: datetime) -> tuple[int, int, int]:
    """Return the hour of the day in Brussels, the one before and the one after."""
    hour = at.astimezone(ZONE).hour
    return (hour - 1) % 24, hour, (hour + 1) % 24


def _longest(minutes: float) -> timedelta:
    return timedelta(minutes=minutes * _SLOWEST) + _EXTRA


def _least(network: Network, start: int, end: int) -> timedelta:
    return timedelta(seconds=network.least_seconds(start, end) or 0.0)
