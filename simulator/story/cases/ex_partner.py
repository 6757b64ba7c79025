"""An officer who looked up an ex-partner fourteen times, each time under another number: what a DPO has to notice."""

from datetime import datetime, timedelta

import numpy as np

from simulator.network import Network
from simulator.story.cases import ex_partner_texts as texts
from simulator.story.disguise import bare, draw_belgian
from simulator.story.journey import drive
from simulator.story.moments import at, dated
from simulator.story.tale import Case, Look, PastConsultation
from simulator.vehicles import Vehicle

OFFICER, OFFICER_NAME = "bart", "Bart Lemmens"
_FIRST_DAY, _TIMES = 27, 14
_HOME = ("HOU02A", "HOU01A")


def ex_partner(anchor: datetime, network: Network, rng: np.random.Generator) -> Case:
    """Return the case: fourteen look-ups of one plate in four weeks, and ordinary work of the same officer between."""
    car = Vehicle(draw_belgian(rng), "BE", "Renault", "Clio", "blue", "car")
    own, days = bare(car.plate), _FIRST_DAY - np.arange(_TIMES) * 2
    sightings = [sighting for day in days.tolist()[::3]
                 for sighting in drive(network, car, _HOME, at(anchor, day, 7, 40), rng)]
    looked = [_looked_up(at(anchor, int(day), *divmod(int(rng.integers(20 * 60, 23 * 60 + 50)), 60)), own, number,
                         sum(sighting.captured_at < at(anchor, int(day), 20) for sighting in sightings))
              for number, day in enumerate(days)]
    worked = [_worked(at(anchor, int(day), 10 + number % 5), bare(draw_belgian(rng)), number)
              for number, day in enumerate(range(_FIRST_DAY + 2, 1, -3))]
    facts: dict[str, object] = {"plate": car.plate, "since": dated(looked[0].at), "times": _TIMES}
    return Case(
        id="ex-partner", role="ilse", title=texts.TITLE, text=texts.TEXT.fill(**facts), consultation=None, searches=(),
        sightings=tuple(sightings), past=tuple(sorted((*looked, *worked), key=lambda one: one.at)),
        looks=(Look(texts.BEHAVIOUR, "/audit/behaviour", texts.BEHAVIOUR_FOUND.fill(**facts)),
               Look(texts.ROWS, f"/audit?person={OFFICER}&plate={own}", texts.ROWS_FOUND.fill(**facts))),
    )


def _looked_up(moment: datetime, plate: str, number: int, found: int) -> PastConsultation:
    """Return one of the fourteen: an incident's number that is another each time, and nearly the same words."""
    reason = texts.EXCUSES[number % len(texts.EXCUSES)]
    return PastConsultation(OFFICER, OFFICER_NAME, "judicial-crime", "incident", f"IN.{48210 + 37 * number}", reason,
                            moment, plate, found)


def _worked(moment: datetime, plate: str, number: int) -> PastConsultation:
    return PastConsultation(OFFICER, OFFICER_NAME, "judicial-crime", "pv", f"HA.L1.00{2107 + number}/{moment.year}",
                            texts.WORK[number % len(texts.WORK)], moment + timedelta(minutes=7), plate, 0)
