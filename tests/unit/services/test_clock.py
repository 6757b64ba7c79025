"""The clock: Brussels days and weeks over both changes of the hour, and whole milliseconds."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import clock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=130 * 365)).map(lambda since: EPOCH + since)


@pytest.mark.parametrize(("day", "begins"), [
    (date(2026, 1, 15), datetime(2026, 1, 14, 23, tzinfo=UTC)),
    (date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC)),   # the hour goes forward during this day
    (date(2026, 3, 30), datetime(2026, 3, 29, 22, tzinfo=UTC)),
    (date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC)),  # the hour goes back during this day
    (date(2026, 10, 26), datetime(2026, 10, 25, 23, tzinfo=UTC)),
])
def test_a_day_begins_at_midnight_in_brussels(day: date, begins: datetime) -> None:
    assert clock.midnight(day) == begins
    assert clock.local_day(begins) == day
    assert clock.local_day(begins - timedelta(microseconds=1)) == day - timedelta(days=1)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)])
def test_a_day_has_as_many_hours_as_brussels_gives_it(day: date, hours: int) -> None:
    assert clock.midnight(day + timedelta(days=1)) - clock.midnight(day) == timedelta(hours=hours)


def test_a_week_begins_on_monday_at_midnight_in_brussels() -> None:
    first_instant = datetime(2026, 3, 29, 22, tzinfo=UTC)  # Monday 30 March 00:00, summer time
    assert clock.monday_of(first_instant) == date(2026, 3, 30)
    assert clock.monday_of(first_instant - timedelta(milliseconds=1)) == date(2026, 3, 23)


@given(INSTANTS)
def test_every_instant_lies_in_the_week_that_its_monday_begins(instant: datetime) -> None:
    monday = clock.monday_of(instant)
    assert monday.weekday() == 0
    assert clock.midnight(monday) <= instant < clock.midnight(monday + timedelta(days=7))


@given(INSTANTS)
def test_milliseconds_since_1970_come_back_as_the_instant_cut_to_milliseconds(instant: datetime) -> None:
    cut = clock.to_milliseconds(instant)
    assert clock.from_epoch_ms(clock.epoch_ms(instant)) == cut
    assert timedelta(0) <= instant - cut < timedelta(milliseconds=1)


def test_the_offset_of_an_instant_makes_no_difference() -> None:
    elsewhere = datetime(2026, 11, 23, 11, 15, 30, 123_999, timezone(timedelta(hours=1)))
    assert clock.epoch_ms(elsewhere) == clock.epoch_ms(elsewhere.astimezone(UTC))
    assert clock.iso_ms(elsewhere) == "2026-11-23T10:15:30.123Z"


def test_now_is_aware_and_in_utc() -> None:
    assert clock.utc_now().utcoffset() == timedelta(0)
