"""Lists: making and changing them, whether they are live, and what the DPO confirmed."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.schema import cameras
from services.schema_people import users
from services.schema_watchlists import audiences, watch_entries, watchlists
from services.watchlists.audiences import list_audiences
from services.watchlists.categories import Category, Mode, may_be
from services.watchlists.drafting import Ground
from services.watchlists.states import WARNED_BEFORE

_TABLE = watchlists


@dataclass(frozen=True, slots=True)
class ListDraft:
    """What can be changed of a list; the names are the columns of `watchlists`."""

    name: str
    priority: int
    audience_id: int
    instruction: str
    legal_basis: str
    authority: str


@dataclass(frozen=True, slots=True)
class Watchlist:
    """A list."""

    list_id: int
    code: str
    name: str
    category: Category
    state: Mode
    priority: int
    audience_id: int
    audience: str
    """The group's code."""
    audience_name: str
    instruction: str
    legal_basis: str
    authority: str
    confirmed_at: datetime | None
    confirmed_name: str | None
    document: str
    revision: int | None
    delivered_at: datetime | None
    made_at: datetime
    changed_at: datetime

    @property
    def is_delivered(self) -> bool:
        """Whether its entries come from another party, and not by hand."""
        return self.delivered_at is not None

    def may_become(self, mode: Mode) -> bool:
        """Tell whether it may be put into a state."""
        return may_be(self.category, mode, confirmed=self.confirmed_at is not None)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many entries of a list somebody may know of."""

    live: int = 0
    """Held against reads, urgent ones too."""
    asked: int = 0
    """That wait for a second person, urgent ones too."""
    ending: int = 0
    """Live, and over within a week."""


async def make_list(connection: AsyncConnection, code: str, category: Category, draft: ListDraft, user_id: int | None,
                    now: datetime) -> int | None:
    """Make a list, off, and return its number; None when its code is taken."""
    try:
        async with connection.begin_nested():
            list_id = await connection.scalar(insert(_TABLE).values(
                code=code, category=category, made_by=user_id, made_at=now, changed_at=now,
                **_values(draft)).returning(_TABLE.c.list_id))
    except IntegrityError:
        return None
    return None if list_id is None else int(list_id)


async def change_list(connection: AsyncConnection, list_id: int, draft: ListDraft, now: datetime) -> None:
    """Change what a list asks for; its entries keep their own priority and group."""
    await connection.execute(update(_TABLE).where(_TABLE.c.list_id == list_id)
                             .values(changed_at=now, **_values(draft)))


def _values(draft: ListDraft) -> dict[str, object]:
    return {field.name: getattr(draft, field.name) for field in fields(draft)}


async def set_state(connection: AsyncConnection, watchlist: Watchlist, mode: Mode, now: datetime) -> bool:
    """Put a list, found with `lock`, into a state; tell whether that was allowed (`may_be`)."""
    if not watchlist.may_become(mode):
        return False
    await connection.execute(update(_TABLE).where(_TABLE.c.list_id == watchlist.list_id)
                             .values(state=mode, changed_at=now))
    return True


async def confirm(connection: AsyncConnection, list_id: int, user_id: int, document: str, now: datetime) -> None:
    """Keep that the DPO confirmed a list, and on which document that rests."""
    await connection.execute(update(_TABLE).where(_TABLE.c.list_id == list_id).values(
        confirmed_by=user_id, confirmed_at=now, document=document, changed_at=now))


async def withdraw_confirmation(connection: AsyncConnection, list_id: int, now: datetime) -> None:
    """Take a confirmation back: the list is off from now on."""
    await connection.execute(update(_TABLE).where(_TABLE.c.list_id == list_id).values(
        confirmed_by=None, confirmed_at=None, document="", state=Mode.off, changed_at=now))


def _select_lists() -> Select[Any]:
    own = [_TABLE.c[field.name] for field in fields(Watchlist) if field.name in _TABLE.c]
    return (select(*own, audiences.c.code.label("audience"), audiences.c.name.label("audience_name"),
                   users.c.display_name.label("confirmed_name"))
            .join(audiences, audiences.c.audience_id == _TABLE.c.audience_id)
            .outerjoin(users, users.c.user_id == _TABLE.c.confirmed_by))


def _read(row: Any) -> Watchlist:
    return Watchlist(**{**row, "category": Category(row["category"]), "state": Mode(row["state"])})


async def find_list(connection: AsyncConnection, code: str, *, lock: bool = False) -> Watchlist | None:
    """Return a list by its code, None when there is none; with `lock` nobody else changes it meanwhile."""
    query = _select_lists().where(_TABLE.c.code == code)
    row = (await connection.execute(query.with_for_update(of=_TABLE) if lock else query)).mappings().one_or_none()
    return None if row is None else _read(row)


async def find_list_by_id(connection: AsyncConnection, list_id: int) -> Watchlist:
    """Return a list by its number."""
    return _read((await connection.execute(_select_lists().where(_TABLE.c.list_id == list_id))).mappings().one())


async def list_lists(connection: AsyncConnection) -> list[Watchlist]:
    """Return every list: the most urgent first, then by name."""
    rows = await connection.execute(_select_lists().order_by(_TABLE.c.priority, _TABLE.c.name, _TABLE.c.list_id))
    return [_read(row) for row in rows.mappings()]


def visible(mine: frozenset[int]) -> ColumnElement[bool]:
    """Return which entries somebody of the groups `mine` may know of, as a condition (R11)."""
    return or_(~watch_entries.c.discreet, watch_entries.c.audience_id.in_(sorted(mine)))


async def count_entries(connection: AsyncConnection, mine: frozenset[int], now: datetime) -> Mapping[int, Counts]:
    """Count the entries of every list, as far as somebody of the groups `mine` may know of them."""
    table = watch_entries.c
    live = and_(table.since <= now, or_(table.validated_at.is_not(None), table.lapses_at > now))
    waits = and_(table.validated_at.is_(None), or_(table.lapses_at.is_(None), table.lapses_at > now))
    rows = await connection.execute(
        select(table.list_id, func.count().filter(live).label("live"), func.count().filter(waits).label("asked"),
               func.count().filter(live, table.until <= now + WARNED_BEFORE).label("ending"))
        .where(table.replaced_at.is_(None), table.revoked_at.is_(None), table.until > now, visible(mine))
        .group_by(table.list_id))
    return defaultdict(Counts, {row.list_id: Counts(row.live, row.asked, row.ending) for row in rows})


async def ground_of(connection: AsyncConnection, watchlist: Watchlist, mine: frozenset[int]) -> Ground:
    """Return what drafts of a list's entries are held against, stated by somebody of the groups `mine`."""
    rows = (await connection.execute(select(cameras.c.code, cameras.c.camera_id, cameras.c.municipality))).all()
    municipalities: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        if row.municipality:
            municipalities[row.municipality].add(row.camera_id)
    return Ground(
        watchlist.category, watchlist.priority, watchlist.audience_id, watchlist.legal_basis, watchlist.authority,
        {audience.code: audience for audience in await list_audiences(connection)},
        {row.code: row.camera_id for row in rows},
        {name: frozenset(numbers) for name, numbers in municipalities.items()}, mine)
