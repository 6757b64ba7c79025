"""The cut-off: twelve months or 365 days, whichever is shorter, leap years and moved hours included."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clock import ZONE, midnight
from services.retention_rule import FUTURE, cut_off, expiry_of, year_before

START = datetime(2020, 1, 1, tzinfo=UTC)


def brussels(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(("now", "limit"), [
    (brussels(2026, 11, 23, 10), brussels(2025, 11, 23, 10)),
    (brussels(2024, 12, 31, 10), brussels(2024, 1, 1, 10)),    # a year with 366 days: 365 days, stricter
    (brussels(2024, 2, 29, 10), brussels(2023, 3, 1, 10)),     # 365 days before a leap day
    (brussels(2024, 2, 28, 10), brussels(2023, 2, 28, 10)),
    (brussels(2025, 2, 28, 10), brussels(2024, 2, 29, 10)),    # 365 days, not the 28th
    (brussels(2025, 3, 1, 10), brussels(2024, 3, 1, 10)),
    (brussels(2025, 3, 30, 10), brussels(2024, 3, 30, 10)),    # summer time now, winter time then: the calendar's hour
    (brussels(2026, 3, 29, 12), brussels(2025, 3, 29, 12)),
    (brussels(2024, 3, 31, 12), brussels(2023, 4, 1, 12)),
])
def test_the_cut_off_is_the_later_of_a_year_and_365_days(now: datetime, limit: datetime) -> None:
    assert cut_off(now) == limit


def test_a_year_before_the_leap_day_is_28_february() -> None:
    assert year_before(brussels(2024, 2, 29, 10)) == brussels(2023, 2, 28, 10)


@given(st.timedeltas(timedelta(0), timedelta(days=20 * 365)))
def test_nothing_is_kept_longer_than_365_days_or_a_calendar_year(since: timedelta) -> None:
    now = START + since
    limit = cut_off(now)
    assert now - limit <= timedelta(days=365)
    assert limit >= year_before(now)
    assert now - limit > timedelta(days=364, hours=22)


@given(st.timedeltas(timedelta(0), timedelta(days=20 * 365)), st.timedeltas(timedelta(0), timedelta(days=800)))
def test_what_has_expired_never_comes_back(since: timedelta, later: timedelta) -> None:
    now = START + since
    assert cut_off(now + later) >= cut_off(now)


def test_a_camera_may_be_five_minutes_ahead() -> None:
    assert timedelta(minutes=5) == FUTURE


@given(st.dates(date(2019, 1, 1), date(2040, 12, 31)))
def test_a_day_has_left_as_soon_as_the_cut_off_has_come_to_its_end_and_not_before(day: date) -> None:
    begins = midnight(day)
    leaves = expiry_of(begins)
    assert cut_off(leaves) >= begins > cut_off(leaves - timedelta(milliseconds=1))


def test_a_leap_day_leaves_after_365_days() -> None:
    assert expiry_of(brussels(2024, 2, 29)) == brussels(2025, 2, 28)
