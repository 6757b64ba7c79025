"""What a tap at the roadside changes, whenever it comes in."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from services.hits.action_rule import Outcome
from services.hits.action_steps import Report, Standing, StepKind, apply

AT = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return AT + timedelta(minutes=minutes)


FRESH = Standing(AT)
TAKEN = Standing(AT, 1, at(1))
FINED = Standing(AT, 1, at(1), Outcome.fined, at(5))
TAKE, RELEASE, REOPEN = StepKind.take, StepKind.release, StepKind.reopen


@pytest.mark.parametrize(("before", "report", "after"), [
    (FRESH, Report(TAKE, at(1), 1), TAKEN),
    (TAKEN, Report(TAKE, at(2), 2), Standing(AT, 2, at(2))),
    (TAKEN, Report(TAKE, at(0), 2), None),
    (FINED, Report(TAKE, at(9), 2), None),
    (FRESH, Report(TAKE, at(1)), None),
    (TAKEN, Report(RELEASE, at(2)), FRESH),
    (FRESH, Report(RELEASE, at(2)), None),
    (FINED, Report(RELEASE, at(9)), None),
    (TAKEN, Report(StepKind.outcome, at(5), None, Outcome.fined), FINED),
    (FRESH, Report(StepKind.outcome, at(5), 1, Outcome.fined), Standing(AT, 1, None, Outcome.fined, at(5))),
    (FRESH, Report(StepKind.outcome, at(5), None, Outcome.not_seen), Standing(AT, None, None, Outcome.not_seen, at(5))),
    (FRESH, Report(StepKind.outcome, at(-1), None, Outcome.not_seen), None),
    (FINED, Report(StepKind.outcome, at(4), None, Outcome.let_go), None),
    (FINED, Report(StepKind.outcome, at(6), None, Outcome.let_go), Standing(AT, 1, at(1), Outcome.let_go, at(6))),
    (FINED, Report(REOPEN, at(6)), TAKEN),
    (FINED, Report(REOPEN, at(4)), None),
    (TAKEN, Report(REOPEN, at(6)), None),
])
def test_a_report_changes_what_it_may(before: Standing, report: Report, after: Standing | None) -> None:
    assert apply(before, report) == after


def test_a_stop_counts_although_the_tablet_was_offline_when_another_team_took_the_vehicle() -> None:
    late = Report(StepKind.outcome, at(4), 1, Outcome.fined)
    assert apply(Standing(AT, 2, at(5)), late) == Standing(AT, 1, at(5), Outcome.fined, at(4))


def test_reports_of_outcomes_come_to_the_same_in_whatever_order_they_come_in() -> None:
    reports = [Report(StepKind.outcome, at(minute), team, outcome) for minute, team, outcome in (
        (3, 1, Outcome.fined), (4, 2, Outcome.let_go), (5, 1, Outcome.seized))]
    ends = set()
    for order in permutations(reports):
        standing = FRESH
        for report in order:
            standing = apply(standing, report) or standing
        ends.add(standing)
    assert ends == {Standing(AT, 1, None, Outcome.seized, at(5))}
