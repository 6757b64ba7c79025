"""`score alerts`: is every read of what is watched for told once, are misread ones told, and how often for nothing?

Traffic passes live, over the broker; entries are made and alerts read over the API. What the usual lists of letters
would have told of the very same reads stands beside it.
"""

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from services.clock import iso_ms
from services.errors import ConfigurationError
from services.plates import normalise
from services.settings import SimulatorSettings, load_settings
from simulator.faults import Sighting
from simulator.network import load_network
from simulator.score import passing
from simulator.score.api import Key
from simulator.score.measures import Judged, Row, bins, calibration_error, precision, recall
from simulator.score.results import report, say_bins
from simulator.score.rivals import confusable, one_edit
from simulator.score.truth import load_taught, load_truth, load_world
from simulator.score.watching import Alert, Watch, Watched, enter_all, list_all

LEVEL, LEVELS = "possible", (0.9, 0.5, 0.1)
_LAST = Watched("QQQQQQ?")
"""A pattern that no vehicle fits: what is followed comes in order, so that when this is told all before it was."""

_LAST_TEXT = "QQQQQQ1"
_PATIENCE_S, _SETTLING_S = 600.0, 2.0
_RIVALS: Mapping[str, Callable[[str], set[str]]] = {"flat confusion list": confusable, "Levenshtein ≤ 1": one_edit}


@dataclass(frozen=True, slots=True)
class Truth:
    """What was published, and what of it was watched for."""

    reads: Mapping[Key, str]
    """Of each read the plate that really passed."""
    plates: frozenset[str]
    """What was entered."""

    def exact(self) -> set[tuple[str, Key]]:
        """Return the reads that show what was entered, and are of that very vehicle."""
        return {(plate, key) for key, plate in self.reads.items() if plate in self.plates and key[2] == plate}

    def misread(self) -> set[tuple[str, Key]]:
        """Return the reads of what was entered that show something else."""
        return {(plate, key) for key, plate in self.reads.items() if plate in self.plates and key[2] != plate}


@dataclass(frozen=True, slots=True)
class Told:
    """An alert: which entered plate it is about, of which read, how it matched."""

    plate: str
    key: Key
    matched_as: str
    probability: float
    hit_id: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `score alerts` is given."""
    parser.add_argument("--world", type=Path, required=True, metavar="FOLDER", help="the world that the store holds")
    parser.add_argument("--entries", type=int, default=800, metavar="N", help="vehicles entered (default: %(default)s)")
    parser.add_argument("--reads", type=int, default=30_000, metavar="N", help="passages (default: %(default)s)")
    parser.add_argument("--plates", type=int, default=2_000_000, metavar="N", help="as the world was made with")
    parser.add_argument("--reads-per-day", type=int, default=40_000, metavar="N", help="as the world was made with")
    parser.add_argument("--per-s", type=float, default=200.0, metavar="N", help="reads a second (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the figures are written (JSON)")


def run(arguments: argparse.Namespace) -> int:
    """Enter, publish, read what was told, judge, print."""
    settings, network = load_settings(SimulatorSettings), load_network()
    size = passing.Size(arguments.reads, arguments.plates, arguments.reads_per_day, arguments.per_s, arguments.seed)
    drawn = passing.draw(load_world(arguments.world), network, size)
    entered = choose(drawn, known_pairs(arguments.world), arguments.entries, arguments.seed)
    plates = enter_all(settings, [*entered, _LAST])
    passed = passing.publish(settings, drawn, size.per_s)
    _send_last(settings, passed[-1])
    told = list(read_alerts(list_all(settings), plates))
    truth = Truth({key_of_sighting(one): true_plate(one) for one in passed}, frozenset(one.plate for one in entered))
    report("What is watched for, over broker and API", list(judge(truth, told)), arguments.out)
    return 0


def choose(drawn: Sequence[Sighting], known: frozenset[str], number: int, seed: int) -> list[Watched]:
    """Draw vehicles that pass, by chance, whether they are misread or not; none of which the product has learned."""
    countries = {true_plate(one): one.passage.vehicle.country for one in drawn}
    possible = sorted(countries.keys() - known)
    rows = np.random.default_rng([seed, 29]).permutation(len(possible))[:number]
    return [Watched(possible[row], countries[possible[row]], LEVEL) for row in rows.tolist()]


def known_pairs(folder: Path) -> frozenset[str]:
    """Return the plates of which the product was told a misread, or had a picture looked at."""
    return load_taught(folder) | {passage.plate for passage in load_truth(folder) if passage.corrected}


def true_plate(sighting: Sighting) -> str:
    """Return the plate that really passed, as the store writes plates."""
    return normalise(sighting.passage.vehicle.plate) or ""


def key_of_sighting(sighting: Sighting) -> Key:
    """Return what tells its read from all others."""
    return iso_ms(sighting.captured_at), sighting.passage.camera.code, sighting.plate


def _send_last(settings: SimulatorSettings, like: Sighting) -> None:
    """Publish a read that fits the last entry, and wait until it is told; raises ConfigurationError if it never is."""
    time.sleep(_SETTLING_S)
    passing.publish(settings, [replace(like, plate=_LAST_TEXT, deliveries=like.deliveries[:1])], 1.0)
    deadline = time.monotonic() + _PATIENCE_S
    with Watch(settings) as watch:
        while not any(alert.plate == _LAST_TEXT for alert in watch.alerts(20).items):
            if time.monotonic() > deadline:
                raise ConfigurationError("nothing is told of the last read; does ingest run?")
            time.sleep(1.0)


def read_alerts(alerts: Sequence[Alert], plates: Mapping[int, str]) -> Iterator[Told]:
    """Yield what was told of the entered plates, the last one's left out."""
    for alert in alerts:
        plate = plates.get(alert.entry_id, _LAST.plate)
        if plate != _LAST.plate:
            yield Told(plate, alert.key, alert.matched_as, alert.probability or 0.0, alert.hit_id)


def judge(truth: Truth, told: Sequence[Told]) -> Iterator[Row]:
    """Yield every figure."""
    yield Row("reads", len(truth.reads), "reads")
    yield Row("vehicles entered", len(truth.plates), "vehicles")
    yield from _judge_exact(truth, [one for one in told if one.matched_as == "exact"])
    yield from _judge_alike(truth, [one for one in told if one.matched_as == "alike"])
    for name, find in _RIVALS.items():
        yield from _judge_rival(truth, name, find)


def _judge_exact(truth: Truth, told: Sequence[Told]) -> Iterator[Row]:
    expected, times = truth.exact(), Counter((one.plate, one.key) for one in told)
    once = sum(times[one] == 1 for one in expected)
    yield Row("exact reads of what was entered", len(expected), "reads")
    yield Row("exact, told once", once / max(len(expected), 1), "", goal=1.0)
    yield Row("exact, told more than once", sum(count > 1 for count in times.values()), "reads", "lower", 0.0)
    hits = {(one.plate, one.hit_id) for one in told}
    yield Row("exact, a vehicle's further open hits", len(hits) - len({plate for plate, _ in hits}), "hits", "lower",
              0.0)
    yield Row("exact, told of another vehicle misread as what was entered", len(times.keys() - expected), "reads",
              "lower")


def _judge_alike(truth: Truth, told: Sequence[Told]) -> Iterator[Row]:
    sought, times = truth.misread(), Counter((one.plate, one.key) for one in told)
    judged = [Judged(one.probability, (one.plate, one.key) in sought) for one in told]
    yield Row("misread reads of what was entered", len(sought), "reads")
    yield Row("possible, told more than once", sum(count > 1 for count in times.values()), "reads", "lower", 0.0)
    for level in LEVELS:
        wrong = sum(not one.right and one.probability >= level for one in judged)
        yield Row(f"possible, recall at {level:g}", recall(judged, len(sought), level), "")
        yield Row(f"possible, false per 1,000 reads at {level:g}", _per_thousand(truth, wrong), "alerts", "lower")
        yield Row(f"possible, precision at {level:g}", precision(judged, level), "")
    yield Row("possible, calibration error", calibration_error(judged), "", "lower", 0.02)
    yield Row("possible, alerts judged", len(judged), "alerts")
    yield from say_bins("possible", list(bins(judged)))


def _judge_rival(truth: Truth, name: str, find: Callable[[str], set[str]]) -> Iterator[Row]:
    """Yield what a list that knows texts alone would have told of the same reads."""
    texts, sought = Counter(str(key[2]) for key in truth.reads), Counter(
        (plate, str(key[2])) for plate, key in truth.misread())
    right = offered = 0
    for plate in truth.plates:
        found = texts.keys() & find(plate)
        right += sum(sought[plate, text] for text in found)
        offered += sum(texts[text] for text in found)
    yield Row(f"{name}, recall", right / max(sought.total(), 1), "")
    yield Row(f"{name}, false per 1,000 reads", _per_thousand(truth, offered - right), "alerts", "lower")
    yield Row(f"{name}, precision", right / max(offered, 1), "")


def _per_thousand(truth: Truth, alerts: int) -> float:
    return 1000 * alerts / max(len(truth.reads), 1)
