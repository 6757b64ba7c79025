"""`calibrate`: the rhythm of traffic (hours, queues, spread, stops) from the number plate survey of Bath, 2017."""

import argparse
import csv
import gzip
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import numpy.typing as npt

from services.errors import BadQuestionError

SOURCE = ("Bath & North East Somerset Council, two-week ANPR survey of Bath, October-November 2017, published through "
          "Bath: Hacked: hourly vehicles and mean travel times between 66 camera directions")
RHYTHM = Path(__file__).parent / "data" / "rhythm.json"

FREE_HOURS = (20, 21, 22, 23, 0, 1, 2, 3, 4, 5)
"""Hours without queues, from which a pair's free flow is taken."""
LEAST_VEHICLES = 500
"""A pair with fewer vehicles is no road but an odd way round."""
LONGEST_FREE_S = 400.0
"""The survey drops whatever took longer than 900 s; only on short pairs does it still show stops."""
LATE = 2.0
"""A vehicle that takes more than this many times the median has stopped on the way."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How traffic breathes; shares by local hour add up to 1, factors multiply the free travel time."""

    hour_shares: tuple[float, ...]
    congestion: tuple[float, ...]
    sigma: float
    """Spread of one leg's travel time between drivers: standard deviation of its natural logarithm."""
    stop_share: float
    """Share of legs on which the vehicle stops on the way."""


@dataclass(frozen=True, slots=True)
class _Moves:
    pair: npt.NDArray[np.int64]
    hour: npt.NDArray[np.int64]
    seconds: Floats
    vehicles: Floats


def load_rhythm(path: Path = RHYTHM) -> Rhythm:
    """Read the calibrated rhythm from `path`."""
    figures = json.loads(path.read_text(encoding="utf-8"))
    return Rhythm(tuple(figures["hour_shares"]), tuple(figures["congestion"]), figures["sigma"], figures["stop_share"])


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `calibrate` is given."""
    parser.add_argument("moves", type=Path, help="CSV of from_site, to_site, hour, mean_travel_s, vehicles (.gz too)")
    parser.add_argument("sites", type=Path, help="CSV of the survey's sites: id, location_id, …")
    parser.add_argument("--output", type=Path, default=RHYTHM, help="where the figures go (default: %(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Compute the figures, write them with their source and print them."""
    locations = {int(row["id"]): row["location_id"] for row in _rows(arguments.sites)}
    figures = calibrate(_read_moves(arguments.moves, locations))
    text = json.dumps(figures, indent=1, ensure_ascii=False)
    arguments.output.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(text + "\n")
    return 0


def calibrate(moves: _Moves) -> dict[str, Any]:
    """Return the rhythm's figures with what they stand on, ready for JSON."""
    free = _free_flow(moves)
    usable = ~np.isnan(free)
    congestion = _congestion(moves, free, usable)
    single = usable & (moves.vehicles == 1)
    expected = free[single] * congestion[moves.hour[single]]
    sigma, stop_share = spread(moves.seconds[single] / expected)
    shares = np.bincount(moves.hour, moves.vehicles, minlength=24) / moves.vehicles.sum()
    return {
        "source": SOURCE,
        "method": (f"hour_shares: vehicles by hour. congestion: mean travel time over the pair's mean at 20-06 h. "
                   f"sigma, stop_share: cells of one vehicle; sigma of a log-normal from the quicker half (median to "
                   f"16th percentile), stop_share beyond {LATE} times the median. Congestion and spread only from "
                   f"pairs with {LEAST_VEHICLES} vehicles and a free flow below {LONGEST_FREE_S:.0f} s."),
        "vehicles": int(moves.vehicles.sum()),
        "vehicles_on_usable_pairs": int(moves.vehicles[usable].sum()),
        "single_observations": int(single.sum()),
        "hour_shares": np.round(shares, 5).tolist(),
        "congestion": np.round(congestion, 3).tolist(),
        "sigma": round(sigma, 3),
        "stop_share": round(stop_share, 3),
    }


def spread(ratios: Floats) -> tuple[float, float]:
    """Return sigma and the share of stops for single travel times relative to what was expected.

    The slower half mixes slow drivers with stops, so a log-normal's sigma is taken from the quicker half alone:
    the distance from the median to the 16th percentile of the logarithm is one standard deviation.
    """
    logs = np.log(ratios)
    low, median = np.percentile(logs, [15.87, 50.0])
    return float(median - low), float(np.mean(logs > median + np.log(LATE)))


def _free_flow(moves: _Moves) -> Floats:
    """Return for each cell its pair's mean seconds in the free hours, NaN where the pair is not usable."""
    size = int(moves.pair.max()) + 1
    all_vehicles = np.bincount(moves.pair, moves.vehicles, minlength=size)
    at_night = np.isin(moves.hour, FREE_HOURS)
    vehicles = np.bincount(moves.pair[at_night], moves.vehicles[at_night], minlength=size)
    seconds = np.bincount(moves.pair[at_night], (moves.vehicles * moves.seconds)[at_night], minlength=size)
    free = np.where(vehicles >= 20, seconds / np.maximum(vehicles, 1), np.nan)
    free[(all_vehicles < LEAST_VEHICLES) | (free > LONGEST_FREE_S)] = np.nan
    return np.asarray(free[moves.pair], dtype=np.float64)


def _congestion(moves: _Moves, free: Floats, usable: npt.NDArray[np.bool_]) -> Floats:
    hour, vehicles = moves.hour[usable], moves.vehicles[usable]
    real = np.bincount(hour, vehicles * moves.seconds[usable], minlength=24)
    undisturbed = np.bincount(hour, vehicles * free[usable], minlength=24)
    return np.divide(real, undisturbed, out=np.ones(24), where=undisturbed > 0)


def _read_moves(path: Path, locations: dict[int, str]) -> _Moves:
    """Read the hops between different places; turning round at one camera says nothing about a road."""
    cells = [
        (int(row["from_site"]) * 1000 + int(row["to_site"]), int(row["hour"]), float(row["mean_travel_s"]),
         float(row["vehicles"]))
        for row in _rows(path)
        if locations.get(int(row["from_site"])) != locations.get(int(row["to_site"]))
    ]
    if not cells:
        raise BadQuestionError(f"{path} holds no moves between different places")
    pair, hour, seconds, vehicles = zip(*cells, strict=True)
    return _Moves(np.array(pair), np.array(hour), np.array(seconds), np.array(vehicles))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    try:
        with _open(path) as file:
            yield from csv.DictReader(file)
    except OSError as error:
        raise BadQuestionError(f"cannot read {path}: {error.strerror}") from None


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")
