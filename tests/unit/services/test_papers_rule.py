"""R12: what a camera must have before it goes live, on both sides of each day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.errors import BadQuestionError
from services.papers_rule import COLUMNS, DAYS, TEXTS, Lack, Papers, lacks_of, read_papers

TODAY = date(2028, 2, 29)
DAY = timedelta(days=1)
PAPERS = Papers("raadsbesluit 2027/11", TODAY, "DPIA 2027/2", TODAY, "register 12", TODAY)


def as_typed(**changes: str) -> dict[str, str | None]:
    return {name: str(getattr(PAPERS, name)) for name in COLUMNS} | changes


def test_without_papers_a_camera_lacks_them_all() -> None:
    assert lacks_of(None, TODAY) == (Lack.papers,)


def test_the_pictogram_must_stand_on_the_day_itself() -> None:
    assert lacks_of(replace(PAPERS, pictogram_since=TODAY), TODAY) == ()
    assert lacks_of(replace(PAPERS, pictogram_since=TODAY + DAY), TODAY) == (Lack.pictogram,)
    assert lacks_of(replace(PAPERS, pictogram_since=TODAY + DAY), TODAY + DAY) == ()


def test_what_is_typed_becomes_papers_without_blanks_around() -> None:
    assert read_papers(as_typed(council_decision="  raadsbesluit  2027/11 "), TODAY) == PAPERS


@pytest.mark.parametrize("name", ["council_decided_on", "dpia_made_on"])
def test_a_decision_and_a_dpia_of_tomorrow_are_refused(name: str) -> None:
    assert read_papers(as_typed(**{name: str(TODAY)}), TODAY) == PAPERS
    with pytest.raises(BadQuestionError, match=f"{name} must not lie ahead"):
        read_papers(as_typed(**{name: str(TODAY + DAY)}), TODAY)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("text", ["", "   ", "x" * 201, "a\0b", "a\u202eb"])
def test_a_reference_that_says_nothing_is_refused_by_its_name(name: str, text: str) -> None:
    with pytest.raises(BadQuestionError, match=f"{name} must have 1 to 200 characters"):
        read_papers(as_typed(**{name: text}), TODAY)


@pytest.mark.parametrize("name", DAYS)
@pytest.mark.parametrize("text", ["", "29/02/2028", "2027-02-29", "morgen", "1992-08-04"])
def test_a_day_that_is_none_is_refused_by_its_name(name: str, text: str) -> None:
    with pytest.raises(BadQuestionError, match=f"{name} must"):
        read_papers(as_typed(**{name: text}), TODAY)


def test_a_column_that_is_not_there_is_refused_by_its_name() -> None:
    given = as_typed()
    del given["register_entry"]
    with pytest.raises(BadQuestionError, match="register_entry"):
        read_papers(given, TODAY)
