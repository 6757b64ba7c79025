"""The cases of the story, in the order in which the page shows them."""

from collections.abc import Callable
from datetime import datetime

import numpy as np

from services.clock import local_day
from simulator.network import Network
from simulator.story.cases.discreet_car import discreet_car
from simulator.story.cases.ex_partner import ex_partner
from simulator.story.cases.hit_and_run import hit_and_run
from simulator.story.cases.late_hit import late_hit
from simulator.story.cases.missing_driver import missing_driver
from simulator.story.cases.old_reads import old_reads
from simulator.story.cases.roadside_action import roadside_action
from simulator.story.cases.silent_camera import silent_camera
from simulator.story.cases.stolen_car import stolen_car
from simulator.story.cases.unlocked import unlocked
from simulator.story.tale import Case

CASES: tuple[Callable[[datetime, Network, np.random.Generator], Case], ...] = (
    hit_and_run, stolen_car, silent_camera, old_reads, unlocked, ex_partner, missing_driver,
    discreet_car, late_hit, roadside_action,
)


def tell(anchor: datetime, network: Network, seed: int) -> tuple[Case, ...]:
    """Return all cases for the anchor; each draws from a generator of its own, so a new case changes no other."""
    day = local_day(anchor).toordinal()
    return tuple(case(anchor, network, np.random.default_rng([seed, day, number])) for number, case in enumerate(CASES))
