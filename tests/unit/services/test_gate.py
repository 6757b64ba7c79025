"""The legal gate: how far back each purpose sees, day by day."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clock import ZONE
from services.gate import PURPOSES, Beyond, month_before, permit


def brussels(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(("now", "earliest"), [
    (brussels(2026, 11, 23, 10), brussels(2026, 10, 24, 10)),        # after a month of 31 days: 30 days, stricter
    (brussels(2026, 5, 1, 10), brussels(2026, 4, 1, 10)),            # after a month of 30 days: both the same
    (brussels(2026, 3, 15, 10), brussels(2026, 2, 15, 10)),          # after February: one calendar month, stricter
    (brussels(2026, 3, 31, 10), brussels(2026, 3, 1, 10)),           # 28 February would be 31 days back
    (brussels(2026, 3, 29, 10), brussels(2026, 2, 28, 10)),          # the last of February stands for the 29th
    (brussels(2028, 3, 30, 10), brussels(2028, 2, 29, 10)),          # and in a leap year for the 30th
    (brussels(2026, 1, 31, 10), brussels(2026, 1, 1, 10)),
    (brussels(2026, 1, 1, 0), brussels(2025, 12, 2, 0)),             # over the turn of the year
    (brussels(2026, 4, 10, 10), brussels(2026, 3, 11, 10)),          # over the hour that was lost
    (brussels(2026, 11, 10, 10), brussels(2026, 10, 11, 10)),        # over the hour that was won
    (brussels(2026, 3, 1, 0, 30), brussels(2026, 2, 1, 0, 30)),
])
def test_the_last_month_begins_a_calendar_month_or_thirty_days_ago(now: datetime, earliest: datetime) -> None:
    assert month_before(now) == earliest


@given(st.timedeltas(timedelta(0), timedelta(days=16 * 365)))
def test_the_last_month_is_never_longer_than_thirty_days_nor_shorter_than_february(since: timedelta) -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC) + since
    an_hour = timedelta(hours=1)  # the wall clock of Brussels may have been moved in between
    assert timedelta(days=28) - an_hour <= now - month_before(now) <= timedelta(days=30) + an_hour


@pytest.mark.parametrize("code", PURPOSES)
def test_every_purpose_sees_twenty_nine_days_and_withholds_thirty_one(code: str) -> None:
    now = brussels(2026, 11, 23, 10)
    permission = permit(PURPOSES[code], now)
    assert not permission.withholds(now - timedelta(days=29))
    assert permission.withholds(now - timedelta(days=31))


def test_exactly_one_month_is_seen_and_a_millisecond_more_is_withheld() -> None:
    permission = permit(PURPOSES["judicial-crime"], brussels(2026, 3, 15, 10))
    assert not permission.withholds(permission.earliest)
    assert permission.withholds(permission.earliest - timedelta(milliseconds=1))


def test_a_question_without_a_beginning_is_always_cut() -> None:
    assert permit(PURPOSES["judicial-crime"], brussels(2026, 3, 15, 10)).withholds(None)


def test_what_has_expired_is_not_said_to_be_withheld_but_what_lies_before_the_month_is() -> None:
    permission = permit(PURPOSES["judicial-crime"], brussels(2026, 3, 15, 10))
    assert permission.retention_from < permission.earliest
    assert permission.withholds(permission.retention_from - timedelta(days=400))


def test_administrative_police_never_sees_more_and_judicial_needs_a_decision() -> None:
    beyond = {code: permit(purpose, brussels(2026, 3, 15, 10)).beyond for code, purpose in PURPOSES.items()}
    assert beyond == {"judicial-crime": Beyond.needs_decision, "judicial-traffic": Beyond.needs_decision,
                      "judicial-missing": Beyond.needs_decision, "administrative": Beyond.never}


def test_a_missing_person_is_no_offence() -> None:
    assert {code for code, purpose in PURPOSES.items() if purpose.offence} == {"judicial-crime", "judicial-traffic"}
