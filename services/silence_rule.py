"""When a camera is silent: from its heartbeats, and from its usual rhythm (pure: time is handed in).

Reads that come by chance at a rate are none at all for a while with the probability exp(-m), where m is how many were
expected meanwhile (Poisson). The rate is the camera's usual one for each hour of the week, so that a quiet night is no
silence and a quiet rush hour is one. Real traffic is less even than chance: holidays, rain, road works. Hence
LEAST_EXPECTED, which leaves a day with two fifths less traffic than usual below one in a hundred thousand.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import accumulate

from services.clock import ZONE

HOURS_OF_WEEK = 168
LEAST_EXPECTED = 20.0
"""So many reads must have been expected where there is none: exp(-20), and exp(-12) on a day with 40 % less traffic."""
SHORTEST = timedelta(minutes=10)
"""A red light, a closed level crossing or a lorry in the way is no silence."""
HEARTBEATS_MISSED = 4
HEARTBEAT_GRACE = timedelta(minutes=5)
_A_MONDAY = datetime(2001, 1, 1)  # noqa: DTZ001  # local wall-clock time
_HOUR = timedelta(hours=1)


class Basis(StrEnum):
    """What told that a camera was silent."""

    heartbeat = "heartbeat"
    rhythm = "rhythm"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A length of time in which nothing was read."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Silence:
    """A camera was silent from `since` to `until`; None while it lasts."""

    camera_id: int
    since: datetime
    until: datetime | None
    basis: Basis


@dataclass(frozen=True, slots=True)
class Heard:
    """When a camera's last read was captured, and when its last read and heartbeat came; None for never."""

    camera_id: int
    captured_at: datetime | None = None
    received_at: datetime | None = None
    heartbeat_at: datetime | None = None
    heartbeat_every_s: float | None = None

    @property
    def sign_at(self) -> datetime | None:
        """When anything came of it."""
        return max(filter(None, (self.received_at, self.heartbeat_at)), default=None)


class Rhythm:
    """How many reads an hour a camera usually has, for each hour of the week in Brussels."""

    __slots__ = ("_before", "_rates")

    def __init__(self, rates: Sequence[float]) -> None:
        if len(rates) != HOURS_OF_WEEK:
            raise ValueError(f"a week has {HOURS_OF_WEEK} hours, not {len(rates)}")
        self._rates = tuple(rates)
        self._before = (0.0, *accumulate(rates))

    def expected(self, since: datetime, until: datetime) -> float:
        """Return how many reads are usual between two instants, by the wall clock.

        Where the clock moves in between, an hour is counted too many or too few.
        """
        return self._until(until) - self._until(since)

    def _until(self, instant: datetime) -> float:
        """Return how many reads are usual from a Monday long ago to `instant`."""
        wall = instant.astimezone(ZONE).replace(tzinfo=None)
        weeks, hours = divmod((wall - _A_MONDAY) / _HOUR, HOURS_OF_WEEK)
        hour = int(hours)
        return weeks * self._before[-1] + self._before[hour] + (hours - hour) * self._rates[hour]


def is_silence(rhythm: Rhythm | None, stretch: Stretch) -> bool:
    """Tell whether it is no chance that nothing was read; of a camera without a rhythm nobody knows."""
    return (rhythm is not None and stretch.until - stretch.since >= SHORTEST
            and rhythm.expected(stretch.since, stretch.until) >= LEAST_EXPECTED)


def silences_in(rhythm: Rhythm | None, gaps: Iterable[Stretch], known: Sequence[Stretch] = ()) -> list[Stretch]:
    """Return the silences among `gaps` between reads, leaving out the time of those that are `known`."""
    return [rest for gap in gaps for rest in without(gap, known) if is_silence(rhythm, rest)]


def without(stretch: Stretch, known: Iterable[Stretch]) -> list[Stretch]:
    """Return what is left of a stretch outside all that are `known`, in order."""
    left, since = [], stretch.since
    for other in sorted(known, key=lambda other: other.since):
        if other.until <= since or other.since >= stretch.until:
            continue
        if other.since > since:
            left.append(Stretch(since, other.since))
        since = max(since, other.until)
    return [*left, Stretch(since, stretch.until)] if since < stretch.until else left


def heartbeats_missing_since(heard: Heard, watching_since: datetime, now: datetime) -> datetime | None:
    """Return the last sign of a camera that sends heartbeats and has gone quiet, or None.

    `watching_since` is when whoever asks began to listen: what was sent before may still be on its way.
    """
    if heard.heartbeat_at is None or heard.sign_at is None:
        return None
    patience = max(HEARTBEAT_GRACE, timedelta(seconds=HEARTBEATS_MISSED * (heard.heartbeat_every_s or 0.0)))
    return heard.sign_at if now - max(heard.sign_at, watching_since) > patience else None
