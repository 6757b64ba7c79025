"""What holds for every case."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from services.plates import normalise
from simulator.network import load_network
from simulator.story.cases import CASES, tell

CASE_IDS = ["hit-and-run-bree", "stolen-car-n76", "silent-camera", "older-than-a-month", "unlocked-by-a-decision",
            "ex-partner", "missing-driver", "discreet-car", "late-hit", "action-n715"]
SEARCHED = CASE_IDS[:5]
ANCHORS = [datetime(2026, 1, 2, 6, 0, tzinfo=UTC), datetime(2027, 3, 10, 22, 59, tzinfo=UTC),
           datetime(2028, 2, 29, 12, 0, tzinfo=UTC), datetime(2026, 10, 25, 12, 0, tzinfo=UTC),
           datetime(2026, 6, 21, 0, 30, tzinfo=UTC)]


def test_the_page_shows_the_cases_in_order(told):
    assert [case["id"] for case in told.story["cases"]] == CASE_IDS
    assert len(CASES) == len(CASE_IDS)


@pytest.mark.parametrize("case_id", [case_id for case_id in CASE_IDS if case_id != "older-than-a-month"])
def test_every_search_finds_what_it_promises(told, case_id):
    for search in told.cases[case_id].searches:
        assert len(told.find(search.path)) == search.expected_reads, search.path


@pytest.mark.parametrize("case_id", SEARCHED)
def test_a_case_has_one_to_three_searches_and_a_full_consultation(told, case_id):
    case = told.cases[case_id]
    assert 1 <= len(case.searches) <= 3
    assert case.consultation.purpose in ("judicial-crime", "judicial-traffic", "judicial-missing", "administrative")
    assert re.fullmatch(r"[A-Z]{2}\.L[12]\.\d{6}/\d{4}", case.consultation.file_number)
    assert len(case.consultation.reason) > 40


@pytest.mark.parametrize("case_id", CASE_IDS)
def test_every_plate_of_a_case_is_from_a_series_that_is_not_issued(told, case_id):
    case = told.cases[case_id]
    plates = {s.passage.vehicle.plate for s in case.sightings} | {event.truth_plate for event in case.live}
    for plate in plates:
        assert re.fullmatch(r"[3-7]-[A-Z]{3}-\d{3}", plate), plate


@pytest.mark.parametrize("case_id", CASE_IDS)
def test_every_text_stands_in_three_languages_without_gaps(told, case_id):
    case = next(case for case in told.story["cases"] if case["id"] == case_id)
    clicks = [*case["searches"], *case["looks"]]
    assert clicks
    texts = [case["title"], case["text"], *(click[key] for click in clicks for key in ("label", "expected"))]
    for text in texts:
        assert text.keys() == {"nl", "fr", "en"}
        assert len(set(text.values())) == 3
        for words in text.values():
            assert words
            assert not re.search(r"[{}<>]", words)
            assert "kenteken" not in words
    assert case["consultation"] is None or "{" not in case["consultation"]["reason"]


@pytest.mark.parametrize("case_id", CASE_IDS)
def test_every_read_of_a_case_has_both_pictures(told, case_id):
    for sighting in told.cases[case_id].sightings:
        read = next(read for read in told.reads if read.captured_at == sighting.captured_at
                    and read.camera == sighting.passage.camera.code and normalise(read.plate) == sighting.plate)
        assert [image.kind for image in read.images] == ["plate", "overview"]


def test_the_same_seed_and_day_tell_the_same_cases():
    network = load_network()
    assert tell(ANCHORS[0], network, 5) == tell(ANCHORS[0], network, 5)
    assert tell(ANCHORS[0], network, 5) != tell(ANCHORS[0], network, 6)
    assert tell(ANCHORS[0], network, 5) != tell(ANCHORS[0] + timedelta(days=1), network, 5)


@pytest.mark.parametrize("anchor", ANCHORS)
def test_cases_can_be_told_on_any_day_and_lie_before_the_anchor(anchor):
    for case in tell(anchor, load_network(), 3):
        assert all(sighting.captured_at < anchor for sighting in case.sightings), case.id
        assert all(event.after_s >= 0 for event in case.live), case.id
