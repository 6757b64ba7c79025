"""Whether the durable session is behind, so that fresh reads need the live one (pure: time is handed in)."""

_CAUGHT_UP_S = 3.0
"""Without a sign for so long, the durable session has caught up."""
_WAITED_MS = 1000
_CROWD = 10
"""Fewer late reads than this in a batch delay nobody: a batch is what came in twenty milliseconds."""


class Lag:
    """Holds the last sign of being behind; a start is one, since nobody knows what the broker has kept."""

    def __init__(self) -> None:
        self._seen_s = float("-inf")

    def note(self, now_s: float) -> None:
        """Note a sign at `now_s` (monotonic seconds)."""
        self._seen_s = now_s

    def look(self, waiting_ms: int, now_s: float) -> None:
        """Note a sign if the oldest message of the durable session's lane has waited for more than a second."""
        if waiting_ms > _WAITED_MS:
            self.note(now_s)

    def judge(self, late: int, reads: int, now_s: float) -> None:
        """Note a sign if a batch of the durable session is a crowd that is mostly late."""
        if late >= _CROWD and 2 * late > reads:
            self.note(now_s)

    def is_behind(self, now_s: float) -> bool:
        """Tell whether there was a sign in the last seconds."""
        return now_s - self._seen_s < _CAUGHT_UP_S
