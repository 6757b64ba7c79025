"""Hit and run at Bree: a red van, a witness who swaps two letters, a misread, a miss, and night pictures."""

from datetime import datetime, timedelta

import numpy as np

from simulator.faults import Sighting
from simulator.network import Network
from simulator.story.cases import hit_and_run_texts as texts
from simulator.story.disguise import FIRST_LETTER, bare, draw_belgian, hide, misread_digit, other_letters, swap_letters
from simulator.story.journey import drive, live_events, shift, spoil
from simulator.story.moments import at, dated, spoken
from simulator.story.tale import Case, Consultation, Search, Text, search_path
from simulator.sun import is_night
from simulator.vehicles import Vehicle

_APPROACH_AND_FLIGHT = ("KIN01B", "BRE03B", "OUD04B", "OUD03B", "OUD02B", "GNK08B", "GNK07B")
_PASSES_BREE = 1
_MISSED, _MISREAD = "OUD04B", "OUD03B"
_AFTERNOON = ("OUD04A", "BRE03A")
_TONIGHT_AGAIN = ("OUD02A", "OUD03A", "OUD04A")
_BACK_AFTER_S = 180.0
_DOUBTFUL_LETTERS = (FIRST_LETTER + 1, FIRST_LETTER + 2)
_DOUBTFUL_DIGIT = 7


def hit_and_run(anchor: datetime, network: Network, rng: np.random.Generator) -> Case:
    """Return the case: yesterday at 21:10 a van hits a cyclist at Bree and flees over the N76."""
    van = Vehicle(draw_belgian(rng), "BE", "Ford", "Transit", "red", "van")
    innocent = Vehicle(other_letters(van.plate, rng), "BE", "Volkswagen", "Polo", "blue", "car")
    crash = at(anchor, 1, 21, 10)
    evening = _evening(network, van, crash, rng)
    afternoon = drive(network, van, _AFTERNOON, at(anchor, 1, 14, 41), rng)
    passer_by = drive(network, innocent, ("BRE04B",), crash - timedelta(minutes=26), rng)
    return_trip = drive(network, van, _TONIGHT_AGAIN, anchor + timedelta(seconds=_BACK_AFTER_S), rng)
    facts: dict[str, object] = {"day": dated(crash), "time": spoken(crash), "told": swap_letters(van.plate)}
    return Case(
        id="hit-and-run-bree", role="els", title=texts.TITLE, text=_text(crash).fill(**facts),
        consultation=Consultation("judicial-crime", f"HA.L1.004512/{crash.year}", texts.REASON.format(**facts)),
        searches=_searches(anchor, van.plate, len(evening) - 1, len(afternoon)),
        sightings=(*afternoon, *passer_by, *evening), live=live_events(return_trip, anchor),
    )


def _evening(network: Network, van: Vehicle, crash: datetime, rng: np.random.Generator) -> list[Sighting]:
    """Return what was read that evening: one camera missed the van, one took a digit for a letter."""
    passed = drive(network, van, _APPROACH_AND_FLIGHT, crash, rng)
    # The drive is laid so that the van passes Bree-Oost two minutes before it hits the cyclist in the centre.
    late = crash - timedelta(minutes=2) - passed[_PASSES_BREE].captured_at
    read = [shift(sighting, late) for sighting in passed if sighting.passage.camera.code != _MISSED]
    wrong = bare(misread_digit(van.plate))
    return [spoil(sighting, wrong, 0.71) if sighting.passage.camera.code == _MISREAD else sighting for sighting in read]


def _text(crash: datetime) -> Text:
    """The text says what the pictures show: in June it is still light at ten past nine."""
    light = texts.BY_NIGHT if is_night(crash) else texts.BY_DAY
    return Text(texts.TEXT.nl.replace("<light>", light.nl), texts.TEXT.fr.replace("<light>", light.fr),
                texts.TEXT.en.replace("<light>", light.en))


def _searches(anchor: datetime, plate: str, read_well: int, by_day: int) -> tuple[Search, ...]:
    start, end = at(anchor, 1, 20), at(anchor, 1, 23)
    told, letters = bare(swap_letters(plate)), hide(plate, *_DOUBTFUL_LETTERS)
    digit = hide(plate, _DOUBTFUL_DIGIT)
    return (
        Search(texts.TOLD.fill(plate=told), search_path(plate=told, start=start, end=end), texts.TOLD_FOUND, 0),
        Search(texts.LETTERS.fill(plate=letters), search_path(plate=letters, start=start, end=end),
               texts.LETTERS_FOUND.fill(number=read_well), read_well + 1),
        Search(texts.DIGIT.fill(plate=digit), search_path(plate=digit, start=at(anchor, 1, 14), end=end),
               texts.DIGIT_FOUND.fill(number=read_well, day_reads=by_day), read_well + 1 + by_day),
    )
