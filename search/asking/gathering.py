"""The meanings of words gathered into filters; what contradicts what came before finds no place (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from search.asking.clocks import Clock
from search.asking.days import Day
from search.asking.meanings import Alike, Goal, Meaning, Sets
from search.asking.moments import put_together
from search.asking.plates import Remembered
from search.asking.stretches import Every, Stretch
from search.lookalikes.levels import LEVELS
from search.reads.filters import FILTERS, MAX_PLATES, MOST_ALIKE, MOST_NAMES
from services.patterns import Pattern
from services.plates import MAX_PLATE_LENGTH

_TIMES = (Day, Clock, Stretch, Every)


@dataclass(frozen=True, slots=True)
class Gathered:
    """Filters by attribute, and for each meaning which of them it set."""

    sets: Mapping[str, Any] = field(default_factory=dict)
    attributes: tuple[tuple[str, ...], ...] = ()


def gather(meanings: Sequence[Meaning], now: datetime) -> Gathered:
    """Return what the meanings ask for together."""
    attributes: list[tuple[str, ...]] = [() for _ in meanings]
    sets: dict[str, Any] = {}
    for gather_some in (_gather_filters, _gather_goals, _gather_plates):
        gather_some(meanings, sets, attributes)
    _gather_times(meanings, sets, attributes, now)
    return Gathered({key: _in_order(key, value) for key, value in sets.items()}, tuple(attributes))


_CHOICES = {filter_.attribute: filter_ for filter_ in FILTERS if filter_.choices and not filter_.single}


def _in_order(attribute: str, value: Any) -> Any:
    """Return codes in the order in which an address has them."""
    filter_ = _CHOICES.get(attribute)
    return filter_.parse(filter_.write(value)) if filter_ else value


def _gather_filters(meanings: Sequence[Meaning], sets: dict[str, Any], attributes: list[tuple[str, ...]]) -> None:
    """Take several names of one filter as any of them; of what can be asked once, the first."""
    for number, meaning in enumerate(meanings):
        if not isinstance(meaning, Sets):
            continue
        taken = []
        for key, value in meaning.values.items():
            if isinstance(value, tuple) and key != "area":
                joined = tuple(dict.fromkeys((*sets.get(key, ()), *value)))
                if len(joined) <= (MAX_PLATES if key == "plate" else MOST_NAMES):
                    sets[key] = joined
                    taken.append(key)
            elif key not in sets:
                sets[key] = value
                taken.append(key)
        attributes[number] = tuple(taken)


def _gather_goals(meanings: Sequence[Meaning], sets: dict[str, Any], attributes: list[tuple[str, ...]]) -> None:
    """Keep of the cameras that were named those whose traffic drives there; if none does, the goal finds no place."""
    goals = [number for number, meaning in enumerate(meanings) if isinstance(meaning, Goal)]
    codes = tuple(dict.fromkeys(code for number in goals for code in meanings[number].codes))  # type: ignore[union-attr]
    both = tuple(code for code in sets["camera"] if code in codes) if "camera" in sets else codes
    if both:
        sets["camera"] = both
        for number in goals:
            attributes[number] = ("camera",)


def _gather_plates(meanings: Sequence[Meaning], sets: dict[str, Any], attributes: list[tuple[str, ...]]) -> None:
    """Take plates and patterns, and their look-alikes; else the pieces that somebody remembers, as one."""
    plates = list(sets.get("plate", ()))
    for number, meaning in enumerate(meanings):
        plate = meaning.plate if isinstance(meaning, Alike) else meaning
        if isinstance(plate, Pattern) and (plate in plates or len(plates) < MAX_PLATES) and "witness" not in sets:
            plates = list(dict.fromkeys((*plates, plate)))
            attributes[number] = ("plate",)
    if plates:
        sets["plate"] = tuple(plates)
    _gather_alikes(meanings, sets, attributes)
    if not plates:
        _gather_pieces(meanings, sets, attributes)


def _gather_alikes(meanings: Sequence[Meaning], sets: dict[str, Any], attributes: list[tuple[str, ...]]) -> None:
    plates = sets.get("plate", ())
    possible = 0 < len(plates) <= MOST_ALIKE and all(plate.exact for plate in plates)
    for number, meaning in enumerate(meanings):
        if isinstance(meaning, Alike) and possible:
            sets.setdefault("alike", LEVELS["likely"].least)
            attributes[number] = (*attributes[number], "alike")


def _gather_pieces(meanings: Sequence[Meaning], sets: dict[str, Any], attributes: list[tuple[str, ...]]) -> None:
    text = sets.get("witness", "")
    for number, meaning in enumerate(meanings):
        if isinstance(meaning, Remembered) and len(text) + len(meaning.text) <= MAX_PLATE_LENGTH:
            text += meaning.text
            attributes[number] = ("witness",)
    if text:
        sets["witness"] = text


def _gather_times(meanings: Sequence[Meaning], sets: dict[str, Any], attributes: list[tuple[str, ...]],
                  now: datetime) -> None:
    """Put the times together; what `from:` and its like have set already stays."""
    numbers = [number for number, meaning in enumerate(meanings) if isinstance(meaning, _TIMES)]
    meant = put_together([meanings[number] for number in numbers], now)  # type: ignore[misc]
    given = {key: value for key, value in meant.sets.items() if key not in sets}
    late = ("from_" in given and "until" in sets and given["from_"] >= sets["until"]) or (
        "until" in given and "from_" in sets and given["until"] <= sets["from_"])
    if late:
        given = {key: value for key, value in given.items() if key not in {"from_", "until"}}
    sets.update(given)
    for place, number in enumerate(numbers):
        if place not in meant.refused:
            attributes[number] = tuple(given)


