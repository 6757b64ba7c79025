"""Shares of traffic become probabilities: the network's where nothing was counted, what was counted where much was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.onward_rule import Share, TimesOfHour, Turn, probabilities, times

LEFT, RIGHT = 2, 3
NEIGHBOURS = (LEFT, RIGHT)


def hourly(hour: int, passed: int, left: int, right: int) -> list[Share]:
    return [Share(LEFT, hour, passed, left), Share(RIGHT, hour, passed, right)]


def test_where_nothing_was_counted_every_neighbour_is_as_probable_as_staying() -> None:
    assert probabilities(NEIGHBOURS, [], 8) == pytest.approx({LEFT: 1 / 3, RIGHT: 1 / 3})


def test_a_few_passages_move_it_a_little_and_thousands_wholly() -> None:
    few = probabilities(NEIGHBOURS, hourly(8, 2, 2, 0), 8)
    many = probabilities(NEIGHBOURS, hourly(8, 20_000, 16_000, 2_000), 8)
    assert 1 / 3 < few[LEFT] < 0.6
    assert many == pytest.approx({LEFT: 0.8, RIGHT: 0.1}, abs=0.005)


def test_hours_that_differ_are_told_apart_and_neighbouring_hours_lend_to_one_another() -> None:
    shares = hourly(8, 2_000, 1_600, 200) + hourly(17, 2_000, 200, 1_600)
    morning, after, evening = (probabilities(NEIGHBOURS, shares, hour)[LEFT] for hour in (8, 9, 17))
    assert morning > after > 0.5 > evening


def test_midnight_lies_beside_the_last_hour_of_the_day() -> None:
    assert probabilities(NEIGHBOURS, hourly(0, 2_000, 1_600, 200), 23)[LEFT] > probabilities(
        NEIGHBOURS, hourly(0, 2_000, 1_600, 200) + hourly(23, 2_000, 200, 1_600), 23)[LEFT]


def test_where_a_vehicle_came_from_says_more_than_the_hour() -> None:
    shares = hourly(8, 1_000, 500, 400)
    assert probabilities(NEIGHBOURS, shares, 8, [Turn(LEFT, 100, 5), Turn(RIGHT, 100, 90)])[RIGHT] > 0.8


@given(st.lists(st.tuples(st.integers(0, 23), st.integers(0, 500), st.integers(0, 500), st.integers(0, 500)),
                unique_by=lambda row: row[0]), st.integers(0, 23))
def test_probabilities_are_such_and_together_never_more_than_one(
        rows: list[tuple[int, int, int, int]], hour: int) -> None:
    shares = [share for at, left, right, others in rows for share in hourly(at, left + right + others, left, right)]
    found = probabilities(NEIGHBOURS, shares, hour, [Turn(LEFT, 9, 9), Turn(RIGHT, 9, 0)])
    assert all(0 < chance < 1 for chance in found.values())
    assert sum(found.values()) < 1


def measured(hour: int, samples: int, usual_s: float) -> TimesOfHour:
    return TimesOfHour(LEFT, hour, samples, usual_s / 2, usual_s, usual_s * 2)


def test_times_are_the_hours_own_else_the_days_else_the_networks() -> None:
    rows = [measured(8, 40, 300), measured(12, 10, 200), measured(3, 2, 100)]
    assert times(4, rows, 8) == (150, 300, 600)
    assert times(4, rows, 12) == (50, pytest.approx((300 * 40 + 200 * 10 + 100 * 2) / 52),
                                  pytest.approx((600 * 40 + 400 * 10 + 200 * 2) / 52))
    assert times(4, rows[2:], 8) == pytest.approx((168, 288, 408))
