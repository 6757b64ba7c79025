"""Journeys as lines on a map."""

from itertools import pairwise

from search.journeys.drawing import all_roads, draw, flatten, line_of
from search.journeys.legs import judge
from tests.unit.search.journeys.straight_road import STEP, network, roads, seen


def test_a_leg_is_drawn_along_the_road_through_every_camera_on_it() -> None:
    leg = judge(seen(0, 1), seen(10, 3), roads())
    assert [round((lon - 5) / STEP, 3) for lon, _ in line_of(leg, roads().network)] == [1, 2, 3]


def test_a_leg_without_a_road_is_a_straight_line() -> None:
    leg = judge(seen(0, 3), seen(30, 12), roads())
    assert len(line_of(leg, roads().network)) == 2


def test_the_map_keeps_north_up_and_kilometres_alike() -> None:
    (x, y), (east, _), (_, north) = flatten((5.0, 51.0)), flatten((5.0714, 51.0)), flatten((5.0, 51.045))
    assert (east - x, y - north) == (500, 501), "five kilometres in tens of metres"


def test_a_camera_that_read_twice_is_one_dot_with_both_numbers() -> None:
    reads = [seen(0, 1), seen(0.5, 1), seen(6, 2)]
    drawn = draw(reads, [judge(*pair, roads()) for pair in pairwise(reads)], roads().network)
    assert drawn is not None
    assert [dot.numbers for dot in drawn.dots] == [(1, 2), (3,)]


def test_a_road_driven_both_ways_is_drawn_once() -> None:
    assert len(all_roads(network())) == 4
