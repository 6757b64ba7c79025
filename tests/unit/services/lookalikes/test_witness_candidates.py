"""What is looked up for a remembered text."""

import pytest

from services.lookalikes.witness_candidates import MOST_PROBES, count_characters, probe_for
from services.plates import letters_of


@pytest.mark.parametrize("told", [
    "3ABC123", "3ACB132", "123ABC3", "ABC123", "3ABC12", "ABC12", "3ABC128", "3APC723", "K3ABC123", "3AB?123", "3ABC13",
    "3APC12", "3ABK123",
])
def test_one_or_two_mistakes_are_looked_up(told: str) -> None:
    probes = probe_for(told)
    assert letters_of("3ABC123") in probes.letters or "3ABC123" in probes.texts


@pytest.mark.parametrize("told", ["ABC", "BC12", "3ABC", "ABC12"])
def test_a_piece_is_looked_up_as_it_is(told: str) -> None:
    assert told in probe_for(told).pieces


def test_a_piece_is_also_looked_up_with_its_groups_swapped() -> None:
    assert "AB12" in probe_for("12AB").pieces


@pytest.mark.parametrize("told", ["K7", "K", "K??7", "?7"])
def test_too_little_is_not_looked_up(told: str) -> None:
    assert not probe_for(told)


def test_probes_are_bounded_and_different() -> None:
    for told in ("3ABC123", "ABC12", "ABC123", "ABCDEFGHJKLMNPRS"):
        probes = probe_for(told)
        assert len(probes.letters) == len(set(probes.letters)) <= MOST_PROBES
        assert len(probes.texts) == len(set(probes.texts)) <= MOST_PROBES


def test_characters_are_counted_and_the_unknown_ones_are_not() -> None:
    assert count_characters("K7?77") == {"K": 1, "7": 3}
