"""How wide the bars of an answer are, where they begin, and what lies in them."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from search.reads.spread import MINUTE_MS, MOST_BARS, WIDTHS, Counted, choose_width, edges, spread_over
from services.clock import ZONE, epoch_ms, local_day, midnight

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BY_LENGTH = {width.length: width for width in WIDTHS}


def counted(*instants: datetime, more: bool = False) -> Counted:
    newest_first = sorted(instants, reverse=True)
    return Counted([epoch_ms(instant) // MINUTE_MS for instant in newest_first], [1] * len(instants), more)


@pytest.mark.parametrize(("length", "width"), [
    (timedelta(minutes=10), timedelta(minutes=1)), (2 * HOUR, timedelta(minutes=1)),
    (3 * HOUR, timedelta(minutes=5)), (DAY, timedelta(minutes=15)), (4 * DAY, HOUR), (30 * DAY, 6 * HOUR),
    (90 * DAY, DAY), (366 * DAY, 7 * DAY)], ids=str)
def test_the_width_is_the_smallest_that_leaves_the_bars_apart(length: timedelta, width: timedelta) -> None:
    assert choose_width(NOON - length, NOON).length == width


@pytest.mark.parametrize("minutes", [1, 7, 119, 121, 600, 3_000, 40_000, 90_000, 527_040])
def test_there_are_never_too_many_bars_and_they_cover_the_time_without_gaps(minutes: int) -> None:
    since = NOON - timedelta(minutes=minutes, seconds=11)
    found = edges(choose_width(since, NOON), since, NOON)
    assert 2 <= len(found) <= MOST_BARS + 1
    assert found[0] <= since
    assert found[1] > since
    assert found[-2] < NOON <= found[-1]
    assert found == sorted(set(found))


def test_days_are_those_of_brussels_when_the_clocks_are_moved() -> None:
    since = datetime(2026, 10, 20, 15, tzinfo=UTC)
    days = edges(BY_LENGTH[DAY], since, since + 10 * DAY)
    assert all(edge == midnight(local_day(edge)) for edge in days)
    assert {later - earlier for earlier, later in pairwise(days)} == {DAY, 25 * HOUR}
    quarters = edges(BY_LENGTH[6 * HOUR], since, since + 10 * DAY)
    assert {edge.astimezone(ZONE).hour for edge in quarters} == {0, 6, 12, 18}
    weeks = edges(BY_LENGTH[7 * DAY], since, since + 30 * DAY)
    assert all(edge.astimezone(ZONE).weekday() == 0 for edge in weeks)


def test_each_read_lies_in_one_bar() -> None:
    instants = [NOON - timedelta(minutes=7 * number) for number in range(200)]
    spread = spread_over(counted(*instants), NOON - DAY, NOON)
    assert spread.total == sum(bar.count for bar in spread.bars) == 200
    for bar in spread.bars:
        assert bar.count == sum(bar.since <= instant < bar.until for instant in instants)
    assert spread.peak == 3


def test_where_not_all_were_counted_the_bars_begin_with_the_oldest_that_was() -> None:
    spread = spread_over(counted(NOON, NOON - HOUR, more=True), NOON - 30 * DAY, NOON)
    assert spread.more
    assert spread.bars[0].since == NOON - HOUR
    assert spread.width.length == timedelta(minutes=1)


def test_the_whole_time_asked_for_is_drawn_and_what_lies_a_little_in_the_future_too() -> None:
    ahead = NOON + timedelta(minutes=3)
    spread = spread_over(counted(ahead, NOON - HOUR), NOON - DAY, NOON)
    assert spread.bars[0].since <= NOON - DAY
    assert spread.bars[-1].until > ahead
    assert sum(bar.count for bar in spread.bars) == 2


def test_an_answer_without_reads_has_bars_of_nothing() -> None:
    spread = spread_over(Counted([], [], more=False), NOON, NOON)
    assert spread.peak == spread.total == 0
    assert len(spread.bars) == 1


def test_cameras_are_counted_the_most_first() -> None:
    spread = spread_over(Counted([5, 4, 3], [7, 8, 8], more=False), NOON - DAY, NOON)
    assert list(spread.by_camera.items()) == [(8, 2), (7, 1)]
