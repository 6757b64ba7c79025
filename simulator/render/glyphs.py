"""A plate font of strokes: every character a few lines on a grid of 10 by 16, rounded where plates are round."""

from functools import cache

import numpy as np
import numpy.typing as npt

GRID_WIDTH = 10.0
GRID_HEIGHT = 16.0

Stroke = npt.NDArray[np.float64]
"""Points of one line, columns x (right) and y (down), in grid units."""

_ROUND = "o3,0 7,0 10,3 10,13 7,16 3,16 0,13 0,3"
_BOWL = "~0,0 7.5,0 10,1.5 10,7.5 7.5,9 0,9"

# One character: strokes parted by |; a leading ~ rounds an open stroke, a leading o rounds and closes it.
_STROKES = {
    "0": "o3.5,0 6.5,0 9.3,3 9.3,13 6.5,16 3.5,16 0.7,13 0.7,3", "1": "2,4 6.2,0 6.2,16",
    "2": "~0.2,4 0.2,1.5 2.5,0 7.5,0 10,1.8 10,5.8 8,8.6 0,16|0,16 10,16",
    "3": "~0,2.8 1.5,0 8.5,0 10,2 10,6 7.5,7.6 4,7.6|~4,7.6 8,7.6 10,9 10,14 8,16 1.5,16 0,13",
    "4": "7.4,16 7.4,0 0,11.4 10,11.4",
    "5": "9.5,0 1.2,0 0.6,7.4|~0.6,7.4 3,6.2 8,6.2 10,8.4 10,13.8 8,16 2,16 0,13.5",
    "6": "~9.2,2.6 8,0 2.5,0 0,3 0,13 2.5,16 7.5,16 10,13.5 10,9 7.5,7 2.5,7 0.2,9.5",
    "7": "0,0 10,0 4,16",
    "8": "o2.5,0 7.5,0 9.5,1.5 9.5,6 7.5,7.5 2.5,7.5 0.5,6 0.5,1.5"
         "|o2.5,7.5 7.5,7.5 10,9.5 10,14 7.5,16 2.5,16 0,14 0,9.5",
    "9": "~0.8,13.4 2,16 7.5,16 10,13 10,3 7.5,0 2.5,0 0,2.5 0,7 2.5,9 7.5,9 9.8,6.5",
    "A": "0,16 4.2,0 5.8,0 10,16|1.6,11 8.4,11",
    "B": "0,0 0,16|~0,0 7,0 9.5,1.5 9.5,6 7,7.5 0,7.5|~0,7.5 7.5,7.5 10,9.3 10,14.2 7.5,16 0,16",
    "C": "~10,4.4 10,2 8,0 2.5,0 0,3 0,13 2.5,16 8,16 10,14 10,11.6",
    "D": "0,0 0,16|~0,0 6.5,0 10,2.5 10,13.5 6.5,16 0,16",
    "E": "9.5,0 0,0 0,16 9.5,16|0,7.6 8,7.6", "F": "9.5,0 0,0 0,16|0,7.8 8,7.8",
    "G": "~10,4.2 10,2 8,0 2.5,0 0,3 0,13 2.5,16 7.5,16 10,14.2|10,14.2 10,8.6 5.4,8.6",
    "H": "0,0 0,16|10,0 10,16|0,7.8 10,7.8", "I": "5,0 5,16", "J": "~8.5,0 8.5,13 6.5,16 2.5,16 0.5,14 0.5,12",
    "K": "0,0 0,16|9.6,0 0,10|3.4,6.6 10,16", "L": "0,0 0,16 9.5,16", "M": "0,16 0,0 5,9.4 10,0 10,16",
    "N": "0,16 0,0 10,16 10,0", "O": _ROUND, "P": f"0,0 0,16|{_BOWL}", "Q": f"{_ROUND}|6,12 10.4,17",
    "R": f"0,0 0,16|{_BOWL}|5,9 10,16",
    "S": "~9.6,4 9.6,1.6 7.5,0 2.5,0 0.4,1.6 0.4,5.8 2.5,7 7.5,8.6 10,10 10,14.4 7.5,16 2.5,16 0,14.2 0,11.8",
    "T": "0,0 10,0|5,0 5,16", "U": "~0,0 0,13 2.5,16 7.5,16 10,13 10,0", "V": "0,0 5,16 10,0",
    "W": "0,0 2.4,16 5,4.5 7.6,16 10,0", "X": "0,0 10,16|10,0 0,16", "Y": "0,0 5,8.6 10,0|5,8.6 5,16",
    "Z": "0,0 10,0 0,16 10,16", "-": "2.2,8.2 7.8,8.2",
}
_DOTS = "|2.6,-3 3.2,-3|6.8,-3 7.4,-3"


@cache
def strokes(character: str) -> tuple[Stroke, ...]:
    """Return the lines of one character in grid units; a character without a drawing gives none."""
    bare = {"Ä": "A", "Ö": "O", "Ü": "U"}.get(character)
    text = _STROKES[bare] + _DOTS if bare else _STROKES.get(character, "")
    return tuple(_stroke(part) for part in text.split("|") if part)


def _stroke(text: str) -> Stroke:
    kind, points = (text[0], text[1:]) if text[0] in "~o" else ("", text)
    line = np.array([point.split(",") for point in points.split()], dtype=float)
    if kind == "o":
        middle = (line[:1] + line[-1:]) / 2
        line = np.vstack([middle, line, middle])
    return _rounded(_rounded(line)) if kind else line


def _rounded(line: Stroke) -> Stroke:
    """Cut every corner at a quarter (Chaikin); the ends stay where they are."""
    before, after = line[:-1], line[1:]
    cut = np.empty((2 * len(before), 2))
    cut[0::2], cut[1::2] = 0.75 * before + 0.25 * after, 0.25 * before + 0.75 * after
    cut[0], cut[-1] = line[0], line[-1]
    return cut
