"""Alerts beside the truth: what was told once, twice, not at all, and for nothing; and what passes live."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from simulator.faults import Sighting
from simulator.network import load_network
from simulator.score.alerts import LEVEL, Told, Truth, choose, judge, known_pairs, read_alerts
from simulator.score.api import Key
from simulator.score.passing import Size, _batches, _deliveries, draw
from simulator.score.truth import load_world
from simulator.score.watching import Alert, Watched
from simulator.score.world import Options, write_world
from simulator.traffic import Passage
from simulator.vehicles import draw_vehicles

START = datetime(2026, 11, 23, 7, tzinfo=UTC)
NETWORK = load_network()
CAMERA = next(iter(NETWORK.cameras.values()))
(VEHICLE,) = draw_vehicles(np.random.default_rng(1), np.arange(1), 1)


def key(second: int, text: str) -> Key:
    return f"2026-11-23T07:00:{second:02}.000Z", "BRE01A", text


EXACT, AGAIN, MISREAD = key(1, "3ABC123"), key(2, "3ABC123"), key(3, "3ABC128")
STRANGER, NEAR = key(4, "7XYZ777"), key(5, "3ABG123")
TRUTH = Truth({EXACT: "3ABC123", AGAIN: "3ABC123", MISREAD: "3ABC123", STRANGER: "7XYZ777", NEAR: "3ABG123"},
              frozenset({"3ABC123"}))


def told(read: Key, matched_as: str = "exact", probability: float = 0.0, hit_id: int = 1) -> Told:
    return Told("3ABC123", read, matched_as, probability, hit_id)


def figures(*alerts: Told) -> dict[str, float]:
    return {row.name: row.value for row in judge(TRUTH, alerts)}


def test_every_exact_read_that_is_told_once_counts() -> None:
    found = figures(told(EXACT), told(AGAIN))
    assert (found["exact reads of what was entered"], found["exact, told once"]) == (2, 1)
    assert found["exact, told more than once"] == found["exact, a vehicle's further open hits"] == 0


def test_what_is_told_twice_or_not_at_all_is_not_told_once() -> None:
    found = figures(told(EXACT), told(EXACT, hit_id=2))
    assert (found["exact, told once"], found["exact, told more than once"]) == (0, 1)
    assert found["exact, a vehicle's further open hits"] == 1


def test_another_vehicle_misread_as_what_was_entered_is_counted_apart() -> None:
    found = figures(told(EXACT), told(AGAIN), told(STRANGER))
    assert found["exact, told of another vehicle misread as what was entered"] == 1


def test_look_alikes_are_right_or_for_nothing_at_each_level() -> None:
    found = figures(told(MISREAD, "alike", 0.6), told(NEAR, "alike", 0.2))
    assert [found[f"possible, recall at {level}"] for level in ("0.9", "0.5", "0.1")] == [0, 1, 1]
    assert [found[f"possible, false per 1,000 reads at {level}"] for level in ("0.9", "0.5", "0.1")] == [0, 0, 200]
    assert found["possible, calibration error"] == pytest.approx((0.4 + 0.2) / 2)


def test_the_usual_lists_tell_of_texts_alone() -> None:
    found = figures()
    assert (found["Levenshtein ≤ 1, recall"], found["Levenshtein ≤ 1, false per 1,000 reads"]) == (1, 200)
    assert (found["flat confusion list, recall"], found["flat confusion list, precision"]) == (1, 0.5)


def test_what_only_marks_the_end_is_left_out() -> None:
    alert = Alert(1, 7, "id", "2026-11-23T07:00:01+00:00", "BRE01A", "3ABC123", "exact")
    assert list(read_alerts([alert], {7: "3ABC123"})) == [told(EXACT)]
    assert list(read_alerts([alert], {7: "QQQQQQ?"})) == []


def test_vehicles_are_drawn_whether_misread_or_not_and_none_that_is_known() -> None:
    moments = [START + timedelta(seconds=second) for second in range(2)]
    seen = [Sighting(Passage(at, CAMERA, VEHICLE, 1, 50.0, 1), at, "3ABC128", 0.9, (at,)) for at in moments]
    plate = VEHICLE.plate.replace("-", "")
    assert choose(seen, frozenset(), 5, 1) == [Watched(plate, VEHICLE.country, LEVEL)]
    assert choose(seen, frozenset({plate}), 5, 1) == []


def test_what_is_sent_twice_comes_again_as_long_after_as_drawn_and_nothing_is_sent_ahead() -> None:
    sent = ((START, (START, START + timedelta(seconds=0.75))), (START + timedelta(seconds=0.05), (START,)),
            (START + timedelta(seconds=1), (START,)))
    passing = [Sighting(Passage(at, CAMERA, VEHICLE, 1, 50.0, 1), at, "3ABC123", 0.9, times) for at, times in sent]
    batches = list(_batches(_deliveries(passing)))
    assert [[number for _, number, _ in batch] for batch in batches] == [[0, 1], [0], [2]]


def test_what_passes_is_of_the_world_its_trips_and_single_vehicles(tmp_path: Path) -> None:
    write_world(tmp_path, Options(500, 600, 3, START))
    world = load_world(tmp_path)
    drawn = draw(world, NETWORK, Size(300, 500, 600, 100.0, 1))
    assert 270 <= len(drawn) <= 300
    assert 0.25 < sum(one.passage.trip_id == 0 for one in drawn) / len(drawn) < 0.42
    assert all(one.passage.captured_at >= world.traffic_until for one in drawn if one.passage.trip_id)
    assert {"misread", "duplicate"} <= {fault for one in drawn for fault in one.faults}
    assert known_pairs(tmp_path)
