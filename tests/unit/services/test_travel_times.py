"""Weeks of travel times become one figure for each leg and hour."""

from datetime import UTC, datetime, timedelta

from services.travel_times import Measured, join_weeks, weeks_of


def test_each_week_counts_by_its_samples_and_the_fastest_is_that_of_all() -> None:
    found = list(join_weeks([Measured(1, 2, 8, 30, 100, 300, 400), Measured(1, 2, 8, 10, 90, 340, 440),
                             Measured(1, 2, 9, 5, 100, 200, 250)]))
    assert found == [Measured(1, 2, 8, 40, 90, 310, 410), Measured(1, 2, 9, 5, 100, 200, 250)]


def test_a_period_is_cut_where_the_weeks_of_brussels_begin() -> None:
    until = datetime(2026, 11, 4, 12, 0, tzinfo=UTC)
    found = list(weeks_of(until - timedelta(days=14), until))
    assert [since for since, _ in found[1:]] == [datetime(2026, 10, 25, 23, 0, tzinfo=UTC),
                                                 datetime(2026, 11, 1, 23, 0, tzinfo=UTC)]
    assert [end for _, end in found[:-1]] == [since for since, _ in found[1:]]
    assert (found[0][0], found[-1][1]) == (until - timedelta(days=14), until)
