"""Which plates a score asks for: those that were misread and never learned from, and others to be fair."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simulator.score.truth import TruePassage, load_taught, load_texts, load_truth


@dataclass(frozen=True, slots=True)
class Sample:
    """The plates to ask for, and what is true of them."""

    misread: tuple[str, ...]
    """Plates with at least one misread read that stands uncorrected."""
    others: tuple[str, ...]
    """Plates of vehicles that passed and that no camera ever misread; some were missed each time."""
    on_trips: tuple[str, ...]
    """Misread plates of whole trips that were also read rightly there: without, there is no time and place to go by."""
    passages: dict[str, tuple[TruePassage, ...]]
    """Misread reads of each plate."""
    weights: tuple[float, float]
    """How many plates of the world stand behind one misread plate, and behind one of the others."""
    texts: dict[str, int]
    """The dictionary, and how many reads show each text."""


def draw_sample(folder: Path, sizes: tuple[int, int, int], seed: int) -> Sample:
    """Draw misread plates, others, and misread plates of trips, at most so many; the same seed draws the same ones.

    No plate of which a read was corrected or confirmed is drawn: the product has seen these pairs.
    """
    texts, taught = load_texts(folder), set(load_taught(folder))
    wrong: dict[str, list[TruePassage]] = defaultdict(list)
    right: set[str] = set()
    missed: set[str] = set()
    for passage in load_truth(folder):
        if passage.outcome == "misread":
            wrong[passage.plate].append(passage)
            if passage.corrected:
                taught.add(passage.plate)
        elif passage.outcome == "read":
            right.add(passage.plate)
        else:
            missed.add(passage.plate)
    possible = sorted(plate for plate in wrong if plate not in taught)
    misread_texts = {passage.read for passages in wrong.values() for passage in passages}
    seen = {text for text, count in texts.items() if count and text not in misread_texts}
    rest = sorted((seen | missed) - wrong.keys())
    rng = np.random.default_rng([seed, 5])
    asked, beside = _draw(rng, possible, sizes[0]), _draw(rng, rest, sizes[1])
    placed = [plate for plate in possible if plate in right and all(passage.trip for passage in wrong[plate])]
    on_trips = _draw(rng, placed, sizes[2])
    return Sample(asked, beside, on_trips, {plate: tuple(wrong[plate]) for plate in {*asked, *on_trips}},
                  (len(possible) / max(len(asked), 1), len(rest) / max(len(beside), 1)), texts)


def _draw(rng: np.random.Generator, plates: Sequence[str], number: int) -> tuple[str, ...]:
    chosen: list[int] = rng.permutation(len(plates))[:number].tolist()
    return tuple(plates[row] for row in chosen)
