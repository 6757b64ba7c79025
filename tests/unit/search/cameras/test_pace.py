"""Reads now and usual: twelve times five minutes beside what the hour of the week brings."""

from datetime import UTC, datetime, timedelta

import pytest

from search.cameras.pace import (
    JUDGED,
    SLOTS,
    Judged,
    Pace,
    Slot,
    draw,
    hour_of_week,
    hours_shown,
    paces_of,
    slots_before,
    together,
)

NOW = datetime(2026, 11, 23, 14, 17, 30, tzinfo=UTC)  # a Monday, 15:17:30 in Brussels
FIRST = datetime(2026, 11, 23, 13, 15, tzinfo=UTC)


def pace(reads: int, usual: float | None) -> Pace:
    return Pace((Slot(NOW, reads, usual),), 0)


def test_the_hour_ends_with_the_five_minutes_that_are_over() -> None:
    slots = slots_before(NOW)
    assert (slots[0], slots[-1], len(slots)) == (FIRST, datetime(2026, 11, 23, 14, 10, tzinfo=UTC), SLOTS)
    assert hours_shown(NOW) == [14, 15]


def test_hours_of_the_week_are_those_of_brussels() -> None:
    assert hour_of_week(datetime(2026, 7, 5, 22, 0, tzinfo=UTC)) == 0
    assert hour_of_week(datetime(2026, 11, 22, 22, 59, tzinfo=UTC)) == 167


def test_counts_and_rhythms_of_several_cameras_are_added() -> None:
    counts = {(1, FIRST): 3, (2, FIRST): 4, (3, FIRST): 100, (1, FIRST + timedelta(hours=1)): 9}
    rates = {(1, 14): 60.0, (1, 15): 120.0, (2, 14): 12.0}
    found = together(paces_of([1, 2], counts, rates, NOW).values(), NOW)
    assert (found.slots[0], found.slots[-1]) == (Slot(FIRST, 7, 6.0), Slot(slots_before(NOW)[-1], 0, 10.0))
    assert (found.reads, found.running) == (7, 9)
    assert found.usual == pytest.approx(9 * 6 + 3 * 10)


def test_the_usual_of_cameras_without_a_rhythm_is_not_known() -> None:
    assert together(paces_of([3], {}, {}, NOW).values(), NOW).usual is None
    assert together([], NOW).usual is None


@pytest.mark.parametrize(("reads", "usual", "judged"), [
    pytest.param(0, None, Judged.unknown, id="no-rhythm"),
    pytest.param(80, 100.0, Judged.usual, id="a-fifth-less-is-a-day-like-others"),
    pytest.param(55, 100.0, Judged.fewer, id="nearly-half"),
    pytest.param(145, 100.0, Judged.more, id="nearly-half-more"),
    pytest.param(1, 9.0, Judged.usual, id="few-are-chance"),
    pytest.param(0, 20.0, Judged.fewer, id="none-of-twenty"),
    pytest.param(740, 1000.0, Judged.fewer, id="many-are-no-chance"),
    pytest.param(0, 0.0, Judged.usual, id="a-quiet-night"),
])
def test_an_hour_is_remarked_on_where_chance_and_days_do_not_explain_it(
        reads: int, usual: float | None, judged: Judged) -> None:
    assert pace(reads, usual).judged is judged
    assert judged in JUDGED


def test_a_share_of_nothing_is_none() -> None:
    assert (pace(5, 10.0).share, pace(5, 0.0).share, pace(5, None).share) == (0.5, None, None)


def test_the_drawing_has_a_bar_for_what_was_read_and_a_line_for_what_is_usual() -> None:
    drawn = draw(Pace((Slot(NOW, 10, 5.0), Slot(NOW, 0, 5.0), Slot(NOW, 5, 2.5)), 0), step=5, high=20)
    assert (drawn.wide, drawn.high, drawn.top) == (15, 20, 10)
    assert drawn.bars == "M0 20V0.0h4V20zM10 20V10.0h4V20z"
    assert drawn.usual == "M0 10.0H5H10V15.0H15"


def test_where_nothing_is_usual_no_line_is_drawn() -> None:
    assert draw(pace(0, None), step=5, high=20).usual == ""
    assert draw(pace(0, None), step=5, high=20).bars == ""
