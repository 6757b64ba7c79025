"""The hit and run at Bree."""

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from services.plates import normalise
from simulator.network import load_network
from simulator.story.cases import tell

BRUSSELS = ZoneInfo("Europe/Brussels")


@pytest.fixture(scope="module")
def case(told):
    return told.cases["hit-and-run-bree"]


@pytest.fixture(scope="module")
def van(case):
    return case.live[0].truth_plate


def evening(case, van):
    return [sighting for sighting in case.sightings if sighting.passage.vehicle.plate == van
            and sighting.captured_at.astimezone(BRUSSELS).hour >= 20]


def test_the_witness_swapped_two_letters_of_the_plate(case, van):
    told_plate = case.searches[0].path.split("plate=")[1].split("&")[0]
    differing = [place for place, pair in enumerate(zip(told_plate, normalise(van), strict=True)) if len(set(pair)) > 1]
    assert len(differing) == 2
    assert sorted(told_plate) == sorted(normalise(van))


def test_the_wildcard_finds_the_van_and_one_innocent(told, case, van):
    found = {normalise(read.plate) for read in told.find(case.searches[1].path)}
    assert len(found) == 2
    assert normalise(van) in found


def test_one_read_differs_in_one_character_and_only_the_last_search_finds_it(told, case, van):
    wrong, = (s for s in evening(case, van) if s.plate != normalise(van))
    assert sum(one != other for one, other in zip(wrong.plate, normalise(van), strict=True)) == 1
    assert wrong.plate not in {read.plate for read in told.find(case.searches[1].path)}
    assert wrong.plate in {read.plate for read in told.find(case.searches[2].path)}


def test_the_van_follows_the_roads_and_one_camera_on_its_way_saw_nothing(case, van):
    network = load_network()
    cameras = [sighting.passage.camera.code for sighting in evening(case, van)]
    assert len(cameras) == 6
    neighbours = [after in {edge.end for edge in network.edges_from(before)} for before, after in pairwise(cameras)]
    assert neighbours.count(False) == 1
    gap = neighbours.index(False)
    assert "OUD04B" in network.route(cameras[gap], cameras[gap + 1])


def test_the_van_passes_bree_just_before_the_crash(case, van):
    bree, = (s for s in evening(case, van) if s.passage.camera.code.startswith("BRE"))
    crash = datetime(2026, 11, 22, 21, 10, tzinfo=BRUSSELS)
    assert 0 < (crash - bree.captured_at).total_seconds() < 300


def test_by_night_no_read_has_a_colour_and_by_day_the_van_is_red(told, case):
    colours = {read.captured_at.astimezone(BRUSSELS).hour >= 17: read.vehicle.colour
               for read in told.find(case.searches[2].path)}
    assert colours == {True: None, False: "red"}


def test_the_van_drives_again_three_minutes_after_the_start(case):
    assert case.live[0].after_s == 180.0
    assert [event.after_s for event in case.live] == sorted(event.after_s for event in case.live)


def test_the_text_speaks_of_infrared_only_when_it_is_dark(case):
    midsummer, *_ = tell(datetime(2026, 6, 21, 8, 0, tzinfo=BRUSSELS), load_network(), 1)
    assert "infrarood" in case.text.nl
    assert "infrarood" not in midsummer.text.nl
