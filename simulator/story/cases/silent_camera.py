"""A camera that was silent for half an hour, and a journey whose middle read is missing for that reason."""

from datetime import datetime, timedelta

import numpy as np

from simulator.faults import Outage
from simulator.network import Network
from simulator.story.cases import silent_camera_texts as texts
from simulator.story.disguise import bare, draw_belgian
from simulator.story.journey import drive
from simulator.story.moments import at, dated
from simulator.story.tale import Case, Consultation, Search, search_path
from simulator.vehicles import Vehicle

SILENT = "OUD04A"
_ROUTE = ("HOU05B", "HOU06A", "OUD01A", SILENT, "BRE03A", "KIN01A")
_MINUTES_TO_SILENT = 17.3


def silent_camera(anchor: datetime, network: Network, rng: np.random.Generator) -> Case:
    """Return the case: a journey yesterday over six cameras, the fourth of which saw nothing from 14:02 to 14:31."""
    car = Vehicle(draw_belgian(rng), "BE", "Opel", "Astra", "silver", "car")
    silence = Outage(SILENT, at(anchor, 1, 14, 2), at(anchor, 1, 14, 31))
    start = at(anchor, 1, 14, 15) - timedelta(minutes=_MINUTES_TO_SILENT)
    passed = drive(network, car, _ROUTE, start, rng)
    read = [sighting for sighting in passed if not silence.holds(sighting.passage.camera.code, sighting.captured_at)]
    facts: dict[str, object] = {"plate": car.plate, "day": dated(start)}
    return Case(
        id="silent-camera", role="sara", title=texts.TITLE, text=texts.TEXT.fill(**facts),
        consultation=Consultation("judicial-traffic", f"TO.L2.002941/{start.year}", texts.REASON.format(**facts)),
        searches=_searches(anchor, bare(car.plate), len(read), silence),
        sightings=tuple(read), silences=(silence,),
    )


def _searches(anchor: datetime, plate: str, reads: int, silence: Outage) -> tuple[Search, ...]:
    return (
        Search(texts.JOURNEY.fill(plate=plate),
               search_path(plate=plate, start=at(anchor, 1, 13, 30), end=at(anchor, 1, 15)),
               texts.JOURNEY_FOUND.fill(number=reads), reads),
        Search(texts.SILENCE, search_path(cameras=(silence.camera,), start=silence.start, end=silence.end),
               texts.SILENCE_FOUND, 0),
    )
