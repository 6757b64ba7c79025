"""Which plates may be behind a text, and how many misreads each would make of it: what the posterior weighs; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.lookalikes.confusion import Edit
from services.lookalikes.grammar import shapes_of
from services.lookalikes.model import Model
from services.lookalikes.occurrence import unseen_reads
from services.lookalikes.variants import Variant

_LOOKED_AT = 12
"""So many of the likeliest plates that were never read are weighed each by its own shape; further ones hardly count."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A plate that was seen, and how many misreads as the text are to be expected of it."""

    plate: str
    misreads: float
    edits: tuple[Edit, ...]


def suspects(behind: Mapping[str, Variant], reads: Mapping[str, float], but: str | None = None) -> list[Suspect]:
    """Return the plates of `behind` that were seen (`reads`: how often), each with its misreads; `but` is left out."""
    return [Suspect(plate, reads[plate] * variant.rate, variant.edits)
            for plate, variant in behind.items() if plate in reads and plate != but]


def misreads_of_unseen(model: Model, behind: Mapping[str, Variant], seen: Iterable[str]) -> float:
    """Return how many misreads are to be expected of vehicles whose plate was never read right in the period."""
    known, looked_at, total = set(seen), 0, 0.0
    for plate, variant in behind.items():
        if looked_at == _LOOKED_AT:
            break
        if plate not in known and shapes_of(plate):
            total += variant.rate * unseen_reads(model.occurrence.expected(plate))
            looked_at += 1
    return total
