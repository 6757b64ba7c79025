"""What each board showed last, so that the audit gets a row when somebody sees something new, and no row a poll."""

from dataclasses import dataclass, field
from uuid import UUID

Seen = frozenset[tuple[int, UUID]]
"""Vehicles, each with the read by which it is expected."""

MOST_BOARDS = 500
"""A board that was forgotten gets one row more: that harms nobody."""


@dataclass(slots=True)
class LastShown:
    """By user and action; of this process alone."""

    _seen: dict[tuple[int, int], Seen] = field(default_factory=dict)

    def new(self, user_id: int, action_id: int, shown: Seen) -> Seen:
        """Return what of `shown` was not on this user's board a moment ago."""
        return shown - self._seen.get((user_id, action_id), frozenset())

    def keep(self, user_id: int, action_id: int, shown: Seen) -> None:
        """Remember what is shown now; what is gone from a board is new when it comes back."""
        self._seen.pop((user_id, action_id), None)
        self._seen[user_id, action_id] = shown
        while len(self._seen) > MOST_BOARDS:
            self._seen.pop(next(iter(self._seen)))
