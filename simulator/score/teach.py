"""`score teach`: somebody looks at pictures and says what they show, as officers do in the course of their work."""

import argparse
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np
from rich.progress import track

from services.clock import iso_ms
from services.settings import SimulatorSettings, load_settings
from simulator.score.api import Api
from simulator.score.truth import TAUGHT, TruePassage, load_truth

_AROUND = timedelta(seconds=1)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `score teach` is given."""
    parser.add_argument("--world", type=Path, required=True, metavar="FOLDER", help="the world that the store holds")
    parser.add_argument("--reads", type=int, default=500, metavar="N", help="pictures looked at (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)


def run(arguments: argparse.Namespace) -> int:
    """Confirm reads drawn by chance, right or wrong, and write which plates these were."""
    passages = draw_passages(arguments.world, arguments.reads, arguments.seed)
    confirmed = 0
    with Api(load_settings(SimulatorSettings)) as api:
        for passage in track(passages, "pictures looked at"):
            confirmed += _confirm(api, passage)
    plates = sorted({passage.plate for passage in passages})
    (arguments.world / TAUGHT).write_bytes(msgspec.json.encode(plates))
    print(f"{confirmed} reads are confirmed")
    return 0 if confirmed == len(passages) else 1


def draw_passages(folder: Path, number: int, seed: int) -> list[TruePassage]:
    """Draw reads of the trips by chance, as they stand; corrected ones have been seen to already."""
    possible = [passage for passage in load_truth(folder) if passage.trip and passage.read and not passage.corrected]
    rng = np.random.default_rng([seed, 7])
    return [possible[row] for row in rng.choice(len(possible), min(number, len(possible)), replace=False).tolist()]


def _confirm(api: Api, passage: TruePassage) -> bool:
    moment = datetime.fromisoformat(passage.captured_at)
    items = api.search({"plate": str(passage.read), "camera": passage.camera, "from": iso_ms(moment - _AROUND),
                        "until": iso_ms(moment + _AROUND)})
    for item in items:
        if item.key == passage.key:
            api.confirm(item.read_id, passage.plate)
            return True
    return False
