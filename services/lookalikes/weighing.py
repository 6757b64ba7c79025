"""Which texts are taken for a plate, from how often each text near it was read; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from services.lookalikes.confusion import Edit
from services.lookalikes.explaining import Reason, reasons_of
from services.lookalikes.model import Model
from services.lookalikes.occurrence import reads_again
from services.lookalikes.posterior import Weights, weigh
from services.lookalikes.suspects import misreads_of_seen, misreads_of_unseen
from services.lookalikes.variants import Variant

MOST_CANDIDATES = 40
"""So many texts are weighed for one plate, the likeliest first."""

_PASSED = 0.5
"""How probably a vehicle that is asked for passed in the period though its plate was never read right."""

_MISSED = 0.05
"""The share of passages of which no camera tells anything."""

_NOTABLE = 1.25
"""A camera whose own confusions change a text's odds by less than this factor is weighed as the others are."""


@dataclass(frozen=True)
class Asked:
    """The plate that is asked for, what is known of misreads, and how often the plate itself was read."""

    model: Model
    plate: str
    reads: int

    @cached_property
    def rate(self) -> float:
        """How often the vehicle comes, in passages of the period, of which some part is misread.

        Whoever asks for a plate has a reason to think that it drives here. One that was never read right, and passed,
        was missed or misread: `_PASSED` times the share of the second, as passages that make so many misreads.
        """
        if self.reads:
            return reads_again(self.model.occurrence.expected(self.plate), self.reads)
        return _PASSED / (_MISSED + self.model.confusions.misread(self.plate))

    def own(self, edits: tuple[Edit, ...]) -> dict[int, float]:
        """Return by camera how much likelier it makes these mistakes than others do, where that is notable."""
        own = self.model.own(edits, len(self.plate))
        return {camera_id: ratio for camera_id, ratio in own.items() if not 1 / _NOTABLE < ratio < _NOTABLE}


@dataclass(frozen=True, slots=True)
class Alike:
    """A text of the dictionary that may be the plate asked for."""

    text: str
    why: tuple[Reason, ...]
    reads: int
    """How often it was read in the permitted period, counted up to MOST_READS."""

    weights: Weights
    own: Mapping[int, float]
    """By camera, where the model knows the camera: how much likelier it makes these mistakes than others do."""

    @property
    def probability(self) -> float:
        """The probability that a read of this text is the plate asked for, confidence and camera unknown."""
        return self.weights.probability()

    def probability_of(self, model: Model, confidence: float | None, camera_id: int) -> float:
        """Return the same for a read with this confidence, of this camera."""
        return self.weights.probability(model.likelihood(confidence, camera_id), self.own.get(camera_id, 1.0))

    def best(self, model: Model, least: float | None = 0.0) -> float:
        """Return the highest probability that any of its reads could have; the lowest confidence is `least`."""
        return self.weights.probability(model.most_likelihood(least), max([1.0, *self.own.values()]))


class Told(NamedTuple):
    """What the reads of a text tell: how many there are, counted up to MOST_READS, and their lowest confidence."""

    reads: int
    least: float | None


def hopeful(asked: Asked, present: Mapping[str, Variant], level: float) -> list[str]:
    """Return the texts that could reach the level if they were read once, doubtfully, and no other plate were near."""
    found = (_alone(asked, text, variant, 1) for text, variant in present.items())
    chances = {alike.text: alike.weights.alike for alike in found if alike.best(asked.model) >= level}
    return sorted(chances, key=lambda text: -chances[text])[:MOST_CANDIDATES]


def still_hopeful(asked: Asked, variants: Mapping[str, Variant], told: Mapping[str, Told],
                  level: float) -> dict[str, int]:
    """Return how often each text was read that could reach the level by what its reads tell, were no other near."""
    return {text: one.reads for text, one in told.items()
            if _alone(asked, text, variants[text], one.reads).best(asked.model, one.least) >= level}


def _alone(asked: Asked, text: str, variant: Variant, times: int) -> Alike:
    """Weigh a text as if no other plate were near."""
    weights = weigh(times, asked.model.occurrence.expected(text), asked.rate * variant.rate, 0.0)
    return Alike(text, (), times, weights, asked.own(variant.edits))


@dataclass(frozen=True)
class Weighing:
    """Everything that was looked up for one plate."""

    asked: Asked
    variants: Mapping[str, Variant]
    counts: Mapping[str, int]
    """How often each hopeful text was read."""

    behind: Mapping[str, Mapping[str, Variant]]
    """For each of them, which plates may be behind it."""

    others: Mapping[str, int]
    """How often each of those was read; absent when it was not."""

    def alikes(self) -> list[Alike]:
        """Return every text that was read, weighed."""
        return [self._alike(text, self._weigh(text, self._vehicles)) for text in self.counts]

    @cached_property
    def _rates(self) -> dict[str, float]:
        """How often the vehicle of each plate behind comes, if its reads are right."""
        expected = self.asked.model.occurrence.expected
        return {plate: reads_again(expected(plate), count) for plate, count in self.others.items()
                if plate != self.asked.plate}

    @cached_property
    def _known(self) -> frozenset[str]:
        """The plate asked for and all that were seen."""
        return frozenset({self.asked.plate, *self._rates})

    @cached_property
    def _vehicles(self) -> dict[str, float]:
        """The same, told from misreads: what is itself a misread is no vehicle to be misread again."""
        right = {text: self._weigh(text, self._rates).right for text in self.counts if text in self._rates}
        return {plate: rate * right.get(plate, 1.0) for plate, rate in self._rates.items()}

    def _weigh(self, text: str, rates: Mapping[str, float]) -> Weights:
        asked, behind = self.asked, self.behind[text]
        others = misreads_of_seen(behind, rates) + misreads_of_unseen(asked.model, behind, self._known)
        return weigh(self.counts[text], asked.model.occurrence.expected(text),
                     asked.rate * self.variants[text].rate, others)

    def _alike(self, text: str, weights: Weights) -> Alike:
        edits = self.variants[text].edits
        return Alike(text, reasons_of(edits), self.counts[text], weights, self.asked.own(edits))
