"""Made-up witnesses: what people tell of a plate that they saw for a second.

Their numbers and their confusions are the simulator's own and must never be copied from the product's model of
witnesses, or the product would be scored against itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

import numpy as np

_HEARD = {"B": "PD", "P": "B", "D": "T", "T": "D", "M": "N", "N": "M", "F": "S", "S": "FZ", "V": "F", "G": "CJ",
          "C": "S", "J": "G", "Z": "S", "K": "Q", "2": "3", "3": "2", "6": "7", "7": "6", "5": "9", "9": "5"}
_SEEN = {"0": "8O", "1": "7", "7": "1", "8": "30", "3": "8", "B": "8", "E": "F", "F": "E", "X": "Y", "Y": "X", "U": "V",
         "V": "U", "R": "P", "H": "N", "L": "I", "Z": "2", "5": "S", "S": "5"}
_ALIKE_SHARE = 0.7

Teller = Callable[[str, np.random.Generator], str]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of witness, and how often."""

    name: str
    share: float
    tell: Teller


def tell(plate: str, rng: np.random.Generator) -> tuple[str, str]:
    """Return what a witness tells of `plate` (normalised), and which kind of witness it is."""
    kind = KINDS[int(rng.choice(len(KINDS), p=[kind.share for kind in KINDS]))]
    return kind.tell(plate, rng), kind.name


def _exactly(plate: str, _rng: np.random.Generator) -> str:
    return plate


def _swap_neighbours(plate: str, rng: np.random.Generator) -> str:
    place = int(rng.integers(len(plate) - 1))
    return plate[:place] + plate[place + 1] + plate[place] + plate[place + 2:]


def _swap_groups(plate: str, rng: np.random.Generator) -> str:
    groups = ["".join(run) for _, run in groupby(plate, key=str.isdigit)]
    place = int(rng.integers(len(groups) - 1))
    groups[place], groups[place + 1] = groups[place + 1], groups[place]
    return "".join(groups)


def _forget(plate: str, rng: np.random.Generator) -> str:
    # Every second one leaves out the figure in front: it says least.
    place = 0 if rng.random() < 0.5 else int(rng.integers(len(plate)))
    return plate[:place] + plate[place + 1:]


def _get_wrong(plate: str, rng: np.random.Generator) -> str:
    place = int(rng.integers(len(plate)))
    true = plate[place]
    alike = _HEARD.get(true, "") + _SEEN.get(true, "")
    anything = "0123456789" if true.isdigit() else "ABCDEFGHJKLMNPRSTUVWXYZ"
    others = (alike if alike and rng.random() < _ALIKE_SHARE else anything).replace(true, "")
    return plate[:place] + others[int(rng.integers(len(others)))] + plate[place + 1:]


def _mix(plate: str, rng: np.random.Generator) -> str:
    return "".join(plate[place] for place in rng.permutation(len(plate)))


def _keep_piece(plate: str, rng: np.random.Generator) -> str:
    length = int(rng.integers(4, 6))
    place = int(rng.integers(len(plate) - length + 1))
    return plate[place:place + length]


def _keep_two(plate: str, rng: np.random.Generator) -> str:
    return "".join(plate[place] for place in sorted(rng.choice(len(plate), 2, replace=False)))


def _then(*tellers: Teller) -> Teller:
    def tell_all(plate: str, rng: np.random.Generator) -> str:
        for teller in tellers:
            plate = teller(plate, rng)
        return plate
    return tell_all


KINDS = (
    Kind("all of it", 0.16, _exactly),
    Kind("neighbours swapped", 0.12, _swap_neighbours),
    Kind("groups swapped", 0.10, _swap_groups),
    Kind("one forgotten", 0.14, _forget),
    Kind("two forgotten", 0.08, _then(_forget, _forget)),
    Kind("one wrong", 0.13, _get_wrong),
    Kind("two wrong", 0.04, _then(_get_wrong, _get_wrong)),
    Kind("one wrong, one forgotten", 0.06, _then(_get_wrong, _forget)),
    Kind("mixed up", 0.05, _mix),
    Kind("a piece", 0.08, _keep_piece),
    Kind("two characters", 0.04, _keep_two),
)
