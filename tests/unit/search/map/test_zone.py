"""The zone as every map shows it."""

import itertools
import json

from search.map.flat import flatten, road_lines, view_of
from search.map.marks import Mark, data_json, marks_json, sized
from search.map.zone import Spot, Zone
from tests.unit.search.journeys.straight_road import network

SPOTS = [Spot((5.5, 51.1), "Bree"), Spot((5.6, 51.2), "Bree"), Spot((5.4, 50.9), "Genk"), Spot((5.3, 51.0), "")]


def test_the_map_keeps_north_up_and_kilometres_alike() -> None:
    (x, y), (east, _), (_, north) = flatten((5.0, 51.0)), flatten((5.0714, 51.0)), flatten((5.0, 51.045))
    assert (east - x, y - north) == (500, 501), "five kilometres in tens of metres"


def test_every_piece_of_road_is_on_one_line_and_on_no_other() -> None:
    cross = [[(0, 0), (1, 0), (2, 0)], [(2, 0), (1, 0)], [(1, -1), (1, 0), (1, 1)]]
    lines = road_lines(cross)
    pieces = [tuple(sorted(pair)) for line in lines for pair in itertools.pairwise(line)]
    assert sorted(pieces) == [((0, 0), (1, 0)), ((1, -1), (1, 0)), ((1, 0), (1, 1)), ((1, 0), (2, 0))]


def test_a_ring_road_is_one_line() -> None:
    assert len(road_lines([[(0, 0), (1, 0), (1, 1), (0, 0)]])) == 1


def test_a_view_holds_everything_and_is_never_too_small() -> None:
    assert str(view_of([(0, 0), (1000, 10)], 50, 200)) == "-50 -145 1100 300"


def test_a_municipality_is_named_amid_its_cameras() -> None:
    places = Zone(network(), SPOTS).places
    assert [(place.name, tuple(round(part, 2) for part in place.point)) for place in places] == [
        ("Bree", (5.55, 51.15)), ("Genk", (5.4, 50.9))]


def test_a_zone_without_places_has_no_view() -> None:
    zone = Zone(network(), [])
    assert (zone.view, zone.bounds, zone.places) == (None, None, ())


def test_roads_and_names_are_geojson_whose_version_follows_its_content() -> None:
    zone = Zone(network(), SPOTS)
    found = json.loads(zone.geojson)
    assert [feature["properties"]["kind"] for feature in found["features"]] == ["road", "place", "place"]
    assert zone.version != Zone(network(), SPOTS[:1]).version


def test_nothing_ends_the_data_block_of_a_page() -> None:
    mark = Mark("BRE01A", "</script><b>", 5.5, 51.1)
    assert "<" not in marks_json([mark])
    assert json.loads(marks_json([mark]))[0]["name"] == "</script><b>"
    assert data_json("a<b") == '"a\\u003cb"'


def test_a_mark_grows_with_its_count() -> None:
    marks = [Mark("A", "A", 5, 51, count=100), Mark("B", "B", 5, 51, count=25), Mark("C", "C", 5, 51)]
    assert [(mark.code, size) for mark, size in sized(marks)] == [("A", 3), ("B", 2), ("C", 1)]
