"""The usual ways to find look-alike plates, held against the same reads: one edit, a list of letters, trigrams."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CONFUSABLE = ("0ODQ", "1ILT", "2Z", "5S", "8B3", "6GC", "4A", "7TY1", "UV", "MNWH", "EF", "PR", "KX")
"""The usual list of letters that cameras take for one another; flat: each as likely as any other."""
_MOST_SPELLINGS = 20_000
_BLANK = 36
_BASE = 37


def one_edit(plate: str) -> set[str]:
    """Return every text at Levenshtein distance 1 from `plate` (Levenshtein, Soviet Physics Doklady 10, 1966)."""
    cuts = [(plate[:place], plate[place:]) for place in range(len(plate) + 1)]
    changed = {left + other + right[1:] for left, right in cuts if right for other in _ALPHABET}
    added = {left + other + right for left, right in cuts for other in _ALPHABET}
    return (changed | added | {left + right[1:] for left, right in cuts if right}) - {plate}


def confusable(plate: str) -> set[str]:
    """Return every text that the flat list makes of `plate`, however many letters change."""
    choices = ["".join(sorted({character, *"".join(group for group in _CONFUSABLE if character in group)}))
               for character in plate]
    if np.prod([len(choice) for choice in choices]) > _MOST_SPELLINGS:
        return set(_one_of_list(plate, choices)) - {plate}
    return {"".join(text) for text in product(*choices)} - {plate}


def _one_of_list(plate: str, choices: Sequence[str]) -> Iterator[str]:
    """Yield texts with at most two letters changed, where all changes together would be too many to write down."""
    for place, choice in enumerate(choices):
        for other in choice:
            once = plate[:place] + other + plate[place + 1:]
            for second in range(place + 1, len(plate)):
                yield from (once[:second] + more + once[second + 1:] for more in choices[second])


@dataclass(frozen=True, slots=True)
class Trigrams:
    """The texts of a dictionary by their trigrams, as pg_trgm has them: an inverted index in flat arrays."""

    texts: npt.NDArray[np.str_]
    sizes: npt.NDArray[np.int64]
    """How many different trigrams each text has."""
    begins: npt.NDArray[np.int64]
    """Where the texts of each trigram begin in `holders`; one more at the end."""
    holders: npt.NDArray[np.int32]

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Trigrams":
        """Index `texts`."""
        rows, codes = _trigrams_of_all(texts)
        order = np.argsort(codes, kind="stable")
        counts = np.bincount(codes, minlength=_BASE**3)
        return cls(np.array(texts), np.bincount(rows, minlength=len(texts)), np.concatenate([[0], np.cumsum(counts)]),
                   rows[order].astype(np.int32))

    def similar(self, plate: str, least: float) -> list[tuple[str, float]]:
        """Return the texts with their similarity to `plate`: shared trigrams by all trigrams, from `least` on."""
        wanted = np.unique(_trigrams_of_all([plate])[1])
        holders = [self.holders[self.begins[code]:self.begins[code + 1]] for code in wanted]
        shared = np.bincount(np.concatenate(holders), minlength=len(self.texts))
        similarity = shared / (len(wanted) + self.sizes - shared)
        found = np.flatnonzero(similarity >= least)
        return [(str(self.texts[row]), float(similarity[row])) for row in found if self.texts[row] != plate]


def _trigrams_of_all(texts: Sequence[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return (row, trigram) pairs without doubles; two blanks stand before each text and one behind, as in pg_trgm."""
    rows, codes = [], []
    lengths = np.array([len(text) for text in texts])
    for length in np.unique(lengths):
        here = np.flatnonzero(lengths == length)
        letters = _letters([texts[row] for row in here.tolist()], int(length))
        trigrams = letters[:, :-2] * _BASE**2 + letters[:, 1:-1] * _BASE + letters[:, 2:]
        pairs = np.unique((here[:, None] * _BASE**3 + trigrams).ravel())
        rows.append(pairs // _BASE**3)
        codes.append(pairs % _BASE**3)
    return np.concatenate(rows), np.concatenate(codes)


def _letters(texts: Sequence[str], length: int) -> npt.NDArray[np.int64]:
    """Return the texts of one length as numbers below 37, with their blanks."""
    table = np.full(256, _BLANK, dtype=np.int64)
    table[np.frombuffer(_ALPHABET.encode(), dtype=np.uint8)] = np.arange(len(_ALPHABET))
    padded = np.full((len(texts), length + 3), _BLANK, dtype=np.int64)
    raw = np.array([text.encode("ascii", "replace") for text in texts], dtype=f"S{length}")
    padded[:, 2:-1] = table[raw.view(np.uint8).reshape(len(texts), length)]
    return padded
