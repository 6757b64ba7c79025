"""Made-up witnesses."""

from collections import Counter

import numpy as np
import pytest

from simulator.score.people import KINDS, tell


def test_every_kind_of_witness_comes_as_often_as_its_share() -> None:
    rng = np.random.default_rng(1)
    counts = Counter(tell("3ABC123", rng)[1] for _ in range(4000))
    assert sum(kind.share for kind in KINDS) == pytest.approx(1.0)
    for kind in KINDS:
        assert counts[kind.name] / 4000 == pytest.approx(kind.share, abs=0.025), kind.name


@pytest.mark.parametrize(("name", "lengths", "same_characters"), [
    ("all of it", {7}, True), ("neighbours swapped", {7}, True), ("groups swapped", {7}, True), ("mixed up", {7}, True),
    ("one forgotten", {6}, False), ("two forgotten", {5}, False), ("one wrong", {7}, False), ("a piece", {4, 5}, False),
    ("two characters", {2}, False),
])
def test_each_kind_errs_in_its_own_way(name: str, lengths: set[int], same_characters: bool) -> None:
    rng = np.random.default_rng(2)
    kind = next(kind for kind in KINDS if kind.name == name)
    told = [kind.tell("3ABC123", rng) for _ in range(50)]
    assert {len(text) for text in told} == lengths
    assert all(sorted(text) == sorted("3ABC123") for text in told) == same_characters


def test_the_same_seed_gives_the_same_witnesses() -> None:
    first, second = (tell("3ABC123", np.random.default_rng(3)) for _ in range(2))
    assert first == second
