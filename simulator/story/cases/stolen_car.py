"""A stolen car on the N76 from Genk to Bree, live, and beside it a real vehicle whose plate differs in one digit."""

from datetime import datetime, timedelta

import numpy as np

from simulator.network import Network
from simulator.story.cases import stolen_car_texts as texts
from simulator.story.disguise import bare, draw_belgian, hide, twin
from simulator.story.journey import drive, live_events
from simulator.story.lists import SECOND, STOLEN
from simulator.story.moments import at
from simulator.story.tale import Case, Consultation, Look, Search, Watched, search_path
from simulator.vehicles import Vehicle

_ROUTE = ("GNK06A", "GNK07A", "GNK08A", "OUD02A", "OUD03A", "OUD04A", "BRE02A")
_LOOK_ALIKE_AT = 2
_LOOK_ALIKE_BEHIND_S = 24.0
_STARTS_AFTER_S = 120.0
_CONFUSED_DIGIT = 7


def stolen_car(anchor: datetime, network: Network, rng: np.random.Generator) -> Case:
    """Return the case: two minutes after the start a stolen car drives from Genk to Bree, seven cameras in a row."""
    car = Vehicle(draw_belgian(rng), "BE", "Volkswagen", "Golf", "grey", "car")
    other = Vehicle(twin(car.plate), "BE", "Peugeot", "308", "white", "car")
    yesterday = drive(network, car, ("GNK02B",), at(anchor, 1, 17, 38), rng)
    flight = drive(network, car, _ROUTE, anchor + timedelta(seconds=_STARTS_AFTER_S), rng)
    behind = flight[_LOOK_ALIKE_AT].captured_at + timedelta(seconds=_LOOK_ALIKE_BEHIND_S)
    beside = drive(network, other, (_ROUTE[_LOOK_ALIKE_AT],), behind, rng)
    minutes = round((flight[-1].captured_at - anchor).total_seconds() / 60)
    return Case(
        id="stolen-car-n76", role="dirk", title=texts.TITLE, text=texts.TEXT.fill(plate=car.plate),
        consultation=Consultation("judicial-crime", f"GE.L1.011873/{anchor.year}",
                                  texts.REASON.format(plate=car.plate)),
        searches=_searches(anchor, car.plate, len(flight), minutes),
        sightings=tuple(yesterday), live=live_events([*flight, *beside], anchor),
        looks=(Look(texts.BOARD, "/hits", texts.BOARD_FOUND),),
        watched=(Watched(STOLEN, car.plate, texts.MEASURE, texts.WATCHED_FOR, f"GE.L1.011873/{anchor.year}", "els",
                         SECOND, level="possible"),),
    )


def _searches(anchor: datetime, plate: str, cameras: int, minutes: int) -> tuple[Search, ...]:
    # A day from the start of the demo, to the minute: restarting it on the same day keeps the story's anchor.
    start, end = anchor, anchor + timedelta(days=1)
    own, either = bare(plate), hide(plate, _CONFUSED_DIGIT)
    return (
        Search(texts.BEFORE.fill(plate=own), search_path(plate=own, start=at(anchor, 1, 12), end=at(anchor, 1, 22)),
               texts.BEFORE_FOUND, 1),
        Search(texts.LIVE.fill(plate=own), search_path(plate=own, start=start, end=end),
               texts.LIVE_FOUND.fill(number=cameras, minutes=minutes), cameras),
        Search(texts.EITHER.fill(plate=either), search_path(plate=either, start=start, end=end),
               texts.EITHER_FOUND.fill(number=cameras + 1), cameras + 1),
    )
