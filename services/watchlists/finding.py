"""Finding entries: one with its versions, those of a list page by page, those that wait, one's own requests."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.schema_people import users
from services.schema_watchlists import audiences, watch_entries, watchlists
from services.watchlists.lists import visible
from services.watchlists.states import EntryState

_TABLE = watch_entries
PAGE_LENGTH = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of an entry; the names are the columns of `watch_entries`, and those of what it points to."""

    entry_id: int
    version: int
    list_id: int
    plate: str
    pattern: bool
    country: str | None
    least_probability: float | None
    measure: str
    reason: str
    legal_basis: str
    authority: str
    file_number: str
    requester: str
    requested_by: int | None
    since: datetime
    until: datetime
    cameras: list[int] | None
    hours: str | None
    audience_id: int
    priority: int
    discreet: bool
    made_by: int | None
    made_at: datetime
    first_made_at: datetime
    delivery_id: UUID | None
    lapses_at: datetime | None
    validated_by: int | None
    validated_at: datetime | None
    revoked_by: int | None
    revoked_at: datetime | None
    revoked_because: str | None
    replaced_at: datetime | None
    list_code: str
    list_name: str
    audience: str
    """The group's code."""
    audience_name: str
    made_name: str | None
    validated_name: str | None
    revoked_name: str | None

    @property
    def is_delivered(self) -> bool:
        """Whether another party delivered it."""
        return self.delivery_id is not None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are asked for."""

    list_id: int | None = None
    plate: str | None = None
    """Normalised, or a pattern as it was written."""
    file_number: str | None = None
    state: EntryState | None = None
    before: int | None = None
    """Numbered below this one: the next page."""
    limit: int = PAGE_LENGTH


# The table of services.watchlists.states, as conditions; tests hold the two against each other.
_STATES: dict[EntryState, Callable[[datetime], ColumnElement[bool]]] = {
    EntryState.refused: lambda _: and_(_TABLE.c.revoked_at.is_not(None), _TABLE.c.validated_at.is_(None)),
    EntryState.revoked: lambda _: and_(_TABLE.c.revoked_at.is_not(None), _TABLE.c.validated_at.is_not(None)),
    EntryState.expired: lambda now: and_(_TABLE.c.revoked_at.is_(None), _TABLE.c.until <= now),
    EntryState.lapsed: lambda now: and_(_open(now), _TABLE.c.validated_at.is_(None), _TABLE.c.lapses_at <= now),
    EntryState.asked: lambda now: and_(_open(now), _TABLE.c.validated_at.is_(None), _TABLE.c.lapses_at.is_(None)),
    EntryState.urgent: lambda now: and_(_open(now), _TABLE.c.validated_at.is_(None), _TABLE.c.lapses_at > now),
    EntryState.coming: lambda now: and_(_open(now), _TABLE.c.validated_at.is_not(None), _TABLE.c.since > now),
    EntryState.live: lambda now: and_(_open(now), _TABLE.c.validated_at.is_not(None), _TABLE.c.since <= now),
}


def _open(now: datetime) -> ColumnElement[bool]:
    return and_(_TABLE.c.revoked_at.is_(None), _TABLE.c.until > now)


def is_in(state: EntryState, now: datetime) -> ColumnElement[bool]:
    """Return the entries that stand so at `now`, as a condition."""
    return _STATES[state](now)


def _select_entries() -> Select[Any]:
    made, validated, revoked = (users.alias(name) for name in ("made", "validated", "revoked"))
    own = [_TABLE.c[field.name] for field in fields(Entry) if field.name in _TABLE.c]
    return (select(*own, watchlists.c.code.label("list_code"), watchlists.c.name.label("list_name"),
                   audiences.c.code.label("audience"), audiences.c.name.label("audience_name"),
                   made.c.display_name.label("made_name"), validated.c.display_name.label("validated_name"),
                   revoked.c.display_name.label("revoked_name"))
            .join(watchlists, watchlists.c.list_id == _TABLE.c.list_id)
            .join(audiences, audiences.c.audience_id == _TABLE.c.audience_id)
            .outerjoin(made, made.c.user_id == _TABLE.c.made_by)
            .outerjoin(validated, validated.c.user_id == _TABLE.c.validated_by)
            .outerjoin(revoked, revoked.c.user_id == _TABLE.c.revoked_by))


async def _fetch(connection: AsyncConnection, query: Select[Any]) -> list[Entry]:
    return [Entry(**row) for row in (await connection.execute(query)).mappings()]


async def find_entry(connection: AsyncConnection, entry_id: int, mine: frozenset[int], *,
                     lock: bool = False) -> Entry | None:
    """Return an entry's newest version, None when somebody of the groups `mine` may not know of it (R11)."""
    query = _select_entries().where(_TABLE.c.entry_id == entry_id, _TABLE.c.replaced_at.is_(None), visible(mine))
    found = await _fetch(connection, query.with_for_update(of=_TABLE) if lock else query)
    return found[0] if found else None


async def list_versions(connection: AsyncConnection, entry_id: int, mine: frozenset[int]) -> list[Entry]:
    """Return an entry's versions, the newest first; none when the newest may not be known of.

    An earlier one may have been discreet for another group: it stays with that group.
    """
    found = await _fetch(connection, _select_entries().where(_TABLE.c.entry_id == entry_id, visible(mine))
                         .order_by(_TABLE.c.version.desc()))
    return found if found and found[0].replaced_at is None else []


async def search_entries(connection: AsyncConnection, wanted: Wanted, mine: frozenset[int],
                         now: datetime) -> list[Entry]:
    """Return up to `limit` entries, the newest first, as far as somebody of the groups `mine` may know of them."""
    table = _TABLE.c
    query = (select(table.entry_id, table.version).where(table.replaced_at.is_(None), visible(mine))
             .order_by(table.entry_id.desc()).limit(wanted.limit))
    for column, value in ((table.list_id, wanted.list_id), (table.plate, wanted.plate),
                          (table.file_number, wanted.file_number)):
        if value is not None:
            query = query.where(column == value)
    if wanted.before is not None:
        query = query.where(table.entry_id < wanted.before)
    if wanted.state is not None:
        query = query.where(is_in(wanted.state, now))
    # The page first, and what goes with it after: right after a delivery PostgreSQL does not know yet how many there
    # are, and would put names to a million.
    page = query.cte("page").prefix_with("MATERIALIZED", dialect="postgresql")
    return await _fetch(connection, _select_entries().join(page, and_(
        page.c.entry_id == table.entry_id, page.c.version == table.version)).order_by(table.entry_id.desc()))


async def list_waiting(connection: AsyncConnection, mine: frozenset[int], now: datetime) -> list[Entry]:
    """Return what waits for a second person: what is live meanwhile first, then the oldest."""
    waits = or_(is_in(EntryState.asked, now), is_in(EntryState.urgent, now))
    return await _fetch(connection, _select_entries().where(
        _TABLE.c.replaced_at.is_(None), visible(mine), waits)
        .order_by(_TABLE.c.lapses_at.asc().nulls_last(), _TABLE.c.made_at, _TABLE.c.entry_id).limit(200))


async def list_requested(connection: AsyncConnection, user_id: int, mine: frozenset[int]) -> list[Entry]:
    """Return what somebody asked for, the newest first; 200 at most."""
    return await _fetch(connection, _select_entries().where(
        _TABLE.c.replaced_at.is_(None), _TABLE.c.requested_by == user_id, visible(mine))
        .order_by(_TABLE.c.entry_id.desc()).limit(200))
