"""How well what is watched for is followed up, and which of it only makes noise: one table, pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class By(StrEnum):
    """By what figures are told."""

    list = "list"
    entry = "entry"
    camera = "camera"
    level = "level"


class Level(StrEnum):
    """How sure a match was: how it came about, and of a look-alike from which probability (services/lookalikes)."""

    exact = "exact"
    country = "country"
    pattern = "pattern"
    certain = "certain"
    likely = "likely"
    possible = "possible"
    unlikely = "unlikely"


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of the hits behind one list, entry, camera or level; a hit counts once for each that it matched."""

    alerts: int
    """Reads that matched; each entry that one matched counts."""
    hits: int
    taken_in_time: int
    """Claimed before anybody had to be told that nobody was claiming them."""
    taken: int
    confirmed: int
    """Of which a person said that the plate is the entry's, and nobody said otherwise afterwards."""
    dispatched: int
    intercepted: int
    observed: int
    misread: int
    wrong_country: int
    not_followed: int
    lapsed: int
    withdrawn: int
    to_claim: timedelta | None
    """Median from the hit to its claim; of those that were claimed."""
    to_dispatch: timedelta | None
    """Median from the hit to the team's being sent."""

    @property
    def judged(self) -> int:
        """Return of how many somebody said whether they were right."""
        return self.confirmed + self.wrong

    @property
    def wrong(self) -> int:
        """Return how many showed another plate, or one of another country."""
        return self.misread + self.wrong_country

    @property
    def precision(self) -> float | None:
        """Return the share of the judged hits that were right (0 to 1); None when none was judged."""
        return self.confirmed / self.judged if self.judged else None

    @property
    def follow_up(self) -> float | None:
        """Return the share of hits that somebody took (0 to 1); what the product withdrew was not there to be taken."""
        standing = self.hits - self.withdrawn
        return self.taken / standing if standing else None


class Noise(StrEnum):
    """Why something only makes noise."""

    misread = "misread"        # nearly all that was looked at showed another plate
    untaken = "untaken"        # nearly none was ever taken
    fruitless = "fruitless"    # teams were sent, and never once was anybody intercepted
    left = "left"              # nearly all that was taken was deliberately left alone


_NEARLY_NONE = 0.1
"""A tenth: where half are good, so few among LEAST[list] happen by chance less than once in four thousand times."""

LEAST: Mapping[By, int] = {By.list: 20, By.entry: 8}
"""So many cases are needed before anything is called noise; of an entry there are never more. By camera and level
nothing is: neither can be taken off a list."""

_NOISE: tuple[tuple[Noise, Callable[[Figures], tuple[int, int]]], ...] = (
    (Noise.misread, lambda found: (found.confirmed, found.judged)),
    (Noise.untaken, lambda found: (found.taken, found.hits - found.withdrawn)),
    (Noise.fruitless, lambda found: (found.intercepted, found.dispatched)),
    (Noise.left, lambda found: (found.taken - found.not_followed, found.taken)),
)
"""What is good, and among how many."""


@dataclass(frozen=True, slots=True)
class Noisy:
    """Why something only makes noise: `good` among `cases` were what they should have been."""

    why: Noise
    good: int
    cases: int


def noise_of(by: By, found: Figures) -> Noisy | None:
    """Return why a list or entry only makes noise: the first row of the table by which it does; None when it does not.

    Of what is observed discreetly nobody is ever dispatched, so that it is never fruitless.
    """
    least = LEAST.get(by)
    if least is None:
        return None
    for why, count in _NOISE:
        good, cases = count(found)
        if cases >= least and good <= _NEARLY_NONE * cases:
            return Noisy(why, good, cases)
    return None
