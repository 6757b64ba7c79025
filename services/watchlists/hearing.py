"""Who hears of an entry, and what: whoever asked for it, and whoever validates; of a discreet one its group alone."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy import ColumnElement, any_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.clock import iso_ms
from services.notices import Kind, News, tell
from services.roles import Act, roles_with
from services.schema_people import users
from services.schema_watchlists import audiences

ENTRY_PAGE = "/watchlists/entries/{}"
WAITING_PAGE = "/watchlists/waiting"
_VALIDATORS = roles_with(Act.validate_entries)


class What(StrEnum):
    """What came of an entry."""

    validated = "validated"
    refused = "refused"
    revoked = "revoked"
    changed = "changed"
    lapsed = "lapsed"
    expired = "expired"


class Heard(Protocol):
    """An entry, as far as it is told of."""

    @property
    def entry_id(self) -> int: ...  # noqa: D102
    @property
    def file_number(self) -> str: ...  # noqa: D102
    @property
    def requested_by(self) -> int | None: ...  # noqa: D102
    @property
    def audience_id(self) -> int: ...  # noqa: D102
    @property
    def discreet(self) -> bool: ...  # noqa: D102
    @property
    def until(self) -> datetime: ...  # noqa: D102


async def requester_of(connection: AsyncConnection, entry: Heard) -> set[int]:
    """Return the number of whoever asked for an entry, if they have an account and may (still) know of it."""
    return await _may_know(connection, entry, users.c.user_id == entry.requested_by)


async def validators_of(connection: AsyncConnection, entry: Heard) -> set[int]:
    """Return the numbers of those who may validate an entry, whoever made it."""
    return await _may_know(connection, entry, users.c.role.in_(sorted(_VALIDATORS)))


async def _may_know(connection: AsyncConnection, entry: Heard, condition: ColumnElement[bool]) -> set[int]:
    query = select(users.c.user_id).where(condition, users.c.disabled_at.is_(None))
    if entry.discreet:
        query = query.join(audiences, audiences.c.audience_id == entry.audience_id).where(
            or_(users.c.user_id == any_(audiences.c.user_ids), users.c.role == any_(audiences.c.roles)))
    return set((await connection.execute(query)).scalars())


async def tell_asked(connection: AsyncConnection, entry: Heard, asker: tuple[int, str], now: datetime) -> None:
    """Tell whoever may validate an entry that it waits; `asker` is the number and name of whoever made it."""
    hearers = await validators_of(connection, entry) - {asker[0]}
    await tell(connection, hearers, News(Kind.entry_asked, {
        "officer": asker[1], "file": entry.file_number, "entry": str(entry.entry_id)},
        ENTRY_PAGE.format(entry.entry_id)), now)


async def tell_decided(connection: AsyncConnection, entry: Heard, what: What, now: datetime, *,
                       but: int | None = None, others: Collection[int] = ()) -> set[int]:
    """Tell whoever asked for an entry, and `others`, what came of it; never `but`, who did it. Return whom."""
    hearers = (await requester_of(connection, entry) | set(others)) - {but}
    told = {user_id for user_id in hearers if user_id is not None}
    await tell(connection, told, News(Kind.entry_decided, {
        "entry": str(entry.entry_id), "file": entry.file_number, "what": what}, ENTRY_PAGE.format(entry.entry_id)), now)
    return told


async def tell_ending(connection: AsyncConnection, entry: Heard, now: datetime) -> None:
    """Tell whoever asked for an entry that it is over within a week."""
    await tell(connection, await requester_of(connection, entry), News(Kind.entry_ending, {
        "entry": str(entry.entry_id), "file": entry.file_number, "ends_at": iso_ms(entry.until)},
        ENTRY_PAGE.format(entry.entry_id)), now)
