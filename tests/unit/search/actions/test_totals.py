"""The totals of an action add up, whichever way they are counted."""

from datetime import UTC, datetime, timedelta

from search.actions.report_queries import Counted
from search.actions.totals import add_up
from services.hits.action_rule import Outcome

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def car(outcome: Outcome | None = None, minutes: int = 30, lists: tuple[str, ...] = ("Verzekering",),
        late: bool = False, team: str | None = None, camera: str = "BRE01A") -> Counted:
    captured = NOW - timedelta(minutes=minutes)
    until = captured + timedelta(minutes=4)
    return Counted(camera, captured, until, until if late else captured, outcome, team, lists)


CARS = [car(Outcome.fined, team="Alfa"), car(Outcome.let_go, 70, team="Alfa", lists=("Keuring", "Verzekering")),
        car(Outcome.not_seen), car(Outcome.refused, camera="BRE02A"), car(), car(late=True), car(minutes=1)]


def test_vehicles_stops_and_those_that_passed_are_counted() -> None:
    whole = add_up(CARS, NOW).whole
    assert (whole.vehicles, whole.stopped, whole.passed, whole.late) == (7, 2, 2, 1)
    assert whole.outcomes == {Outcome.fined: 1, Outcome.let_go: 1, Outcome.not_seen: 1, Outcome.refused: 1}


def test_each_way_of_counting_has_its_lines() -> None:
    totals = add_up(CARS, NOW)
    assert [(line.name, line.vehicles, line.stopped) for line in totals.by_list] == [
        ("Keuring", 1, 1), ("Verzekering", 7, 2)]
    assert [(line.name, line.vehicles) for line in totals.by_camera] == [("BRE01A", 6), ("BRE02A", 1)]
    assert [(line.name, line.vehicles) for line in totals.by_hour] == [("23/11 13:00", 1), ("23/11 14:00", 6)]
    assert [(line.name, line.stopped) for line in totals.by_team] == [("Alfa", 2)]


def test_an_action_without_vehicles_has_totals_too() -> None:
    totals = add_up([], NOW)
    assert (totals.whole.vehicles, totals.by_list, totals.by_hour) == (0, [], [])
