"""The cases of what is watched for: who drives when, and what the demo enters for them."""

from datetime import datetime, timedelta

import pytest

from services.plates import normalise
from simulator.network import load_network
from simulator.story_events import load_story, stage

WATCHED = ["stolen-car-n76", "missing-driver", "discreet-car", "late-hit", "action-n715"]


@pytest.mark.parametrize("case_id", WATCHED)
def test_whoever_is_watched_for_passes_within_ten_minutes(told, case_id):
    case = told.cases[case_id]
    driven = {event.truth_plate: event.after_s for event in reversed(case.live)}
    assert {one.plate for one in case.watched} <= driven.keys()
    assert all(60 <= driven[one.plate] <= 600 for one in case.watched)


@pytest.mark.parametrize("case_id", WATCHED)
def test_nobody_in_the_past_bears_a_plate_that_is_watched_for_but_the_stolen_car_before_its_theft(told, case_id):
    watched = {normalise(one.plate) for one in told.cases[case_id].watched}
    assert sum(read.plate in watched for read in told.reads) == (1 if case_id == "stolen-car-n76" else 0)


@pytest.mark.parametrize("case_id", WATCHED)
def test_every_entry_is_of_a_list_of_the_story_and_seen_by_two_people(told, case_id):
    lists = {one["code"]: one for one in told.story["lists"]}
    for one in told.cases[case_id].watched:
        assert one.list in lists
        assert one.made_by != one.validated_by


def test_the_discreet_entry_names_a_group_that_holds_neither_dispatcher_nor_everybody(told):
    entry, = told.cases["discreet-car"].watched
    group, = (one for one in told.story["groups"] if one["code"] == entry.group)
    assert entry.discreet
    assert "tom" in group["usernames"]
    assert "dirk" not in group["usernames"]


def test_the_late_passage_is_told_three_hours_after_the_car_passed(told):
    start = datetime.fromisoformat("2026-11-23T08:00:00+00:00")
    events = load_story(told.folder / "story.json", load_network())
    late, = (event for event in events if event.late_s)
    (sighting, _), = stage([late], load_network(), start)
    assert sighting.deliveries[0] - sighting.captured_at == timedelta(hours=3)
    assert sighting.deliveries[0] > start > sighting.captured_at


def test_more_uninsured_cars_come_to_the_place_at_once_than_two_teams_stop(told):
    case = told.cases["action-n715"]
    action, = case.actions
    reach = {camera: (soonest, latest) for camera, soonest, latest in action.cameras}
    spans = [(event.after_s + reach[event.camera][0], event.after_s + reach[event.camera][1])
             for event in case.live if event.camera == action.cameras[0][0]]
    most = max(sum(begin <= at < end for begin, end in spans) for at, _ in spans)
    assert most > len(action.teams)
