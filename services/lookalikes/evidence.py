"""What was seen of misreads, as sums without a plate: all that learning keeps, and all that a model is made of; pure.

Sums may outlive the reads that they were counted from: no plate, place or time of a passage can be found in them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from services.lookalikes.confusion import Confusions, Edit, added_kind, missing_kind
from services.lookalikes.grammar import shapes_like
from services.lookalikes.model import band_of
from services.lookalikes.occurrence import NO_SHAPE, TABLE_LENGTH

WHOLE_ZONE = 0
"""Stands for the camera in sums over all cameras; cameras are numbered from 1."""


class What(StrEnum):
    """What a sum is of."""

    edit = "edit"                # mistakes, by name (services.lookalikes.confusion.Edit.key)
    chance = "chance"            # places at which a mistake could have happened, in units of one misread as shipped
    confidence_wrong = "confidence-wrong"   # misreads, by band of confidence
    confidence_right = "confidence-right"   # right reads, by band
    reads = "reads"              # reads of plates that are read often: `all`, and `misread` among them
    seen = "seen"                # sampled texts of a shape, by how often each was read: `be:1` … `be:11` (oftener)
    character = "character"      # characters of the plates of a shape in the sample, by place: `be:0:3`
    stands_for = "stands-for"    # how many texts of the dictionary each sampled one stands for: `text`


class Key(NamedTuple):
    """One sum: of what, which one, and of which camera."""

    what: What
    which: str
    camera_id: int = WHOLE_ZONE


class Pair(NamedTuple):
    """A misread that was found out: the edits from the plate to the text, and how sure it is to be one (0 to 1)."""

    plate: str
    edits: tuple[Edit, ...]
    camera_id: int
    weight: float = 1.0


class Evidence(defaultdict[Key, float]):
    """The sums by key; absent is zero."""

    def __init__(self, sums: Iterable[tuple[Key, float]] = ()) -> None:
        super().__init__(float, sums)

    def add_pair(self, pair: Pair) -> None:
        """Count a misread: its mistakes, and every place at which its plate could have been misread."""
        length = len(pair.plate)
        for camera_id in (WHOLE_ZONE, pair.camera_id):
            for edit in pair.edits:
                self[Key(What.edit, edit.key(length), camera_id)] += pair.weight
            for which, weight in _chances(pair.plate, len(pair.edits)):
                self[Key(What.chance, which, camera_id)] += weight * pair.weight

    def add_confidence(self, confidence: float | None, wrong: float) -> None:
        """Count a read's confidence, with how probable it is that the read is wrong."""
        if confidence is None:
            return
        band = str(band_of(confidence))
        self[Key(What.confidence_wrong, band)] += wrong
        self[Key(What.confidence_right, band)] += 1.0 - wrong

    def add_reads(self, camera_id: int, *, right: float = 0.0, wrong: float = 0.0) -> None:
        """Count reads of plates that are read often: right ones, and misreads."""
        for camera in (WHOLE_ZONE, camera_id):
            self[Key(What.reads, "all", camera)] += right + wrong
            self[Key(What.reads, "misread", camera)] += wrong

    def add_text(self, text: str, times: int, right: float) -> None:
        """Count a sampled text that was read `times` times; `right`: how probably it is what the plate says."""
        shapes = shapes_like(text)
        for code in [shape.code for shape in shapes] or [NO_SHAPE]:
            share = right / max(1, len(shapes))
            self[Key(What.seen, f"{code}:{min(times, TABLE_LENGTH + 1)}")] += share
            for place, character in enumerate(text if shapes else ""):
                self[Key(What.character, f"{code}:{place}:{character}")] += share

    def of(self, what: What, camera_id: int = WHOLE_ZONE) -> Iterator[tuple[str, float]]:
        """Yield which and how much of one kind of sum of a camera."""
        yield from ((key.which, sum_) for key, sum_ in self.items() if key.what == what and key.camera_id == camera_id)


_AS_SHIPPED = Confusions({})


def _chances(plate: str, mistakes: int) -> Iterator[tuple[str, float]]:
    """Yield by group of mistakes how many of a plate's `mistakes` would be of that group for each unit of its rate."""
    unit = mistakes / _AS_SHIPPED.misread(plate) if plate else 0.0
    length = len(plate)
    for place, character in enumerate(plate):
        yield f"written:{character}", unit
        yield f"{missing_kind(place, length)}:{character}", unit
    for place in range(length + 1):
        yield f"{added_kind(place, length)}:", unit
