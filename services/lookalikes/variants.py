"""The likeliest texts that a camera writes for a plate, and the likeliest plates behind a text; pure, in milliseconds.

All single mistakes, and the likeliest pairs of the likeliest single ones: each is a slice of the text and what replaces
it, so that two of them are put together by slicing once. Several ways to the same text are added up.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter

import numpy as np

from services.lookalikes.alignment import edits_between
from services.lookalikes.confusion import AGAIN, Confusions, Edit, added_kind, missing_kind
from services.lookalikes.grammar import shapes_of

_PAIRED = 220
"""How many of the likeliest single mistakes are paired with each other."""

_MOST_BEHIND, _PAIRED_BEHIND = 600, 48
"""The same for the plates behind a text, of which only those matter that come near the plate asked for."""

_RARE, RAREST = 1e-4, 4e-6
"""Below the first, what fits no shape is not looked for; below the second nothing is."""

_Step = tuple[float, int, int, str, str, str]
"""One mistake as a change of the text: its rate; `[start:end]` becomes this text; what the plate has, what was read."""


@dataclass(slots=True)
class Variant:
    """A text, the probability of all the mistakes that lead to it, and the likeliest way of them."""

    rate: float
    likeliest: float
    steps: tuple[_Step, ...]
    backwards: bool
    """Whether the steps lead from what was read to the plate."""

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The mistakes of the likeliest way, each at its place on the plate."""
        shift, edits = 0, []
        for _, start, end, text, plate, read in self.steps:
            edits.append(Edit(start + shift, plate, read))
            shift += len(text) - (end - start) if self.backwards else 0
        return tuple(edits)


def texts_of(confusions: Confusions, plate: str, most: int) -> dict[str, Variant]:
    """Return what cameras may write for `plate`, without itself: about `most` texts, the likeliest ones."""
    return _spread(plate, list(_writings(confusions, plate)), most, _PAIRED)


def variant_between(confusions: Confusions, plate: str, text: str) -> Variant | None:
    """Return `text` as a misread of `plate`, by the likeliest way alone; None where they are further apart.

    As good as `texts_of` where one text is asked for, a hundred times as fast.
    """
    edits = edits_between(plate, text)
    if not edits:
        return None
    rate = confusions.of(tuple(edit.key(len(plate)) for edit in edits))
    steps = tuple((rate, edit.place, edit.place + len(edit.plate), edit.read, edit.plate, edit.read) for edit in edits)
    return Variant(rate, rate, steps, backwards=False)


def plates_behind(confusions: Confusions, text: str, least: float) -> dict[str, Variant]:
    """Return the plates that are read as `text` with a probability of `least` or more, without itself.

    Of the rarer ones only those that fit a country's shape: the others are hardly plates.
    """
    least = max(least, RAREST)
    found = _spread(text, list(_origins(confusions, text, least)), _MOST_BEHIND, _PAIRED_BEHIND, least)
    return {plate: variant for plate, variant in found.items()
            if variant.rate >= least and (variant.rate >= _RARE or shapes_of(plate))}


def _writings(confusions: Confusions, plate: str) -> Iterator[_Step]:
    length = len(plate)
    for place, character in enumerate(plate):
        for other, rate in confusions.written.get(character, ()):
            yield rate, place, place + 1, other, character, other
        rate = confusions.missing[missing_kind(place, length)].get(character, 0.0)
        yield rate, place, place + 1, "", character, ""
    for place in range(length + 1):
        for other, rate in confusions.added[added_kind(place, length)].items():
            yield rate, place, place, other, "", other


def _origins(confusions: Confusions, text: str, least: float) -> Iterator[_Step]:
    """As `_writings`, backwards: what was left out is put in, what was added is taken away."""
    length = len(text)
    for place, character in enumerate(text):
        for other, rate in confusions.meant.get(character, ()):
            if rate < least:
                break
            yield rate, place, place + 1, other, other, character
        rate = confusions.added[added_kind(place, length - 1)].get(character, 0.0)
        yield rate, place, place + 1, "", "", character
    for place in range(length + 1):
        for other, rate in confusions.missing[missing_kind(place, length + 1)].items():
            if rate < least:
                break
            yield rate, place, place, other, other, ""


def _spread(text: str, steps: list[_Step], most: int, paired: int, least: float = 0.0) -> dict[str, Variant]:
    """Put the steps, and pairs of the first `paired` of them, to the text; with a `least` they lead backwards."""
    backwards = least > 0
    steps.sort(key=itemgetter(0), reverse=True)
    found: dict[str, Variant] = {}
    for step in steps[:most]:
        rate, start, end, put, _, _ = step
        _put(found, f"{text[:start]}{put}{text[end:]}", rate, (step,), backwards)
    for first, second, rate in _pairs(steps[:paired], max(0, most - len(found)), least):
        changed = f"{text[:first[1]]}{first[3]}{text[first[2]:second[1]]}{second[3]}{text[second[2]:]}"
        _put(found, changed, rate, (first, second), backwards)
    found.pop(text, None)
    found.pop("", None)
    return found


def _put(found: dict[str, Variant], text: str, rate: float, steps: tuple[_Step, ...], backwards: bool) -> None:
    known = found.get(text)
    if known is None:
        found[text] = Variant(rate, rate, steps, backwards)
        return
    known.rate += rate
    if rate > known.likeliest:
        known.steps, known.likeliest = steps, rate


def _pairs(steps: list[_Step], most: int, least: float) -> Iterator[tuple[_Step, _Step, float]]:
    """Yield the `most` likeliest pairs of steps that do not touch the same characters, the earlier place first."""
    rates, starts, ends = (np.array([step[part] for step in steps]) for part in range(3))
    together = np.outer(rates, rates) * AGAIN
    together[(ends[:, None] > starts[None, :]) | (starts[:, None] == starts[None, :])] = 0.0
    together[together < least] = 0.0
    flat = together.ravel()
    count = min(most, int(np.count_nonzero(flat)))
    if count == 0:
        return
    chosen = np.argpartition(flat, -count)[-count:]
    for index, rate in zip(chosen.tolist(), flat[chosen].tolist(), strict=True):
        before, behind = divmod(index, len(steps))
        yield steps[before], steps[behind], rate
