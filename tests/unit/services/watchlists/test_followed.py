"""Which entries a text may be meant by: patterns that it fits, plates that it is near to."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.watchlists.coverage import Coverage
from services.watchlists.followed import Followed
from services.watchlists.watched import Watched

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def entry(entry_id: int, plate: str, **columns: Any) -> Watched:
    return Watched(**{"entry_id": entry_id, "version": 1, "list_id": 1, "plate": plate, "pattern": False,
                      "country": None, "least_probability": 0.1, "audience_id": 1, "priority": 1, "discreet": False,
                      "lapses_at": None, "coverage": Coverage(NOW, NOW + timedelta(days=1)), **columns})


def followed(*entries: Watched) -> Followed:
    made = Followed()
    for one in entries:
        made.add(one)
    return made


@pytest.mark.parametrize(("pattern", "text", "fits"), [
    ("3AB*", "3ABC123", True), ("3AB*", "13ABC12", False), ("?ABC1[28]3", "3ABC123", True),
    ("?ABC1[28]3", "3ABC193", False), ("?ABC", "3ABC123", False), ("?*", "?11", False)])
def test_a_text_fits_a_pattern_as_a_whole(pattern: str, text: str, fits: bool) -> None:
    one = entry(1, pattern, pattern=True)
    assert followed(entry(2, "9X*", pattern=True), one).fitting(text) == ([one] if fits else [])


@pytest.mark.parametrize(("text", "near"), [
    ("3ABC123", False), ("3ABC128", True), ("3ABC12", True), ("ABC12", True), ("13ABC123", True),
    ("3ABD128", False), ("3ABCI28", True),
    ("ABCI2", False), ("4DEF456", False), ("?11", False)])
def test_one_mistake_is_near_and_of_what_is_no_plate_two(text: str, near: bool) -> None:
    one = entry(1, "3ABC123")
    assert followed(one).near(text) == ([("3ABC123", [one])] if near else [])


def test_entries_of_one_plate_are_found_together_until_the_last_is_removed() -> None:
    first, second = entry(1, "3ABC123"), entry(2, "3ABC123")
    made = followed(first, second, entry(3, "3A*", pattern=True))
    made.remove((1, 1, True))
    assert made.near("3ABC128") == [("3ABC123", [second])]
    made.remove((2, 1, True))
    made.remove((3, 1, True))
    assert (made.near("3ABC128"), made.fitting("3ABC128"), len(made)) == ([], [], 0)


def test_what_became_valid_without_a_new_version_is_another_key() -> None:
    made = followed(entry(1, "3ABC123", lapses_at=NOW))
    assert made.differences([(1, 1, True)]) == ({(1, 1, True)}, {(1, 1, False)})


def test_an_urgent_entry_counts_until_it_lapses_whenever_the_read_was_captured() -> None:
    one = entry(1, "3ABC123", lapses_at=NOW + timedelta(hours=1))
    assert one.counts_for(NOW, 11, NOW + timedelta(minutes=59))
    assert not one.counts_for(NOW, 11, NOW + timedelta(hours=1))
