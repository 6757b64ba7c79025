"""How many vehicles a board shows and which, what an action takes, what outcomes say."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.hits.action_rule import OUTCOMES, Outcome, Running, choose
from services.hits.matching import MatchedAs
from services.hits.rows import Alert

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
ACTION = Running(1, NOW - timedelta(hours=1), NOW + timedelta(hours=1), frozenset({7}), {3: (120, 240)})
ALERT = Alert(1, 1, 1, 7, 4, False, 3, MatchedAs.exact, None, "3ABC123", NOW, NOW, UUID(int=1), 3, "BE", 0.9, 0, False,
              None, None, None, None, None)


@dataclass(frozen=True, slots=True)
class Car:
    vehicle_id: int
    priority: int = 3
    soonest: int = 1
    latest: int = 4
    team_id: int | None = None
    outcome: str | None = None

    @property
    def expected_from(self) -> datetime:
        return NOW + timedelta(minutes=self.soonest)

    @property
    def expected_until(self) -> datetime:
        return NOW + timedelta(minutes=self.latest)


@pytest.mark.parametrize(("cars", "teams", "taken", "coming", "more"), [
    ([], [1, 2], [], [], 0),
    ([Car(1), Car(2), Car(3)], [1, 2], [], [1, 2], 1),
    ([Car(1), Car(2), Car(3)], [1, 2, 3, 4], [], [1, 2, 3], 0),
    ([Car(1, soonest=3), Car(2, soonest=2), Car(3, soonest=1)], [1, 2], [], [3, 2], 1),
    ([Car(1, soonest=1), Car(2, priority=2, soonest=3)], [1], [], [2], 1),
    ([Car(1, team_id=1), Car(2), Car(3)], [1, 2], [1], [2], 1),
    ([Car(1, team_id=1), Car(2, team_id=2), Car(3)], [1, 2], [1, 2], [], 1),
    ([Car(1, team_id=1), Car(2, team_id=1), Car(3)], [1, 2], [1, 2], [3], 0),
    ([Car(1, team_id=1), Car(2, priority=1), Car(3)], [1], [1], [2], 1),
    ([Car(1, team_id=1, outcome="fined"), Car(2)], [1], [], [2], 0),
    ([Car(1, latest=0), Car(2)], [1, 2], [], [2], 0),
    ([Car(1, latest=-30, team_id=1)], [1], [1], [], 0),
    ([Car(1)], [], [], [], 1),
])
def test_free_teams_decide_how_many_vehicles_show(
        cars: list[Car], teams: list[int], taken: list[int], coming: list[int], more: int) -> None:
    shown = choose(cars, teams, NOW)
    assert [[car.vehicle_id for car in group] for group in (shown.taken, shown.coming)] == [taken, coming]
    assert shown.more == more


def test_a_vehicle_is_gone_the_moment_that_it_must_have_passed() -> None:
    car = Car(1, latest=4)
    just_before = car.expected_until - timedelta(milliseconds=1)
    assert [choose([car], [1], moment).coming for moment in (just_before, car.expected_until)] == [(car,), ()]


@pytest.mark.parametrize(("alert", "taken"), [
    (ALERT, True),
    (replace(ALERT, discreet=True), False),
    (replace(ALERT, matched_as=MatchedAs.alike), False),
    (replace(ALERT, matched_as=MatchedAs.country), False),
    (replace(ALERT, list_id=8), False),
    (replace(ALERT, camera_id=4), False),
    (replace(ALERT, captured_at=ACTION.since - timedelta(seconds=1)), False),
    (replace(ALERT, captured_at=ACTION.until), False),
])
def test_an_action_takes_what_is_certain_on_its_lists_at_its_cameras_in_its_period(alert: Alert, taken: bool) -> None:
    assert ACTION.takes(alert) is taken


def test_a_vehicle_is_expected_by_the_seconds_from_its_camera() -> None:
    assert ACTION.expected(ALERT) == (NOW + timedelta(minutes=2), NOW + timedelta(minutes=4))


def test_every_outcome_has_a_meaning_and_a_key_of_its_own() -> None:
    assert set(OUTCOMES) == set(Outcome)
    keys = [meaning.key for meaning in OUTCOMES.values()]
    assert len(set(keys)) == len(keys)
    assert not set(keys) & set("jk123456789"), "these move between vehicles and name teams"


def test_whoever_was_not_seen_may_come_yet() -> None:
    assert [outcome for outcome, meaning in OUTCOMES.items() if not meaning.final] == [Outcome.not_seen]
