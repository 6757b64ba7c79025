"""The plates that a witness may mean: looked up in the dictionary, weighed, and turned into a condition on reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    REAL,
    ColumnElement,
    Select,
    Text,
    and_,
    any_,
    cast,
    false,
    literal,
    null,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from search.answers import Permitted
from search.pages.language import words
from services.clock import local_day
from services.errors import BadQuestionError
from services.lookalikes.witness import likelihoods, normalise_remembered, posterior, worth_naming
from services.lookalikes.witness_candidates import Probes, count_characters, probe_for
from services.lookalikes.witness_why import Difference, explain
from services.plates import MAX_PLATE_LENGTH, UNREAD_MARK
from services.schema import plates, reads

MOST_NAMED = 1_000
"""Above so many plates they are not named one by one, as behind a wildcard (decision 0040)."""

MOST_WEIGHED = 12_000
"""Above so many candidates weighing them takes longer than an answer may."""

_PLAN = text("EXPLAIN (FORMAT JSON) SELECT FROM plates WHERE last_seen >= CAST(:day AS date)")


@dataclass(frozen=True, slots=True)
class RememberedPlate:
    """A plate that may be meant, and how probably (0 to 1)."""

    plate: str
    probability: float
    told: str

    @property
    def why(self) -> Difference:
        """In what the plate differs from what is told; worked out when it is shown, which few of a thousand are."""
        return explain(self.told, self.plate)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What stands for a remembered text: plates by name, most probable first, or what a plate must at least contain."""

    told: str
    items: tuple[RememberedPlate, ...] = ()
    contains: Mapping[str, int] | None = None
    """Characters and how often at least, where too much fits to name the plates; they are then not weighed."""

    def condition(self) -> ColumnElement[bool]:
        """Return the SQL that chooses the reads."""
        if self.contains is None:
            return reads.c.plate.in_([item.plate for item in self.items]) if self.items else false()
        each = [reads.c.plate.like("%" + f"{character}%" * number) for character, number in self.contains.items()]
        return and_(*each, ~reads.c.plate.startswith(UNREAD_MARK))

    def probability(self) -> ColumnElement[float | None]:
        """Return the SQL that gives each chosen read the probability of its plate, null when they are not weighed."""
        if self.contains is not None:
            return cast(null(), REAL)
        # One look-up in one value: a CASE of a thousand branches is planned and evaluated branch by branch.
        known = literal({item.plate: item.probability for item in self.items}, JSONB)
        return cast(known.op("->>")(reads.c.plate), REAL)


async def find_remembered(permitted: Permitted, remembered: str, level: float) -> Remembered:
    """Return the plates that a witness may mean who says `remembered`; `?` is a character that is not known.

    `level`, 0 to 1, is relative: plates at least so many times as probable as the most probable one. What is remembered
    of a hundred plates alike makes none of them probable, and still they are the answer.
    Raises BadQuestionError when nothing is remembered or more than a plate can hold.
    """
    told = _read(remembered)
    probes = probe_for(told)
    found = await _look_up(permitted, told, probes)
    if found is None:
        return Remembered(told, contains=count_characters(told))
    chosen = [item for item in found if item.probability >= level * found[0].probability]
    if len(chosen) > MOST_NAMED:
        return Remembered(told, contains=count_characters(told))
    return Remembered(told, tuple(chosen))


def _read(remembered: str) -> str:
    try:
        return normalise_remembered(remembered)
    except ValueError:
        raise BadQuestionError(words(
            "witness: write the letters and digits that are remembered, ? for an unknown one; "
            "at most {most} characters", most=MAX_PLATE_LENGTH)) from None


async def _look_up(permitted: Permitted, told: str, probes: Probes) -> list[RememberedPlate] | None:
    """Return the plates that the probes hit, most probable first; None when too many fit, or too little is told."""
    if not probes:
        return None
    dictionary = await _estimate_dictionary(permitted)
    found = await _find_pieces(permitted, probes)
    mixed = await _find_mixed(permitted, told, probes, dictionary)
    if len(found) > MOST_NAMED or mixed is None:
        return None
    found += [*await _find_named(permitted, probes.texts), *mixed]
    candidates = list(dict.fromkeys(found))
    weighed = posterior(told, candidates, dictionary, by_pieces=not probes.letters)
    pairs = zip(candidates, weighed.tolist(), strict=True)
    return sorted((RememberedPlate(plate, share, told) for plate, share in pairs),
                  key=lambda item: (-item.probability, item.plate))


async def _find_pieces(permitted: Permitted, probes: Probes) -> list[str]:
    if not probes.pieces:
        return []
    fitting = or_(*(plates.c.plate.like(f"%{piece}%") for piece in probes.pieces))
    return await _run(permitted, _seen(permitted).where(fitting).limit(MOST_NAMED + 1))


async def _find_mixed(permitted: Permitted, told: str, probes: Probes, dictionary: float) -> list[str] | None:
    """Return the plates with the sorted characters that were probed and are worth naming; None when too many fit.

    The index on the characters holds the plates too, so that thousands of candidates are weighed without touching the
    table; only of the few that are left it is asked when they passed last. Each stays or goes by itself: a plate that
    passed too long ago has no say about the others.
    """
    if not probes.letters:
        return []
    fitting = plates.c.letters == any_(literal(list(probes.letters), ARRAY(Text)))
    found = await _run(permitted, select(plates.c.plate).where(fitting).limit(MOST_WEIGHED + 1))
    if len(found) > MOST_WEIGHED:
        return None
    worth = worth_naming(told, likelihoods(told, found), dictionary)
    return await _find_named(permitted, [plate for plate, keep in zip(found, worth.tolist(), strict=True) if keep])


async def _find_named(permitted: Permitted, texts: Sequence[str]) -> list[str]:
    if not texts:
        return []
    named = plates.c.plate == any_(literal(list(texts), ARRAY(Text)))
    return await _run(permitted, _seen(permitted).where(named))


async def _run(permitted: Permitted, query: Select[Any]) -> list[str]:
    return list((await permitted.connection.execute(query)).scalars().all())


def _seen(permitted: Permitted) -> Select[Any]:
    """Begin a query on the plates that passed since the day from which the question may see."""
    return select(plates.c.plate).where(permitted.known_plates())


async def _estimate_dictionary(permitted: Permitted) -> float:
    """Return about how many plates passed since then, as PostgreSQL's planner estimates it: counting takes seconds."""
    plan = await permitted.connection.scalar(_PLAN, {"day": local_day(permitted.permission.opened_from)})
    return float(plan[0]["Plan"]["Plan Rows"])
