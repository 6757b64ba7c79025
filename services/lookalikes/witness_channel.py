"""What becomes of a plate between the eye and the police desk: probabilities of a told text, for many plates at once.

Characters are forgotten, taken for others, swapped with their neighbour or made up; each is a step of a noisy channel,
and all ways through it are added up as for a pair hidden Markov model (Durbin et al., Biological Sequence Analysis,
1998, chapter 4), with the swap of Damerau (Communications of the ACM 7, 1964) as one more step. NumPy holds all plates
of one length at a time, so that a thousand cost about as much as ten.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import factorial, perm, prod

import numpy as np
import numpy.typing as npt

from services.lookalikes.witness_alike import ALPHABET, UNKNOWN, wrong_for
from services.lookalikes.witness_shapes import DIGIT, LETTER, shape_of
from services.plates import MAX_PLATE_LENGTH

Floats = npt.NDArray[np.float32]
Codes = npt.NDArray[np.intp]
Rule = Callable[[Codes, Codes], Floats]


@dataclass(frozen=True, slots=True)
class Habits:
    """How often people err, a character: our assumption, no study of witnesses of plates gives numbers by character."""

    forgotten: float = 0.07
    wrong: float = 0.06
    swapped: float = 0.02
    made_up: float = 0.005
    unknown: float = 0.1
    """Known to be there, but not which: told as `?`."""
    forgotten_unordered: float = 0.25
    """By somebody who keeps characters and no order."""


HABITS = Habits()
_WIDTH = len(ALPHABET) + 4  # every character, `?`, all that is none of ours, any digit, any letter
_UNKNOWN, _OTHER, _ANY_DIGIT, _ANY_LETTER = range(len(ALPHABET), _WIDTH)
_CODE = np.full(256, _OTHER, dtype=np.intp)
_CODE[np.frombuffer((ALPHABET + UNKNOWN).encode(), dtype=np.uint8)] = np.arange(_OTHER)
_FOLDED = str.maketrans("ÄÖÜ", "AOU")


def encode(texts: Sequence[str]) -> Codes:
    """Return one row of codes for each text; all must have the same length."""
    plain = [text.translate(_FOLDED) for text in texts]
    return _CODE[np.array(plain, dtype=f"S{len(plain[0])}").view(np.uint8).reshape(len(plain), -1)]


def encode_shapes(shapes: Sequence[str]) -> Codes:
    """Return one row of codes for each plate of which the shape alone is known; all must have the same length."""
    return np.array([[_ANY_DIGIT if kind == DIGIT else _ANY_LETTER for kind in shape] for shape in shapes],
                    dtype=np.intp)


def _emissions() -> Floats:
    """Return P(told | true) for a character that was kept, right or wrong; any digit is the mean of all digits."""
    table = np.zeros((_WIDTH, _WIDTH), dtype=np.float32)
    for row, character in enumerate(ALPHABET):
        table[row, :len(ALPHABET)] = HABITS.wrong * wrong_for(character)
        table[row, row] = 1.0 - HABITS.wrong
    table[_OTHER, :len(ALPHABET)] = HABITS.wrong / len(ALPHABET)
    table[_ANY_DIGIT], table[_ANY_LETTER] = table[:10].mean(axis=0), table[10:len(ALPHABET)].mean(axis=0)
    table[:, _UNKNOWN] = HABITS.unknown
    return table


EMISSIONS = _emissions()
_TOLD = np.ascontiguousarray(EMISSIONS.T)
_MADE_UP = HABITS.made_up / len(ALPHABET)
_KEPT = 1.0 - HABITS.forgotten - HABITS.swapped
_POWERS = np.arange(MAX_PLATE_LENGTH + 1)
_POWERS_KEPT = (((1.0 - HABITS.forgotten_unordered) * (1.0 - HABITS.wrong)) ** _POWERS).astype(np.float32)
_POWERS_FORGOTTEN = (HABITS.forgotten_unordered ** _POWERS).astype(np.float32)


def in_order(told: Codes, plates: Codes) -> Floats:
    """Return P(told | plate) for a witness who keeps the order, by row of `plates`."""
    begun = np.zeros((plates.shape[1] + 1, len(plates)), dtype=np.float32)
    begun[0] = 1.0
    for place in range(plates.shape[1]):
        begun[place + 1] = begun[place] * HABITS.forgotten
    whole: Floats = _through(told, plates, begun)[-1]
    return whole


def in_part(told: Codes, plates: Codes) -> Floats:
    """Return P(told | plate) for a witness who remembers one piece of it; every piece is as likely as any other."""
    length = plates.shape[1]
    begun = np.ones((length + 1, len(plates)), dtype=np.float32)
    pieces = length * (length + 1) / 2
    ended: Floats = _through(told, plates, begun).sum(axis=0, dtype=np.float32) / np.float32(pieces)
    return ended


def _through(told: Codes, plates: Codes, begun: Floats) -> Floats:
    """Return, for each place of the plate, the probability of all that is told up to there.

    `begun` holds the same for nothing told. Column after column: forgotten, kept, swapped with the one before, made up.
    """
    length = plates.shape[1]
    columns = [np.ascontiguousarray(plates[:, place]) for place in range(length)]
    kept = [[_TOLD[code].take(column) for column in columns] for code in told]
    before, now = begun, begun
    for number in range(len(told)):
        after = np.empty_like(begun)
        after[0] = now[0] * _MADE_UP
        for place in range(1, length + 1):
            after[place] = now[place - 1] * kept[number][place - 1] * _KEPT
            after[place] += after[place - 1] * HABITS.forgotten + now[place] * _MADE_UP
            if number and place > 1:
                swapped = kept[number - 1][place - 1] * kept[number][place - 2]
                after[place] += before[place - 2] * swapped * HABITS.swapped
        before, now = now, after
    return now


def in_any_order(told: Codes, plates: Codes) -> Floats:
    """Return P(told | plate) for a witness who keeps characters and no order: all orders of them are equally likely.

    Characters that do not fit are taken for the likeliest mistake, so this is a bound from below, and a close one.
    """
    counts = _count(plates)
    wanted = np.bincount(told, minlength=_WIDTH)
    matched = np.minimum(counts, wanted)
    kept = matched.sum(axis=1)
    gone = max(plates.shape[1] - len(told), 0)
    orders = factorial(len(told)) / prod(factorial(number) for number in wanted.tolist())
    found: Floats = _POWERS_KEPT[kept] * _POWERS_FORGOTTEN[gone] / np.float32(orders)
    left_over = np.take_along_axis(counts > matched, plates, axis=1)
    for code in np.unique(told):
        surplus = wanted[code] - matched[:, code]
        best = np.where(left_over, _TOLD[code].take(plates), np.float32(0)).max(axis=1)
        found *= np.where(surplus > 0, np.maximum(best, _MADE_UP) ** surplus, 1.0).astype(np.float32)
    return found


def in_any_order_of_shape(told: str, shape: str) -> float:
    """Return P(told | some plate of this shape) for the same witness.

    Every way to lay the told letters on places for letters, and digits on places for digits, adds up; what finds no
    place is made up.
    """
    kinds, chances = shape_of(told), {DIGIT: 1 / 10, LETTER: 1 / 26}
    found = HABITS.forgotten_unordered ** max(len(shape) - len(told), 0) / factorial(len(told))
    for kind, chance in chances.items():
        wanted, there = kinds.count(kind), shape.count(kind)
        laid = min(wanted, there)
        kept = (1.0 - HABITS.forgotten_unordered) * chance
        found *= perm(there, laid) * kept**laid * _MADE_UP ** (wanted - laid)
    return found


def _count(plates: Codes) -> Codes:
    """Return how often each character stands in each plate."""
    rows = np.arange(len(plates))[:, None] * _WIDTH
    return np.bincount((rows + plates).ravel(), minlength=len(plates) * _WIDTH).reshape(len(plates), _WIDTH)
