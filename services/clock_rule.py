"""How wrong a camera's clock may be (pure). Offsets are in milliseconds, positive when the camera is ahead of us.

They are measured one way (ingest/clocks.py), so that the fastest way from the camera to us counts as being behind: the
true offset lies at or above the measured one, by no more than that way takes.
"""

from enum import StrEnum

FLAGGED_MS = 100
"""Beyond this somebody should look at the clock."""

EXCLUDED_MS = 1000
"""Beyond this times of two cameras must not be compared: at 120 km/h a car goes 33 m in a second."""

_STEADY_MS = 50
_STEADY_SHARE = 0.1


class ClockClass(StrEnum):
    """What may be done with a camera's times."""

    ok = "ok"
    flagged = "flagged"    # shown as wrong
    excluded = "excluded"  # not for speeds and convoys


def clock_class(offset_ms: int) -> ClockClass:
    """Return the class of an offset."""
    if abs(offset_ms) > EXCLUDED_MS:
        return ClockClass.excluded
    return ClockClass.flagged if abs(offset_ms) > FLAGGED_MS else ClockClass.ok


def is_same(offset_ms: int, before_ms: int) -> bool:
    """Tell whether an offset is still what it was: within 50 ms, or a tenth within its class, or both in order."""
    kind = clock_class(offset_ms)
    if abs(offset_ms - before_ms) <= _STEADY_MS:
        return True
    if kind is not clock_class(before_ms):
        return False
    return kind is ClockClass.ok or abs(offset_ms - before_ms) <= _STEADY_SHARE * abs(before_ms)
