"""Sentences, numbers and times in three languages."""

from datetime import UTC, datetime, timedelta

import pytest

from search.pages.language import choose_language, load_languages, words

LANGUAGES = load_languages()
MOMENT = datetime(2026, 11, 23, 13, 5, 9, 123000, tzinfo=UTC)


def test_a_sentence_is_said_in_every_language_with_its_values() -> None:
    sentence = words("Passages: {parts}", parts=[words("plate {plates}", plates=("3ABC123", "4XYZ*")),
                                                 words("from {instant}", instant=MOMENT.replace(second=0))])
    assert LANGUAGES["nl"].say(sentence) == "Passages: nummerplaat 3ABC123, 4XYZ*, van 23/11/2026 14:05"
    assert LANGUAGES["fr"].say(sentence) == "Passages : plaque 3ABC123, 4XYZ*, du 23/11/2026 14:05"
    assert LANGUAGES["en"].say(sentence) == "Passages: plate 3ABC123, 4XYZ*, from 23/11/2026 14:05"


def test_a_value_with_braces_is_no_gap() -> None:
    assert LANGUAGES["nl"].say(words("camera {codes}", codes="{plate}")) == "camera {plate}"


@pytest.mark.parametrize(("code", "number", "share", "day"), [
    ("nl", "12.345", "93 %", "ma 23 nov 2026"), ("fr", "12\u202f345", "93 %", "lun. 23 nov. 2026"),
    ("en", "12,345", "93%", "Mon 23 Nov 2026")])
def test_numbers_and_days_are_written_as_people_there_do(code: str, number: str, share: str, day: str) -> None:
    language = LANGUAGES[code]
    assert language.number(12345) == number
    assert language.percent(0.93).replace("\xa0", " ") == share
    assert language.day(MOMENT) == day


def test_times_are_those_of_brussels_in_winter_and_summer() -> None:
    assert LANGUAGES["nl"].clock(MOMENT) == "14:05:09"
    assert LANGUAGES["nl"].milliseconds(MOMENT) == "14:05:09,123"
    assert LANGUAGES["nl"].clock(MOMENT.replace(month=7)) == "15:05:09"


def test_a_period_names_its_second_day_where_it_is_another() -> None:
    dutch = LANGUAGES["nl"]
    assert dutch.period(MOMENT, MOMENT + timedelta(minutes=90)) == "ma 23 nov 2026 14:05 \N{EN DASH} 15:35"
    assert dutch.period(MOMENT, MOMENT + timedelta(hours=12)) == (
        "ma 23 nov 2026 14:05 \N{EN DASH} di 24 nov 2026 02:05")


def test_a_length_of_time_is_told_in_its_largest_unit() -> None:
    dutch = LANGUAGES["nl"]
    assert dutch.duration(timedelta(milliseconds=940)) == "0,9 s"
    assert dutch.duration(timedelta(minutes=15)) == "15 minuten"
    assert dutch.duration(timedelta(hours=3)) == "3 uur"


@pytest.mark.parametrize(("cookie", "accepted", "api", "code"), [
    (None, "en-US", False, "nl"), ("fr", "en-US", False, "fr"), ("xx", "", False, "nl"), (None, "", True, "en"),
    (None, "de, fr;q=0.8", True, "fr"), ("nl", "", True, "en")])
def test_the_language_is_chosen_by_cookie_on_pages_and_by_header_in_the_api(
        cookie: str | None, accepted: str, api: bool, code: str) -> None:
    assert choose_language(cookie, accepted, api=api) == code
