"""Questions are made from a sample, always the same ones, and each engine gets its own words for them."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from deploy.bench.engines.statements import DIALECTS, statements
from deploy.bench.questions import KINDS, Kind, Sample, Seen

MOMENT = datetime(2026, 3, 3, 12, tzinfo=UTC)
SAMPLE = Sample(
    tuple(f"3ABC{number:03d}" for number in range(100)),
    tuple(Seen(f"4DEF{number:03d}", MOMENT + timedelta(hours=number), "BRE01A", 51.1, 5.6, "red" if number else None)
          for number in range(50)))
BY_NAME = {kind.name: kind for kind in KINDS}


def _first(name: str) -> dict[str, str]:
    return BY_NAME[name].questions(SAMPLE, 1)[0]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_same_sample_gives_the_same_questions(kind: Kind) -> None:
    assert kind.addresses(SAMPLE, 20) == kind.addresses(SAMPLE, 20)
    assert len(kind.addresses(SAMPLE, 20)) == 20


@pytest.mark.parametrize("unknown", [1, 2, 3])
def test_a_wildcard_has_as_many_unknowns_as_it_says(unknown: int) -> None:
    for question in BY_NAME[f"wildcard, {unknown} unknown"].questions(SAMPLE, 20):
        assert question["plate"].count("?") == unknown


def test_fifty_plates_are_fifty_different_ones() -> None:
    assert len(set(_first("50 plates")["plate"].split(","))) == 50


def test_an_hour_at_a_camera_holds_the_read_that_it_was_made_from() -> None:
    question = _first("camera + hour")
    begin, end = (datetime.fromisoformat(question[key]) for key in ("from", "until"))
    assert end - begin == timedelta(hours=1)
    assert any(begin <= seen.captured_at < end for seen in SAMPLE.reads)


def test_an_area_has_four_corners_around_a_camera_and_a_colour_that_was_seen() -> None:
    question = _first("area + hour + colour")
    assert len(question["area"].split(";")) == 4
    assert question["colour"] == "red"


def test_journeys_are_asked_of_their_own_address() -> None:
    address = urlsplit(BY_NAME["journeys of a month"].addresses(SAMPLE, 1)[0])
    assert address.path == "/api/v1/journeys"
    assert set(parse_qs(address.query)) == {"plate", "from", "until"}


def test_a_goal_stands_where_one_was_set() -> None:
    assert {kind.name: kind.goal_ms for kind in KINDS if kind.goal_ms} == {
        "exact plate": 15, "exact plate, seen often": 15, "journeys of a month": 15, "camera + hour": 30,
        "look-alike 0.5": 150, **{f"wildcard, {number} unknown": 100 for number in (1, 2, 3)}}


def test_the_naive_schema_counts_first_and_then_pages_by_offset() -> None:
    count, page = statements({"plate": "3ABC123"}, DIALECTS["naive PostgreSQL"])
    assert count == "SELECT count(*) FROM reads WHERE plate = '3ABC123'"
    assert page.endswith("ORDER BY captured_at DESC LIMIT 50 OFFSET 0")


def test_each_engine_counts_edits_by_its_own_function() -> None:
    found = {name: statements({"plate": "3ABC123", "alike": "0.5"}, dialect)[-1] for name, dialect in DIALECTS.items()}
    assert "editDistance(plate, '3ABC123') <= 1" in found["chDB"]
    assert "levenshtein(plate, '3ABC123') <= 1" in found["DuckDB"]


def test_what_is_asked_by_time_goes_to_the_copy_that_lies_in_the_order_of_time() -> None:
    assert "FROM by_time WHERE" in statements(_first("camera + hour"), DIALECTS["DuckDB"])[0]
    assert "FROM reads WHERE" in statements(_first("exact plate"), DIALECTS["DuckDB"])[0]


def test_an_area_becomes_its_bounds() -> None:
    found = statements({"area": "5.1,51.0;5.2,51.0;5.2,51.1;5.1,51.1"}, DIALECTS["DuckDB"])[0]
    assert "lon BETWEEN 5.1 AND 5.2 AND lat BETWEEN 51.0 AND 51.1" in found
