"""A camera's week: how many reads an hour it usually has, as a strip of seven days by twenty-four hours (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.silence_rule import HOURS_OF_WEEK

LEVELS = 6
"""How many shades the strip has beside "nothing"."""
HOURS = 24


@dataclass(frozen=True, slots=True)
class Peak:
    """An hour of the week and what is usual in it."""

    day: int
    """0 is Monday."""
    hour: int
    reads: int


@dataclass(frozen=True, slots=True)
class Week:
    """The usual hours, as an SVG drawing of cells of 1 by 1 and in words."""

    shades: tuple[str, ...]
    """A path for each level, the faintest first."""
    busiest: Peak
    quietest: Peak
    total: int
    """Reads of a usual week."""
    days: tuple[tuple[int, ...], ...]
    """The hours of each day, for who reads the table."""


def draw_week(rates: Sequence[float]) -> Week | None:
    """Return the strip of a camera's usual rates by hour of the week; None for one without a rhythm."""
    if len(rates) != HOURS_OF_WEEK or not any(rates):
        return None
    most = max(rates)
    shades = ["" for _ in range(LEVELS)]
    for at, rate in enumerate(rates):
        if rate > 0:
            shades[min(int(rate / most * LEVELS), LEVELS - 1)] += f"M{at % HOURS} {at // HOURS}h1v1h-1z"
    hours = [round(rate) for rate in rates]
    return Week(tuple(shades), _peak(rates, most), _peak(rates, min(rates)), round(sum(rates)),
                tuple(tuple(hours[day * HOURS:(day + 1) * HOURS]) for day in range(HOURS_OF_WEEK // HOURS)))


def _peak(rates: Sequence[float], value: float) -> Peak:
    at = list(rates).index(value)
    return Peak(at // HOURS, at % HOURS, round(value))
