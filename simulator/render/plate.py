"""Number plates as their countries make them, drawn flat at one pixel a millimetre."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from simulator.render.glyphs import GRID_HEIGHT, GRID_WIDTH, strokes

Picture = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]
"""Blue, green, red, each 0 to 255."""


@dataclass(frozen=True, slots=True)
class Design:
    """How one country's plates look; `band` is the blue strip with the country's letters."""

    ground: Colour
    ink: Colour
    frame: Colour
    band: bool = True
    right_band: bool = False
    letters: str = ""


_WHITE = (238, 240, 240)
_BLACK = (28, 26, 26)
_RUBY = (38, 28, 142)
_YELLOW = (20, 190, 250)
_BLUE = (150, 60, 10)
_STARS = (40, 200, 240)

DESIGNS = {
    "BE": Design(_WHITE, _RUBY, _RUBY, letters="B"),
    "NL": Design(_YELLOW, _BLACK, (15, 150, 210), letters="NL"),
    "DE": Design(_WHITE, _BLACK, _BLACK, letters="D"),
    "FR": Design(_WHITE, _BLACK, (190, 190, 190), right_band=True, letters="F"),
    "LU": Design(_YELLOW, _BLACK, (15, 150, 210), letters="L"),
    "UK": Design(_WHITE, _BLACK, _WHITE, band=False),
}
_ELSEWHERE = Design(_WHITE, _BLACK, (120, 120, 120))

WIDTH_MM, HEIGHT_MM = 520, 112
SQUARE_WIDTH_MM, SQUARE_HEIGHT_MM = 220, 150
_BAND_MM = 44


def written(plate_text: str, country: str) -> str:
    """Return the text as it stands on the plate: `3ABC123` of BE becomes `3-ABC-123`, `AB123CD` of FR `AB-123-CD`."""
    text = re.sub(r"[\s.·-]+", "-", plate_text.upper().strip())
    if "-" in text or country not in ("BE", "FR", "NL", "DE"):
        return text
    if country == "DE":
        return re.sub(r"^([A-ZÄÖÜ]{1,2}?)([A-ZÄÖÜ]{1,2})(\d.*)$", r"\1-\2 \3", text)
    return "-".join(_groups(text))


def _groups(text: str) -> list[str]:
    runs = ["".join(run) for _, run in groupby(text, key=str.isdigit)]
    # Dutch plates such as 12BCDF part four letters in the middle.
    return [piece for run in runs for piece in ([run[:2], run[2:]] if len(run) == 4 else [run])]


def draw_plate(plate_text: str, country: str, shape: Literal["long", "square"] = "long") -> Picture:
    """Draw one plate, blue-green-red, one pixel a millimetre: 520 by 112, or 220 by 150 for motorcycles."""
    design = DESIGNS.get(country, _ELSEWHERE)
    picture = _blank(design, shape).copy()
    text = written(plate_text, country)
    if shape == "long":
        left = (_BAND_MM if design.band else 12) + 8
        right = WIDTH_MM - (_BAND_MM if design.right_band else 12)
        _draw_line(picture, text, (left, 17, right, HEIGHT_MM - 17), design.ink, seals=country == "DE")
    else:
        _draw_two_lines(picture, text, design.ink)
    return picture


@cache
def _blank(design: Design, shape: Literal["long", "square"]) -> Picture:
    """The plate before anything is written on it."""
    width, height = (WIDTH_MM, HEIGHT_MM) if shape == "long" else (SQUARE_WIDTH_MM, SQUARE_HEIGHT_MM)
    picture = np.full((height, width, 3), design.ground, np.uint8)
    if shape == "long" and design.band:
        _draw_bands(picture, design)
    cv2.rectangle(picture, (4, 4), (width - 5, height - 5), design.frame, 4, cv2.LINE_AA)
    return picture


def _draw_bands(picture: Picture, design: Design) -> None:
    """Draw the blue strip with stars and the country's letters, and for some countries another on the right."""
    width = picture.shape[1]
    picture[:, :_BAND_MM] = _BLUE
    for step in range(12):
        angle = step * np.pi / 6
        centre = (int(_BAND_MM / 2 + 12 * np.cos(angle) + 2), int(36 + 12 * np.sin(angle)))
        cv2.circle(picture, centre, 2, _STARS, -1, cv2.LINE_AA)
    scale = 0.85 if len(design.letters) < 2 else 0.55
    cv2.putText(picture, design.letters, (14 if len(design.letters) < 2 else 10, 92), cv2.FONT_HERSHEY_DUPLEX, scale,
                _WHITE, 2, cv2.LINE_AA)
    if design.right_band:
        picture[:, width - _BAND_MM + 6:] = _BLUE


def _draw_two_lines(picture: Picture, text: str, ink: Colour) -> None:
    """Draw a motorcycle's plate: the second half of the text under the first."""
    height, width = picture.shape[:2]
    pieces = text.split("-")
    cut = 2 if len(pieces) > 2 else 1
    _draw_line(picture, "-".join(pieces[:cut]), (22, 18, width - 22, height // 2 - 7), ink, seals=False)
    _draw_line(picture, "-".join(pieces[cut:]), (22, height // 2 + 7, width - 22, height - 18), ink, seals=False)


def _draw_line(picture: Picture, text: str, box: tuple[int, int, int, int], ink: Colour, *, seals: bool) -> None:
    """Draw `text` centred in `box` (left, top, right, bottom in pixels), narrower when it would not fit."""
    left, top, right, bottom = box
    if not text:
        return
    tall = bottom - top
    wide = [_pace(character) for character in text]
    pace = min(tall * 0.78, (right - left) / sum(wide))
    x = (left + right) / 2 - sum(wide) * pace / 2
    glyph_width = pace * 0.66
    thick = max(2, round(min(tall * 0.145, pace * 0.2)))
    for character, share in zip(text, wide, strict=True):
        if seals and character == "-":
            _draw_seals(picture, int(x + share * pace / 2), top, bottom)
        else:
            origin = (x + (share * pace - glyph_width) / 2, top + thick / 2)
            _draw_glyph(picture, character, origin, (glyph_width, tall - thick), (ink, thick))
        x += share * pace


def _pace(character: str) -> float:
    return 0.62 if character in "- " else 1.0


def _draw_glyph(picture: Picture, character: str, origin: tuple[float, float], size: tuple[float, float],
                pen: tuple[Colour, int]) -> None:
    scale = np.array([size[0] / GRID_WIDTH, size[1] / GRID_HEIGHT])
    for stroke in strokes(character):
        points = np.rint((stroke * scale + origin) * 16).astype(np.int32)
        cv2.polylines(picture, [points], False, pen[0], pen[1], cv2.LINE_AA, 4)


def _draw_seals(picture: Picture, x: int, top: int, bottom: int) -> None:
    """Draw a German plate's two seals: the inspection's above, the state's below."""
    tall = bottom - top
    cv2.circle(picture, (x, top + tall // 4), tall // 5, (60, 120, 190), -1, cv2.LINE_AA)
    cv2.circle(picture, (x, top + tall // 4), tall // 10, _WHITE, 1, cv2.LINE_AA)
    cv2.circle(picture, (x, bottom - tall // 4), tall // 5, (170, 175, 175), -1, cv2.LINE_AA)
    cv2.circle(picture, (x, bottom - tall // 4), tall // 9, (60, 60, 60), 1, cv2.LINE_AA)
