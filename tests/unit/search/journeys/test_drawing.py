"""Journeys as lines on a map."""

from itertools import pairwise

from search.journeys.drawing import draw, line_of, pieces_of
from search.journeys.legs import Verdict, judge
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


def test_a_leg_along_the_road_names_its_pieces_and_one_that_cannot_be_is_drawn_to_where_it_would_begin() -> None:
    before, first, second = seen(0, 1), seen(0.5, 4), seen(5.5, 5)
    drawn = draw([first, second], [judge(first, second, roads())], roads().network, judge(before, first, roads()))
    assert drawn is not None
    assert [(way.verdict, way.pieces, bool(way.points)) for way in drawn.ways] == [
        (Verdict.drove, ("p4-5",), False), (Verdict.impossible, (), True)]
    assert drawn.view.left < flatten((5 + STEP, 51.0))[0], "where it was then is on the map too"
    assert list(pieces_of([judge(first, second, roads())], roads().network)) == ["p4-5"]


def test_a_road_driven_both_ways_is_drawn_once() -> None:
    whole = [flatten((5 + STEP * number, 51.0)) for number in range(1, 6)]
    assert all_roads(network()) == (" ".join(f"{x},{y}" for x, y in whole),)
