"""An ANPR-actie on the N715: more uninsured cars than two teams can stop."""

from datetime import datetime, timedelta

import numpy as np

from simulator.network import Network
from simulator.story.cases import roadside_action_texts as texts
from simulator.story.disguise import draw_belgian
from simulator.story.journey import drive, live_events
from simulator.story.lists import SECOND, UNINSURED
from simulator.story.tale import ActionMade, Case, Look, Watched
from simulator.vehicles import Vehicle

_ROUTE = ("HOU01A", "HOU03A")
_FROM_CAMERAS = (("HOU01A", 150, 300), ("HOU03A", 30, 120))
"""How soon and how late, in seconds, a vehicle is at the place behind the second camera."""

_FIRST_AFTER_S, _EVERY_S = 80.0, 35.0
_CARS = (("Opel", "Corsa", "red"), ("Fiat", "Punto", "white"), ("Ford", "Focus", "blue"), ("BMW", "118", "black"),
         ("Citroën", "C3", "grey"), ("Volkswagen", "Polo", "green"), ("Renault", "Megane", "silver"),
         ("Seat", "Ibiza", "yellow"), ("Kia", "Picanto", "white"))


def roadside_action(anchor: datetime, network: Network, rng: np.random.Generator) -> Case:
    """Return the case: from eighty seconds after the start nine uninsured cars drive towards two teams."""
    cars = [Vehicle(draw_belgian(rng), "BE", make, model, colour, "car") for make, model, colour in _CARS]
    passed = [sighting for number, car in enumerate(cars) for sighting in drive(
        network, car, _ROUTE, anchor + timedelta(seconds=_FIRST_AFTER_S + _EVERY_S * number), rng)]
    facts: dict[str, object] = {"number": len(cars)}
    return Case(
        id="action-n715", role="sara", title=texts.TITLE, text=texts.TEXT.fill(**facts), consultation=None, searches=(),
        sightings=(), live=live_events(passed, anchor),
        looks=(Look(texts.ACTIONS, "/actions", texts.ACTIONS_FOUND.fill(**facts)),),
        watched=tuple(Watched(UNINSURED, car.plate, texts.MEASURE, texts.REASON, f"VZ-{anchor.year}-{number:04d}",
                              "tom", SECOND) for number, car in enumerate(cars, 1)),
        actions=(ActionMade(texts.NAME, texts.PLACE, f"ACTIE-{anchor.year}-{anchor:%m%d}", (UNINSURED,), _FROM_CAMERAS,
                            ("Team 1", "Team 2"), "sara"),),
    )
