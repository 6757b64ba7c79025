"""A gateway whose line was down for three hours: what it kept still raises a hit, late and without noise."""

from datetime import datetime, timedelta

import numpy as np

from simulator.network import Network
from simulator.story.cases import late_hit_texts as texts
from simulator.story.disguise import draw_belgian
from simulator.story.journey import drive, live_events
from simulator.story.lists import SECOND, STOLEN
from simulator.story.moments import spoken
from simulator.story.tale import Case, Look, Watched
from simulator.vehicles import Vehicle

_CAMERA = "BOC02B"
_TOLD_AFTER_S = 210.0
_LATE = timedelta(hours=3)


def late_hit(anchor: datetime, network: Network, rng: np.random.Generator) -> Case:
    """Return the case: three and a half minutes after the start the gateway of Bocholt tells what it kept."""
    van = Vehicle(draw_belgian(rng), "BE", "Mercedes-Benz", "Sprinter", "white", "van")
    told_at = anchor + timedelta(seconds=_TOLD_AFTER_S)
    passed = drive(network, van, (_CAMERA,), told_at, rng)
    facts: dict[str, object] = {"plate": van.plate, "time": spoken(told_at - _LATE)}
    return Case(
        id="late-hit", role="dirk", title=texts.TITLE, text=texts.TEXT.fill(**facts), consultation=None, searches=(),
        sightings=(), live=live_events(passed, anchor, late=_LATE),
        looks=(Look(texts.BOARD, "/hits", texts.BOARD_FOUND.fill(**facts)),),
        watched=(Watched(STOLEN, van.plate, texts.MEASURE, texts.REASON, f"GE.L1.011902/{anchor.year}", "els",
                         SECOND),),
    )
