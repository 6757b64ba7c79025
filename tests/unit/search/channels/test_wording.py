"""Hours are shown in the form in which they were given."""

import pytest

from search.channels.wording import Hours, as_hours
from services.watchlists.coverage import write_hours


@pytest.mark.parametrize(("days", "first", "last"), [
    ((0, 1, 2, 3, 4), 8, 17), ((4, 5), 22, 6), ((6,), 20, 4), ((2,), 0, 24), ((0, 6), 9, 10)])
def test_hours_come_back_as_they_were_given(days: tuple[int, ...], first: int, last: int) -> None:
    assert as_hours(write_hours(days, first, last)) == Hours(days, first, last)


def test_whole_days_in_a_row_come_back_too() -> None:
    assert as_hours(write_hours((0, 1, 5, 6), 0, 24)) == Hours((0, 1, 5, 6), 0, 24)


def test_always_and_never_have_no_form() -> None:
    assert as_hours(write_hours(range(7), 0, 24)) is None
    assert as_hours(None) is None
    assert as_hours("0" * 168) is None
