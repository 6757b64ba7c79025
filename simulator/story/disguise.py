"""Plates that resemble others: with two letters swapped, or with one character that is easily taken for another."""

import numpy as np

from simulator import plates

_LOOKS_LIKE = {"0": "D", "1": "7", "2": "Z", "5": "S", "6": "G", "8": "B"}
_TWIN = {"0": "8", "1": "7", "3": "8", "5": "6", "6": "8", "8": "3"}
"""Digits that people and cameras confuse, so that the result is again a plate that could exist."""

FIRST_LETTER = 2
"""Where the letters of a printed Belgian plate begin: `5-FKR-482`."""


def draw_belgian(rng: np.random.Generator) -> str:
    """Return a printed Belgian plate, series 3 to 7, whose last two letters differ and whose middle digit is an 8.

    Both properties are what the cases play with: letters that a witness swaps, a digit that a camera takes for a B.
    """
    for text in plates.draw(rng, "BE", 20_000):
        if text[3] != text[4] and text[7] == "8" and len(set(text[6:])) == 3:
            return text
    raise AssertionError("twenty thousand plates always hold one like that")


def swap_letters(plate: str) -> str:
    """Return a printed Belgian plate with its last two letters swapped: `5-FKR-482` becomes `5-FRK-482`."""
    return plate[:3] + plate[4] + plate[3] + plate[5:]


def other_letters(plate: str, rng: np.random.Generator) -> str:
    """Return the plate with other last two letters, that are also not the same two swapped."""
    letters = [letter for letter in "BCDFGHJKLNPRSTVXY" if letter not in plate]
    first, second = rng.choice(letters, 2, replace=False)
    return f"{plate[:3]}{first}{second}{plate[5:]}"


def misread_digit(plate: str) -> str:
    """Return the plate with its middle digit taken for the letter that it resembles."""
    return plate[:7] + _LOOKS_LIKE[plate[7]] + plate[8:]


def twin(plate: str) -> str:
    """Return another possible plate that differs in the middle digit only, by one that is easily confused."""
    return plate[:7] + _TWIN[plate[7]] + plate[8:]


def hide(plate: str, *places: int) -> str:
    """Return the search pattern in which the printed characters at `places` are a question mark, hyphens left out."""
    return "".join("?" if place in places else character for place, character in enumerate(plate) if character != "-")


def bare(plate: str) -> str:
    """Return the plate without hyphens, as one searches for it."""
    return plate.replace("-", "")
