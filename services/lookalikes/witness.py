"""What a witness remembers of a plate, and which plates it may have been (pure).

People err differently from cameras: they swap neighbours or whole groups, forget, mix all up, or keep a piece. Each
way is one row of a table with its share; a plate's probability is what all of them together give, beside what the text
would be worth if the vehicle never passed a camera.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, permutations

import numpy as np
import numpy.typing as npt

from services.lookalikes.witness_alike import DIGITS, UNKNOWN
from services.lookalikes.witness_channel import (
    Codes,
    Rule,
    encode,
    encode_shapes,
    in_any_order,
    in_any_order_of_shape,
    in_order,
    in_part,
)
from services.lookalikes.witness_shapes import SHAPES
from services.plates import MAX_PLATE_LENGTH

Probabilities = npt.NDArray[np.float64]

_KEPT = re.compile(rf"[^A-Z0-9ÄÖÜ{re.escape(UNKNOWN)}]")
_GROUPS_MOVED_AT_MOST = 4

SEEN_SHARE = 0.85
"""How often the vehicle of a witness is among those that passed: most that commit an offence here also drive here."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to remember: how often, which probability, and whether groups have changed places before."""

    share: float
    rule: Rule
    moved: bool = False


WAYS = (
    Way(0.62, in_order), Way(0.08, in_order, moved=True), Way(0.15, in_part), Way(0.15, in_any_order),
)
"""Our assumption: four in ten err in no character, most of the others in one."""


def normalise_remembered(raw: str) -> str:
    """Return what is remembered in capitals without separators; `?` is one character that is not known.

    Raises ValueError when nothing is known, or when it is longer than a plate can be.
    """
    text = _KEPT.sub("", unicodedata.normalize("NFKC", raw).upper())
    if not text.strip(UNKNOWN):
        raise ValueError("a witness remembers at least one letter or digit")
    if len(text) > MAX_PLATE_LENGTH:
        raise ValueError(f"a plate has at most {MAX_PLATE_LENGTH} characters")
    return text


def groups_of(text: str) -> list[str]:
    """Return the runs of letters and of digits: `3ABC123` → `3`, `ABC`, `123`."""
    return ["".join(run) for _, run in groupby(text, key=DIGITS.__contains__)]


def arrangements(text: str) -> list[str]:
    """Return the texts with their groups in every other order; none when there are too many groups to move about."""
    groups = groups_of(text)
    if not 2 <= len(groups) <= _GROUPS_MOVED_AT_MOST:
        return []
    return sorted({"".join(order) for order in permutations(groups)} - {text})


def likelihoods(text: str, plates: Sequence[str]) -> Probabilities:
    """Return P(a witness says `text` | plate) for each of `plates`; `text` is normalised, `?` is unknown."""
    found = np.zeros(len(plates))
    for rows in _of_one_length(plates):
        codes = encode([plates[row] for row in rows])
        found[rows] = sum(share * way.rule(encode([told])[0], codes)
                          for way in WAYS for told, share in _told_in(text, way))
    return found


def _told_in(text: str, way: Way) -> Iterator[tuple[str, float]]:
    """Yield what may have been said before groups changed places, and how often: groups are moved back."""
    texts = arrangements(text) if way.moved else [text]
    for told in texts:
        yield told, way.share / len(texts)


def _of_one_length(plates: Sequence[str]) -> Iterator[npt.NDArray[np.intp]]:
    lengths = np.array([len(plate) for plate in plates], dtype=np.intp)
    for length in np.unique(lengths):
        yield np.flatnonzero(lengths == length)


@lru_cache(maxsize=1024)
def chance_of_saying(text: str, *, unless_a_piece: bool = False) -> float:
    """Return how often a witness of any plate at all says `text`; `unless_a_piece` leaves out those who keep a piece.

    What the text would be worth if no plate of the dictionary were meant: the sum over the shapes of plates, each place
    of which holds any letter or digit. The places of a plate are independent, so the channel gives it exactly.
    """
    ways = [way for way in WAYS if not (unless_a_piece and way.rule is in_part)]
    chances = (share * _of_one_way(text, way.rule, told)
               for way in ways for told, share in _told_in(text, way))
    return float(sum(chances))


def _of_one_way(text: str, rule: Rule, told: str) -> float:
    if rule is in_any_order:
        return sum(share * in_any_order_of_shape(text, shape) for shape, share in SHAPES.items())
    codes = encode([told])[0]
    return sum(float(rule(codes, plates) @ shares) for plates, shares in _shapes_by_length())


@lru_cache(maxsize=1)
def _shapes_by_length() -> tuple[tuple[Codes, Probabilities], ...]:
    ordered = sorted(SHAPES, key=len)
    return tuple((encode_shapes(shapes), np.array([SHAPES[shape] for shape in shapes]))
                 for shapes in ([*run] for _, run in groupby(ordered, key=len)))


def worth_naming(text: str, found: Probabilities, dictionary: float) -> npt.NDArray[np.bool_]:
    """Tell which plates with these likelihoods can reach a probability of 1 in 10,000, whatever the others do."""
    return np.asarray(found * SEEN_SHARE >= _LEAST * chance_of_saying(text) * (1.0 - SEEN_SHARE) * dictionary)


_LEAST = 1e-4


def posterior(text: str, plates: Sequence[str], dictionary: float, *, by_pieces: bool = False) -> Probabilities:
    """Return the probability of each of `plates`, given what was said.

    `dictionary` is how many plates passed in all, each as likely beforehand. `by_pieces` says that `plates` are those
    with a piece alone: others of the dictionary may be meant by somebody who left gaps or lost the order.
    """
    found = likelihoods(text, plates) * (SEEN_SHARE / max(dictionary, len(plates), 1.0))
    elsewhere = (1.0 - SEEN_SHARE) * chance_of_saying(text)
    if by_pieces:
        elsewhere += SEEN_SHARE * chance_of_saying(text, unless_a_piece=True)
    return np.asarray(found / (found.sum() + elsewhere), dtype=np.float64)
