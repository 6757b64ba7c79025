"""One vehicle read three times: less than a month ago, more than a month ago, and more than a year ago."""

from datetime import datetime

import numpy as np

from services.clock import local_day
from simulator.network import Network
from simulator.story.cases import old_reads_texts as texts
from simulator.story.disguise import bare, draw_belgian
from simulator.story.journey import drive
from simulator.story.moments import at, dated, month_edge
from simulator.story.tale import Case, Consultation, Search, search_path
from simulator.vehicles import Vehicle

_WITHHELD_DAYS, _GONE_DAYS = 33, 366


def old_reads(anchor: datetime, network: Network, rng: np.random.Generator) -> Case:
    """Return the case: the law shows the first read, withholds the second, and the third no longer exists."""
    car = Vehicle(draw_belgian(rng), "BE", "Audi", "A4", "black", "car")
    today = local_day(anchor)
    # 29 days, except in March: a calendar month before 10 March is only 28 days back.
    shown_days = (today - month_edge(today)).days - 1
    days = (_GONE_DAYS, _WITHHELD_DAYS, shown_days)
    moments = [at(anchor, days_ago, 11, minute) for days_ago, minute in zip(days, (5, 20, 35), strict=True)]
    reads = [sighting for moment in moments for sighting in drive(network, car, ("GNK03A",), moment, rng)]
    gone, withheld, shown = (dated(moment) for moment in moments)
    facts: dict[str, object] = {"plate": car.plate, "shown": shown, "withheld": withheld, "gone": gone}
    own = bare(car.plate)
    return Case(
        id="older-than-a-month", role="tom", title=texts.TITLE, text=texts.TEXT.fill(**facts),
        consultation=Consultation("judicial-crime", f"HA.L1.003377/{anchor.year}", texts.REASON.format(**facts)),
        searches=(
            Search(texts.ALL.fill(plate=own), search_path(plate=own, start=at(anchor, 365, 0), end=at(anchor, 0, 0)),
                   texts.ALL_FOUND.fill(**facts), 1),
            Search(texts.OLD.fill(plate=own),
                   search_path(plate=own, start=at(anchor, 365, 0), end=at(anchor, _WITHHELD_DAYS - 1, 0)),
                   texts.OLD_FOUND.fill(**facts), 0),
        ),
        sightings=tuple(reads),
    )
