"""A question before its reads are looked for: which plates and cameras it means, and its stretches of time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Integer, Select, bindparam

from search.answers import Permitted
from search.cameras.places import list_places
from search.pages.language import words
from search.reads.candidates import Wanted, find_wanted
from search.reads.conditions import Known
from search.reads.filters import Asked
from search.reads.looking_up import look_up_each
from search.reads.places import Stay, choose_stays
from search.reads.windows import go_back
from services.errors import BadQuestionError
from services.lookalikes.model import Model
from services.retention_rule import FUTURE
from services.schema import Instant, reads


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question whose plates and places were looked up, and the conditions on reads that follow."""

    asked: Asked
    wanted: Wanted
    stays: tuple[Stay, ...] | None
    """Where it looks; None for everywhere."""
    conditions: tuple[ColumnElement[bool], ...]
    earliest: datetime
    """How far back it looks: what is asked for and may be seen."""
    latest: datetime
    """Up to when: what is asked for and can have been captured."""

    def stretches(self, latest: datetime | None = None) -> Iterator[tuple[datetime, datetime]]:
        """Yield the stretches of time, newest first, through which it is answered, from `latest` where that is less."""
        return go_back(min(filter(None, (self.latest, latest))), self.earliest, at_once=self.wanted.rare)

    def in_a_stretch(self, query: Select[Any]) -> Select[Any]:
        """Return the question for one stretch of time, made once for all: `start`, `end`, `missing` come with it."""
        start, end = bindparam("start", type_=Instant), bindparam("end", type_=Instant)
        missing: BindParameter[int] = bindparam("missing", type_=Integer)
        stretch = query.where(reads.c.captured_at >= start, reads.c.captured_at < end)
        named = self.wanted.named
        return stretch.limit(missing) if named is None else look_up_each(stretch, named, missing)


async def resolve(permitted: Permitted, model: Model, asked: Asked, now: datetime) -> Resolved:
    """Look up a question's plates and places; raises BadQuestionError for a place that is not known."""
    wanted = await find_wanted(permitted, model, asked)
    stays = await _stays(permitted, asked)
    opened = permitted.permission.earliest
    known = Known(opened, stays, narrowing=permitted.narrowing)
    conditions = (~reads.c.superseded, *asked.conditions(known), wanted.condition)
    return Resolved(asked, wanted, stays, conditions, max(filter(None, (asked.from_, opened))),
                    min(filter(None, (asked.until, now + FUTURE))))


async def _stays(permitted: Permitted, asked: Asked) -> tuple[Stay, ...] | None:
    """Return where the question looks, None for everywhere; raises BadQuestionError for a place that is not known."""
    filters = asked.places()
    if not filters:
        return None
    found = await list_places(permitted.connection)
    for wanted in filters:
        for part in wanted.names:
            if not any(wanted.holds((part,), place) for place in found):
                raise BadQuestionError(words("{key}: there is no camera of {value}", key=wanted.key, value=part[:40]))
    return choose_stays(found, [(wanted.holds, wanted.value) for wanted in filters])
