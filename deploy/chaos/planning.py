"""Which fault strikes when: drawn from a seed, so that a run can be repeated (pure)."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

_OVERLAPPING_SHARE = 0.2
"""Faults that strike while the one before is still under way, or is being recovered from."""
_RECOVERING_S = 2.0


class Kind(StrEnum):
    """What can go wrong."""

    kill_ingest = "ingest killed"
    kill_database = "database killed"
    kill_session = "database session killed"
    kill_broker = "broker killed"
    kill_both = "broker and ingest killed"
    stall_broker = "broker stalled"
    stall_database = "database stalled"
    fill_images = "image store full"
    cut_ingest = "ingest's connection cut"
    cut_gateways = "gateways' connections cut"


def _at_once(rng: random.Random, stall_s: float) -> float:  # noqa: ARG001  # one shape for all
    return 0.0


def _a_moment(rng: random.Random, stall_s: float) -> float:  # noqa: ARG001  # one shape for all
    return rng.uniform(0.0, 2.0)


def _a_while(rng: random.Random, stall_s: float) -> float:  # noqa: ARG001  # one shape for all
    return rng.uniform(0.0, 3.0)


def _a_stall(rng: random.Random, stall_s: float) -> float:  # noqa: ARG001  # one shape for all
    return stall_s


_LASTS: dict[Kind, Callable[[random.Random, float], float]] = {
    Kind.kill_ingest: _at_once, Kind.kill_database: _at_once, Kind.kill_session: _at_once, Kind.kill_broker: _at_once,
    Kind.kill_both: _a_moment, Kind.stall_broker: _a_stall, Kind.stall_database: _a_stall, Kind.fill_images: _a_stall,
    Kind.cut_ingest: _a_while, Kind.cut_gateways: _a_while,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: when it strikes, in seconds after the beginning, and how long it is held; a kill is held no time.

    Of two kills, `lasts_s` is the time between them.
    """

    kind: Kind
    at_s: float
    lasts_s: float

    @property
    def ends_s(self) -> float:
        """When it is no longer held."""
        return self.at_s + self.lasts_s


def plan(seed: int, number: int, pause_s: float, stall_s: float) -> list[Fault]:
    """Draw `number` faults in the order in which they strike: every kind equally often, some over the one before.

    `pause_s` is the mean pause after a fault, `stall_s` how long stalls and a full image store last.
    """
    rng = random.Random(seed)
    faults: list[Fault] = []
    free_s = 0.0
    for kind in _deal(rng, number):
        lasts_s = _LASTS[kind](rng, stall_s)
        at_s = free_s + pause_s * rng.uniform(0.5, 1.5)
        if faults and rng.random() < _OVERLAPPING_SHARE:
            before = faults[-1]
            early_s = before.at_s + rng.uniform(0.1, max(_RECOVERING_S, before.lasts_s))
            # Two stalls of the same server would be one: the first one's end is the end of both.
            at_s = at_s if any(one.kind is kind and one.ends_s >= early_s for one in faults) else early_s
        faults.append(Fault(kind, at_s, lasts_s))
        free_s = max(free_s, faults[-1].ends_s)
    return faults


def ends_s(faults: Sequence[Fault]) -> float:
    """Return when the last fault is no longer held."""
    return max((fault.ends_s for fault in faults), default=0.0)


def _deal(rng: random.Random, number: int) -> list[Kind]:
    """Deal `number` kinds from shuffled decks that hold each kind once."""
    dealt: list[Kind] = []
    while len(dealt) < number:
        deck = list(Kind)
        rng.shuffle(deck)
        dealt += deck
    return dealt[:number]
