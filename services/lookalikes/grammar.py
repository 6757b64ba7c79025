"""The shapes of plates by country, pure: which character may stand at which place, and how large each shape is."""

from dataclasses import dataclass
from math import prod

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CHARACTERS = DIGITS + LETTERS
"""What cameras write; the few umlauts of Germany are read as plain letters by most."""

_BE = "ABCDEFGHIJKLMNPQRSTUVWXYZ"          # O is not used
_BE_FIRST = "ABCDEFGHJKLNPRSTVXY"          # nor I M O Q U W Z in front
_BE_OLD = "ABCDEFGHJKLMNPRSTUVWXYZ"        # before 2010 without I, O and Q
_BE_INDEX = "GMOQSTUVWXYZ"                 # motorcycles, trailers, taxis, dealers …
_NL = "BDFGHJKLMNPRSTVXYZ"                 # no vowels, no C, no Q, no W
_FR = "ABCDEFGHJKLMNPQRSTVWXYZ"            # no I, O, U
_IT = "ABCDEFGHJKLMNPRSTVWXYZ"
_ES = "BCDFGHJKLMNPRSTVWXYZ"
_GB = "ABCDEFGHJKLMNPRSTUVWXY"
_NOT_0 = "123456789"

Slots = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape: its name, its country (ISO 3166-1 alpha-2), and the characters that may stand at each place."""

    code: str
    country: str
    slots: Slots

    @property
    def space(self) -> int:
        """How many texts fit the shape."""
        return prod(len(slot) for slot in self.slots)

    def fits(self, text: str) -> bool:
        """Tell whether `text`, of the right length, has an allowed character at every place."""
        return all(character in slot for character, slot in zip(text, self.slots, strict=True))


def _slots(pattern: str, letters: str, first: str | None = None) -> Slots:
    """Spell a shape out: `9` is a digit, `8` a digit but 0, `L` a letter; `first` replaces the first letter."""
    kinds = {"9": DIGITS, "8": _NOT_0, "L": letters}
    slots = [kinds[mark] for mark in pattern]
    if first is not None:
        slots[pattern.index("L")] = first
    return tuple(slots)


_NL_CODES = ("LL9999", "9999LL", "99LL99", "LL99LL", "LLLL99", "99LLLL", "99LLL9", "9LLL99", "LL999L", "L999LL",
             "LLL99L", "L99LLL", "9LL999", "999LL9")
_DE_CODES = tuple("L" * letters + "8" + "9" * digits for letters in (2, 3, 4, 5) for digits in (0, 1, 2, 3)
                  if letters + digits + 1 <= 8)
_PL_CODES = ("LL99999", "LLL9999", "LLL99LL", "LL9999L", "LLL999L")

SHAPES: tuple[Shape, ...] = (
    Shape("be", "BE", _slots("8LLL999", _BE, _BE_FIRST)),
    Shape("be-index", "BE", _slots("LLLL999", _BE, _BE_INDEX)),
    Shape("be-2008", "BE", _slots("999LLL", _BE_OLD)),
    Shape("be-1973", "BE", _slots("LLL999", _BE_OLD)),
    Shape("be-1971", "BE", _slots("L999L", _BE_OLD)),
    Shape("be-1962", "BE", _slots("LL999", _BE_OLD)),
    *(Shape(f"nl-{number}", "NL", _slots(code, _NL)) for number, code in enumerate(_NL_CODES, 1)),
    *(Shape(f"de-{code.count('L')}-{code.count('9') + 1}", "DE", _slots(code, LETTERS)) for code in _DE_CODES),
    Shape("fr", "FR", _slots("LL999LL", _FR)),
    Shape("it", "IT", _slots("LL999LL", _IT)),
    Shape("es", "ES", _slots("9999LLL", _ES)),
    Shape("lu", "LU", _slots("LL9999", LETTERS)),
    Shape("gb", "GB", _slots("LL99LLL", _GB)),
    *(Shape(f"pl-{number}", "PL", _slots(code, _ES + "AEIOU")) for number, code in enumerate(_PL_CODES, 1)),
    Shape("ro", "RO", _slots("LL99LLL", LETTERS)),
    Shape("ro-b", "RO", _slots("L99LLL", LETTERS, "B")),
)
"""Every shape we know. A text may fit several; one that fits none may still be a plate (personalised, diplomatic)."""

_MASK = str.maketrans({**dict.fromkeys(DIGITS, "9"), **dict.fromkeys(LETTERS + "ÄÖÜ", "L")})


def _by_mask() -> dict[str, tuple[Shape, ...]]:
    masks: dict[str, list[Shape]] = {}
    for shape in SHAPES:
        mask = "".join("9" if slot[0] in DIGITS else "L" for slot in shape.slots)
        masks.setdefault(mask, []).append(shape)
    return {mask: tuple(shapes) for mask, shapes in masks.items()}


_SHAPES_BY_MASK = _by_mask()


def mask_of(text: str) -> str:
    """Return which places of `text` hold digits (`9`) and letters (`L`): `3ABC123` → `9LLL999`."""
    return text.translate(_MASK)


def shapes_like(text: str) -> tuple[Shape, ...]:
    """Return the shapes that `text` fits but for letters that are not issued, or of which we do not know that they are.

    Trailers, dealers and years to come bring letters that no table knows; what a zone sees tells how many.
    """
    return shapes_of(text) or _SHAPES_BY_MASK.get(mask_of(text), ())


def shapes_of(text: str) -> tuple[Shape, ...]:
    """Return every shape that `text` fits; none for a text that no table of ours explains."""
    return tuple(shape for shape in _SHAPES_BY_MASK.get(mask_of(text), ()) if shape.fits(text))
