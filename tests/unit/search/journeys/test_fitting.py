"""Look-alike reads held against time and place."""

from datetime import timedelta

import pytest

from search.journeys.assembling import assemble
from search.journeys.fitting import SAME_VEHICLE, Surroundings, fit_alikes, weigh
from search.journeys.legs import Roads
from search.journeys.seen import Fit, Seen
from tests.unit.search.journeys.straight_road import roads, seen

WEEK = timedelta(days=7)


def around(exact: list[Seen], known: Roads) -> Surroundings:
    return Surroundings(exact, assemble(exact, known), known, WEEK)


@pytest.fixture
def drive() -> list[Seen]:
    """Past cameras 1 and 3: camera 2 read nothing that was the plate."""
    return [seen(0, 1), seen(10, 3)]


@pytest.mark.parametrize(("minute", "camera", "fit"), [
    (5, 2, Fit.between), (15, 4, Fit.next), (20, 5, Fit.near), (24 * 60 + 30, 3, Fit.habit),
    (24 * 60 * 2 + 600, 3, Fit.elsewhere), (24 * 60, 14, Fit.elsewhere),
])
def test_a_read_fits_by_where_and_when_it_was(drive: list[Seen], minute: float, camera: int, fit: Fit) -> None:
    assert around(drive, roads()).fit_of(seen(minute, camera)) is fit


def test_the_closer_a_fit_the_more_it_is_worth_and_near_nothing_is_worth_less_than_one(drive: list[Seen]) -> None:
    ratio = around(drive, roads()).ratio
    assert ratio(Fit.between) > ratio(Fit.next) > ratio(Fit.near) > 1 > ratio(Fit.habit) > ratio(Fit.elsewhere) > 0
    assert ratio(Fit.between) > 1000


def test_the_ratio_of_a_window_is_the_formula_of_the_docstring(drive: list[Seen]) -> None:
    open_s = 600 - 2 * 5 / 105 * 3600  # what is left of ten minutes after the shortest way there and on
    stranger = open_s / (WEEK.total_seconds() * 10)
    assert around(drive, roads()).ratio(Fit.between) == pytest.approx(SAME_VEHICLE[Fit.between] / stranger)
    assert sum(SAME_VEHICLE.values()) == pytest.approx(1)


def test_without_an_exact_read_time_and_place_say_nothing() -> None:
    fitted = fit_alikes([seen(0, 1, probability=0.6)], around([], roads()), roads(), 0.5)
    assert [(read.probability, read.fit) for read in fitted.probable] == [(0.6, Fit.elsewhere)]


def test_a_weak_text_in_the_right_place_counts_and_a_strong_one_in_no_place_hardly(drive: list[Seen]) -> None:
    weak, strong = seen(5, 2, probability=0.05), seen(24 * 60 * 2 + 600, 14, probability=0.8)
    fitted = fit_alikes([weak, strong], around(drive, roads()), roads(), 0.5)
    assert [read.place.camera_id for read in fitted.probable] == [2]
    assert fitted.probable[0].on_plate_alone == 0.05
    assert fitted.probable[0].probability == pytest.approx(1, abs=0.05)
    assert (fitted.left_out, fitted.ruled_out) == (1, ())


def test_what_cannot_be_is_ruled_out_whatever_its_text(drive: list[Seen]) -> None:
    fitted = fit_alikes([seen(1, 5, probability=0.99)], around(drive, roads()), roads(), 0.5)
    assert fitted.probable == ()
    [out] = fitted.ruled_out
    assert (out.read.place.camera_id, out.other) == (5, drive[0])


def test_of_two_that_cannot_both_be_the_vehicle_the_more_probable_stays(drive: list[Seen]) -> None:
    here, there = seen(15, 4, probability=0.4), seen(15.1, 13, probability=0.4)
    fitted = fit_alikes([there, here], around(drive, roads()), roads(), 0.01)
    assert [read.place.camera_id for read in fitted.probable] == [4]
    assert [(out.read.place.camera_id, out.other.place.camera_id) for out in fitted.ruled_out] == [(13, 4)]


def test_odds_are_multiplied() -> None:
    assert weigh(seen(0, 1, probability=0.5), 3.0).probability == pytest.approx(0.75)
    assert weigh(seen(0, 1, probability=0.2), 0.0).probability == 0
    assert weigh(seen(0, 1, probability=1.0), 0.1).probability == 1
