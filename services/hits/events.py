"""What is told of a hit: the vocabulary of `hit_events`."""

from enum import StrEnum


class EventKind(StrEnum):
    """What changed."""

    raised = "raised"          # a new hit
    seen_again = "seen-again"  # a further read of the same vehicle, or a further list that it is on
    withdrawn = "withdrawn"    # one of its alerts was; the hit may go on
    claimed = "claimed"
    released = "released"
    confirmed = "confirmed"
    dispatched = "dispatched"
    ended = "ended"
    escalated = "escalated"    # nobody claimed it in time
    remarked = "remarked"
