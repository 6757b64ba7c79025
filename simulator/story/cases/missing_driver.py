"""An elderly driver who is missing: three cameras on the way to the border, and where he can be next."""

from datetime import datetime, timedelta

import numpy as np

from simulator.network import Network
from simulator.story.cases import missing_driver_texts as texts
from simulator.story.disguise import draw_belgian
from simulator.story.journey import drive, live_events
from simulator.story.lists import MISSING, SECOND
from simulator.story.tale import Case, Look, Watched
from simulator.vehicles import Vehicle

_ROUTE = ("BRE01A", "BRE03A", "KIN01A", "KIN05A")
_STARTS_AFTER_S = 60.0


def missing_driver(anchor: datetime, network: Network, rng: np.random.Generator) -> Case:
    """Return the case: a minute after the start he drives through Bree towards the Netherlands."""
    car = Vehicle(draw_belgian(rng), "BE", "Toyota", "Yaris", "silver", "car")
    passed = drive(network, car, _ROUTE, anchor + timedelta(seconds=_STARTS_AFTER_S), rng)
    minutes = round((passed[-1].captured_at - anchor).total_seconds() / 60)
    facts: dict[str, object] = {"plate": car.plate, "minutes": minutes}
    return Case(
        id="missing-driver", role="dirk", title=texts.TITLE, text=texts.TEXT.fill(**facts), consultation=None,
        searches=(), sightings=(), live=live_events(passed, anchor),
        looks=(Look(texts.BOARD, "/hits", texts.BOARD_FOUND.fill(**facts)),),
        watched=(Watched(MISSING, car.plate, texts.MEASURE, texts.REASON, f"HA.55.003318/{anchor.year}", "els", SECOND,
                         days=7),),
    )
