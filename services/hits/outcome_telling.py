"""Telling whoever asked for an entry what came of a hit on it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.hits.following import Disposition
from services.notices import Kind, News, tell
from services.schema_hits import alerts, hits
from services.schema_people import users
from services.schema_watchlists import watch_entries
from services.watchlists.audiences import audiences_of

ENTRY_PAGE = "/watchlists/entries/{}"
"""Where the notice leads: the entry, which says itself who may see it."""


async def tell_outcome(connection: AsyncConnection, hit_id: int, disposition: Disposition, now: datetime) -> int:
    """Tell the requesters of the entries behind a hit what came of it; return how many were told.

    Of what is discreet they are told only if they belong to its group (R11). Nobody hears of an entry whose alerts were
    all withdrawn: nothing was seen; and nobody hears what they said themselves. Call it in the transaction that ends
    the hit, after the hit was changed.
    """
    told = 0
    for row in await _requested(connection, hit_id):
        mine = await audiences_of(connection, row.requested_by, row.role)
        if _hides(row) and not mine.issuperset({row.audience_id, row.entry_audience_id}):
            continue
        await tell(connection, [row.requested_by], News(Kind.entry_seen, {
            "entry": row.entry_id, "file": row.file_number, "what": disposition}, ENTRY_PAGE.format(row.entry_id)), now)
        told += 1
    return told


def _hides(row: Row[Any]) -> bool:
    """Tell whether the hit is discreet, or the entry has become so since."""
    return bool(row.discreet or row.entry_discreet)


async def _requested(connection: AsyncConnection, hit_id: int) -> list[Row[Any]]:
    """Return the entries behind a hit, as they stand now, whose requesters have an account."""
    entry = watch_entries.c
    found = await connection.execute(
        select(entry.entry_id, entry.file_number, entry.requested_by, users.c.role, hits.c.discreet, hits.c.audience_id,
               entry.discreet.label("entry_discreet"), entry.audience_id.label("entry_audience_id"))
        .join(hits, hits.c.hit_id == alerts.c.hit_id)
        .join(watch_entries, and_(entry.entry_id == alerts.c.entry_id, entry.replaced_at.is_(None)))
        .join(users, users.c.user_id == entry.requested_by)
        .where(alerts.c.hit_id == hit_id, alerts.c.withdrawn_at.is_(None), users.c.disabled_at.is_(None),
               hits.c.ended_by.is_distinct_from(entry.requested_by))
        .distinct().order_by(entry.entry_id))
    return list(found.all())
