"""The strip of days: where journeys, passages and gaps lie on it."""

from datetime import UTC, datetime, timedelta

from search.journeys.strip import Gap, strip_of
from tests.unit.search.journeys.straight_road import START, found, seen

WEEK = timedelta(days=7)


def test_a_journey_is_a_bar_on_its_day_with_a_tick_for_each_passage() -> None:
    [row] = strip_of(found(seen(0, 1), seen(5, 2)), START, START + timedelta(hours=1))
    [bar] = row.bars
    assert (bar.journey, round(bar.start * 14.4), round(bar.end * 14.4)) == (0, 600, 605), "ten o'clock in Brussels"
    assert [tick.at for tick in row.ticks] == [bar.start, bar.end]
    assert row.hatches == ()


def test_a_stop_is_hatched_between_half_of_the_way_before_and_after_it() -> None:
    [row] = strip_of(found(seen(0, 1), seen(46, 2)), START, START + timedelta(hours=1))
    [hatch] = row.hatches
    assert (hatch.gap, round(hatch.start * 14.4), round(hatch.end * 14.4)) == (Gap.stop, 603, 643)


def test_a_journey_past_midnight_has_a_bar_on_both_days() -> None:
    late = datetime(2026, 11, 23, 22, 57, tzinfo=UTC)
    first, second = strip_of(found(seen(0, 1, start=late), seen(5, 2, start=late)), late, late + timedelta(hours=1))
    assert (first.bars[0].end, second.bars[0].start) == (100, 0)
    assert [len(row.ticks) for row in (first, second)] == [1, 1]


def test_days_without_a_passage_are_one_row_where_there_are_several() -> None:
    rows = strip_of(found(seen(0, 1)), START - WEEK, START + timedelta(hours=1))
    assert [row.quiet for row in rows] == [7, 0]
    few = strip_of(found(seen(0, 1)), START - timedelta(days=2), START + timedelta(hours=1))
    assert [row.quiet for row in few] == [0, 0, 0]


def test_a_day_on_which_the_clocks_change_is_as_wide_as_the_others() -> None:
    change = datetime(2026, 10, 25, 22, 59, tzinfo=UTC)
    [row] = strip_of(found(seen(0, 1, start=change)), change, change + timedelta(minutes=1))
    assert row.until.timestamp() - row.since.timestamp() == 25 * 3600
    assert 99 < row.bars[0].start < 100
