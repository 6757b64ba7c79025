"""In what a remembered text differs from a plate, as data: the pages say it in words (pure)."""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from services.lookalikes.witness import arrangements
from services.lookalikes.witness_alike import ALPHABET, UNKNOWN, wrong_for

Order = Literal["kept", "neighbours", "groups", "mixed"]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a witness would have got wrong; everything empty and the order kept means that the text is the plate."""

    order: Order
    """Kept; two neighbours swapped; groups swapped; or mixed up."""
    forgotten: str = ""
    """Characters of the plate that are not remembered, in the plate's order."""
    wrong: tuple[tuple[str, str], ...] = ()
    """Told character and what stands on the plate."""
    made_up: str = ""
    """Told characters that stand for nothing on the plate."""


def explain(text: str, plate: str) -> Difference:
    """Return in what the normalised `text` differs from `plate`."""
    missing, surplus = _minus(plate, text), _minus(text, plate).replace(UNKNOWN, "")
    wrong: list[tuple[str, str]] = []
    for told in surplus:
        if missing:
            stands = max(missing, key=lambda character: _chance(character, told))
            missing = missing.replace(stands, "", 1)
            wrong.append((told, stands))
    made_up = surplus[len(wrong):]
    corrected = _correct(text, [*wrong, *((told, "") for told in made_up)])
    return Difference(_order(corrected, plate), missing, tuple(wrong), made_up)


def _minus(text: str, other: str) -> str:
    """Return the characters of `text` that `other` lacks, in the order of `text`."""
    left, kept = Counter(other), []
    for character in text:
        if left[character] > 0:
            left[character] -= 1
        else:
            kept.append(character)
    return "".join(kept)


def _chance(stands: str, told: str) -> float:
    if stands not in ALPHABET or told not in ALPHABET:
        return 0.0
    return float(wrong_for(stands)[ALPHABET.index(told)])


def _correct(text: str, wrong: list[tuple[str, str]]) -> str:
    for told, stands in wrong:
        place = text.rindex(told)
        text = text[:place] + stands + text[place + 1:]
    return text.replace(UNKNOWN, "")


def _order(text: str, plate: str) -> Order:
    if _is_within(text, plate):
        return "kept"
    swapped = (text[:place] + text[place + 1] + text[place] + text[place + 2:] for place in range(len(text) - 1))
    if any(_is_within(other, plate) for other in swapped):
        return "neighbours"
    return "groups" if any(_is_within(other, plate) for other in arrangements(text)) else "mixed"


def _is_within(text: str, plate: str) -> bool:
    """Tell whether all of `text` stands in `plate` in this order, with gaps or without."""
    rest = iter(plate)
    return all(character in rest for character in text)
