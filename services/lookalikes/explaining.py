"""Why a text is taken for a plate, as data that can be said in any language; pure."""

from dataclasses import dataclass
from enum import StrEnum

from services.lookalikes.confusion import Edit


class Change(StrEnum):
    """What a camera did to one character."""

    written_as = "written-as"
    left_out = "left-out"
    added = "added"


@dataclass(frozen=True, slots=True)
class Reason:
    """One change: the plate has `plate` at `place` (from 1, as people count), the camera read `read`."""

    change: Change
    place: int
    plate: str
    read: str


def reasons_of(edits: tuple[Edit, ...]) -> tuple[Reason, ...]:
    """Return the reasons for the edits that turn a plate into what was read."""
    return tuple(Reason(_change(edit), edit.place + 1, edit.plate, edit.read) for edit in edits)


def _change(edit: Edit) -> Change:
    if not edit.read:
        return Change.left_out
    return Change.written_as if edit.plate else Change.added
