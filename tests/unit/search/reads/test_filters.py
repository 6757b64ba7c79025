"""The one table of filters: what is read, and what is written back."""

from datetime import UTC, datetime

import pytest

from search.reads.filters import FILTERS, Asked, parse_asked
from search.reads.schemas import ReadsParameters
from services.errors import BadQuestionError


def _asked(*pairs: tuple[str, str]) -> Asked:
    return parse_asked(pairs, beside=frozenset())


def test_the_api_describes_exactly_the_filters_of_the_table() -> None:
    described = {field.alias or name for name, field in ReadsParameters.model_fields.items()}
    assert described - {"limit", "after"} == {filter_.key for filter_ in FILTERS}


def test_several_plates_come_repeated_or_with_commas_and_once() -> None:
    assert _asked(("plate", "3-abc-123, 4xyz*"), ("plate", "3ABC123")).plate == ("3ABC123", "4XYZ*")


@pytest.mark.parametrize("text", [
    "2026-11-23T14:05", "2026-11-23T14:05:00", "2026-11-23T13:05:00Z", "2026-11-23T14:05:00+01:00",
    "2026-11-23T14:05:00 01:00", "23/11/2026 14:05", "23-11-2026 14:05:00", "23.11.2026 14h05", "23/11/2026, 14:05"])
def test_one_moment_can_be_written_in_many_ways(text: str) -> None:
    assert _asked(("from", text)).from_ == datetime(2026, 11, 23, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(("text", "hour"), [("2026-11-23", 23), ("23/11/2026", 23), ("2026-07-23", 22)])
def test_a_day_alone_is_its_midnight_in_brussels(text: str, hour: int) -> None:
    instant = _asked(("until", text)).until
    assert instant is not None
    assert (instant.day, instant.hour) == (22, hour)


def test_in_the_hour_that_occurs_twice_nothing_is_lost() -> None:
    asked = _asked(("from", "2026-10-25T02:30"), ("until", "2026-10-25T02:31"))
    assert asked.from_ == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert asked.until == datetime(2026, 10, 25, 1, 31, tzinfo=UTC)


def test_a_question_written_to_an_address_and_read_again_is_the_same() -> None:
    asked = _asked(("plate", "3ABC12?"), ("from", "23/11/2026 14:05"), ("until", "2026-11-24"), ("camera", "BRE01A"),
                   ("camera", "GNK01A"))
    assert parse_asked(asked.pairs(), beside=frozenset()) == asked
    assert [key for key, _ in asked.pairs()] == ["plate", "from", "until", "camera", "camera"]


def test_empty_fields_ask_nothing() -> None:
    assert _asked(("plate", ""), ("from", " "), ("until", ""), ("camera", "")) == Asked()
    assert str(Asked().sentence()) == "All passages"


@pytest.mark.parametrize(("key", "text"), [
    ("plate", "*"), ("plate", "A" * 17), ("from", "2026"), ("from", "32/01/2026"), ("until", "9999-12-31T23:59-14:00"),
    ("camera", ",".join(f"C{n}" for n in range(201))), ("plaat", "x"), ("limit", "5")])
def test_what_cannot_be_understood_is_refused(key: str, text: str) -> None:
    with pytest.raises(BadQuestionError):
        _asked((key, text))
