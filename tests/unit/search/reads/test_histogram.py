"""Where the bars and ticks of a histogram stand, and where they lead."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from urllib.parse import parse_qsl, urlsplit

import pytest

from search.reads.addresses import Links, Paging, View
from search.reads.filters import Asked, parse_asked
from search.reads.histogram import HEIGHT, LEAST_HEIGHT, MOST_TICKS, Histogram, draw_histogram
from search.reads.spread import MINUTE_MS, Counted, spread_over
from services.clock import ZONE, epoch_ms

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def drawn(length: timedelta, *ages: timedelta, links: Links | None = None) -> Histogram:
    minutes = [epoch_ms(NOW - age) // MINUTE_MS for age in sorted(ages)]
    spread = spread_over(Counted(minutes, [1] * len(minutes), more=False), NOW - length, NOW)
    return draw_histogram(spread, links or Links(Asked()), NOW)


def asked_at(address: str) -> Asked:
    return parse_asked(parse_qsl(urlsplit(address).query), beside=frozenset({"by", "view"}))


def test_bars_stand_side_by_side_over_the_whole_width() -> None:
    bars = drawn(DAY, HOUR, 2 * HOUR).bars
    assert bars[0].left == 0
    assert bars[-1].left + bars[-1].width == pytest.approx(100, abs=0.01)
    assert all(one.left + one.width == pytest.approx(other.left, abs=0.01) for one, other in pairwise(bars))


def test_the_highest_bar_has_the_whole_height_and_a_single_read_is_seen() -> None:
    bars = drawn(DAY, *[HOUR] * 500, 5 * HOUR).bars
    assert {bar.height for bar in bars} == {0, LEAST_HEIGHT, HEIGHT}


def test_a_bar_leads_to_the_same_question_for_its_own_time() -> None:
    links = Links(Asked(camera=("BRE01A",)), Paging(by_vehicle=True, view=View.map))
    bar = next(bar for bar in drawn(DAY, HOUR, links=links).bars if bar.count)
    asked = asked_at(bar.address)
    assert (asked.camera, asked.from_, asked.until) == (("BRE01A",), bar.since, bar.until)
    assert "by=vehicle&view=map" in bar.address


@pytest.mark.parametrize("length", [timedelta(minutes=10), 2 * HOUR, DAY, 4 * DAY, 30 * DAY, 366 * DAY], ids=str)
def test_ticks_are_few_and_stand_at_round_times_of_brussels(length: timedelta) -> None:
    ticks = drawn(length, HOUR / 60).ticks
    assert 3 <= len(ticks) <= MOST_TICKS + 1
    assert all(0 <= tick.left < 100 for tick in ticks)
    assert all(tick.at.astimezone(ZONE).second == 0 for tick in ticks)
    assert [tick.at for tick in ticks] == sorted({tick.at for tick in ticks})


def test_ticks_of_days_keep_to_midnight_when_the_clocks_are_moved() -> None:
    since = datetime(2026, 10, 23, 12, tzinfo=UTC)
    spread = spread_over(Counted([], [], more=False), since, since + 4 * DAY)
    ticks = draw_histogram(spread, Links(Asked()), NOW).ticks
    assert {tick.at.astimezone(ZONE).hour for tick in ticks} <= {0, 12}
    assert sum(tick.is_day for tick in ticks) == 4


def test_wider_is_three_times_the_time_and_ends_where_now_is() -> None:
    past = Asked(from_=NOW - 6 * HOUR, until=NOW - 5 * HOUR)
    assert asked_at(str(drawn(HOUR, links=Links(past)).wider)) == Asked(
        from_=NOW - 7 * HOUR, until=NOW - 4 * HOUR)
    recent = Asked(from_=NOW - HOUR, until=NOW)
    assert asked_at(str(drawn(HOUR, links=Links(recent)).wider)) == Asked(from_=NOW - 2 * HOUR)
    assert drawn(HOUR, links=Links(Asked(camera=("BRE01A",)))).wider is None
