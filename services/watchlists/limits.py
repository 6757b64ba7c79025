"""What an entry of a category may be: how long, how vague, how urgent and how discreet; one table, pure."""

from dataclasses import dataclass
from datetime import timedelta

from services.watchlists.categories import USUAL, Category


@dataclass(frozen=True, slots=True)
class Limits:
    """What entries of a category are held to (R8)."""

    longest: timedelta
    """From its beginning, or from now where it began before, to its end; whoever wants it longer renews it."""
    vague: bool = True
    """Whether it may be a pattern, or count look-alikes: no list that holds half the country may."""
    discreet: bool = True
    """Whether it may be discreet."""


_FIVE_YEARS = timedelta(days=5 * 366)
_YEAR = timedelta(days=366)
_POLICE = Limits(_FIVE_YEARS)
_MASS = Limits(_FIVE_YEARS, vague=False, discreet=False)

LIMITS = {
    Category.stolen_vehicle: _POLICE,
    Category.stolen_plate: _POLICE,
    Category.armed_and_dangerous: _POLICE,
    Category.wanted_person: _POLICE,
    Category.missing_person: Limits(_YEAR),
    Category.discreet_check: Limits(_YEAR),
    Category.investigation: Limits(_YEAR),
    Category.recent_offence: Limits(timedelta(days=14)),
    Category.driving_ban: _MASS,
    Category.seizure: _MASS,
    Category.uninsured: _MASS,
    Category.no_inspection: _MASS,
    Category.not_registered: _MASS,
    Category.benelux: Limits(_YEAR),
    Category.operation: Limits(timedelta(days=7), vague=False, discreet=False),
}


def highest_priority(category: Category) -> int:
    """Return how urgent an entry may be: one above what is usual, so that what only annoys never drowns a theft."""
    return max(1, USUAL[category].priority - 1)
