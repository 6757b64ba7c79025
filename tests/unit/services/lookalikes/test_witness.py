"""What a witness may have meant."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.lookalikes.witness import (
    arrangements,
    groups_of,
    likelihoods,
    normalise_remembered,
    posterior,
)
from services.lookalikes.witness_alike import ALPHABET, alike, wrong_for
from services.lookalikes.witness_channel import EMISSIONS, encode, in_any_order, in_order, in_part

OTHERS = ["4XYZ789", "5KLM456", "6PRS210", "XAKB987", "Y123BF"]


def _best(text: str, *plates: str) -> str:
    found = likelihoods(text, plates)
    return plates[int(np.argmax(found))]


@pytest.mark.parametrize(("told", "why"), [
    ("3ABC123", "all of it"), ("3BAC123", "neighbours swapped"), ("123ABC3", "groups swapped"),
    ("ABC1233", "first digit last"), ("AB123", "two forgotten"), ("3ABC128", "one wrong that looks alike"),
    ("3APC123", "one wrong that sounds alike"), ("C321AB3", "in no order"), ("ABC", "a piece"),
    ("K3ABC123", "one too many"),
])
def test_every_way_to_err_leads_back_to_the_plate(told: str, why: str) -> None:
    assert _best(told, "3ABC123", *OTHERS) == "3ABC123", why


def test_the_smaller_mistake_is_the_likelier_one() -> None:
    mistakes = ["3ABC123", "3ABC132", "3ABE123", "3ABQ127", "W9BQ127"]
    chances = [likelihoods(told, ["3ABC123"])[0] for told in mistakes]
    assert chances == sorted(chances, reverse=True)


def test_what_sounds_alike_is_likelier_than_what_does_not() -> None:
    assert likelihoods("3ABC125", ["3ABC129"])[0] > likelihoods("3ABC120", ["3ABC129"])[0]


def test_an_unknown_character_keeps_its_place() -> None:
    assert _best("3A?C123", "3ABC123", "3AC1230", "3CA1123") == "3ABC123"


def test_a_plate_of_the_dictionary_is_less_certain_where_another_is_as_near() -> None:
    alone = posterior("3ABC124", ["3ABC123"], 1e6)[0]
    beside = posterior("3ABC124", ["3ABC123", "3ABC125"], 1e6)[0]
    assert beside < alone


def test_what_fits_nothing_names_nothing() -> None:
    assert posterior("9QQQ999", OTHERS, 2e6).max() < 0.001


def test_no_plates_have_no_probabilities() -> None:
    assert posterior("3ABC123", [], 2e6).shape == (0,)


def test_a_remembered_text_loses_its_separators_and_keeps_what_is_unknown() -> None:
    assert normalise_remembered(" 3-abc ?23 ") == "3ABC?23"


@pytest.mark.parametrize("raw", ["", "??", "-", "A" * 17])
def test_nothing_and_too_much_are_refused(raw: str) -> None:
    with pytest.raises(ValueError, match=r"character|remembers"):
        normalise_remembered(raw)


def test_groups_are_runs_of_letters_and_digits() -> None:
    assert groups_of("3ABC123") == ["3", "ABC", "123"]
    assert arrangements("ABC123") == ["123ABC"]
    assert "123ABC3" in arrangements("3ABC123")
    assert arrangements("A1B2C3") == []


def test_likeness_is_mutual_and_mistakes_are_shared_out_in_full() -> None:
    for character in ALPHABET:
        assert character not in alike(character)
        assert all(character in alike(other) for other in alike(character))
        shares = wrong_for(character)
        assert shares.sum() == pytest.approx(1.0)
        assert shares[ALPHABET.index(character)] == 0.0
    assert EMISSIONS[:36, :36].sum(axis=1) == pytest.approx(np.ones(36), abs=1e-5)


def test_all_texts_of_a_short_plate_together_have_no_more_than_the_whole_probability() -> None:
    texts = ["", *ALPHABET, *(first + second for first in ALPHABET for second in ALPHABET)]
    plate = encode(["A1"])
    told = [encode([text])[0] for text in texts if text]
    for rule in (in_order, in_any_order, in_part):
        total = sum(float(rule(codes, plate)[0]) for codes in told)
        assert 0.5 < total <= 1.0, rule.__name__


@settings(max_examples=50, deadline=None)
@given(st.text(ALPHABET, min_size=1, max_size=9), st.lists(st.text(ALPHABET, min_size=1, max_size=10), max_size=8))
def test_probabilities_are_probabilities(told: str, plates: list[str]) -> None:
    found = posterior(told, plates, 1e5)
    assert np.all(found >= 0.0)
    assert found.sum() <= 1.0
