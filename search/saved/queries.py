"""Saved searches as the database has them; each is its owner's alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from search.pages.language import words
from search.reads.filters import FILTERS, Asked
from services.errors import BadQuestionError
from services.schema_people import saved_searches

LASTS = timedelta(days=90)
MOST = 50
"""How many an officer may keep."""

_TAKEN = words("You have a saved search of this name. Choose another name, or remove that one first.")
_MANY = words("You keep {most} searches. Remove one that is not needed any more.", most=MOST)


@dataclass(frozen=True, slots=True)
class Saved:
    """A question by name; `filters` by address key. It holds no answer: whoever opens it asks."""

    saved_id: int
    name: str
    filters: Mapping[str, list[str]]
    by_vehicle: bool
    made_at: datetime
    expires_at: datetime

    @property
    def address(self) -> str:
        """Where it is asked."""
        pairs = [*self.pairs(), *([("by", "vehicle")] if self.by_vehicle else [])]
        return f"/reads?{urlencode(pairs)}"

    def pairs(self) -> list[tuple[str, str]]:
        """Return its filters as pairs for an address, in the order of the table of filters."""
        return [(key, text) for key in sorted(self.filters, key=_place_of) for text in self.filters[key]]


_PLACES = {filter_.key: place for place, filter_ in enumerate(FILTERS)}


def _place_of(key: str) -> int:
    return _PLACES.get(key, len(_PLACES))


_COLUMNS = [saved_searches.c[name] for name in Saved.__slots__]


async def list_saved(connection: AsyncConnection, user_id: int, now: datetime) -> list[Saved]:
    """Return the searches that somebody saved, by name."""
    rows = await connection.execute(
        select(*_COLUMNS).where(saved_searches.c.user_id == user_id, saved_searches.c.expires_at > now)
        .order_by(func.lower(saved_searches.c.name), saved_searches.c.saved_id))
    return [Saved(*row) for row in rows]


async def add_saved(connection: AsyncConnection, user_id: int, name: str, asked: Asked, *, by_vehicle: bool,
                    now: datetime) -> Saved:
    """Save a question; raises BadQuestionError where the name is taken, or too many are kept.

    What has expired and was not removed yet makes room: it counts for nothing, and gives its name back.
    """
    own = saved_searches.c.user_id == user_id
    await connection.execute(delete(saved_searches).where(own, saved_searches.c.expires_at <= now))
    kept = (await connection.execute(select(func.count()).select_from(saved_searches).where(own))).scalar_one()
    if kept >= MOST:
        raise BadQuestionError(_MANY)
    row = (await connection.execute(insert(saved_searches).values(
        user_id=user_id, name=name, filters=asked.in_full(), by_vehicle=by_vehicle, made_at=now,
        expires_at=now + LASTS).on_conflict_do_nothing().returning(*_COLUMNS))).one_or_none()
    if row is None:
        raise BadQuestionError(_TAKEN)
    return Saved(*row)


async def remove_saved(connection: AsyncConnection, user_id: int, saved_id: int) -> Saved | None:
    """Remove a search of somebody's own and return it, None where they have none of that number."""
    row = (await connection.execute(
        delete(saved_searches).where(saved_searches.c.user_id == user_id, saved_searches.c.saved_id == saved_id)
        .returning(*_COLUMNS))).one_or_none()
    return Saved(*row) if row else None
