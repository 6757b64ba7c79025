"""Invented number plates: right in shape for their country, from series that are believed never to be issued.

A plate's number ("serial") and its text stand in one-to-one correspondence, so distinct serials are distinct plates.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd, prod

import numpy as np
import numpy.typing as npt

COUNTRY_SHARES = {"BE": 0.86, "NL": 0.09, "DE": 0.03, "FR": 0.02}
"""Share of passages by country: our assumption. No count of nationalities is published for these roads; the zone
borders the Netherlands (three of eight municipalities), lies 40 km from Germany, and France is far."""

Serials = npt.NDArray[np.int64]

_BE = "ABCDEFGHJKLMNPRSTUVWXYZ"  # the ordinary series leave out I, O and Q
_BE_FIRST = "".join(c for c in _BE if c not in "MUWZ")  # those begin motorcycle, old trailer and dealer series
_NL = "BDFGHJKLMNPRSTVWXYZ"  # since sidecode 4: no vowels, no C, no Q
_DE = "ABCDEFGHJKLMNPRSTUVWXYZ"
_FR = "ABCDEFGHJKLMNPQRSTVWXYZ"  # SIV leaves out I, O and U
_DIGIT, _NOT_0 = "0123456789", "123456789"

Shape = tuple[str, ...]
SHAPES: dict[str, tuple[Shape, ...]] = {
    # Belgium reached series 2 in 2021 and fills one in ten years; 8 and 9 have been used for special plates.
    "BE": (("34567", "-", _BE_FIRST, _BE, _BE, "-", _DIGIT, _DIGIT, _DIGIT),),
    # Sidecodes 12, 13 and 14: after 11, which began in 2024.
    "NL": ((_NL, "-", _DIGIT, _DIGIT, "-", _NL, _NL, _NL),
           (_DIGIT, "-", _NL, _NL, "-", _DIGIT, _DIGIT, _DIGIT),
           (_DIGIT, _DIGIT, _DIGIT, "-", _NL, _NL, "-", _DIGIT)),
    # No German district has a code that begins with X (X alone is NATO's, hence always two letters here).
    "DE": (("X", _DE, "-", _DE, _DE, " ", _NOT_0, _DIGIT, _DIGIT, _DIGIT),
           ("X", _DE, "-", _DE, _DE, " ", _NOT_0, _DIGIT, _DIGIT)),
    # France began its present series at AA in 2009 and stood at H in 2025: X, Y and Z are decades away.
    "FR": (("XYZ", _FR, "-", _DIGIT, _DIGIT, _DIGIT, "-", _FR, _FR),),
}


@dataclass(frozen=True, slots=True)
class Plate:
    """One plate: the text as printed, with its separators, and the country (ISO 3166, two letters)."""

    text: str
    country: str


def space(country: str) -> int:
    """Return how many plates of `country` there are to draw from."""
    return sum(_size(shape) for shape in SHAPES[country])


def write(country: str, serials: Serials | Sequence[int]) -> list[str]:
    """Return the printed texts of the plates with these serials; a serial wraps at the country's `space`."""
    rest = np.asarray(serials, dtype=np.int64) % space(country)
    texts = np.empty(len(rest), dtype="U12")
    begin = 0
    for shape in SHAPES[country]:
        here = (rest >= begin) & (rest < begin + _size(shape))
        texts[here] = _write_shape(shape, rest[here] - begin)
        begin += _size(shape)
    return texts.tolist()


def scatter(country: str, serials: Serials | Sequence[int], key: int) -> Serials:
    """Spread consecutive serials over the country's whole space, one-to-one, differently for each `key`.

    The map n → a·n + b (mod space) is a bijection when a has no factor in common with the space.
    """
    size = space(country)
    step = int(size * 0.6180339887) + key % 1009
    while gcd(step, size) != 1:
        step += 1
    # The product stays below 2^63: every space is below 10^8.
    return (np.asarray(serials, dtype=np.int64) % size * step + key % size) % size


def draw(rng: np.random.Generator, country: str, count: int) -> list[str]:
    """Return `count` different plates of one country as printed."""
    return write(country, scatter(country, np.arange(count), int(rng.integers(2**31))))


def draw_countries(rng: np.random.Generator, count: int) -> npt.NDArray[np.str_]:
    """Return the countries of `count` vehicles, in the shares of COUNTRY_SHARES."""
    return rng.choice(np.array(list(COUNTRY_SHARES)), size=count, p=list(COUNTRY_SHARES.values()))


def draw_plates(rng: np.random.Generator, count: int) -> list[Plate]:
    """Return `count` different plates, countries mixed."""
    return name_plates(draw_countries(rng, count), np.arange(count), int(rng.integers(2**31)))


def name_plates(countries: npt.NDArray[np.str_], serials: Serials, key: int) -> list[Plate]:
    """Return the plates of vehicles given by country and serial; the same three always give the same plates."""
    plates: list[Plate | None] = [None] * len(countries)
    for country in SHAPES:
        here = np.flatnonzero(countries == country)
        texts = write(country, scatter(country, serials[here], key))
        for index, text in zip(here.tolist(), texts, strict=True):
            plates[index] = Plate(text, country)
    return [plate for plate in plates if plate is not None]


def _size(shape: Shape) -> int:
    return prod(len(slot) for slot in shape)


def _write_shape(shape: Shape, rest: Serials) -> npt.NDArray[np.str_]:
    """Write numbers below the shape's size in mixed radix, one slot a digit, the last slot running fastest."""
    codes = np.empty((len(rest), len(shape)), dtype=np.uint32)
    for position in range(len(shape) - 1, -1, -1):
        letters = np.array([ord(c) for c in shape[position]], dtype=np.uint32)
        rest, digit = np.divmod(rest, len(letters))
        codes[:, position] = letters[digit]
    return codes.view(f"U{len(shape)}").reshape(-1)
