"""Recall, precision and calibration of judged answers."""

import pytest

from simulator.score.measures import Judged, best_f1, best_recall, bins, calibration_error, precision, recall

OFFERED = [Judged(0.95, right=True), Judged(0.92, right=True), Judged(0.6, right=False), Judged(0.55, right=True),
           Judged(0.1, right=False)]


def test_precision_is_the_right_share_of_what_reaches_the_level() -> None:
    assert precision(OFFERED, 0.9) == 1.0
    assert precision(OFFERED, 0.5) == 0.75
    assert precision([], 0.5) == 1.0


def test_precision_counts_by_weight() -> None:
    assert precision([Judged(0.9, right=True, weight=1), Judged(0.9, right=False, weight=3)], 0.5) == 0.25


def test_recall_counts_what_was_not_offered_at_all() -> None:
    assert recall(OFFERED, 4, 0.5) == 0.75
    assert recall(OFFERED, 4, 0.9) == 0.5
    assert recall([], 0, 0.9) == 1.0


def test_the_best_recall_is_the_lowest_level_that_is_precise_enough() -> None:
    assert best_recall(OFFERED, 4, 0.75) == (0.75, 0.55)
    assert best_recall(OFFERED, 4, 0.9) == (0.5, 0.92)
    assert best_recall([Judged(0.9, right=False)], 1, 0.9) == (0.0, 1.0)


def test_what_is_equally_probable_is_accepted_or_refused_together() -> None:
    assert best_recall([Judged(0.9, right=True), Judged(0.9, right=False)], 1, 0.9) == (0.0, 1.0)


def test_what_is_said_and_what_is_right_are_compared_bin_by_bin() -> None:
    assert calibration_error([Judged(0.8, right=True)] * 8 + [Judged(0.8, right=False)] * 2) == pytest.approx(0.0)
    assert calibration_error([Judged(0.8, right=True)] * 5 + [Judged(0.8, right=False)] * 5) == pytest.approx(0.3)
    assert calibration_error([Judged(0.1, right=False), Judged(1.0, right=True)]) == pytest.approx(0.05)
    assert [(bin_.begin, bin_.weight) for bin_ in bins([Judged(1.0, right=True), Judged(0.05, right=False)])] == [
        (0.0, 1.0), (0.9, 1.0)]


def test_the_best_threshold_weighs_recall_and_precision() -> None:
    threshold, found, exact, f1 = best_f1([(0.9, 1, 1), (0.5, 1, 1), (0.4, 0, 5)], 2)
    assert (threshold, found, exact, f1) == (0.5, 1.0, 1.0, 1.0)
