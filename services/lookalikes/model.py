"""What is known of misreads, in one value: confusions, vehicles, confidences and cameras; as shipped, then as seen.

`fit` makes it from aggregates (services/lookalikes/evidence.py). Each figure is the shipped one as long as little
speaks against it: every ratio starts as if it had been seen so many times already.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from services.lookalikes.confusion import Confusions, Edit
from services.lookalikes.occurrence import Occurrence

BANDS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98)
"""A confidence lies in the band above the last of these that it reaches; nine bands."""

SHIPPED_LIKELIHOODS = (8.0, 6.0, 4.5, 3.0, 2.0, 1.5, 1.0, 0.6, 0.4)
"""How much likelier a confidence of each band is for a misread than for a right read, before any evidence.

A confidence taken at its word would say 30 for the first and 0.2 for the last. Makers' figures are not that good: ours
are the square roots, roughly.
"""


@dataclass(frozen=True, slots=True)
class Habits:
    """What one camera does otherwise than the zone's cameras on average."""

    scale: float
    """How much likelier it misreads anything."""

    ratios: Mapping[str, float] = field(default_factory=dict)
    """By name of a mistake: how much likelier that one is among its misreads."""


@dataclass(frozen=True)
class Model:
    """All of it; without arguments as shipped."""

    confusions: Confusions = field(default_factory=lambda: Confusions({}))
    occurrence: Occurrence = field(default_factory=Occurrence)
    likelihoods: tuple[float, ...] = SHIPPED_LIKELIHOODS
    cameras: Mapping[int, Habits] = field(default_factory=dict)

    def most_likelihood(self, least: float | None = 0.0) -> float:
        """Return the highest `likelihood` of reads of which the lowest confidence is `least` (None: none told one)."""
        said = self.likelihoods[band_of(least):] if least is not None else ()
        return max([1.0, *said]) * self._most_scale

    @cached_property
    def _most_scale(self) -> float:
        return max([1.0, *(habits.scale for habits in self.cameras.values())])

    def own(self, edits: tuple[Edit, ...], length: int) -> dict[int, float]:
        """Return by camera how much likelier it makes these mistakes than another camera that misreads as often.

        Cameras without a habit of theirs among the mistakes are absent.
        """
        own: dict[int, float] = {}
        for edit in edits:
            for camera_id, ratio in self._habits_of.get(edit.key(length), {}).items():
                own[camera_id] = own.get(camera_id, 1.0) * ratio
        return own

    @cached_property
    def _habits_of(self) -> dict[str, dict[int, float]]:
        """By name of a mistake: the cameras that have it as a habit, and how much likelier they make it."""
        found: dict[str, dict[int, float]] = {}
        for camera_id, habits in self.cameras.items():
            for name, ratio in habits.ratios.items():
                found.setdefault(name, {})[camera_id] = ratio
        return found

    def likelihood(self, confidence: float | None, camera_id: int | None = None) -> float:
        """Return how much likelier a read with this confidence, of this camera, is a misread than otherwise."""
        said = 1.0 if confidence is None else self.likelihoods[band_of(confidence)]
        habits = self.cameras.get(camera_id) if camera_id is not None else None
        return said * (habits.scale if habits else 1.0)


def band_of(confidence: float) -> int:
    """Return the number of the band in which a confidence (0 to 1) lies."""
    return bisect_right(BANDS, confidence)


SHIPPED = Model()
