"""Which characters people take for one another: they look alike on a plate, or sound alike when told."""

import numpy as np
import numpy.typing as npt

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
UNKNOWN = "?"
"""Stands for a character of which the witness knows only that it was there."""

DIGITS = frozenset("0123456789")

# Names of letters in Dutch and French ("be, de, pe, te, ve", "em, en"), and Dutch numbers (twee/drie, zes/zeven).
_SOUND = ("BDPTVECGW", "MN", "FSX", "AHK", "IJY", "UQO", "23", "59", "67", "45")
_LOOK = ("0ODQCG", "1ILT7J", "2Z7", "5S", "8B3", "69G", "VUYWX", "WMNH", "EFL", "PRFB", "KXH", "4A")
_KINDS = (_SOUND, _LOOK)

# How a wrong character is spread: over those alike, over the others of its kind (letter or digit), over the other kind.
_ALIKE, _SAME_KIND, _OTHER_KIND = 0.60, 0.35, 0.05


def alike(character: str) -> str:
    """Return every character that looks or sounds like this one, in order; empty for one that nothing resembles."""
    groups = (group for kind in _KINDS for group in kind if character in group)
    return "".join(sorted(set("".join(groups)) - {character}))


def kind_of(character: str) -> str:
    """Return the digits for a digit and the letters for anything else: what a witness keeps apart best."""
    return ALPHABET[:10] if character in DIGITS else ALPHABET[10:]


def wrong_for(character: str) -> npt.NDArray[np.float64]:
    """Return the probabilities, in the order of ALPHABET, of what a witness says who gets `character` wrong."""
    resembling, same = alike(character), kind_of(character).replace(character, "")
    parts = (
        (_ALIKE if resembling else 0.0, resembling),
        (_SAME_KIND if resembling else _ALIKE + _SAME_KIND, same),
        (_OTHER_KIND, [other for other in ALPHABET if other != character and other not in same]),
    )
    shares = np.zeros(len(ALPHABET))
    for share, others in parts:
        for other in others:
            shares[ALPHABET.index(other)] += share / len(others)
    return shares
