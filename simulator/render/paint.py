"""Colours by name and by material, by day and in infrared, as blue-green-red from 0 to 255."""

import numpy as np

Colour = tuple[float, ...]

PAINTS: dict[str, Colour] = {
    "white": (228, 230, 230), "black": (34, 32, 32), "grey": (112, 108, 104), "silver": (188, 186, 182),
    "blue": (140, 72, 28), "red": (38, 30, 172), "green": (66, 104, 44), "yellow": (40, 190, 232),
    "brown": (42, 62, 92), "orange": (26, 110, 232), "beige": (158, 190, 206),
}
"""The colour names of the canonical message and how each looks by day."""

_BY_DAY: dict[str, Colour] = {
    "plastic": (44, 42, 42), "glass": (58, 48, 40), "void": (20, 19, 19), "grille": (30, 28, 28),
    "headlamp": (128, 124, 120), "lit headlamp": (250, 250, 246), "chrome": (214, 212, 208), "tail lamp": (30, 20, 128),
    "lit tail lamp": (70, 52, 214), "recess": (52, 48, 48),
    "reflector": (40, 30, 190), "window": (66, 56, 46), "seam": (40, 40, 40), "handle": (60, 60, 60),
    "steel": (150, 150, 148), "tarp": (206, 200, 192), "wiper": (24, 24, 24), "display": (28, 120, 210),
    "louvre": (46, 46, 46), "tyre": (26, 26, 26), "rim": (104, 104, 102),
}

_BY_NIGHT: dict[str, Colour] = {
    "plastic": (20,), "glass": (8,), "void": (7,), "grille": (12,), "headlamp": (120,), "lit headlamp": (255,),
    "chrome": (84,), "tail lamp": (96,), "lit tail lamp": (190,), "recess": (24,), "reflector": (210,), "window": (9,),
    "seam": (14,), "handle": (22,), "steel": (62,), "tarp": (78,), "wiper": (8,), "display": (120,), "louvre": (14,),
    "tyre": (9,), "rim": (34,),
}
"""Infrared lamps next to the lens: glass is black, lamps and reflectors throw the light straight back."""


def paint_of(colour: str | None, *, night: bool, rng: np.random.Generator) -> Colour:
    """Return the bodywork's colour; an unknown one is a grey, and infrared knows no colour but only how dark it is."""
    if not night:
        return PAINTS.get(colour or "", PAINTS["grey"])
    # Infrared does not follow what the eye calls light or dark, so the hint of the real colour is weak.
    lightness = float(np.mean(PAINTS.get(colour or "", PAINTS["grey"])))
    return (46 + 0.17 * lightness + float(rng.uniform(0, 14)),)


def material(name: str, *, night: bool) -> Colour:
    """Return the colour of a part that is not bodywork."""
    return (_BY_NIGHT if night else _BY_DAY)[name]


def shaded(colour: Colour, light: float) -> Colour:
    """Return `colour` times `light`, no brighter than white."""
    return tuple(min(255.0, part * light) for part in colour)
