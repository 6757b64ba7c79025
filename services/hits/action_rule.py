"""ANPR-acties: which alerts an action takes, what may come of a vehicle, how many are shown at once. Tables, pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from services.hits.matching import MatchedAs
from services.hits.rows import Alert

MOST_URGENT = 1
"""The priority that is shown although no team is free: somebody must decide what happens, and not the product."""


class Outcome(StrEnum):
    """What came of a vehicle."""

    fined = "fined"
    seized = "seized"
    arrested = "arrested"
    driver_checked = "driver-checked"
    let_go = "let-go"              # stopped, and everything was in order
    refused = "refused-to-stop"
    misread = "misread"            # the plate on the car is another one
    not_seen = "not-seen"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an outcome says; `key` is the one that gives it on a keyboard."""

    key: str
    stopped: bool = True
    """Whether a team stopped the vehicle: it takes a team to say so, and counts as a stop in the report."""
    final: bool = True
    """Whether the vehicle is done with; else it is shown again when a further camera sees it."""


OUTCOMES = {
    Outcome.fined: Meaning("f"),
    Outcome.seized: Meaning("s"),
    Outcome.arrested: Meaning("a"),
    Outcome.driver_checked: Meaning("d"),
    Outcome.let_go: Meaning("g"),
    Outcome.refused: Meaning("r", stopped=False),
    Outcome.misread: Meaning("m", stopped=False),
    Outcome.not_seen: Meaning("n", stopped=False, final=False),
}


@dataclass(frozen=True, slots=True)
class Running:
    """An action that runs: what it takes, and how many seconds lie between each of its cameras and its place."""

    action_id: int
    since: datetime
    until: datetime
    list_ids: frozenset[int]
    cameras: dict[int, tuple[int, int]]
    """Soonest and latest, in seconds."""

    def takes(self, alert: Alert) -> bool:
        """Tell whether an alert's vehicle is one of the action's.

        Only what is certain (R10), and never what is discreet (R11): whoever stands at the roadside stops.
        """
        return (not alert.discreet and alert.matched_as is MatchedAs.exact
                and alert.list_id in self.list_ids and alert.camera_id in self.cameras
                and self.since <= alert.captured_at < self.until)

    def expected(self, alert: Alert) -> tuple[datetime, datetime]:
        """Return from when until when a vehicle may arrive at the place."""
        soonest, latest = self.cameras[alert.camera_id]
        return alert.captured_at + timedelta(seconds=soonest), alert.captured_at + timedelta(seconds=latest)


class Expected(Protocol):
    """What decides whether a vehicle is shown."""

    @property
    def vehicle_id(self) -> int: ...  # noqa: D102
    @property
    def priority(self) -> int: ...  # noqa: D102
    @property
    def expected_from(self) -> datetime: ...  # noqa: D102
    @property
    def expected_until(self) -> datetime: ...  # noqa: D102
    @property
    def team_id(self) -> int | None: ...  # noqa: D102
    @property
    def outcome(self) -> str | None: ...  # noqa: D102


T = TypeVar("T", bound=Expected)


@dataclass(frozen=True, slots=True)
class Shown(Generic[T]):
    """What a board shows: vehicles that a team has, those that are coming, and how many more wait for a free team."""

    taken: tuple[T, ...]
    coming: tuple[T, ...]
    more: int
    free: int
    """Teams that have no vehicle."""


def choose(vehicles: Iterable[T], teams: Iterable[int], now: datetime) -> Shown[T]:
    """Return which of an action's vehicles are shown: as many that are coming as teams are free.

    The most urgent come first, then the soonest. A vehicle that must have passed by now is gone, unless a team has it.
    """
    waiting = [one for one in vehicles if one.outcome is None]
    taken = sorted((one for one in waiting if one.team_id is not None), key=lambda one: one.vehicle_id)
    coming = sorted((one for one in waiting if one.team_id is None and one.expected_until > now), key=_order)
    free = len(set(teams) - {one.team_id for one in taken})
    urgent = sum(one.priority <= MOST_URGENT for one in coming)
    most = max(free, urgent)
    return Shown(tuple(taken), tuple(coming[:most]), len(coming[most:]), free)


def _order(one: Expected) -> tuple[int, datetime, int]:
    return one.priority, one.expected_from, one.vehicle_id
