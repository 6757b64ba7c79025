"""Cameras that read nothing: when the vehicle can have passed, and whether they were silent then."""

from datetime import timedelta

import pytest

from search.cameras.completeness import PastSilence
from search.journeys.absence import by_camera, unread_on
from search.journeys.legs import judge
from tests.unit.search.journeys.straight_road import START, roads, seen

LEAST = timedelta(seconds=5 / 105 * 3600)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def test_a_camera_between_two_reads_is_named_with_the_time_in_which_the_vehicle_can_have_passed() -> None:
    [unread] = unread_on(judge(seen(0, 1), seen(10, 3), roads()), roads().network, {})
    assert unread.camera_id == 2
    assert abs(unread.earliest - (START + LEAST)) < timedelta(milliseconds=1)
    assert abs(unread.latest - (START + minutes(10) - LEAST)) < timedelta(milliseconds=1)
    assert unread.silence is None


@pytest.mark.parametrize(("since", "until", "silent"), [
    (2, 31, True), (-60, None, True), (5, 6, True), (-60, -30, False), (9, 31, False), (-60, 1, False),
])
def test_a_silence_counts_when_the_vehicle_can_have_passed_in_it(since: float, until: float | None,
                                                                silent: bool) -> None:
    silence = PastSilence(2, "C2", START + minutes(since), START + minutes(until) if until is not None else None,
                          "heartbeat")
    [unread] = unread_on(judge(seen(0, 1), seen(10, 3), roads()), roads().network, by_camera([silence]))
    assert (unread.silence == silence) is silent


def test_a_silence_of_another_camera_says_nothing() -> None:
    silence = PastSilence(4, "C4", START, None, "rhythm")
    [unread] = unread_on(judge(seen(0, 1), seen(10, 3), roads()), roads().network, by_camera([silence]))
    assert unread.silence is None


def test_no_camera_is_missed_between_neighbours_nor_where_no_road_is_known() -> None:
    assert unread_on(judge(seen(0, 1), seen(5, 2), roads()), roads().network, {}) == ()
    assert unread_on(judge(seen(0, 1), seen(30, 12), roads()), roads().network, {}) == ()


def test_of_two_silences_the_one_that_covers_more_of_the_time_is_named() -> None:
    short = PastSilence(2, "C2", START + minutes(3), START + minutes(3.5), "rhythm")
    long = PastSilence(2, "C2", START + minutes(4), START + minutes(31), "heartbeat")
    [unread] = unread_on(judge(seen(0, 1), seen(10, 3), roads()), roads().network, by_camera([short, long]))
    assert unread.silence == long
