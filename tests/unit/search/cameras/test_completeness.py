"""One sentence that says until when an answer is complete: short when all is well."""

from datetime import datetime, timedelta

import pytest

from search.cameras.completeness import Completeness, CompletenessBasis, in_words
from search.pages.language import load_languages
from services.clock import ZONE

NOW = datetime(2026, 11, 18, 14, 5, 30, tzinfo=ZONE)
MINUTE = timedelta(minutes=1)
DUTCH = load_languages()["nl"]


def camera(code: str, minutes_ago: float | None = 0.0, *, silent: float | None = None,
           basis: CompletenessBasis = CompletenessBasis.declared) -> Completeness:
    until = None if minutes_ago is None else NOW - minutes_ago * MINUTE
    return Completeness(1, code, until, CompletenessBasis.unknown if until is None else basis,
                        None if silent is None else NOW - silent * MINUTE, None if silent is None else "rhythm")


def say(*found: Completeness, asked_until: datetime | None = None) -> str:
    return DUTCH.say(in_words(found, NOW, asked_until))


def test_when_all_is_well_there_is_nothing_but_the_moment() -> None:
    assert say(camera("BRE01A"), camera("BRE02A", 2)) == "Volledig tot 14:03"


def test_cameras_that_are_silent_or_behind_or_unknown_are_named_the_silent_first() -> None:
    found = (camera("BRE01A"), camera("BRE02A", None), camera("BRE03A", 40),
             camera("BRE04A", 30, basis=CompletenessBasis.estimated), camera("BRE09A", 63, silent=63))
    assert say(*found) == ("Volledig tot 14:05, behalve BRE09A (stil sinds 13:02), BRE02A (niet geweten), "
                           "BRE03A (tot 13:25), BRE04A (laatste passage 13:35)")


def test_a_silent_camera_is_no_complete_one_even_when_its_gateway_says_so() -> None:
    assert say(camera("BRE01A"), camera("BRE02A", 0, silent=40)) == (
        "Volledig tot 14:05, behalve BRE02A (stil sinds 13:25)")


def test_an_estimate_says_that_it_is_one() -> None:
    assert say(camera("BRE01A"), camera("BRE02A", 1, basis=CompletenessBasis.estimated)) == (
        "Vermoedelijk volledig tot 14:04")


def test_after_five_cameras_the_others_are_counted() -> None:
    found = [camera("BRE01A"), *(camera(f"PEE{number:02}A", 100, silent=90) for number in range(8))]
    assert say(*found).endswith("PEE04A (stil sinds 12:35), 3 andere")


def test_when_no_camera_is_up_to_date_nothing_is_called_complete() -> None:
    assert say(camera("BRE01A", None)) == "Niet zeker volledig: BRE01A (niet geweten)"


def test_a_period_that_is_past_is_complete_whatever_a_camera_does_now() -> None:
    found = camera("BRE01A"), camera("BRE02A", 63, silent=63)
    assert say(*found, asked_until=NOW - 70 * MINUTE) == "Volledig tot 12:55"
    assert say(*found, asked_until=NOW - 60 * MINUTE) == "Volledig tot 13:05, behalve BRE02A (stil sinds 13:02)"
    assert say(*found, asked_until=NOW + 60 * MINUTE) == "Volledig tot 14:05, behalve BRE02A (stil sinds 13:02)"


@pytest.mark.parametrize(("code", "sentence"), [
    ("en", "Complete until 17/11/2026 14:05"), ("fr", "Complet jusqu'au 17/11/2026 14:05")])
def test_a_moment_of_another_day_has_its_date(code: str, sentence: str) -> None:
    words = in_words([camera("BRE01A")], NOW, NOW - timedelta(days=1))
    assert load_languages()[code].say(words) == sentence
