"""The mean speed over a leg: indicative, with its error, and only where clocks and places allow it (pure).

A computed speed proves nothing: only an approved device measures speeds that do. It is worked out when it is asked
for, and stands in no export.
"""

import math
from dataclasses import dataclass

from search.journeys.legs import Judged, Verdict
from services.clock_rule import FLAGGED_MS

_CLOCK_ERROR_S = 2 * FLAGGED_MS / 1000
"""Two clocks that are in order may be wrong against each other by so much."""

_LENGTH_ERROR = 0.03
"""The length of a way is that of a line on a map, and no certified shortest path."""


@dataclass(frozen=True, slots=True)
class Speed:
    """A mean speed in kilometres an hour, rounded down, and by how much it may be wrong."""

    kmh: float
    error_kmh: float


def indicative_speed(leg: Judged) -> Speed | None:
    """Return the mean speed over a leg that was driven without a stop, None where it would mean nothing.

    v = 3.6 L / t, with L in metres and t in seconds; the error is v * (error of t / t + error of L / L). Both plates
    must have been read exactly, and both clocks measured to be less than a second off.
    """
    trusted = all(seen.probability is None and seen.clock_trusted for seen in (leg.before, leg.after))
    if leg.verdict is not Verdict.drove or leg.route is None or not trusted or leg.took_s <= _CLOCK_ERROR_S:
        return None
    kmh = leg.route.km / leg.took_s * 3600
    return Speed(math.floor(kmh), math.ceil(kmh * (_CLOCK_ERROR_S / leg.took_s + _LENGTH_ERROR)))
