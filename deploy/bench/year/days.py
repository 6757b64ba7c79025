"""One day of the year at a time: who passes which camera when, and what the camera reads (pure).

The simulator draws the traffic, so that every read belongs to a journey along the roads. What is added here is what a
year needs and a demo does not: strangers who never come back, few enough foreigners, and plates that stay distinct.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from services.clock import epoch_ms, midnight
from services.plates import normalise
from simulator import plates
from simulator.calibrate import Rhythm, load_rhythm
from simulator.faults import misread
from simulator.network import Network, load_network
from simulator.population import Population, draw_population
from simulator.sun import is_night
from simulator.traffic import Passages, history
from simulator.vehicles import Vehicle

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

MISREAD = 0.03
STRANGER = 0.5
"""Share of the regulars' trips that somebody makes who is seen on that one trip alone. Chosen so that about 12 % of the
reads show a text for the first time, as in five days of patrol cars and far more than past fixed cameras."""
FOREIGN = 0.10
COUNTRIES = {"BE": 1 - FOREIGN, **{
    country: FOREIGN * share / (1 - plates.COUNTRY_SHARES["BE"])
    for country, share in plates.COUNTRY_SHARES.items() if country != "BE"}}
_SEED = 20261123
_NEW_SHARE = 0.13  # of a day's reads: more vehicles than that are never new on one day
_BY_WEEKDAY = (1.05, 1.07, 1.08, 1.08, 1.10, 0.87, 0.75)  # our assumption; together 7
_NIGHT_STEP_S = 300
_LATE_SHARE, _LATE_S = 0.01, (300.0, 1800.0)


@dataclass(frozen=True, slots=True)
class Text:
    """A text that cameras read, with the vehicle behind it; `printed` has the separators, None for a misread."""

    plate: str
    printed: str | None
    country: str
    make: str
    model: str
    colour: str
    type: str


@dataclass(frozen=True, slots=True)
class World:
    """The zone's roads, and the vehicles that are seen again and again."""

    network: Network
    rhythm: Rhythm
    population: Population
    residents: tuple[Text, ...]
    reads_a_day: int


@dataclass(frozen=True, slots=True)
class Day:
    """The reads of one day as columns in time order; `text` counts the residents first, then `texts`."""

    texts: tuple[Text, ...]
    captured_ms: Ints
    delay_ms: Ints
    camera: Ints
    """Index in the network's cameras."""
    text: Ints
    lane: Ints
    speed_kmh: Floats
    confidence: Floats
    late: Flags
    night: Flags

    def __len__(self) -> int:
        return len(self.captured_ms)


def open_world(reads_a_day: int) -> World:
    """Return the zone with a population whose weekday makes about `reads_a_day` reads; always the same one."""
    network, rhythm = load_network(), load_rhythm()
    population = draw_population(network, rhythm, np.random.default_rng(_SEED), reads_a_day)
    rng = np.random.default_rng([_SEED, 0])
    residents = _name(rng, population.vehicles, begin=0)
    return World(network, rhythm, population, residents, reads_a_day)


def draw_day(world: World, day: date, number: int, until: datetime) -> Day:
    """Return the reads of `day`, the `number`-th of the year (from 0), as far as captured before `until`."""
    reads = round(world.reads_a_day * _BY_WEEKDAY[day.weekday()])
    passages = history(world.network, world.rhythm, np.random.default_rng(_SEED), [(day, reads)], world.population)
    passages = passages.take(passages.captured_ms < epoch_ms(until))
    rng = np.random.default_rng([_SEED, day.toordinal()])
    text, bodies = _number(rng, passages, world)
    named = _name(rng, bodies, begin=len(world.residents), block=number, a_day=world.reads_a_day)
    text, misreads, wrong = _misread(rng, text, world.residents, named)
    count = len(text)
    late = rng.random(count) < _LATE_SHARE
    delay = rng.lognormal(np.log(300.0), 0.4, count) + np.where(late, rng.uniform(*_LATE_S, count) * 1000, 0.0)
    return Day((*named, *misreads), passages.captured_ms, delay.astype(np.int64), passages.camera, text,
               passages.lane, passages.speed_kmh, np.where(wrong, rng.beta(12, 5, count), rng.beta(40, 1.5, count)),
               late, _nights(day, passages.captured_ms))


def last_days(day: Day, residents: int, first: date) -> Ints:
    """Return for each text, the residents' first, on which day it was last seen, as an ordinal; 0 when it was not."""
    seen = np.zeros(residents + len(day.texts), dtype=np.int64)
    after_midnight = day.captured_ms >= epoch_ms(midnight(first + timedelta(days=1)))
    np.maximum.at(seen, day.text, first.toordinal() + after_midnight)
    return seen


def _number(rng: np.random.Generator, passages: Passages, world: World) -> tuple[Ints, list[Vehicle]]:
    """Number the day's vehicles: residents keep their numbers, visitors and strangers of this day come behind them."""
    population, residents = world.population, len(world.residents)
    _, first, trip = np.unique(passages.trip_id, return_index=True, return_inverse=True)
    driver = passages.vehicle[first]
    regular = (driver >= len(population.work_route)) & (driver < residents)
    strange = regular & (rng.random(len(driver)) < STRANGER)
    new = strange | (driver >= residents)
    # A visitor comes on two trips perhaps, a stranger on one only: a number each.
    who = np.where(strange, -1 - np.arange(len(driver)), driver)
    seen, place = np.unique(who[new], return_inverse=True)
    body = np.zeros(len(seen), dtype=np.int64)
    body[place] = driver[new]
    numbered = driver.copy()
    numbered[new] = residents + place
    return numbered[trip], [passages.vehicles[vehicle] for vehicle in body.tolist()]


def _name(rng: np.random.Generator, vehicles: Sequence[Vehicle], *, begin: int, block: int = 0,
          a_day: int = 0) -> tuple[Text, ...]:
    """Give each vehicle a plate that no other of the year has: each day draws from a block of serials of its own."""
    countries = rng.choice(np.array(list(COUNTRIES)), len(vehicles), p=list(COUNTRIES.values()))
    serials = np.zeros(len(vehicles), dtype=np.int64)
    for country in COUNTRIES:
        here = np.flatnonzero(countries == country)
        serials[here] = begin + block * block_size(a_day, country) + np.arange(len(here))
    named = plates.name_plates(countries, serials, _SEED)
    return tuple(
        Text(normalise(plate.text) or "", plate.text, plate.country, body.make, body.model, body.colour, body.type)
        for plate, body in zip(named, vehicles, strict=True))


def block_size(reads_a_day: int, country: str) -> int:
    """Return how many serials of `country` a day may use up; more than it ever has new vehicles."""
    return 200 + round(reads_a_day * _NEW_SHARE * COUNTRIES[country] * 1.2)


def _misread(rng: np.random.Generator, text: Ints, residents: tuple[Text, ...],
             named: tuple[Text, ...]) -> tuple[Ints, list[Text], Flags]:
    """Let the camera read another text at some passages; return the texts by passage, the new ones, and where."""
    wrong = rng.random(len(text)) < MISREAD
    misreads = [_read_wrong(rng, residents[number] if number < len(residents) else named[number - len(residents)])
                for number in text[wrong].tolist()]
    changed = text.copy()
    changed[wrong] = len(residents) + len(named) + np.arange(len(misreads))
    return changed, misreads, wrong


def _read_wrong(rng: np.random.Generator, text: Text) -> Text:
    return Text(misread(text.plate, rng), None, text.country, text.make, text.model, text.colour, text.type)


def _nights(day: date, captured_ms: Ints) -> Flags:
    """Tell for each capture whether the sun is down, to five minutes; the day's late drivers pass after midnight."""
    begin = midnight(day)
    slots = (captured_ms - epoch_ms(begin)) // (_NIGHT_STEP_S * 1000)
    last = int(slots.max(initial=0))
    dark = np.array([is_night(begin + timedelta(seconds=_NIGHT_STEP_S * slot)) for slot in range(last + 1)])
    return np.asarray(dark[slots], dtype=bool)
