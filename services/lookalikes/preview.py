"""Which texts a level accepts for a plate, before anything is searched: no reads are looked at; pure."""

from dataclasses import dataclass

from services.lookalikes.explaining import Reason, reasons_of
from services.lookalikes.model import Model
from services.lookalikes.posterior import weigh
from services.lookalikes.suspects import misreads_of_unseen
from services.lookalikes.variants import plates_behind, texts_of

TYPICAL_READS = 5.0
"""How often the plate asked for is supposed to have been read: nobody has looked yet."""

_VARIANTS = 700
_COMES_NEAR = 0.03


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A text that would be accepted, why, and with what probability if it was read once and no other plate is near."""

    text: str
    why: tuple[Reason, ...]
    probability: float


def foresee(model: Model, plate: str, level: float, most: int = 60) -> list[Foreseen]:
    """Return the texts that `level` accepts for `plate`, likeliest mistakes first, at most `most`."""
    variants = sorted(texts_of(model.confusions, plate, _VARIANTS).items(), key=lambda item: -item[1].rate)
    found = []
    for text, variant in variants[:4 * most]:
        expected = model.occurrence.expected(text)
        behind = plates_behind(model.confusions, text, variant.rate * _COMES_NEAR)
        others = misreads_of_unseen(model, behind, (plate,))
        probability = weigh(1, expected, TYPICAL_READS * variant.rate, others).probability()
        if probability >= level:
            found.append(Foreseen(text, reasons_of(variant.edits), probability))
    return found[:most]
