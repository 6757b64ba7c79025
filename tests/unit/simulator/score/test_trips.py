"""True trips beside rebuilt journeys."""

from datetime import UTC, datetime

import pytest

from simulator.score.api import Camera, Item, Journey, Leg, Passed
from simulator.score.trips import Trip, is_named, judge, reads_of, silences_due, trips_of
from simulator.score.truth import Outcome, TruePassage, World

PLATE = "3ABC123"
WORLD = World(1, 1, 1, datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC), "C",
              datetime(2026, 11, 1, 8, tzinfo=UTC), datetime(2026, 11, 1, 10, tzinfo=UTC))


def _passage(minute: int, camera: str, outcome: Outcome = "read", trip: int = 1) -> TruePassage:
    read = {"read": PLATE, "misread": "3A8C123"}.get(outcome)
    return TruePassage(f"2026-11-01T09:{minute:02d}:00.000Z", camera, PLATE, read, outcome, 0.9, trip)


def _trip(*passages: TruePassage) -> Trip:
    return Trip(PLATE, passages)


ONE = _trip(_passage(0, "A"), _passage(5, "B", "misread"), _passage(9, "C", "silent"), _passage(12, "D", "missed"),
            _passage(20, "E"))
OTHER = _trip(_passage(50, "E", trip=2), _passage(55, "A", trip=2))


def test_only_what_was_seen_is_expected() -> None:
    assert {camera for _, camera, _ in ONE.seen} == {"A", "B", "E"}


def test_a_corrected_read_is_expected_under_the_true_plate() -> None:
    corrected = TruePassage("2026-11-01T09:00:00.000Z", "A", PLATE, "3A8C123", "misread", 0.5, 1, corrected=True)
    assert _trip(corrected).seen == {("2026-11-01T09:00:00.000Z", "A", PLATE)}


def test_trips_are_put_together_by_vehicle_and_number() -> None:
    found = trips_of([*OTHER.passages, *ONE.passages, _passage(1, "A", "misread", trip=0)])
    assert found == {PLATE: [ONE, OTHER]}


def test_a_trip_is_exact_split_merged_or_wrong() -> None:
    first, second, last = sorted(ONE.seen)
    strange = ("2026-11-01T09:30:00.000Z", "Z", "3A8C128")
    verdicts = {
        "exact": [ONE.seen, OTHER.seen], "split": [frozenset({first, second}), frozenset({last})],
        "merged": [ONE.seen | OTHER.seen], "incomplete": [frozenset({first, last})],
        "with strangers": [ONE.seen | {strange}],
    }
    for verdict, journeys in verdicts.items():
        assert judge(ONE, [OTHER], journeys) == verdict


def test_a_trip_that_was_not_found_is_incomplete() -> None:
    assert judge(ONE, [], []) == "incomplete"


@pytest.mark.parametrize(("probability", "counts"), [(None, True), (0.5, True), (0.49, False)])
def test_probable_reads_count_from_a_half_on(probability: float | None, counts: bool) -> None:
    item = Item("id", "2026-11-01T09:00:00Z", Camera("A"), PLATE, probability)
    assert reads_of(Journey([item])) == ({("2026-11-01T09:00:00.000Z", "A", PLATE)} if counts else set())


def test_silence_is_due_between_two_reads_alone() -> None:
    assert [passage.camera for passage in silences_due(ONE, WORLD)] == ["C"]
    assert silences_due(_trip(_passage(0, "A"), _passage(9, "C", "silent")), WORLD) == []
    assert silences_due(_trip(_passage(9, "C", "silent")), WORLD) == []


@pytest.mark.parametrize(("passed", "named"), [
    (Passed("C", "silent", "2026-11-01T08:00:00Z", "2026-11-01T10:00:00Z"), True),
    (Passed("C", "silent", "2026-11-01T08:00:00Z", None), True),
    (Passed("C", "silent", "2026-11-01T08:00:00Z", "2026-11-01T09:05:00Z"), False),
    (Passed("C", "missed"), False),
    (Passed("D", "silent", "2026-11-01T08:00:00Z", "2026-11-01T10:00:00Z"), False),
])
def test_a_silence_is_named_with_its_camera_and_time(passed: Passed, named: bool) -> None:
    assert is_named(_passage(9, "C", "silent"), [Leg([passed])]) == named
