"""Plate texts: what normalising keeps, what masking hides, what a pattern may be."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import plates


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) for c in text)


@pytest.mark.parametrize(("raw", "plate"), [
    ("3-ABC-123", "3ABC123"),
    ("3 abc.123", "3ABC123"),
    ("3·ABC\N{EN DASH}123", "3ABC123"),
    (full_width("3-ABC-123"), "3ABC123"),
    ("xa-äb 123", "XAÄB123"),                  # an umlaut, composed
    ("xa-a\N{COMBINING DIAERESIS}b 123", "XAÄB123"),   # and in two characters
    ("\N{ZERO WIDTH SPACE}4-DEF-456\n", "4DEF456"),
    ("1234567890123456", "1234567890123456"),
])
def test_a_plate_is_kept_in_capitals_without_separators(raw: str, plate: str) -> None:
    assert plates.normalise(raw) == plate


@pytest.mark.parametrize("raw", [None, "", "-", " ", "?", "unknown", "UNKNOWN", "Unknown", "no plate", "NO-PLATE",
                                 "NOPLATE", "unlicensed", "not read", "null", "None", "1" * 17, "A" * 64, "車両"])
def test_what_is_no_plate_gives_none(raw: str | None) -> None:
    assert plates.normalise(raw) is None


@given(st.text(max_size=40))
def test_a_normalised_plate_is_short_and_holds_capitals_and_digits_only(raw: str) -> None:
    plate = plates.normalise(raw)
    assert plate is None or re.fullmatch(r"[A-Z0-9ÄÖÜ]{1,16}", plate)


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(raw: str) -> None:
    plate = plates.normalise(raw)
    assert plate is None or plates.normalise(plate) == plate


def test_a_passage_without_a_plate_is_known_by_its_camera() -> None:
    assert plates.unread(12) == "?12"
    assert plates.is_unread(plates.unread(12))
    assert not plates.is_unread("3ABC123")


def test_masking_keeps_the_shape() -> None:
    assert plates.mask("3-ABC-123 and 4-def-456") == "9-AAA-999 aaa 9-aaa-999"


@given(st.text())
def test_masking_leaves_no_letter_but_a_and_no_digit_but_nine(text: str) -> None:
    assert set(re.findall("[A-Za-z0-9]", plates.mask(text))) <= {"A", "a", "9"}


@given(st.text())
def test_masking_leaves_no_letter_of_any_script(text: str) -> None:
    assert all(c in "Aa9" for c in plates.mask(text) if c.isalnum())


def test_the_letters_of_a_plate_are_the_same_in_whatever_order_they_are_remembered() -> None:
    assert plates.letters_of("3ABC123") == plates.letters_of("ABC1233") == "1233ABC"


@pytest.mark.parametrize(("sent", "plate", "kept"), [
    ("3ABC123", "3ABC123", None), (None, None, None), ("3-ABC-123", "3ABC123", "-"),
    ("3 ABC 123", "3ABC123", "3 ABC 123"),
    ("3-abc-123", "3ABC123", "3-abc-123"), ("-", None, "-"), ("unknown", None, "unknown"), ("", None, ""),
    ("AB-123-CD", "AB123CD", "AB-123-CD"), ("3ABC-123", "3ABC123", "3ABC-123"),
])
def test_the_usual_writing_of_a_plate_is_a_hyphen(sent: str | None, plate: str | None, kept: str | None) -> None:
    assert plates.shorten_sent(sent, plate) == kept


@given(st.one_of(st.none(), st.text(), st.from_regex(r"[0-9]-?[A-Z]{3}-?[0-9]{3}", fullmatch=True)))
def test_what_was_sent_is_told_in_full_again(sent: str | None) -> None:
    plate = plates.normalise(sent)
    told = plates.sent_in_full(plates.shorten_sent(sent, plate), plate or plates.unread(11))
    assert told == (None if sent == plate else sent)
