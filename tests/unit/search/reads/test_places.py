"""Which cameras, and in which time each, a question about places means."""

from datetime import UTC, datetime
from typing import Any

import pytest

from search.cameras.places import Place
from search.reads.places import Stay, choose_stays, heads, lies_within, named, octant

FIRST, MOVED = datetime(2000, 1, 1, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)
BREE = ((5.55, 51.10), (5.65, 51.10), (5.65, 51.18), (5.55, 51.18))


def _place(camera_id: int = 1, **changes: Any) -> Place:
    values: dict[str, Any] = {
        "camera_id": camera_id, "code": f"BRE0{camera_id}A", "since": FIRST, "until": None, "name": "Bree N73",
        "municipality": "Bree", "road": "N73", "site": f"BRE0{camera_id}", "direction": None, "lat": 51.14, "lon": 5.60,
        "heading_deg": 350} | changes
    return Place(**values)


def test_a_camera_that_never_moved_is_meant_for_all_time() -> None:
    places = [_place(1), _place(2, municipality="Genk")]
    assert choose_stays(places, [(named("municipality"), ("bree",))]) == (Stay(1, None, None),)


def test_a_camera_that_was_moved_is_meant_while_it_stood_there() -> None:
    places = [_place(until=MOVED), _place(since=MOVED, municipality="Genk", lon=5.5)]
    assert choose_stays(places, [(named("municipality"), ("Bree",))]) == (Stay(1, FIRST, MOVED),)
    assert choose_stays(places, [(named("municipality"), ("Bree", "Genk"))]) == (Stay(1, None, None),)
    assert choose_stays(places, [(named("code"), ("BRE01A",)), (lies_within, BREE)]) == (Stay(1, FIRST, MOVED),)


def test_several_wanted_things_have_to_hold_together() -> None:
    places = [_place(1), _place(2, road="N76")]
    wanted: list[Any] = [(named("municipality"), ("Bree",)), (named("road"), ("N76",))]
    assert choose_stays(places, wanted) == (Stay(2, None, None),)
    assert choose_stays(places, [*wanted, (named("site"), ("BRE01",))]) == ()


@pytest.mark.parametrize(("lon", "lat", "inside"), [
    (5.60, 51.14, True), (5.54, 51.14, False), (5.60, 51.20, False), (5.66, 51.14, False), (5.60, 51.09, False)])
def test_a_camera_lies_in_an_area_or_not(lon: float, lat: float, inside: bool) -> None:
    assert lies_within(BREE, _place(lon=lon, lat=lat)) is inside
    assert lies_within(BREE[::-1], _place(lon=lon, lat=lat)) is inside


def test_an_area_may_have_a_bay() -> None:
    bay = ((0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (2.0, 1.0), (0.0, 4.0))
    assert lies_within(bay, _place(lon=0.5, lat=2.0))
    assert not lies_within(bay, _place(lon=2.0, lat=2.0))


def test_a_camera_whose_place_is_not_known_lies_nowhere_and_heads_nowhere() -> None:
    assert not lies_within(BREE, _place(lon=None))
    assert not heads(("n",), _place(heading_deg=None))


@pytest.mark.parametrize(("heading", "name"), [(0, "n"), (350, "n"), (22, "n"), (23, "ne"), (180, "s"), (359.9, "n")])
def test_a_heading_is_one_of_eight_directions(heading: float, name: str) -> None:
    assert octant(heading) == name
