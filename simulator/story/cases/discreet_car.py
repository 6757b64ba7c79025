"""A car that is watched for discreetly: the officer of the group sees its hit, the dispatcher does not."""

from datetime import datetime, timedelta

import numpy as np

from simulator.network import Network
from simulator.story.cases import discreet_car_texts as texts
from simulator.story.disguise import draw_belgian
from simulator.story.journey import drive, live_events
from simulator.story.lists import DISCREET, DISCREET_GROUP, SECOND
from simulator.story.tale import Case, Look, Watched
from simulator.vehicles import Vehicle

_ROUTE = ("KIN04B", "KIN01B", "BRE03B")
_STARTS_AFTER_S = 150.0


def discreet_car(anchor: datetime, network: Network, rng: np.random.Generator) -> Case:
    """Return the case: two and a half minutes after the start the car comes over the border at Molenbeersel."""
    car = Vehicle(draw_belgian(rng), "BE", "Audi", "A4", "black", "car")
    passed = drive(network, car, _ROUTE, anchor + timedelta(seconds=_STARTS_AFTER_S), rng)
    return Case(
        id="discreet-car", role="tom", title=texts.TITLE, text=texts.TEXT, consultation=None, searches=(),
        sightings=(), live=live_events(passed, anchor),
        looks=(Look(texts.BOARD, "/hits", texts.BOARD_FOUND), Look(texts.LISTS, "/watchlists", texts.LISTS_FOUND)),
        watched=(Watched(DISCREET, car.plate, texts.MEASURE, texts.REASON, f"LI-2211/{anchor.year}", "tom", SECOND,
                         group=DISCREET_GROUP, discreet=True),),
    )

