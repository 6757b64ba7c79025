"""`score look-alikes`: are misread reads found under the true plate, and is what is offered really that vehicle?

"Plate alone" is what the search of reads says by text, by the camera's confidence, and by how often each text was read;
"with time and place" is what journeys say.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from rich.progress import track

from services.clock import iso_ms
from services.settings import SimulatorSettings, load_settings
from simulator.score.api import Api, Item
from simulator.score.measures import (
    LEVELS,
    Judged,
    Row,
    best_f1,
    best_recall,
    bins,
    calibration_error,
    precision,
    recall,
)
from simulator.score.results import report, say_bins
from simulator.score.rivals import Trigrams, confusable, one_edit
from simulator.score.sampling import Sample, draw_sample
from simulator.score.truth import TruePassage, load_world

LEVEL = 0.02
"""The lowest probability that is asked for: below any that an officer would choose, so that the goal's own is found."""

_LEAST_SIMILAR = 0.2
_TRIP_SLACK = timedelta(hours=2)


@dataclass(slots=True)
class Tally:
    """What was offered for the plates asked for, and how many misread reads there were to find."""

    judged: list[Judged] = field(default_factory=list)
    sought: int = 0

    def add(self, plate: str, items: Sequence[Item], misread: Sequence[TruePassage], weight: float) -> None:
        """Judge the items that show another text than `plate`; each misread read counts once."""
        keys = {passage.key for passage in misread}
        self.sought += len(keys)
        for item in items:
            if item.probability is not None and item.plate != plate:
                self.judged.append(Judged(item.probability, item.key in keys, weight))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `score look-alikes` is given."""
    parser.add_argument("--world", type=Path, required=True, metavar="FOLDER", help="the world that the store holds")
    parser.add_argument("--plates", type=int, default=2_000, metavar="N", help="misread plates asked for")
    parser.add_argument("--others", type=int, default=1_000, metavar="N", help="never misread plates asked for")
    parser.add_argument("--trips", type=int, default=600, metavar="N", help="those asked for with time and place")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the figures are written (JSON)")


def run(arguments: argparse.Namespace) -> int:
    """Ask, judge, print."""
    settings = load_settings(SimulatorSettings)
    sample = draw_sample(arguments.world, (arguments.plates, arguments.others, arguments.trips), arguments.seed)
    with Api(settings) as api:
        own, everyone = _ask_plates(api, sample)
        placed = _ask_journeys(api, arguments.world, sample)
    rows = [Row("texts in the dictionary", len(sample.texts), "texts"),
            Row("misread reads to be found", own.sought, "reads"),
            *say_tally("plate alone", own, 0.95, 0.9),
            *say_bins("plate alone", list(bins(own.judged))),
            *_say_everyone(everyone), *say_tally("with time and place", placed, 0.98, 0.95),
            *say_bins("with time and place", list(bins(placed.judged))), *_say_rivals(sample)]
    report("Look-alike plates, through the API", rows, arguments.out)
    return 0


def _ask_plates(api: Api, sample: Sample) -> tuple[Tally, Tally]:
    """Ask for every plate of the sample; return the tally of the misread ones, and that of all, weighted."""
    own, everyone = Tally(), Tally()
    for plate in track(sample.misread, "misread plates"):
        items = api.search({"plate": plate, "alike": LEVEL})
        own.add(plate, items, sample.passages[plate], 1.0)
        everyone.add(plate, items, sample.passages[plate], sample.weights[0])
    for plate in track(sample.others, "plates never misread"):
        everyone.add(plate, api.search({"plate": plate, "alike": LEVEL}), (), sample.weights[1])
    return own, everyone


def _ask_journeys(api: Api, folder: Path, sample: Sample) -> Tally:
    """Ask for the journeys of misread plates that made whole trips, around the days of those trips."""
    world, tally = load_world(folder), Tally()
    begin, end = iso_ms(world.traffic_from - _TRIP_SLACK), iso_ms(world.traffic_until + _TRIP_SLACK)
    for plate in track(sample.on_trips, "with time and place"):
        found = api.journeys(plate, begin, end, LEVEL)
        items = [item for journey in found.journeys for item in journey.reads]
        tally.add(plate, items, sample.passages[plate], 1.0)
    return tally


def say_tally(name: str, tally: Tally, least_recall: float, least_precision: float) -> Iterator[Row]:
    """Yield recall and precision by level, recall at the precision that is wanted, and the calibration error."""
    for level in LEVELS:
        yield Row(f"{name}, recall at {level:g}", recall(tally.judged, tally.sought, level), "")
        yield Row(f"{name}, precision at {level:g}", precision(tally.judged, level), "")
    best, level = best_recall(tally.judged, tally.sought, least_precision)
    yield Row(f"{name}, recall at precision {least_precision:g}", best, "", goal=least_recall)
    yield Row(f"{name}, the level that gives it", level, "")
    yield Row(f"{name}, calibration error", calibration_error(tally.judged), "", "lower", 0.02)
    yield Row(f"{name}, items judged", len(tally.judged), "items")


def _say_everyone(everyone: Tally) -> Iterator[Row]:
    name = "plate alone, any plate (weighted)"
    for level in LEVELS:
        yield Row(f"{name}, precision at {level:g}", precision(everyone.judged, level), "")
    yield Row(f"{name}, calibration error", calibration_error(everyone.judged), "", "lower")


def _say_rivals(sample: Sample) -> Iterator[Row]:
    """Yield what the usual ways find of the very same reads; they know texts alone."""
    sought = sum(len(sample.passages[plate]) for plate in sample.misread)
    for name, find in (("Levenshtein ≤ 1", one_edit), ("flat confusion list", confusable)):
        right = offered = 0
        for plate in sample.misread:
            good, all_ = _count(sample, plate, find(plate))
            right, offered = right + good, offered + all_
        yield Row(f"{name}, recall", right / max(sought, 1), "")
        yield Row(f"{name}, precision", right / max(offered, 1), "")
    index = Trigrams.of(list(sample.texts))
    scored = [(similarity, *_count(sample, plate, {text})) for plate in track(sample.misread, "trigrams")
              for text, similarity in index.similar(plate, _LEAST_SIMILAR)]
    threshold, found, exact, f1 = best_f1(scored, sought)
    yield Row("trigram similarity, threshold of the best F1", threshold, "")
    yield Row("trigram similarity, recall", found, "")
    yield Row("trigram similarity, precision", exact, "")
    yield Row("trigram similarity, F1", f1, "")


def _count(sample: Sample, plate: str, texts: set[str]) -> tuple[int, int]:
    """Return how many misread reads of `plate` show one of `texts`, and how many reads show them in all."""
    good = sum(passage.read in texts for passage in sample.passages[plate])
    return good, sum(sample.texts.get(text, 0) for text in texts)
