"""How a camera fares, in one word: what is worst of it decides (pure)."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from search.cameras.queries import Camera
from search.pages.language import Words, words
from services.clock_rule import ClockClass

BEHIND = timedelta(minutes=10)
"""A camera whose gateway says that it has not sent everything from before then is late."""


class Health(StrEnum):
    """The states, the worst first: so they are sorted wherever cameras stand."""

    silent = "silent"    # nothing comes of it though something should
    late = "late"        # its gateway has still to send reads of some time ago
    clock = "clock"      # its times are wrong by more than a second
    unheard = "unheard"  # live, and nothing ever came
    off = "off"          # people took it off, or it never was live
    live = "live"


WORST_FIRST = tuple(Health)
IN_TROUBLE = frozenset({Health.silent, Health.late, Health.clock})
"""What somebody has to look after; that a camera is off was decided."""

NAMES: dict[Health, Words] = {
    Health.silent: words("silent"),
    Health.late: words("late"),
    Health.clock: words("clock wrong"),
    Health.unheard: words("never heard"),
    Health.off: words("off"),
    Health.live: words("live and in order"),
}


def health_of(camera: Camera, now: datetime) -> Health:
    """Return how a camera fares: the first state, from the worst on, that holds; one that is off has no other."""
    if camera.live_since is None:
        return Health.off
    holds = {
        Health.silent: camera.silent_since is not None,
        Health.late: camera.complete_until is not None and now - camera.complete_until > BEHIND,
        Health.clock: camera.clock_class is ClockClass.excluded,
        Health.unheard: camera.last_captured_at is None and camera.heartbeat_at is None,
        Health.live: True,
    }
    return next(health for health, true in holds.items() if true)


def count_healths(found: Iterable[Health]) -> dict[Health, int]:
    """Return how many cameras fare how, the worst first; a state that none is in is absent."""
    counted = Counter(found)
    return {health: counted[health] for health in WORST_FIRST if counted[health]}
