"""The totals of an action: vehicles, stops and outcomes by list, camera, hour and team (pure)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from search.actions.report_queries import Counted
from services.clock import ZONE
from services.hits.action_rule import OUTCOMES, Outcome


@dataclass(frozen=True, slots=True)
class Line:
    """What came of some vehicles."""

    name: str
    vehicles: int
    stopped: int
    outcomes: Mapping[Outcome, int]
    passed: int
    """Of which nobody said anything, and which are gone."""
    late: int
    """Of these, known only when they were gone: their reads came late."""


@dataclass(frozen=True, slots=True)
class Totals:
    """An action in numbers. A vehicle on two lists counts on both, and once in the whole."""

    whole: Line
    by_list: Sequence[Line]
    by_camera: Sequence[Line]
    by_hour: Sequence[Line]
    by_team: Sequence[Line]


def add_up(vehicles: Sequence[Counted], now: datetime) -> Totals:
    """Return the totals of an action's vehicles at `now`; hours are those of Brussels."""
    return Totals(
        _line("", vehicles, now),
        _lines(vehicles, lambda one: one.lists, now),
        _lines(vehicles, lambda one: [one.camera], now),
        _lines(vehicles, lambda one: [one.captured_at.astimezone(ZONE).strftime("%d/%m %H:00")], now),
        _lines([one for one in vehicles if one.team], lambda one: [one.team or ""], now))


def _lines(vehicles: Iterable[Counted], names: Callable[[Counted], Iterable[str]], now: datetime) -> list[Line]:
    groups: dict[str, list[Counted]] = defaultdict(list)
    for one in vehicles:
        for name in names(one):
            groups[name].append(one)
    return [_line(name, groups[name], now) for name in sorted(groups)]


def _line(name: str, vehicles: Sequence[Counted], now: datetime) -> Line:
    outcomes = Counter(one.outcome for one in vehicles if one.outcome is not None)
    passed = [one for one in vehicles if one.outcome is None and one.expected_until <= now]
    return Line(name, len(vehicles), sum(count for outcome, count in outcomes.items() if OUTCOMES[outcome].stopped),
                outcomes, len(passed), sum(one.raised_at >= one.expected_until for one in passed))
