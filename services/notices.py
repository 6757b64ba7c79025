"""Notices: what somebody is told when they next look at a page."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.schema_people import notices

MOST_SHOWN = 100


class Kind(StrEnum):
    """What a notice is about."""

    approval_asked = "approval-asked"      # a colleague asks for a second person
    approval_given = "approval-given"
    approval_refused = "approval-refused"
    pv_overdue = "pv-overdue"              # of somebody else's urgent consultation
    own_pv_overdue = "own-pv-overdue"
    account_changed = "account-changed"    # somebody can get into an account that sees plates
    entry_asked = "entry-asked"            # somebody asks that a plate is watched for
    entry_decided = "entry-decided"        # one's own was validated or refused
    entry_ending = "entry-ending"          # one's own is over within a week, or lapsed
    entry_seen = "entry-seen"              # what came of a hit on one's own
    hit_unclaimed = "hit-unclaimed"        # nobody took it in time


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to be told."""

    notice_id: int
    kind: Kind
    subject: Mapping[str, Any]
    """What its sentence speaks of; instants as ISO 8601."""
    address: str
    """The page that it leads to."""
    made_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class News:
    """What is to be told, to whomever."""

    kind: Kind
    subject: Mapping[str, Any]
    address: str


async def tell(connection: AsyncConnection, user_ids: Collection[int], news: News, now: datetime) -> None:
    """Give each of these users a notice."""
    rows = [{"user_id": user_id, "kind": news.kind, "subject": dict(news.subject), "address": news.address,
             "made_at": now} for user_id in sorted(user_ids)]
    if rows:
        await connection.execute(insert(notices), rows)


async def list_notices(connection: AsyncConnection, user_id: int) -> list[Notice]:
    """Return a user's notices, what they have not seen first, then the newest; MOST_SHOWN at most."""
    table = notices.c
    rows = await connection.execute(
        select(notices).where(table.user_id == user_id)
        .order_by(table.seen_at.is_not(None), table.made_at.desc(), table.notice_id.desc()).limit(MOST_SHOWN))
    return [Notice(row.notice_id, Kind(row.kind), row.subject, row.address, row.made_at, row.seen_at) for row in rows]


async def mark_seen(connection: AsyncConnection, user_id: int, now: datetime,
                    notice_id: int | None = None) -> list[int]:
    """Note that a user has seen one of their notices, or all; return the numbers of those that were new."""
    table = notices.c
    one = [] if notice_id is None else [table.notice_id == notice_id]
    seen = await connection.execute(update(notices).where(table.user_id == user_id, table.seen_at.is_(None), *one)
                                    .values(seen_at=now).returning(table.notice_id))
    return sorted(seen.scalars())


async def address_of(connection: AsyncConnection, user_id: int, notice_id: int) -> str | None:
    """Return where a user's own notice leads, None when there is no such notice."""
    address: str | None = await connection.scalar(
        select(notices.c.address).where(notices.c.user_id == user_id, notices.c.notice_id == notice_id))
    return address


async def settle(connection: AsyncConnection, approval_id: UUID, now: datetime) -> None:
    """Take back, from whoever has not seen it yet, the notice that an approval is asked for: it has been decided."""
    table = notices.c
    await connection.execute(update(notices).where(
        table.seen_at.is_(None), table.kind == Kind.approval_asked,
        table.subject["approval_id"].astext == str(approval_id)).values(seen_at=now))


def count_unseen(user_id: ColumnElement[int]) -> ScalarSelect[int]:
    """Return how many notices a user has not seen, as a part of another statement."""
    return select(func.count()).select_from(notices).where(
        notices.c.user_id == user_id, notices.c.seen_at.is_(None)).scalar_subquery()
