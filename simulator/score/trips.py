"""A trip as it truly was beside a journey as it was rebuilt: equal, split, merged, too few reads or too many."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from simulator.score.api import Journey, Leg
from simulator.score.truth import TruePassage, World

Verdict = Literal["exact", "split", "merged", "incomplete", "with strangers"]
Key = tuple[str, str, str | None]

PROBABLE = 0.5
"""From which probability on a look-alike read counts as part of a journey."""


@dataclass(frozen=True, slots=True)
class Trip:
    """One vehicle's way through the zone: every camera that it passed, in time order, seen or not."""

    plate: str
    passages: tuple[TruePassage, ...]

    @property
    def seen(self) -> frozenset[Key]:
        """What an answer must hold of it; a corrected read stands under the true plate."""
        return frozenset((passage.captured_at, passage.camera, passage.standing)
                         for passage in self.passages if passage.read is not None)


def trips_of(passages: Iterable[TruePassage]) -> dict[str, list[Trip]]:
    """Return the trips of each plate in time order; who passes single cameras makes none."""
    by_trip: dict[tuple[str, int], list[TruePassage]] = defaultdict(list)
    for passage in passages:
        if passage.trip:
            by_trip[passage.plate, passage.trip].append(passage)
    found: dict[str, list[Trip]] = defaultdict(list)
    for (plate, _), parts in by_trip.items():
        found[plate].append(Trip(plate, tuple(sorted(parts, key=lambda passage: passage.captured_at))))
    return {plate: sorted(trips, key=lambda trip: trip.passages[0].captured_at) for plate, trips in found.items()}


def judge(trip: Trip, others: Sequence[Trip], journeys: Sequence[frozenset[Key]]) -> Verdict:
    """Compare a trip with the journeys of the answer; `others` are the same vehicle's other trips."""
    if trip.seen in journeys:
        return "exact"
    touching = [journey for journey in journeys if journey & trip.seen]
    if len(touching) > 1:
        return "split"
    if touching and any(other.seen & touching[0] for other in others):
        return "merged"
    if touching and touching[0] - trip.seen:
        return "with strangers"
    return "incomplete"


def reads_of(journey: Journey) -> frozenset[Key]:
    """Return the reads of a journey that count: those with the plate itself, and the probable ones."""
    return frozenset(item.key for item in journey.reads if item.probability is None or item.probability >= PROBABLE)


def silences_due(trip: Trip, world: World) -> list[TruePassage]:
    """Return the passages of the silent camera that lie between two seen ones: where an answer can name it."""
    seen = [number for number, passage in enumerate(trip.passages) if passage.read is not None]
    if len(seen) < 2:
        return []
    return [passage for passage in trip.passages[seen[0] + 1:seen[-1]]
            if passage.outcome == "silent" and passage.camera == world.silent_camera]


def is_named(passage: TruePassage, legs: Iterable[Leg]) -> bool:
    """Tell whether the legs name the camera as silent at that moment."""
    moment = datetime.fromisoformat(passage.captured_at)
    for leg in legs:
        for passed in leg.passed:
            if passed.camera == passage.camera and passed.why == "silent" and passed.silent_since:
                until = datetime.fromisoformat(passed.silent_until) if passed.silent_until else None
                if datetime.fromisoformat(passed.silent_since) <= moment and (until is None or moment <= until):
                    return True
    return False
