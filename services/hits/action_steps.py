"""What is reported of a vehicle at the roadside, and what it changes; reports may come late and in any order (pure)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.hits.action_rule import OUTCOMES, Outcome


class StepKind(StrEnum):
    """What somebody taps."""

    take = "take"          # a team goes for it
    release = "release"    # it does not, after all
    outcome = "outcome"    # what came of it
    reopen = "reopen"      # that was a mistake


@dataclass(frozen=True, slots=True)
class Standing:
    """How a vehicle stands: when a camera last saw it, which team has it, what came of it."""

    captured_at: datetime
    team_id: int | None = None
    taken_at: datetime | None = None
    outcome: Outcome | None = None
    outcome_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One tap; `at` is when it was made, not when it came in."""

    kind: StepKind
    at: datetime
    team_id: int | None = None
    outcome: Outcome | None = None


def apply(standing: Standing, report: Report) -> Standing | None:
    """Return how a vehicle stands after a report; None when the report changes nothing.

    Of two of a kind the later tap counts, whichever comes in first. What came of a vehicle counts whoever took it
    meanwhile: a tablet without a connection knows nothing of the other teams, but its team has stopped the car.
    """
    return _STEPS[report.kind](standing, report)


def _take(standing: Standing, report: Report) -> Standing | None:
    if standing.outcome is not None or report.team_id is None or _is_before(report.at, standing.taken_at):
        return None
    return replace(standing, team_id=report.team_id, taken_at=report.at)


def _release(standing: Standing, report: Report) -> Standing | None:
    if standing.outcome is not None or standing.team_id is None or _is_before(report.at, standing.taken_at):
        return None
    return replace(standing, team_id=None, taken_at=None)


def _end(standing: Standing, report: Report) -> Standing | None:
    if report.outcome is None or _is_before(report.at, standing.outcome_at):
        return None
    if not OUTCOMES[report.outcome].final and report.at < standing.captured_at:
        return None  # a further camera has seen it since
    return replace(standing, team_id=report.team_id or standing.team_id, outcome=report.outcome, outcome_at=report.at)


def _reopen(standing: Standing, report: Report) -> Standing | None:
    if standing.outcome is None or _is_before(report.at, standing.outcome_at):
        return None
    return replace(standing, outcome=None, outcome_at=None)


def _is_before(instant: datetime, other: datetime | None) -> bool:
    return other is not None and instant < other


_STEPS: dict[StepKind, Callable[[Standing, Report], Standing | None]] = {
    StepKind.take: _take, StepKind.release: _release, StepKind.outcome: _end, StepKind.reopen: _reopen}
