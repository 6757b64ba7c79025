"""The one table of filters: what is read, and what is written back."""

from datetime import UTC, datetime

import pytest

from search.pages.language import load_languages
from search.reads.filters import FILTERS, Asked, parse_asked
from search.reads.schemas import FilterParameters
from services.errors import BadQuestionError


def _asked(*pairs: tuple[str, str]) -> Asked:
    return parse_asked(pairs, beside=frozenset())


def test_the_api_describes_exactly_the_filters_of_the_table() -> None:
    described = FilterParameters.described()["parameters"]
    assert [parameter["name"] for parameter in described] == [filter_.key for filter_ in FILTERS]
    assert all(parameter["description"] for parameter in described
               if parameter["name"] not in {"municipality", "make", "model", "lane"})


def test_several_plates_come_repeated_or_with_commas_and_once() -> None:
    assert list(map(str, _asked(("plate", "3-abc-123, 4xyz*"), ("plate", "3ABC123")).plate)) == ["3ABC123", "4XYZ*"]


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


EVERY = [
    ("plate", "3A[8B]12?"), ("from", "2026-11-22T23:00:00.000Z"), ("until", "2026-11-24T23:00:00.000Z"),
    ("hours", "22:00-05:30"), ("weekday", "fri"), ("weekday", "sat"), ("camera", "BRE01A"), ("camera", "GNK01A"),
    ("site", "BRE01"), ("municipality", "Bree"), ("road", "N73"), ("heading", "n"), ("heading", "nw"),
    ("area", "5.5,51.1;5.6,51.1;5.6,51.2"), ("direction", "away"), ("lane", "1"), ("lane", "2"), ("speed", "50-70.5"),
    ("country", "BE"), ("make", "Ford"), ("model", "Transit"), ("colour", "red"), ("colour_unknown", "no"),
    ("type", "van"), ("confidence", "-0.8"), ("read", "yes"), ("first", "yes"), ("late", "no")]


def test_a_question_written_to_an_address_and_read_again_is_the_same() -> None:
    asked = _asked(*EVERY)
    assert asked.pairs() == EVERY
    others = [("plate", "3ABC123"), ("alike", "0.5")], [("witness", "K7"), ("level", "0.2")]
    for pairs in others:
        assert _asked(*pairs).pairs() == pairs
    assert {key for pairs in (EVERY, *others) for key, _ in pairs} == {filter_.key for filter_ in FILTERS}


@pytest.mark.parametrize(("text", "level"), [("certain", 0.9), ("possible", 0.1), ("0,25", 0.25), ("1", 1.0)])
def test_a_level_is_a_name_or_a_probability(text: str, level: float) -> None:
    assert _asked(("plate", "3ABC123"), ("alike", text)).alike == level


def test_every_filter_has_its_part_in_the_sentence() -> None:
    whole = load_languages()["en"].say(_asked(*EVERY).sentence())
    for part in ("plate 3A[8B]12?", "every night 22:00-05:30", "Friday", "camera BRE01A", "in Bree", "on the N73",
                 "north-west", "an area of 3 corners", "away from the camera", "lane 1", "50 to 70.5 km/h",
                 "country BE", "make Ford", "red", "the colour being known", "van", "at most 0.8", "with a plate",
                 "for the first time in the zone", "not arrived late"):
        assert part in whole, part


def test_a_colour_means_also_what_has_none_and_says_so() -> None:
    assert "or without colour" in str(_asked(("colour", "red")).sentence())
    assert "or without colour" not in str(_asked(("colour", "red"), ("colour_unknown", "no")).sentence())


@pytest.mark.parametrize("text", ["22-05", "22:00-05:00", "22u-5u", "22h00 - 05h00", "22 \u2013 5"])
def test_a_part_of_the_day_can_be_written_in_many_ways(text: str) -> None:
    assert [value for _, value in _asked(("hours", text)).pairs()] == ["22:00-05:00"]


def test_empty_fields_ask_nothing() -> None:
    assert _asked(("plate", ""), ("from", " "), ("until", ""), ("camera", "")) == Asked()
    assert str(Asked().sentence()) == "All passages"


@pytest.mark.parametrize(("key", "text"), [
    ("plate", "*"), ("plate", "A" * 17), ("plate", "3[]"), ("from", "2026"), ("from", "32/01/2026"),
    ("until", "9999-12-31T23:59-14:00"), ("camera", ",".join(f"C{n}" for n in range(201))), ("plaat", "x"),
    ("limit", "5"), ("hours", "25-3"), ("hours", "5-5"), ("hours", "night"), ("weekday", "fryday"),
    ("area", "5,51;6,51"), ("area", "5,51;6,91;7,51"), ("area", "x"), ("heading", "up"), ("direction", "left"),
    ("lane", "first"), ("lane", "21"), ("speed", "-"), ("speed", "70-50"), ("speed", "400-"), ("confidence", "2-"),
    ("colour", "pink"), ("colour_unknown", "no"), ("read", "maybe"), ("make", "A" * 81)])
def test_what_cannot_be_understood_is_refused(key: str, text: str) -> None:
    with pytest.raises(BadQuestionError):
        _asked((key, text))


@pytest.mark.parametrize("pairs", [
    (("read", "no"), ("plate", "3ABC123")), (("read", "no"), ("first", "yes")),
    (("from", "2026-11-23"), ("until", "2026-11-23")), (("alike", "0.5"),), (("level", "0.5"),),
    (("alike", "0.5"), ("plate", "3AB*")), (("witness", "K7"), ("plate", "3ABC123")), (("alike", "0"),),
    (("alike", "0.5"), ("plate", "3AAA111,3AAA112,3AAA113,3AAA114,3AAA115,3AAA116")),
    (("plate", "3ABC123"), ("alike", "sure")), (("read", "no"), ("witness", "K7"))])
def test_questions_that_contradict_themselves_are_refused(pairs: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(BadQuestionError):
        _asked(*pairs)
