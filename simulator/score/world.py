"""`score world`: traffic with true trips, among two million vehicles that are there to be taken for one another."""

import argparse
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import msgspec
import numpy as np

from services import messages
from services.clock import epoch_ms, from_epoch_ms, iso_ms, local_day, midnight, utc_now
from simulator.calibrate import Rhythm, load_rhythm
from simulator.faults import Faults, Outage, Sighting, see
from simulator.network import Network, load_network
from simulator.score.truth import RECORDED, TAUGHT, TEXTS, TRUTH, WORLD, Outcome, TruePassage, World
from simulator.traffic import Passage, history
from simulator.vehicles import draw_vehicles

MISSES, MISREADS = 0.05, 0.03
CORRECTED_SHARE = 0.3
"""Share of misread passages of which a second message tells the true plate: what there is to learn from."""
SILENT_HOURS = (10, 16)
"""Local hours between which one camera is dead, in the middle of the traffic."""

_DAYS = 27
"""All inside the month that the gate shows without a decision, with a day to spare."""
_TRAFFIC_DAYS = 4
_READS_A_VEHICLE = ((1, 0.85), (2, 0.12), (4, 0.03))
_AT_ONCE = 50_000
_BATCH = 200
_CORRECTED_CONFIDENCE = 0.99


@dataclass(frozen=True, slots=True)
class Options:
    """What kind of world: vehicles beside the traffic, reads of traffic a day, and what makes it one of its kind."""

    plates: int
    reads_per_day: int
    seed: int
    now: datetime


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `score world` is given."""
    parser.add_argument("--plates", type=int, default=2_000_000, metavar="N", help="vehicles (default: %(default)s)")
    parser.add_argument("--reads-per-day", type=int, default=40_000, metavar="N",
                        help="reads of whole trips, on each of four days (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same world on the same day")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where the world is written")


def run(arguments: argparse.Namespace) -> int:
    """Write a world; `python -m ingest backfill FOLDER/recorded.jsonl` loads it."""
    options = Options(arguments.plates, arguments.reads_per_day, arguments.seed, utc_now())
    world = write_world(arguments.out, options)
    print(f"{world.passages} passages, {world.plates} different texts; camera {world.silent_camera} is silent from "
          f"{iso_ms(world.silent_from)} to {iso_ms(world.silent_until)}")
    return 0


def write_world(folder: Path, options: Options) -> World:
    """Write recorded messages, the truth, the texts and the figures of a world into `folder`; return the figures."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / TAUGHT).unlink(missing_ok=True)  # what was learned from another world
    network = load_network()
    outage = choose_outage(network, options)
    faults = Faults(misread=MISREADS, miss=MISSES, outages=(outage,))
    with (folder / RECORDED).open("wb") as recorded, (folder / TRUTH).open("wb") as truth:
        gateways = {camera.code: camera.gateway for camera in network.cameras.values()}
        writer = _Writer(recorded, truth, np.random.default_rng([options.seed, 3]), gateways)
        traffic = list(_traffic(network, options))
        taken = {passage.vehicle.plate for passage in traffic}
        for sighting in see(traffic, faults, options.seed):
            writer.write(sighting)
        for sighting in see(strangers(network, options, taken), faults, options.seed + 1):
            writer.write(sighting)
        writer.finish()
    with (folder / TEXTS).open("w", encoding="ascii") as texts:
        texts.writelines(f"{text}\t{count}\n" for text, count in writer.texts.items())
    last = local_day(options.now)
    world = World(options.seed, len(writer.texts), writer.told, midnight(last - timedelta(days=_TRAFFIC_DAYS)),
                  midnight(last), outage.camera, outage.start, outage.end)
    (folder / WORLD).write_bytes(msgspec.json.encode(world))
    return world


def choose_outage(network: Network, options: Options) -> Outage:
    """Return a camera in the middle of things that is dead for some hours on the second last day of the traffic.

    The one that the most roads lead to and from: routes pass it on the way to somewhere else.
    """
    leaving = Counter(edge.start for edge in network.edges)
    arriving = Counter(edge.end for edge in network.edges)
    camera = max(sorted(network.cameras), key=lambda code: min(leaving[code], arriving[code]))
    day = midnight(local_day(options.now) - timedelta(days=2))
    return Outage(camera, day + timedelta(hours=SILENT_HOURS[0]), day + timedelta(hours=SILENT_HOURS[1]))


def _traffic(network: Network, options: Options) -> Iterator[Passage]:
    last = local_day(options.now)
    days = [(last - timedelta(days=back), options.reads_per_day) for back in range(_TRAFFIC_DAYS, 0, -1)]
    drawn = history(network, load_rhythm(), np.random.default_rng(options.seed), days)
    yield from drawn.between(midnight(days[0][0]), midnight(last))


def strangers(network: Network, options: Options, taken: Set[str]) -> Iterator[Passage]:
    """Yield single passages of vehicles that take no part in the traffic, over the weeks before today."""
    rng = np.random.default_rng([options.seed, 2])
    cameras, rhythm = tuple(network.cameras.values()), load_rhythm()
    counts, shares = zip(*_READS_A_VEHICLE, strict=True)
    for first in range(0, options.plates, _AT_ONCE):
        number = min(_AT_ONCE, options.plates - first)
        # Another key than that of the traffic's population, and behind it, so that few plates must be left out.
        vehicles = draw_vehicles(rng, np.arange(first, first + number), options.seed + 7919)
        which = np.repeat(np.arange(number), rng.choice(counts, number, p=shares))
        moments = _draw_moments(rng, rhythm, options.now, len(which))
        places = rng.integers(len(cameras), size=len(which))
        for who, moment, place in zip(which.tolist(), moments, places.tolist(), strict=True):
            if vehicles[who].plate not in taken:
                yield Passage(from_epoch_ms(moment), cameras[place], vehicles[who], 1, 50.0, 0)


def _draw_moments(rng: np.random.Generator, rhythm: Rhythm, now: datetime, number: int) -> list[int]:
    """Return milliseconds since 1970, spread over the days before today in the rhythm's hours."""
    first = local_day(now) - timedelta(days=_DAYS)
    starts = np.array([epoch_ms(midnight(first + timedelta(days=day))) for day in range(_DAYS)])
    hour = rng.choice(24, number, p=np.array(rhythm.hour_shares) / sum(rhythm.hour_shares))
    within = rng.integers(3_600_000, size=number)
    moments: list[int] = (starts[rng.integers(_DAYS, size=number)] + hour * 3_600_000 + within).tolist()
    return moments


@dataclass(slots=True)
class _Writer:
    """Messages in batches by gateway, the truth beside them, and how many reads show each text."""

    recorded: BinaryIO
    truth: BinaryIO
    rng: np.random.Generator
    gateways: dict[str, str]
    """By camera: a million times the same name is looked up sooner than made."""
    told: int = 0
    texts: Counter[str] = field(default_factory=Counter)
    _waiting: dict[str, list[bytes]] = field(default_factory=dict)
    _corrections: dict[str, list[bytes]] = field(default_factory=dict)
    _encoder: msgspec.json.Encoder = field(default_factory=msgspec.json.Encoder)

    def write(self, sighting: Sighting) -> None:
        """Write what is told of one passage, and the truth about it where it belongs to a trip or went wrong."""
        corrected = False
        if sighting.passage.trip_id or sighting.faults:
            passage = _judge(sighting, corrected=bool(self.rng.random() < CORRECTED_SHARE))
            self.truth.write(self._encoder.encode(passage) + b"\n")
            corrected = passage.corrected
        if not sighting.deliveries or sighting.plate is None:
            return
        self.told += 1
        self.texts[sighting.plate] += 0 if corrected else 1
        camera = sighting.passage.camera.code
        self._queue(self._waiting, camera, self._message(sighting, sighting.plate, sighting.confidence, 0))
        if corrected:
            plate = _normal(sighting)
            self.texts[plate] += 1
            self._queue(self._corrections, camera, self._message(sighting, plate, _CORRECTED_CONFIDENCE, 1))

    def finish(self) -> None:
        """Write what still waits; corrections come after what they correct."""
        for waiting in (self._waiting, self._corrections):
            for gateway, batch in waiting.items():
                for first in range(0, len(batch), _BATCH):
                    self._flush(gateway, batch[first:first + _BATCH])

    def _message(self, sighting: Sighting, text: str, confidence: float, revision: int) -> bytes:
        return messages.encode(messages.Read(
            camera=sighting.passage.camera.code, captured_at=sighting.captured_at, plate=text,
            country=sighting.passage.vehicle.country, confidence=confidence,
            passage=messages.Passage(f"{self.told:x}", revision)))

    def _queue(self, waiting: dict[str, list[bytes]], camera: str, message: bytes) -> None:
        gateway = self.gateways[camera]
        batch = waiting.setdefault(gateway, [])
        batch.append(message)
        if len(batch) == _BATCH and waiting is self._waiting:
            self._flush(gateway, batch)
            batch.clear()

    def _flush(self, gateway: str, batch: list[bytes]) -> None:
        topic = self._encoder.encode(messages.reads_topic(gateway))
        self.recorded.write(b'{"topic":' + topic + b',"payload":' + messages.encode_batch(batch) + b"}\n")


def _judge(sighting: Sighting, *, corrected: bool) -> TruePassage:
    """Return the truth about a sighting; what is misread into the true text is no misread."""
    passage = sighting.passage
    plate = _normal(sighting)
    outcomes: dict[str, Outcome] = {"outage": "silent", "miss": "missed", "misread": "misread"}
    outcome: Outcome = next((told for fault, told in outcomes.items() if fault in sighting.faults), "read")
    read = sighting.plate if sighting.deliveries else None
    if read == plate and outcome == "misread":
        outcome = "read"
    return TruePassage(iso_ms(sighting.captured_at), passage.camera.code, plate, read, outcome, sighting.confidence,
                       passage.trip_id, corrected and outcome == "misread")


def _normal(sighting: Sighting) -> str:
    return sighting.passage.vehicle.plate.replace("-", "").replace(" ", "")
