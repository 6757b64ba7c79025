"""How wrong a clock may be."""

import pytest

from services.clock_rule import ClockClass, clock_class, is_same


@pytest.mark.parametrize(("offset_ms", "kind"), [
    (0, "ok"), (100, "ok"), (-100, "ok"), (101, "flagged"), (-101, "flagged"), (1000, "flagged"), (-1000, "flagged"),
    (1001, "excluded"), (-1001, "excluded"), (86_400_000, "excluded")])
def test_beyond_a_tenth_of_a_second_a_clock_is_flagged_and_beyond_a_second_excluded(offset_ms: int, kind: str) -> None:
    assert clock_class(offset_ms) == ClockClass(kind)


@pytest.mark.parametrize(("offset_ms", "before_ms", "same"), [
    (-95, 95, True),          # both in order
    (120, 80, True),          # within 50 ms, though of another class
    (300, 240, False), (600, 560, True), (600, 540, False),
    (60_000, 57_000, True), (60_000, 50_000, False),   # a tenth
    (-5000, 5000, False)])
def test_an_offset_stays_the_same_within_bounds(offset_ms: int, before_ms: int, same: bool) -> None:
    assert is_same(offset_ms, before_ms) is same
