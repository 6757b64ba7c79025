"""What people say of a hit's image teaches the look-alike model: kept as a confirmation of what was read."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.hits.matching import MatchedAs
from services.plates import UNREAD_MARK, normalise
from services.schema import confirmations
from services.schema_hits import alerts, hits
from services.schema_watchlists import watch_entries

ANOTHER = UNREAD_MARK
"""Kept as what the image shows when it shows another plate than was read, and nobody typed which."""


class Match(NamedTuple):
    """One entry that a read matched: how, and the entry's own plate."""

    matched_as: MatchedAs
    plate: str


class SeenRead(NamedTuple):
    """The read whose image somebody saw, with one of the entries that it matched."""

    read_id: UUID
    captured_at: datetime
    camera_id: int
    confidence: float | None
    plate: str
    matched_as: MatchedAs
    entry_plate: str


async def teach(connection: AsyncConnection, hit_id: int, user_id: int, *, right: bool, shown: str | None,
                now: datetime) -> bool:
    """Keep what somebody says of the image of a hit's last read; return whether it teaches anything.

    `right`: the image shows the entry's plate; it is said when a hit is confirmed on its image, or intercepted. Not
    `right`: it shows another plate, a misread; `shown` is what it shows, as it was typed, if it was. Who says so again
    of the same read replaces what they said. A hit without any image teaches only after a team was sent, whose members
    stood before the vehicle. What is discreet teaches nothing (R11). Call it in the transaction that changes the hit.
    """
    found = await _read_with_matches(connection, hit_id)
    if not found:
        return False
    read = found[0]
    matches = [Match(MatchedAs(one.matched_as), one.entry_plate) for one in found]
    plate = plate_shown(read.plate, matches, right=right, typed=normalise(shown))
    if plate is None:
        return False
    kept = insert(confirmations).values(
        read_id=read.read_id, user_id=user_id, captured_at=read.captured_at, camera_id=read.camera_id,
        confidence=read.confidence, plate_read=read.plate, plate_shown=plate, confirmed_at=now)
    await connection.execute(kept.on_conflict_do_update(
        index_elements=["read_id", "user_id"],
        set_={"plate_shown": kept.excluded.plate_shown, "confirmed_at": kept.excluded.confirmed_at}))
    return True


def plate_shown(read: str, matches: Sequence[Match], *, right: bool, typed: str | None) -> str | None:
    """Return what the image of a read shows, by what was said of it; None when that cannot be told.

    Of a look-alike the image that shows the entry's plate says that the camera misread it, and one that shows another
    plate says nothing of the reading, unless that plate was typed.
    """
    if typed is not None:
        return typed
    if all(match.matched_as is MatchedAs.alike for match in matches):
        plates = {match.plate for match in matches}
        return plates.pop() if right and len(plates) == 1 else None
    return read if right else ANOTHER


async def _read_with_matches(connection: AsyncConnection, hit_id: int) -> list[SeenRead]:
    """Return the last read of which somebody can have seen the vehicle, once for each entry that it matched."""
    newest = await _newest_seen(connection, hit_id)
    found = await connection.execute(
        select(alerts.c.read_id, alerts.c.captured_at, alerts.c.camera_id, alerts.c.confidence, alerts.c.plate,
               alerts.c.matched_as, watch_entries.c.plate)
        .join(watch_entries, and_(watch_entries.c.entry_id == alerts.c.entry_id,
                                  watch_entries.c.version == alerts.c.entry_version))
        .where(alerts.c.hit_id == hit_id, alerts.c.read_id == newest, alerts.c.withdrawn_at.is_(None)))
    return [SeenRead(*row) for row in found]


async def _newest_seen(connection: AsyncConnection, hit_id: int) -> UUID | None:
    newest: UUID | None = await connection.scalar(
        select(alerts.c.read_id).join(hits, hits.c.hit_id == alerts.c.hit_id)
        .where(alerts.c.hit_id == hit_id, alerts.c.withdrawn_at.is_(None), ~hits.c.discreet,
               or_(alerts.c.images > 0, hits.c.dispatched_at.is_not(None)))
        .order_by((alerts.c.images > 0).desc(), alerts.c.captured_at.desc()).limit(1))
    return newest
