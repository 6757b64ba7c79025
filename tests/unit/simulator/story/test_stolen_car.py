"""The stolen car on the N76."""

from itertools import pairwise

import pytest

from services.plates import normalise
from simulator.network import load_network


@pytest.fixture(scope="module")
def case(told):
    return told.cases["stolen-car-n76"]


def test_the_car_passes_seven_cameras_from_two_minutes_after_the_start(case):
    car = case.live[0].truth_plate
    own = [event for event in case.live if event.truth_plate == car]
    assert [event.camera for event in own] == ["GNK06A", "GNK07A", "GNK08A", "OUD02A", "OUD03A", "OUD04A", "BRE02A"]
    assert own[0].after_s == 120.0


def test_the_car_takes_the_roads_usual_time(case):
    network, car = load_network(), case.live[0].truth_plate
    own = [event for event in case.live if event.truth_plate == car]
    for before, after in pairwise(own):
        usual = network.edge(before.camera, after.camera).minutes * 60
        assert 0.9 * usual < after.after_s - before.after_s < 1.15 * usual


def test_another_real_vehicle_with_one_digit_different_passes_the_same_camera_within_a_minute(case):
    car = case.live[0].truth_plate
    other, = (event for event in case.live if event.truth_plate != car)
    assert normalise(other.plate_raw) == normalise(other.truth_plate)
    assert sum(a != b for a, b in zip(car, other.truth_plate, strict=True)) == 1
    beside, = (event for event in case.live if event.camera == other.camera and event.truth_plate == car)
    assert abs(beside.after_s - other.after_s) < 60


def test_nobody_in_the_past_bears_the_other_plate(told, case):
    other = next(event for event in case.live if event.truth_plate != case.live[0].truth_plate)
    assert normalise(other.truth_plate) not in {read.plate for read in told.reads}
