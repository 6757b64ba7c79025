"""From reads to journeys: split where one ends, whole over midnight and over the changed hour, two for two vehicles."""

from datetime import UTC, datetime
from time import perf_counter

import pytest

from search.journeys.assembling import Journey, assemble
from search.journeys.legs import Parting
from tests.unit.search.journeys.straight_road import roads, seen


def cameras(journeys: tuple[Journey, ...]) -> list[list[int]]:
    return [[read.place.camera_id for read in journey.reads] for journey in journeys]


def test_nothing_read_is_no_journey() -> None:
    assert assemble([], roads()) == ()


def test_out_and_back_are_two_journeys() -> None:
    found = assemble([seen(0, 1), seen(5, 2), seen(10, 3), seen(40, 13), seen(45, 12), seen(50, 11)], roads())
    assert cameras(found) == [[1, 2, 3], [13, 12, 11]]
    assert [journey.begins for journey in found] == [Parting.first, Parting.turned]
    assert found[1].after is not None
    assert found[1].after.took_s == 1800


def test_a_stop_on_the_way_does_not_end_a_journey_and_hours_do() -> None:
    found = assemble([seen(0, 1), seen(45, 2), seen(50, 3), seen(300, 4)], roads())
    assert cameras(found) == [[1, 2, 3], [4]]
    assert found[1].begins is Parting.long


@pytest.mark.parametrize("start", [
    datetime(2026, 11, 23, 22, 52, tzinfo=UTC),  # midnight in Brussels
    datetime(2026, 10, 25, 0, 52, tzinfo=UTC),   # the hour that occurs twice
    datetime(2027, 3, 28, 0, 52, tzinfo=UTC),    # the hour that is left out
    datetime(2026, 12, 31, 22, 52, tzinfo=UTC),
])
def test_midnight_and_the_changed_hour_cut_nothing(start: datetime) -> None:
    found = assemble([seen(minute, camera, start=start) for minute, camera in ((0, 1), (5, 2), (10, 3), (15, 4))],
                     roads())
    assert cameras(found) == [[1, 2, 3, 4]]
    assert [leg.took_s for leg in found[0].legs] == [300, 300, 300]


def test_two_vehicles_with_one_plate_are_two_rows_of_journeys() -> None:
    one = [seen(0, 1), seen(5, 2), seen(10, 3)]
    other = [seen(0.5, 15), seen(5.5, 14)]
    found = assemble([*one, *other], roads())
    assert cameras(found) == [[1, 2, 3], [15, 14]]
    assert found[1].begins is Parting.impossible
    assert found[1].after is not None
    assert found[1].after.before == one[0]


def test_reads_may_come_in_any_order() -> None:
    reads = [seen(0, 1), seen(5, 2), seen(10, 3)]
    assert assemble(reversed(reads), roads()) == assemble(reads, roads())


def test_a_wrong_clock_does_not_change_the_order() -> None:
    found = assemble([seen(0, 1), seen(-2, 2, clock_offset_ms=-420_000), seen(10, 3)], roads())
    assert cameras(found) == [[1, 2, 3]]


def test_a_plate_read_everywhere_at_once_takes_no_longer_than_it_has_reads() -> None:
    everywhere = [seen(number / 1000, (1, 3, 5, 13)[number % 4]) for number in range(2000)]
    started = perf_counter()
    found = assemble(everywhere, roads())
    assert perf_counter() - started < 3
    assert sum(len(journey.reads) for journey in found) == 2000
