"""When a reason says nothing, and when it is nearly the same one again."""

import pytest

from services.reasons import are_near, is_empty


@pytest.mark.parametrize("reason", [
    "controle", "onderzoek onderzoek", "in het kader van onderzoek", "asdf asdf asdf", "zzzzzzzzzz", "123 456 789",
    "GE.11.L1.004512/2026", "vérification véhicule", "xkcdqwrtzp bcdfghjkl",
])
def test_words_that_fit_any_question_say_nothing(reason: str) -> None:
    assert is_empty(reason, "GE.11.L1.004512/2026")


@pytest.mark.parametrize("reason", [
    "Reeks inbraken te Bree", "Vluchtmisdrijf, fietser gekwetst", "Vermiste vrouw, wagen van de dochter",
    "vol de camionnette à Genk", "Hit-and-run near the school",
])
def test_words_of_a_case_say_something(reason: str) -> None:
    assert not is_empty(reason, "GE.11.L1.004512/2026")


@pytest.mark.parametrize(("one", "other", "near"), [
    ("Reeks inbraken te Bree", "inbraken REEKS te brée", True),
    ("Reeks inbraken te Bree", "Reeks inbraken te Bree, vandaag", True),
    ("Reeks inbraken te Bree", "Reeks diefstallen te Genk", False),
    ("Vluchtmisdrijf met gekwetste fietser", "Vluchtmisdrijf met gekwetste voetganger", False),
    ("1234", "5678", False),
])
def test_nearly_the_same_words_are_told_from_others(one: str, other: str, near: bool) -> None:
    assert are_near(one, other) is near
    assert are_near(other, one) is near
