"""Two reads in a row: driven, stopped, turned, or not possible."""

from datetime import UTC, datetime, timedelta

import pytest

from search.journeys.legs import Parting, Verdict, is_possible, judge
from search.journeys.speeds import indicative_speed
from search.journeys.times import Hour
from tests.unit.search.journeys.straight_road import STEP, network, place, roads, seen


@pytest.mark.parametrize(("minutes", "verdict", "parting"), [
    (1.0, Verdict.impossible, Parting.impossible), (2.9, Verdict.drove, None), (5.0, Verdict.drove, None),
    (9.0, Verdict.drove, None), (20.0, Verdict.stopped, None), (65.0, Verdict.stopped, None),
    (90.0, Verdict.stopped, Parting.long),
])
def test_the_time_along_the_road_tells_what_happened(minutes: float, verdict: Verdict, parting: Parting | None) -> None:
    leg = judge(seen(0, 1), seen(minutes, 2), roads())
    assert (leg.verdict, leg.parting) == (verdict, parting)


def test_a_stop_is_as_long_as_the_time_above_the_usual() -> None:
    leg = judge(seen(0, 1), seen(26, 2), roads())
    assert leg.usual_s == 360
    assert leg.stop == timedelta(minutes=20)
    assert judge(seen(0, 1), seen(6, 2), roads()).stop is None


def test_the_usual_time_is_that_of_the_hour_in_brussels() -> None:
    evening = [Hour(1, 2, 17, 50, 200, 900, 1100)]
    in_summer, in_winter = datetime(2026, 7, 6, 15, 30, tzinfo=UTC), datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    for start in (in_summer, in_winter):
        leg = judge(seen(0, 1, start=start), seen(15, 2, start=start), roads(*evening))
        assert (leg.verdict, leg.usual_s) == (Verdict.drove, 900)
    assert judge(seen(0, 1), seen(15, 2), roads(*evening)).verdict is Verdict.stopped


def test_a_leg_with_few_samples_takes_what_the_others_say_of_the_hour() -> None:
    known, few = Hour(2, 3, 10, 100, 200, 450, 600), Hour(1, 2, 10, 3, 100, 3000, 4000)
    leg = judge(seen(0, 1), seen(5, 2), roads(known, few))
    assert leg.usual_s == pytest.approx(450), "one and a half times the time without queues, as on the other leg"


@pytest.mark.parametrize(("minutes", "parting"), [(4, None), (30, Parting.turned)])
def test_who_comes_back_has_been_where_he_wanted_to_be(minutes: int, parting: Parting | None) -> None:
    leg = judge(seen(0, 2), seen(minutes, 12), roads())
    assert (leg.verdict, leg.parting) == (Verdict.turned, parting)


def test_one_camera_twice_within_a_minute_is_one_passage_seen_again() -> None:
    assert judge(seen(0, 2), seen(0.5, 2), roads()).verdict is Verdict.again
    assert judge(seen(0, 2), seen(30, 2), roads()).parting is Parting.turned


def test_a_moved_camera_is_held_against_the_straight_line_alone() -> None:
    there = place(2, current=False, lon=5.0 + 9 * STEP)
    assert judge(seen(0, 1), seen(5, 2, place=there), roads()).verdict is Verdict.impossible, "40 km in five minutes"
    assert judge(seen(0, 1), seen(25, 2, place=there), roads()).verdict is Verdict.unknown
    nowhere = place(99)
    assert judge(seen(0, 1), seen(1, 99, place=nowhere), roads()).verdict is Verdict.impossible


def test_a_clock_known_to_be_seconds_off_is_put_right_and_one_within_a_second_is_taken_at_its_word() -> None:
    behind = seen(0.5, 2, clock_offset_ms=-270_000)
    assert judge(seen(0, 1), behind, roads()).took_s == 300
    assert seen(5, 2, clock_offset_ms=900).at == seen(5, 2).captured_at


def test_a_clock_that_says_itself_that_it_is_wrong_gets_a_minute() -> None:
    assert not is_possible(seen(0, 1), seen(2, 2), network())
    assert is_possible(seen(0, 1), seen(2, 2, clock_synchronised=False), network())


def test_possibility_has_no_direction() -> None:
    assert is_possible(seen(20, 1), seen(0, 5), network()) is is_possible(seen(0, 1), seen(20, 5), network()) is True
    assert is_possible(seen(5, 1), seen(0, 5), network()) is False


def test_a_speed_needs_two_trusted_clocks_two_exact_plates_and_no_stop() -> None:
    def speed(minutes: float, **more: object) -> object:
        before = seen(0, 1, clock_offset_ms=20)
        return indicative_speed(judge(before, seen(minutes, 2, **{"clock_offset_ms": 20, **more}), roads()))

    found = speed(5)
    assert (found.kmh, found.error_kmh) == (60, 2)
    assert speed(20) is None
    assert speed(5, clock_offset_ms=None) is None
    assert speed(5, clock_offset_ms=1500) is None
    assert speed(5, clock_synchronised=False) is None
    assert speed(5, probability=0.9) is None
