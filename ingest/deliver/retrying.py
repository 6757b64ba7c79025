"""When a message that could not be sent is sent again, and when it is given up (pure)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

GIVEN_UP_AFTER = timedelta(days=1)
"""So long a message is tried; then it is a dead letter, which the channel's page shows."""

_FIRST_S = 0.5
_LONGEST_AWAY_S = 60.0
_LONGEST_REFUSED_S = 900.0
_DOUBLINGS = 12
"""Beyond so many the longest pause is reached anyway."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a message was not taken: a word or two, and never what was sent."""

    what: str
    away: bool
    """Whether the receiver itself is away: then no other message would arrive either."""


def pause_s(attempts: int, *, away: bool, chance: float) -> float:
    """Return the seconds to wait after the `attempts`-th attempt: doubled each time, and between half and all of it.

    Who was away is asked at least once a minute, so that nobody who is back waits long for what happened meanwhile;
    who refuses one message is asked about it ever less. `chance` in [0, 1) keeps several processes apart.
    """
    longest = _LONGEST_AWAY_S if away else _LONGEST_REFUSED_S
    full: float = min(longest, _FIRST_S * 2 ** min(max(attempts - 1, 0), _DOUBLINGS))
    return full * (0.5 + chance / 2)


def is_given_up(made_at: datetime, now: datetime) -> bool:
    """Tell whether a message that failed at `now` is not tried again."""
    return now - made_at >= GIVEN_UP_AFTER
