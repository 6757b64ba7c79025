"""Bayes over who was really there: what each kind of evidence does to the probability."""

import random
from itertools import pairwise

import pytest

from services.lookalikes.model import BANDS, SHIPPED, SHIPPED_LIKELIHOODS, Habits, Model, band_of
from services.lookalikes.occurrence import Occurrence, mean_reads, probability_of, reads_again
from services.lookalikes.posterior import Weights, weigh
from services.lookalikes.preview import foresee

FITS, FITS_NOT = SHIPPED.occurrence.expected("3ABC128"), SHIPPED.occurrence.expected("3A8C123")


def test_a_text_that_is_no_plate_is_a_misread_and_one_that_is_read_often_is_a_car() -> None:
    assert weigh(1, FITS_NOT, 0.01, 0.0).probability() > 0.99
    assert 0.5 < weigh(1, FITS, 0.01, 0.0).probability() < 0.99
    assert weigh(6, FITS, 0.01, 0.0).probability() < 0.01


def test_oftener_read_is_less_probably_a_misread() -> None:
    shares = [weigh(times, FITS, 0.01, 0.0).probability() for times in (1, 2, 3, 5, 10, 20)]
    assert all(before > after for before, after in pairwise(shares))


def test_another_plate_takes_its_share() -> None:
    assert weigh(1, FITS_NOT, 0.01, 0.03).probability() == pytest.approx(0.25, abs=0.01)


def test_the_probability_is_that_of_a_simulated_town() -> None:
    """Texts of a crowded shape: each is a car's with its frequency, and misread into by the plate asked for."""
    chance, expected, ours = random.Random(1), (0.02, 0.01, *[0.0] * 9), 0.015
    seen: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(300_000):
        right = chance.choices((0, 1, 2), (0.97, 0.02, 0.01))[0]
        wrong = 0
        while chance.random() < ours / (1 + ours):
            wrong += 1
        if right + wrong in seen:
            seen[right + wrong].append(wrong / (right + wrong))
    for times, shares in seen.items():
        assert weigh(times, expected, ours, 0.0).misread == pytest.approx(sum(shares) / len(shares), abs=0.02)


def test_confidence_and_camera_move_the_odds() -> None:
    weights = Weights(0.4, 0.5, 0.5)
    assert weights.probability() == pytest.approx(0.4)
    assert weights.probability(likelihood=2.0) == pytest.approx(0.8 / (0.8 + 0.2 + 0.5))
    assert weights.probability(own=3.0) == pytest.approx(1.2 / (1.2 + 0.1 + 0.5))


def test_a_model_without_evidence_listens_to_confidence_and_knows_no_camera() -> None:
    assert [SHIPPED.likelihood(confidence) for confidence in (0.3, 0.95, 0.99)] == [8.0, 0.6, 0.4]
    assert SHIPPED.likelihood(None, 7) == 1.0
    assert Model(cameras={7: Habits(2.5)}).likelihood(None, 7) == 2.5
    assert len(SHIPPED_LIKELIHOODS) == len(BANDS) + 1 == band_of(1.0) + 1


def test_expectations_are_probabilities() -> None:
    occurrence = Occurrence({"be": (10.0**8, *[0.0] * 10)})
    crowded = occurrence.expected("3ABC123")
    assert sum(crowded) == pytest.approx(0.9)
    assert probability_of(crowded, 0) == pytest.approx(0.1)
    assert reads_again(crowded, 0) == pytest.approx(9.0)
    assert mean_reads(FITS) > FITS[0]
    assert sum(FITS_NOT) < 1e-6


def test_how_often_a_vehicle_comes_is_told_by_how_often_vehicles_come() -> None:
    """Vehicles of a town, each with a rate of its own: those read n times come as often again as the table says."""
    chance = random.Random(5)
    rates = [chance.gammavariate(0.4, 4.0) for _ in range(200_000)]
    seen = [_poisson(chance, rate) for rate in rates]
    table = tuple(seen.count(times) / len(seen) for times in range(1, 11))
    expected = (*table, sum(times > 10 for times in seen) / len(seen))
    for times in (1, 2, 4):
        true = [rate for rate, count in zip(rates, seen, strict=True) if count == times]
        assert reads_again(expected, times) == pytest.approx(sum(true) / len(true), rel=0.1)
    assert reads_again(expected, 25) == 25.0


def test_a_vehicle_read_once_where_nearly_all_pass_once_is_hardly_misread_besides() -> None:
    once = (0.04, 0.0004, *[0.0] * 9)
    assert reads_again(once, 1) == pytest.approx(0.1)  # no less: a sample's table is uneven
    assert reads_again((0.04, 0.03, *[0.0] * 9), 1) == pytest.approx(1.5)
    assert reads_again((0.04, 0.06, *[0.0] * 9), 1) == 2.0


def _poisson(chance: random.Random, rate: float) -> int:
    count, time = 0, chance.expovariate(1.0)
    while time < rate:
        count, time = count + 1, time + chance.expovariate(1.0)
    return count


def test_a_preview_names_a_change_once_and_more_at_a_lower_level() -> None:
    sure, possible = foresee(SHIPPED, "3ABC123", 0.9), foresee(SHIPPED, "3ABC123", 0.1)
    assert "3A8C123" in {one.text for one in sure}
    assert "3ABC128" not in {one.text for one in sure}
    assert "3ABC128" in {one.text for one in possible}
    assert len({one.text for one in possible}) == len(possible)
    assert all(one.probability >= 0.9 for one in sure)
