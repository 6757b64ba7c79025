"""When a camera is silent: quiet nights are not, quiet rush hours are."""

from datetime import datetime, timedelta

import pytest

from services.clock import ZONE
from services.silence_rule import (
    HOURS_OF_WEEK,
    Heard,
    Rhythm,
    Stretch,
    heartbeats_missing_since,
    is_silence,
    silences_in,
    without,
)

# 60 reads an hour from 7 to 19, 1 at night.
DAY_AND_NIGHT = Rhythm([60.0 if 7 <= hour % 24 < 19 else 1.0 for hour in range(HOURS_OF_WEEK)])
NOW = datetime(2026, 11, 18, 14, tzinfo=ZONE)
MINUTE = timedelta(minutes=1)


def at(hour: int, minute: int = 0, day: int = 18) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


def between(since: datetime, until: datetime) -> Stretch:
    return Stretch(since, until)


@pytest.mark.parametrize(("since", "until", "reads"), [
    (at(9), at(10), 60), (at(9, 15), at(9, 45), 30), (at(6, 30), at(7, 30), 30.5), (at(22), at(4, day=19), 6),
    (at(9), at(9, day=19), 732), (at(9), at(9, day=25), 7 * 732), (at(23, 30, day=22), at(0, 30, day=23), 1),
])
def test_what_is_usual_is_summed_over_the_hours_of_the_week(since: datetime, until: datetime, reads: float) -> None:
    assert DAY_AND_NIGHT.expected(since, until) == pytest.approx(reads)


def test_the_hours_are_those_of_brussels_in_summer_and_in_winter() -> None:
    only_eight = Rhythm([100.0 if hour % 24 == 8 else 0.0 for hour in range(HOURS_OF_WEEK)])
    for month in (1, 7):
        moment = datetime(2026, month, 14, 8, tzinfo=ZONE)
        assert only_eight.expected(moment, moment + timedelta(hours=1)) == pytest.approx(100)


@pytest.mark.parametrize(("since", "until", "silent"), [
    (at(9), at(9, 19), False), (at(9), at(9, 20), True), (at(23), at(5, day=19), False),
    (at(19), at(7, day=19), False), (at(19), at(7, 9, day=19), True),
])
def test_only_where_twenty_reads_were_usual_their_absence_is_a_silence(
        since: datetime, until: datetime, *, silent: bool) -> None:
    assert is_silence(DAY_AND_NIGHT, between(since, until)) is silent


def test_ten_minutes_without_a_read_are_no_silence_however_many_are_usual() -> None:
    busy = Rhythm([1000.0] * HOURS_OF_WEEK)
    assert not is_silence(busy, between(at(9), at(9, 9)))
    assert is_silence(busy, between(at(9), at(9, 10)))


def test_a_camera_whose_rhythm_nobody_knows_is_never_silent() -> None:
    assert not is_silence(None, between(at(9), at(9, day=25)))
    assert not is_silence(Rhythm([0.0] * HOURS_OF_WEEK), between(at(9), at(9, day=25)))


def test_a_rhythm_has_an_hour_for_each_of_the_week() -> None:
    with pytest.raises(ValueError, match="168"):
        Rhythm([1.0] * 24)


def test_what_is_known_already_is_left_out() -> None:
    whole = between(at(9), at(12))
    assert without(whole, []) == [whole]
    assert without(whole, [between(at(10), at(11))]) == [between(at(9), at(10)), between(at(11), at(12))]
    assert without(whole, [between(at(11), at(13)), between(at(8), at(10))]) == [between(at(10), at(11))]
    assert without(whole, [between(at(9), at(10)), between(at(9, 30), at(12))]) == []
    assert without(whole, [between(at(7), at(9)), between(at(12), at(13))]) == [whole]


def test_a_rest_must_be_a_silence_by_itself() -> None:
    gap, known = between(at(9), at(11)), between(at(9, 10), at(10))
    assert silences_in(DAY_AND_NIGHT, [gap], [known]) == [between(at(10), at(11))]


@pytest.mark.parametrize(("heard", "silent"), [
    (Heard(1, received_at=NOW - 99 * MINUTE), False),  # never a heartbeat: only its rhythm can tell
    (Heard(1, heartbeat_at=NOW - 5 * MINUTE), False),
    (Heard(1, heartbeat_at=NOW - 5.1 * MINUTE), True),
    (Heard(1, heartbeat_at=NOW - 9 * MINUTE, received_at=NOW - 4 * MINUTE), False),
    (Heard(1, heartbeat_at=NOW - 39 * MINUTE, heartbeat_every_s=600), False),
    (Heard(1, heartbeat_at=NOW - 41 * MINUTE, heartbeat_every_s=600), True),
    (Heard(1, heartbeat_at=NOW - 6 * MINUTE, heartbeat_every_s=10), True),
])
def test_a_camera_that_misses_four_heartbeats_and_five_minutes_is_silent(heard: Heard, *, silent: bool) -> None:
    since = heartbeats_missing_since(heard, NOW - timedelta(days=1), NOW)
    assert since == (heard.sign_at if silent else None)


def test_whoever_has_only_begun_to_listen_waits() -> None:
    heard = Heard(1, heartbeat_at=NOW - timedelta(hours=3))
    assert heartbeats_missing_since(heard, NOW - 5 * MINUTE, NOW) is None
    assert heartbeats_missing_since(heard, NOW - 5.1 * MINUTE, NOW) == heard.heartbeat_at
