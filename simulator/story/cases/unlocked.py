"""A read of 33 days ago that a registered decision of the procureur unlocks: in one file, and in no other."""

from datetime import datetime

import numpy as np

from services.clock import local_day
from simulator.network import Network
from simulator.story.cases import unlocked_texts as texts
from simulator.story.disguise import bare, draw_belgian
from simulator.story.journey import drive
from simulator.story.moments import at, dated
from simulator.story.tale import Case, Consultation, DecisionMade, Look, Search, search_path
from simulator.vehicles import Vehicle

_DAYS, _CAMERAS = 33, ("GNK05A", "GNK05B")


def unlocked(anchor: datetime, network: Network, rng: np.random.Generator) -> Case:
    """Return the case: one read within the month, one of 33 days ago, and a decision for its plate and those days."""
    car = Vehicle(draw_belgian(rng), "BE", "BMW", "3 Reeks", "grey", "car")
    moments = [at(anchor, days, 22, 15) for days in (_DAYS, 3)]
    reads = [sighting for moment in moments for sighting in drive(network, car, (_CAMERAS[0],), moment, rng)]
    old, new = map(dated, moments)
    file_number, own = f"HA.L1.003391/{anchor.year}", bare(car.plate)
    facts: dict[str, object] = {"plate": car.plate, "old": old, "new": new, "days": _DAYS}
    start, end = at(anchor, _DAYS + 5, 0), at(anchor, 0, 0)
    return Case(
        id="unlocked-by-a-decision", role="els", title=texts.TITLE, text=texts.TEXT.fill(**facts),
        consultation=Consultation("judicial-crime", file_number, texts.REASON.format(**facts)),
        searches=(Search(texts.ALL.fill(plate=own), search_path(plate=own, start=start, end=end),
                         texts.ALL_FOUND.fill(**facts), len(reads)),),
        looks=(Look(texts.DECISION, "/decisions", texts.DECISION_FOUND),), sightings=tuple(reads),
        decisions=(DecisionMade(
            reference=f"PK.HA.{anchor.year}.0417", file_number=file_number, magistrate="Substituut H. Thijs",
            decided_on=local_day(at(anchor, 2, 12)).isoformat(), reasons=texts.REASONS.format(**facts), plates=(own,),
            since=at(anchor, _DAYS + 5, 0), until=at(anchor, _DAYS - 5, 0), expires_at=at(anchor, -60, 0),
            registered_by="els", compared_by="tom"),),
    )
