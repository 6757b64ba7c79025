"""Plate patterns: how they are written, what they match, and by which index their plates are found."""

import re
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.patterns import ALPHABET, BEHIND, MOST_TEXTS, Pattern, Way, choose_access, parse_pattern


@pytest.mark.parametrize(("raw", "pattern", "like", "regex"), [
    ("3-abc-123", "3ABC123", "3ABC123", None),
    ("3-a?c-*", "3A?C*", "3A_C%", None),
    ("3***", "3*", "3%", None),
    ("*b%_\\'c*", "*BC*", "%BC%", None),   # what LIKE would take for its own is gone
    ("???????", "???????", "_______", None),
    ("*" + "1" * 16 + "*", "*" + "1" * 16 + "*", "%" + "1" * 16 + "%", None),
    ("3-A[8b]C-1[17]*", "3A[8B]C1[17]*", "3A_C1_%", "^[3][A][8B][C][1][17].*$"),
    ("3[bB]?", "3B?", "3B_", None),
])
def test_a_pattern_becomes_what_sql_matches(raw: str, pattern: str, like: str, regex: str | None) -> None:
    parsed = parse_pattern(raw)
    assert (str(parsed), parsed.like(), parsed.regex()) == (pattern, like, regex)
    assert parse_pattern(str(parsed)) == parsed


@pytest.mark.parametrize("raw", ["", "*", "***", "- -", "1" * 17, "?" * 17])
def test_a_pattern_that_asks_for_nothing_or_too_much_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="a plate"):
        parse_pattern(raw)


@pytest.mark.parametrize("raw", ["3[]1", "3[AB", "3AB]", "3[A?]", "3[[AB]]"])
def test_brackets_that_hold_nothing_or_stay_open_are_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="brackets"):
        parse_pattern(raw)


@pytest.mark.parametrize(("raw", "way", "number"), [
    ("3ABC123", Way.exact, 1),
    ("3ABC12?", Way.exact, len(ALPHABET)),
    ("3[AB]C[17]23", Way.exact, 4),
    ("3ABC*", Way.beginnings, 1),
    ("*C123", Way.ends, 1),
    ("3A???23", Way.beginnings, 1),
    ("??BC1?3", Way.ends, len(ALPHABET)),
    ("*ABC*", Way.trigrams, 0),
    ("*9", Way.none, 0),
    ("???C???", Way.none, 0),
])
def test_plates_are_found_by_the_index_that_reads_least(raw: str, way: Way, number: int) -> None:
    access = choose_access(parse_pattern(raw))
    assert (access.way, len(access.texts)) == (way, number)


_PATTERNS = st.text("?*AB12", min_size=1, max_size=8).filter(lambda text: text.strip("*"))
_PLATES = st.text(ALPHABET, min_size=1, max_size=9)


def _matches(pattern: Pattern, plate: str) -> bool:
    return fnmatchcase(plate, str(pattern))


@given(_PATTERNS, st.lists(_PLATES, max_size=30))
def test_every_way_leads_to_every_plate_that_matches(raw: str, plates: list[str]) -> None:
    pattern = parse_pattern(raw)
    access = choose_access(pattern)
    assert len(access.texts) <= MOST_TEXTS
    for plate in (plate for plate in [*plates, str(pattern).replace("?", "Ü").replace("*", "7")]
                  if _matches(pattern, plate)):
        reached = {Way.exact: lambda text, plate=plate: plate == text,
                   Way.beginnings: lambda text, plate=plate: text <= plate < text + BEHIND,
                   Way.ends: lambda text, plate=plate: text <= plate[::-1] < text + BEHIND}.get(access.way)
        assert reached is None or any(map(reached, access.texts))


@given(_PATTERNS, _PLATES)
def test_like_and_regex_match_what_the_pattern_says(raw: str, plate: str) -> None:
    pattern = parse_pattern(raw)
    like = re.fullmatch(pattern.like().replace("%", ".*").replace("_", "."), plate)
    assert (like is not None) == _matches(pattern, plate)
