"""Journeys as lines on a map."""

from itertools import pairwise

from search.journeys.drawing import draw, line_of
from search.journeys.legs import judge
from search.map.flat import all_roads, flatten
from tests.unit.search.journeys.straight_road import STEP, network, roads, seen


def test_a_leg_is_drawn_along_the_road_through_every_camera_on_it() -> None:
    leg = judge(seen(0, 1), seen(10, 3), roads())
    assert [round((lon - 5) / STEP, 3) for lon, _ in line_of(leg, roads().network)] == [1, 2, 3]


def test_a_leg_without_a_road_is_a_straight_line() -> None:
    leg = judge(seen(0, 3), seen(30, 12), roads())
    assert len(line_of(leg, roads().network)) == 2


def test_a_camera_that_read_twice_is_one_dot_with_both_numbers() -> None:
    reads = [seen(0, 1), seen(0.5, 1), seen(6, 2)]
    drawn = draw(reads, [judge(*pair, roads()) for pair in pairwise(reads)], roads().network)
    assert drawn is not None
    assert [dot.numbers for dot in drawn.dots] == [(1, 2), (3,)]


def test_a_road_driven_both_ways_is_drawn_once() -> None:
    whole = [flatten((5 + STEP * number, 51.0)) for number in range(1, 6)]
    assert all_roads(network()) == (" ".join(f"{x},{y}" for x, y in whole),)
