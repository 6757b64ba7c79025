"""What a witness remembers of a plate, and which plates it may have been (pure).

People err differently from cameras: they swap neighbours or whole groups, forget, mix all up, or keep a piece. Each
way is one row of a table with its share; a plate's probability is what all of them together give, beside what the text
would be worth if the vehicle never passed a camera.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, permutations

import numpy as np
import numpy.typing as npt

from services.lookalikes.witness_alike import DIGITS, UNKNOWN
from services.lookalikes.witness_channel import Rule, encode, in_any_order, in_order, in_part
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
        found[rows] = sum(share * rule(encode([told])[0], codes) for told, rule, share in _readings(text))
    return found


def _readings(text: str) -> Iterator[tuple[str, Rule, float]]:
    """Yield what may have been meant, by which rule, and how often: moved groups are moved back."""
    others = arrangements(text)
    for way in WAYS:
        texts = others if way.moved else [text]
        for told in texts:
            yield told, way.rule, way.share / len(texts)


def _of_one_length(plates: Sequence[str]) -> Iterator[npt.NDArray[np.intp]]:
    lengths = np.array([len(plate) for plate in plates], dtype=np.intp)
    for length in np.unique(lengths):
        yield np.flatnonzero(lengths == length)


def likelihood_of_any(text: str) -> float:
    """Return about how often a witness of any plate at all says `text`: letters 1 in 23, digits 1 in 10, any length.

    What a text is worth that fits no plate of the dictionary: the longer, the less it could be chance.
    """
    return _ANY_LENGTH * float(np.prod([_ANY.get(character, 1 / 23) for character in text]))


_ANY_LENGTH = 0.15  # of all told texts that have just this order of letters and digits
_ANY = {**dict.fromkeys(DIGITS, 1 / 10), UNKNOWN: 1 / 10}


def worth_naming(text: str, found: Probabilities, dictionary: float) -> npt.NDArray[np.bool_]:
    """Tell which plates with these likelihoods can reach a probability of 1 in 10,000, whatever the others do."""
    return np.asarray(found * SEEN_SHARE >= _LEAST * likelihood_of_any(text) * (1.0 - SEEN_SHARE) * dictionary)


_LEAST = 1e-4


def posterior(text: str, plates: Sequence[str], dictionary: float, unnamed: float) -> Probabilities:
    """Return the probability of each of `plates`, given what was said.

    `dictionary` is how many plates passed in all, each as likely beforehand; `unnamed` the share, 0 to 1, of what a
    witness of any plate might say that `plates` leave out although the dictionary may hold it.
    """
    found = likelihoods(text, plates) * (SEEN_SHARE / max(dictionary, len(plates), 1.0))
    elsewhere = likelihood_of_any(text) * (1.0 - SEEN_SHARE + SEEN_SHARE * unnamed)
    return np.asarray(found / (found.sum() + elsewhere), dtype=np.float64)
