"""Which plates may be behind a text, and how many misreads each would make of it: what the posterior weighs; pure."""

from collections.abc import Container, Mapping

from services.lookalikes.grammar import shapes_of
from services.lookalikes.model import Model
from services.lookalikes.occurrence import reads_again
from services.lookalikes.variants import Variant

_LOOKED_AT = 12
"""So many of the likeliest plates that were never read are weighed each by its own shape; further ones hardly count."""


def misreads_of_seen(behind: Mapping[str, Variant], rates: Mapping[str, float]) -> float:
    """Return how many misreads are to be expected of the plates that were seen, by how often each comes (`rates`)."""
    return sum(rates[plate] * variant.rate for plate, variant in behind.items() if plate in rates)


def misreads_of_unseen(model: Model, behind: Mapping[str, Variant], seen: Container[str]) -> float:
    """Return how many misreads are to be expected of vehicles whose plate was never read right in the period."""
    looked_at, total = 0, 0.0
    for plate, variant in behind.items():
        if looked_at == _LOOKED_AT:
            break
        if plate not in seen and shapes_of(plate):
            total += variant.rate * reads_again(model.occurrence.expected(plate), 0)
            looked_at += 1
    return total
