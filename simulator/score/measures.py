"""Recall, precision and calibration of judged answers (pure)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

LEVELS = (0.9, 0.5, 0.1, 0.05)
_BINS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """One thing that an answer offered: how probable it said it was, and whether it was right.

    `weight` is how many such things of the whole world stand behind it, where questions were drawn unevenly.
    """

    probability: float
    right: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Bin:
    """What was offered between two probabilities: weight, mean probability, and share that was right."""

    begin: float
    weight: float
    said: float
    right: float


class Row(msgspec.Struct, frozen=True):
    """One figure with its goal, as it is printed and written."""

    name: str
    value: float
    unit: str
    better: str = "higher"
    goal: float | None = None


def precision(judged: Sequence[Judged], level: float) -> float:
    """Return the share of what was offered at `level` or above that is right; 1 when nothing was."""
    offered = [item for item in judged if item.probability >= level]
    total = sum(item.weight for item in offered)
    return sum(item.weight for item in offered if item.right) / total if total else 1.0


def recall(judged: Sequence[Judged], sought: int, level: float) -> float:
    """Return the share of the `sought` things that were offered at `level` or above."""
    return sum(item.right and item.probability >= level for item in judged) / sought if sought else 1.0


def best_recall(judged: Sequence[Judged], sought: int, least_precision: float) -> tuple[float, float]:
    """Return the highest recall at which precision is still `least_precision`, and the level that gives it."""
    right = offered = 0.0
    best = (0.0, 1.0)
    ordered = sorted(judged, key=lambda item: -item.probability)
    for number, item in enumerate(ordered):
        right, offered = right + item.right * item.weight, offered + item.weight
        last = number + 1 == len(ordered) or ordered[number + 1].probability < item.probability
        if last and right >= least_precision * offered and right / max(sought, 1) > best[0]:
            best = (right / max(sought, 1), item.probability)
    return best


def bins(judged: Sequence[Judged]) -> Iterator[Bin]:
    """Yield the ten equal bins of probability that hold anything."""
    for number in range(_BINS):
        inside = [item for item in judged if min(int(item.probability * _BINS), _BINS - 1) == number]
        weight = sum(item.weight for item in inside)
        if weight:
            yield Bin(number / _BINS, weight, sum(item.probability * item.weight for item in inside) / weight,
                      sum(item.weight for item in inside if item.right) / weight)


def calibration_error(judged: Sequence[Judged]) -> float:
    """Return the expected calibration error over ten bins (Naeini, Cooper and Hauskrecht, AAAI 2015)."""
    total = sum(item.weight for item in judged)
    return sum(bin_.weight * abs(bin_.said - bin_.right) for bin_ in bins(judged)) / total if total else 0.0


def best_f1(scored: Sequence[tuple[float, float, float]], sought: int) -> tuple[float, float, float, float]:
    """Return threshold, recall, precision and F1 where F1 is highest.

    `scored` holds, for each candidate, its similarity, how many reads behind it are right, and how many there are.
    """
    right = offered = 0.0
    best = (1.0, 0.0, 1.0, 0.0)
    ordered = sorted(scored, key=lambda item: -item[0])
    for number, (similarity, good, all_) in enumerate(ordered):
        right, offered = right + good, offered + all_
        if number + 1 < len(ordered) and ordered[number + 1][0] == similarity:
            continue
        f1 = 2 * right / (offered + sought) if offered + sought else 0.0
        if f1 > best[3]:
            best = (similarity, right / max(sought, 1), right / max(offered, 1e-12), f1)
    return best
