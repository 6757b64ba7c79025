"""`score witness`: is the plate among what is offered for what people tell of it, and how probable is it said to be?"""

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.progress import track

from services.plates import normalise
from services.settings import SimulatorSettings, load_settings
from simulator.plates import draw_plates
from simulator.score.api import Api, Item
from simulator.score.measures import LEVELS, Judged, Row, bins, calibration_error, precision, recall
from simulator.score.people import KINDS, tell
from simulator.score.results import report, say_bins
from simulator.score.truth import load_texts

LEVEL = 0.002
"""How probable beside the best one a plate must be to be offered."""

ELSEWHERE = 0.1
"""Share of witnessed vehicles that never passed a camera: whatever is offered for them is wrong."""

_SHORTEST = 6  # shorter texts are misread plates, which nobody saw on a car
_PAGES = 4
_RANKS = (1, 10, 100)


@dataclass(frozen=True, slots=True)
class Testimony:
    """One witness, and what the product made of it."""

    kind: str
    judged: tuple[Judged, ...]
    """Every plate that was offered, once; none when too little was told to weigh any."""
    rank: int | None
    """Place of the true plate among them, 1 for the first."""
    vague: bool
    """Whether reads were offered without weighing their plates."""
    passed: bool = True
    """Whether the vehicle passed a camera at all."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `score witness` is given."""
    parser.add_argument("--world", type=Path, required=True, metavar="FOLDER", help="the world that the store holds")
    parser.add_argument("--plates", type=int, default=2_000, metavar="N", help="witnesses (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the figures are written (JSON)")


def run(arguments: argparse.Namespace) -> int:
    """Ask, judge, print."""
    texts = load_texts(arguments.world)
    rng = np.random.default_rng([arguments.seed, 11])
    plates = draw(texts, arguments.plates, rng)
    with Api(load_settings(SimulatorSettings)) as api:
        heard = [_hear(api, plate, rng, passed=plate in texts) for plate in track(plates, "witnesses")]
    rows = [Row("texts in the dictionary", len(texts), "texts"), Row("witnesses", len(heard), "witnesses"), *say(heard)]
    report("What witnesses remember, through the API", rows, arguments.out)
    return 0


def draw(texts: dict[str, int], number: int, rng: np.random.Generator) -> list[str]:
    """Draw the plates that are witnessed: most of those that passed, and some that never passed a camera."""
    passed = [text for text, count in texts.items() if count and len(text) >= _SHORTEST]
    elsewhere = [plate for plate in (normalise(drawn.text) for drawn in draw_plates(rng, number))
                 if plate and plate not in texts]
    strangers = elsewhere[:round(number * ELSEWHERE)]
    rows = rng.permutation(len(passed))[:number - len(strangers)].tolist()
    return [*(passed[row] for row in rows), *strangers]


def _hear(api: Api, plate: str, rng: np.random.Generator, *, passed: bool) -> Testimony:
    told, kind = tell(plate, rng)
    return judge(kind, plate, api.search({"witness": told, "level": LEVEL}, pages=_PAGES), passed=passed)


def judge(kind: str, plate: str, items: Sequence[Item], *, passed: bool = True) -> Testimony:
    """Judge what was offered for one testimony; several reads of one plate count once."""
    offered = {item.plate: item.probability for item in items if item.probability is not None}
    vague = any(item.probability is None for item in items)
    ordered = sorted(offered, key=lambda text: -(offered[text] or 0.0))
    judged = tuple(Judged(offered[text] or 0.0, text == plate) for text in ordered)
    return Testimony(kind, judged, ordered.index(plate) + 1 if plate in offered else None, vague, passed)


def say(heard: Sequence[Testimony]) -> Iterator[Row]:
    """Yield recall and precision by level and by rank, the calibration error, and what each kind of witness gives.

    Witnesses of whom too little is heard to weigh plates are counted apart: they get reads, newest first.
    """
    weighed = [testimony for testimony in heard if not testimony.vague]
    judged = [item for testimony in weighed for item in testimony.judged]
    seen = [testimony for testimony in weighed if testimony.passed]
    yield Row("told too little to weigh plates", sum(testimony.vague for testimony in heard), "witnesses")
    yield Row("vehicles that never passed", sum(not testimony.passed for testimony in heard), "witnesses")
    for level in LEVELS:
        yield Row(f"recall at {level:g}", recall(judged, len(seen), level), "")
        yield Row(f"precision at {level:g}", precision(judged, level), "")
    for rank in _RANKS:
        yield Row(f"true plate among the first {rank}", _share_within(seen, rank), "")
    yield Row("calibration error", calibration_error(judged), "", "lower", 0.02)
    yield from say_bins("witness", list(bins(judged)))
    by_kind: dict[str, list[Testimony]] = defaultdict(list)
    for testimony in seen:
        by_kind[testimony.kind].append(testimony)
    for kind in KINDS:
        if by_kind[kind.name]:
            yield Row(f"{kind.name}: true plate among the first 10", _share_within(by_kind[kind.name], 10), "")


def _share_within(heard: Sequence[Testimony], rank: int) -> float:
    inside = sum(testimony.rank is not None and testimony.rank <= rank for testimony in heard)
    return inside / len(heard) if heard else 1.0
