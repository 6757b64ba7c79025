"""Which plates a question is about: patterns, look-alikes and what witnesses remember, resolved in the dictionary."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ARRAY,
    REAL,
    Boolean,
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    null,
    or_,
    select,
    true,
)

from search.answers import Permitted
from search.lookalikes.queries import find_alikes
from search.lookalikes.remembered import find_remembered
from search.lookalikes.witness_wording import difference_in_words
from search.lookalikes.wording import reason_in_words
from search.pages.language import Words
from search.reads.filters import Asked
from services.lookalikes.model import Model
from services.patterns import BEHIND, Access, Pattern, Way, choose_access
from services.plates import UNREAD_MARK
from services.schema import PlateText, plates, reads

MOST_CANDIDATES = 3_000
"""Above so many plates behind the patterns they are not named one by one (decision 0040)."""

FEW_READS = 200
"""Up to so many reads are looked up in all weeks at once; of more, the newest week mostly fills a page."""

SHOWN_OF_REMEMBERED = 0.05
"""Without a level, plates down to so many times as probable as the likeliest are shown for what is remembered."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The reads that a question about plates means."""

    condition: ColumnElement[bool] = field(default_factory=true)
    named: tuple[str, ...] | None = None
    """The plates themselves, where there are several; each is then looked up by itself."""
    probability: ColumnElement[Any] = field(default_factory=lambda: cast(null(), REAL))
    """How probable it is that a read is what was asked for; NULL where the question names the plate itself."""
    explain: Callable[[str], tuple[Words, ...]] = lambda _plate: ()
    """What has to have happened for a read with that plate to be it."""
    rare: bool = False
    """Whether it is one plate, or so few reads, that all weeks are looked through at once, under a plan made once."""


async def find_wanted(permitted: Permitted, model: Model, asked: Asked) -> Wanted:
    """Resolve the question's plates; a question about none wants all reads."""
    if asked.witness:
        return await _find_remembered(permitted, asked.witness, asked.level or SHOWN_OF_REMEMBERED)
    if asked.alike is not None:
        return await _find_alikes(permitted, model, [str(plate) for plate in asked.plate], asked.alike)
    if not asked.plate:
        return Wanted()
    if len(asked.plate) == 1 and asked.plate[0].exact:
        return Wanted(reads.c.plate == str(asked.plate[0]), rare=True)
    found = await find_plates(permitted, asked.plate)
    return Wanted(_held_against(asked.plate)) if found is None else Wanted(named=found)


async def _find_remembered(permitted: Permitted, text: str, level: float) -> Wanted:
    remembered = await find_remembered(permitted, text, level)
    differences = {item.plate: item for item in remembered.items}
    named = tuple(differences) if remembered.contains is None else None
    return Wanted(true() if named is not None else remembered.condition(), named, remembered.probability(),
                  explain=lambda plate: difference_in_words(differences[plate].why) if plate in differences else ())


async def _find_alikes(permitted: Permitted, model: Model, texts: Sequence[str], level: float) -> Wanted:
    found = [await find_alikes(permitted, model, text, level) for text in texts]
    # Of several plates asked for, a read belongs to the one that it is most probably; NULL where it is one of them.
    best = func.greatest(*(alikes.probability() for alikes in found)) if found[1:] else found[0].probability()
    named = reads.c.plate.in_(texts)
    return Wanted(or_(*(alikes.condition() for alikes in found)),
                  tuple({text: None for alikes in found for text in alikes.texts}),
                  case((named, null()), else_=best),
                  explain=lambda plate: next((tuple(map(reason_in_words, alikes.why[plate])) for alikes in found
                                              if plate in alikes.why), ()),
                  rare=sum(alikes.reads for alikes in found) <= FEW_READS)


def _held_against(patterns: Sequence[Pattern]) -> ColumnElement[bool]:
    """Return the reads that fit one of the patterns; the text that stands for an unread passage fits none."""
    return and_(or_(*(_fits(reads.c.plate, pattern) for pattern in patterns)), ~reads.c.plate.startswith(UNREAD_MARK))


def _fits(column: ColumnElement[str], pattern: Pattern) -> ColumnElement[bool]:
    regex = pattern.regex()
    like = column.like(pattern.like())
    return like if regex is None else and_(like, column.regexp_match(regex))


async def find_plates(permitted: Permitted, patterns: Sequence[Pattern]) -> tuple[str, ...] | None:
    """Return every plate that the patterns stand for, None when there are more than MOST_CANDIDATES."""
    found: dict[str, None] = {}
    for pattern in patterns:
        access = choose_access(pattern)
        if access.way is Way.exact and len(access.texts) == 1:
            found[access.texts[0]] = None
            continue
        query = _WAYS[access.way](pattern, access).limit(MOST_CANDIDATES + 1 - len(found))
        found.update(dict.fromkeys((await permitted.connection.execute(query)).scalars()))
        if len(found) > MOST_CANDIDATES:
            return None
    return tuple(found)


def _by_texts(_pattern: Pattern, access: Access) -> Select[Any]:
    return select(plates.c.plate).where(plates.c.plate == func.any(_texts(access)))


def _by_begin(pattern: Pattern, access: Access) -> Select[Any]:
    return _by_range(pattern, access, plates.c.plate)


def _by_end(pattern: Pattern, access: Access) -> Select[Any]:
    return _by_range(pattern.backwards(), access, func.reverse(plates.c.plate, type_=PlateText))


def _by_range(pattern: Pattern, access: Access, column: ColumnElement[str]) -> Select[Any]:
    """Look up the range of the index behind each beginning.

    The pattern is held against the entries by functions, which no other index serves: with the operator the planner
    would prefer the trigram index for each of a thousand beginnings.
    """
    begins = func.unnest(_texts(access), type_=PlateText).table_valued("text", name="begins").render_derived()
    text = begins.c.text.collate("C")
    inner = (select(plates.c.plate).where(column >= text, column < (begins.c.text + BEHIND).collate("C"),
                                          *_fits_by_function(column, pattern))
             .limit(MOST_CANDIDATES + 1).lateral("found"))
    return select(inner.c.plate).select_from(begins.join(inner, true()))


def _fits_by_function(column: ColumnElement[str], pattern: Pattern) -> list[ColumnElement[bool]]:
    regex = pattern.regex()
    return [func.textlike(column, pattern.like(), type_=Boolean),
            *([func.textregexeq(column, regex, type_=Boolean)] if regex else [])]


def _by_trigrams(pattern: Pattern, _access: Access) -> Select[Any]:
    return select(plates.c.plate).where(_fits(plates.c.plate, pattern))


def _texts(access: Access) -> ColumnElement[Any]:
    return bindparam("texts", list(access.texts), type_=ARRAY(Text), unique=True)


# A pattern in which nothing is known well enough finds its first plates soon, or too many.
_WAYS = {Way.exact: _by_texts, Way.beginnings: _by_begin, Way.ends: _by_end, Way.trigrams: _by_trigrams,
         Way.none: _by_trigrams}
