"""A road network is read whole or refused with the line and the reason."""

import json
from pathlib import Path

import pytest

from services.errors import ConfigurationError
from services.roads import read_roads
from simulator.network import DATA, load_network

KNOWN = frozenset({"A", "B"})
PATHS = {"type": "FeatureCollection", "features": [
    {"type": "Feature", "properties": {"from": "A", "to": "B"},
     "geometry": {"type": "LineString", "coordinates": [[5.5, 51.0], [5.6, 51.0]]}}]}


def write(folder: Path, row: str, paths: object = PATHS) -> tuple[Path, Path]:
    graph, lines = folder / "graph.csv", folder / "paths.geojson"
    graph.write_text(f"from,to,km,typical_minutes,kind\n{row}\n")
    lines.write_text(paths if isinstance(paths, str) else json.dumps(paths))
    return graph, lines


def test_the_zones_own_network_has_a_leg_for_every_way_between_two_cameras() -> None:
    network = load_network()
    loaded = read_roads(DATA / "zone_road_graph.csv", DATA / "zone_road_paths.geojson", frozenset(network.cameras))
    inside = [edge for edge in network.edges if {edge.start, edge.end} <= set(network.cameras)]
    assert [(leg.start, leg.end, leg.km, leg.minutes) for leg in loaded.legs] == [
        (edge.start, edge.end, edge.km, edge.minutes) for edge in inside]
    assert loaded.outside == len(network.edges) - len(inside)
    assert all(len(leg.path) >= 2 for leg in loaded.legs)


def test_a_way_to_somewhere_else_is_left_out(tmp_path: Path) -> None:
    loaded = read_roads(*write(tmp_path, "A,B,2.5,3,road\nA,EXT,5,6,exit"), KNOWN)
    assert ([(leg.start, leg.end, leg.path) for leg in loaded.legs], loaded.outside) == (
        [("A", "B", ((5.5, 51.0), (5.6, 51.0)))], 1)


@pytest.mark.parametrize(("row", "says"), [
    ("A,B,far,3,road", "line 2: km must be a number"), ("A,B,2,0,road", "line 2: typical_minutes must lie between"),
    ("A,B,2,nan,road", "line 2: typical_minutes must lie between"), ("A,,2,3,road", "line 2: from and to"),
    ("A,A,2,3,road", "line 2: a way leads from one camera to another"),
    ("B,A,2,3,road", "line 2: there is no line from B to A"),
    ("A,B,2,3,road\nA,B,2,3,road", "the way from A to B stands there twice"),
])
def test_a_row_that_cannot_be_is_refused_with_its_line_and_reason(tmp_path: Path, row: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        read_roads(*write(tmp_path, row), KNOWN)


@pytest.mark.parametrize("paths", [
    "{", "[]", '{"features": [{}]}',
    json.dumps(PATHS).replace("LineString", "Point"), json.dumps(PATHS).replace("51.0", "151.0"),
    json.dumps(PATHS).replace(", [5.6, 51.0]", ""),
])
def test_lines_that_are_none_are_refused(tmp_path: Path, paths: str) -> None:
    with pytest.raises(ConfigurationError, match="is no GeoJSON of lines"):
        read_roads(*write(tmp_path, "A,B,2,3,road", paths), KNOWN)
