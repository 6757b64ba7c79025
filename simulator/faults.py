"""What goes wrong at a camera: one table of faults, each a pure step over what the camera saw.

The confusions are the simulator's own, drawn from how glyphs wear and how plates get dirty; they must never be copied
from the product's look-alikes, or the product would be scored against itself (decision 16).
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType

import numpy as np

from services.errors import BadQuestionError
from services.plates import normalise
from simulator.traffic import Passage


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a camera made of one passage, and when it tells: no deliveries mean that nobody ever hears of it."""

    passage: Passage
    captured_at: datetime
    """By the camera's clock."""
    plate: str | None
    """As read, without separators."""
    confidence: float
    deliveries: tuple[datetime, ...]
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outage:
    """A camera that is dead from `start` up to `end`."""

    camera: str
    start: datetime
    end: datetime

    def holds(self, camera: str, instant: datetime) -> bool:
        """Tell whether `camera` is dead at `instant`."""
        return camera == self.camera and self.start <= instant < self.end


@dataclass(frozen=True, slots=True)
class Faults:
    """How often each fault strikes, as a share of passages; outages and drifts (seconds) by camera."""

    misread: float = 0.0
    miss: float = 0.0
    duplicate: float = 0.0
    late: float = 0.0
    late_s: float = 600.0
    outages: tuple[Outage, ...] = ()
    drift_s: MappingProxyType[str, float] = field(default_factory=lambda: MappingProxyType({}))


Step = Callable[[Sighting, Faults, np.random.Generator], Sighting]

_SWAPS: dict[str, str] = {
    # Worn or dirty glyph → what it is taken for; what stands twice is twice as likely.
    "0": "DDO86C", "1": "IITJ4", "2": "ZZ77", "3": "B589", "4": "AA1H", "5": "SS36", "6": "GG8B5", "7": "T1Z2",
    "8": "BB3690", "9": "8P3G", "A": "4RH", "B": "8RE3", "C": "G0L", "D": "0OB", "E": "FBL", "F": "PE",
    "G": "6C0", "H": "MNK", "J": "U1I", "K": "XHR", "L": "E1", "M": "NHW", "N": "MHK", "P": "RFD", "R": "PKB",
    "S": "58", "T": "7YI", "U": "VJ0", "V": "YU", "W": "VM", "X": "KY", "Y": "VX7", "Z": "27",
}
_ANY = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
_EDGES = "1IT"  # the blue band, a bolt or the plate's rim, taken for a character
_OTHER_SHARE = 0.15  # of substitutions give anything at all: mud knows no look-alikes
_KINDS = {"substitution": 0.60, "deletion": 0.16, "insertion": 0.10, "first": 0.14}


def see(passages: Iterable[Passage], faults: Faults, seed: int) -> Iterator[Sighting]:
    """Yield what the cameras make of `passages`, one sighting for each; the same seed gives the same faults."""
    rng = np.random.default_rng([seed, 0xFA])
    for passage in passages:
        sighting = _see_well(passage, rng)
        for step in FAULTS.values():
            sighting = step(sighting, faults, rng)
        yield sighting


def misread(plate: str, rng: np.random.Generator) -> str:
    """Return another text that a camera might make of `plate` (capitals and digits, at least two)."""
    kind = rng.choice(list(_KINDS), p=list(_KINDS.values()))
    place = int(rng.integers(len(plate)))
    if kind == "first":  # the first character drowns in the blue band
        return plate[1:]
    if kind == "deletion":
        return plate[:place] + plate[place + 1:]
    if kind == "insertion":
        place = int(rng.choice([0, len(plate), place]))
        return plate[:place] + _one_of(_EDGES, rng) + plate[place:]
    return plate[:place] + _swap(plate[place], rng) + plate[place + 1:]


def parse_faults(text: str, start: datetime) -> Faults:
    """Read `misread=0.03,miss=0.02,duplicate=0.01,late=0.01,late_s=600,outage=BRE01A@600+1800,drift=GNK02A:-45`.

    `outage` is camera@seconds-after-start+seconds-long, `drift` camera:seconds; both may stand several times.
    """
    faults = Faults()
    for item in filter(None, text.split(",")):
        name, _, value = item.strip().partition("=")
        try:
            faults = _PARSERS[name](faults, name, value, start)
        except (KeyError, ValueError):
            raise BadQuestionError(f"--faults cannot understand {item.strip()!r}; it knows misread, miss, duplicate "
                                   "and late as shares (late_s in seconds), outage=CAMERA@START+SECONDS, "
                                   "drift=CAMERA:SECONDS") from None
    return faults


def _see_well(passage: Passage, rng: np.random.Generator) -> Sighting:
    confidence = round(float(rng.beta(40, 1.5)), 3)
    return Sighting(passage, passage.captured_at, normalise(passage.vehicle.plate), confidence, (passage.captured_at,))


def _drift(sighting: Sighting, faults: Faults, _rng: np.random.Generator) -> Sighting:
    seconds = faults.drift_s.get(sighting.passage.camera.code, 0.0)
    if not seconds:
        return sighting
    return _marked(replace(sighting, captured_at=sighting.captured_at + timedelta(seconds=seconds)), "drift")


def _outage(sighting: Sighting, faults: Faults, _rng: np.random.Generator) -> Sighting:
    passage = sighting.passage
    if any(outage.holds(passage.camera.code, passage.captured_at) for outage in faults.outages):
        return _marked(replace(sighting, deliveries=()), "outage")
    return sighting


def _miss(sighting: Sighting, faults: Faults, rng: np.random.Generator) -> Sighting:
    if rng.random() < faults.miss and sighting.deliveries:
        return _marked(replace(sighting, deliveries=()), "miss")
    return sighting


def _misread(sighting: Sighting, faults: Faults, rng: np.random.Generator) -> Sighting:
    if rng.random() >= faults.misread or not sighting.deliveries or not sighting.plate:
        return sighting
    unsure = round(float(rng.beta(12, 5)), 3)
    return _marked(replace(sighting, plate=misread(sighting.plate, rng), confidence=unsure), "misread")


def _late(sighting: Sighting, faults: Faults, rng: np.random.Generator) -> Sighting:
    if rng.random() >= faults.late or not sighting.deliveries:
        return sighting
    delay = timedelta(seconds=float(rng.uniform(0.2, 1.0)) * faults.late_s)
    return _marked(replace(sighting, deliveries=tuple(due + delay for due in sighting.deliveries)), "late")


def _duplicate(sighting: Sighting, faults: Faults, rng: np.random.Generator) -> Sighting:
    if rng.random() >= faults.duplicate or not sighting.deliveries:
        return sighting
    again = sighting.deliveries[-1] + timedelta(seconds=float(rng.uniform(0.5, 30.0)))
    return _marked(replace(sighting, deliveries=(*sighting.deliveries, again)), "duplicate")


FAULTS: MappingProxyType[str, Step] = MappingProxyType({
    "drift": _drift, "outage": _outage, "miss": _miss, "misread": _misread, "late": _late, "duplicate": _duplicate,
})
"""Every fault, in the order in which they strike."""


def _marked(sighting: Sighting, fault: str) -> Sighting:
    return replace(sighting, faults=(*sighting.faults, fault))


def _swap(character: str, rng: np.random.Generator) -> str:
    likely = _SWAPS.get(character, _ANY)
    if rng.random() < _OTHER_SHARE:
        likely = _ANY
    return _one_of(likely.replace(character, ""), rng)


def _one_of(characters: str, rng: np.random.Generator) -> str:
    return characters[int(rng.integers(len(characters)))]


def _with_share(faults: Faults, name: str, value: str, _start: datetime) -> Faults:
    share = float(value)
    if not 0.0 <= share <= 1.0:
        raise ValueError(name)
    return replace(faults, **{name: share})  # type: ignore[arg-type]


def _with_seconds(faults: Faults, _name: str, value: str, _start: datetime) -> Faults:
    return replace(faults, late_s=float(value))


def _with_outage(faults: Faults, _name: str, value: str, start: datetime) -> Faults:
    camera, when = value.split("@")
    after_s, length_s = (timedelta(seconds=float(part)) for part in when.split("+"))
    return replace(faults, outages=(*faults.outages, Outage(camera, start + after_s, start + after_s + length_s)))


def _with_drift(faults: Faults, _name: str, value: str, _start: datetime) -> Faults:
    camera, seconds = value.split(":")
    drifts = dict(itertools.chain(faults.drift_s.items(), [(camera, float(seconds))]))
    return replace(faults, drift_s=MappingProxyType(drifts))


_PARSERS: dict[str, Callable[[Faults, str, str, datetime], Faults]] = {
    "misread": _with_share, "miss": _with_share, "duplicate": _with_share, "late": _with_share,
    "late_s": _with_seconds, "outage": _with_outage, "drift": _with_drift,
}
