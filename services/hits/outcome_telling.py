"""Telling whoever asked for an entry what came of a hit on it."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.hits.following import Disposition
from services.notices import Kind, News, tell
from services.schema_hits import alerts, hits
from services.schema_people import users
from services.schema_watchlists import watch_entries
from services.watchlists.audiences import audiences_of

ENTRY_PAGE = "/watchlists/entries/{}"
"""Where the notice leads: the entry, which says itself who may see it."""


class Requested(NamedTuple):
    """An entry behind a hit as it stands now, who asked for it, and who may see it and the hit."""

    entry_id: int
    file_number: str
    requester_id: int
    role: str
    hit_discreet: bool
    hit_audience_id: int
    entry_discreet: bool
    entry_audience_id: int


async def tell_outcome(connection: AsyncConnection, hit_id: int, disposition: Disposition, now: datetime) -> int:
    """Tell the requesters of the entries behind a hit what came of it; return how many were told.

    Of what is discreet they are told only if they belong to its group (R11). Nobody hears of an entry whose alerts were
    all withdrawn: nothing was seen; and nobody hears what they said themselves. Call it in the transaction that ends
    the hit, after the hit was changed.
    """
    told = 0
    for one in await _requested(connection, hit_id):
        mine = await audiences_of(connection, one.requester_id, one.role)
        # An entry can have become discreet since the hit was raised.
        discreet = one.hit_discreet or one.entry_discreet
        if discreet and not mine.issuperset({one.hit_audience_id, one.entry_audience_id}):
            continue
        await tell(connection, [one.requester_id], News(Kind.entry_seen, {
            "entry": one.entry_id, "file": one.file_number, "what": disposition}, ENTRY_PAGE.format(one.entry_id)), now)
        told += 1
    return told


async def _requested(connection: AsyncConnection, hit_id: int) -> list[Requested]:
    """Return the entries behind a hit, as they stand now, whose requesters have an account."""
    entry = watch_entries.c
    found = await connection.execute(
        select(entry.entry_id, entry.file_number, entry.requested_by, users.c.role, hits.c.discreet, hits.c.audience_id,
               entry.discreet, entry.audience_id)
        .join(hits, hits.c.hit_id == alerts.c.hit_id)
        .join(watch_entries, and_(entry.entry_id == alerts.c.entry_id, entry.replaced_at.is_(None)))
        .join(users, users.c.user_id == entry.requested_by)
        .where(alerts.c.hit_id == hit_id, alerts.c.withdrawn_at.is_(None), users.c.disabled_at.is_(None),
               hits.c.ended_by.is_distinct_from(entry.requested_by))
        .distinct().order_by(entry.entry_id))
    return [Requested(*row) for row in found]
