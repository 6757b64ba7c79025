"""What ends by itself: urgent entries that nobody validated, and those whose end came; warned of a week ahead.

An entry counts no more at the very instant at which it ends (services.watchlists.coverage); here it is only told, once.
Of what another party delivered that party knows.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.audit import PRODUCT, Action, Entry, Trail
from services.schema_watchlists import watch_entries
from services.watchlists.hearing import What, tell_decided, tell_ending, validators_of
from services.watchlists.states import WARNED_BEFORE

_TABLE = watch_entries.c
_OPEN = and_(_TABLE.replaced_at.is_(None), _TABLE.revoked_at.is_(None), _TABLE.told_at.is_(None),
             _TABLE.delivery_id.is_(None))


async def tell_endings(connection: AsyncConnection, trail: Trail, now: datetime) -> int:
    """Tell of every entry that is over, or is within a week, and was not told of yet; return how many.

    Several programs may do so at once: the updates claim each entry for one of them.
    """
    warned = await _claim(connection, _ends_soon(now), warned_at=now)
    expired = await _claim(connection, _TABLE.until <= now, told_at=now)
    lapsed = await _claim(connection, and_(_TABLE.validated_at.is_(None), _TABLE.lapses_at <= now), told_at=now)
    for entry in warned:
        await tell_ending(connection, entry, now)
    for entries, what in ((expired, What.expired), (lapsed, What.lapsed)):
        for entry in entries:
            await tell_decided(connection, entry, what, now, others=await validators_of(connection, entry))
    for action, entries, words in (
            (Action.entries_warned, warned, "Signaleringen die binnen een week eindigen"),
            (Action.entries_ended, expired, "Signaleringen waarvan het einde bereikt is"),
            (Action.entries_lapsed, lapsed, "Dringende signaleringen die niemand binnen 24 uur bevestigde")):
        await _record(connection, trail, action, entries, words)
    return len(warned) + len(expired) + len(lapsed)


def _ends_soon(now: datetime) -> ColumnElement[bool]:
    """Entries that are over within a week; not one that was made to last less than that."""
    return and_(_TABLE.validated_at.is_not(None), _TABLE.warned_at.is_(None), _TABLE.until > now,
                _TABLE.until <= now + WARNED_BEFORE, _TABLE.made_at < _TABLE.until - WARNED_BEFORE)


async def _claim(connection: AsyncConnection, condition: ColumnElement[bool], **values: datetime) -> Sequence[Any]:
    found = await connection.execute(update(watch_entries).where(_OPEN, condition).values(**values).returning(
        _TABLE.entry_id, _TABLE.file_number, _TABLE.requested_by, _TABLE.audience_id, _TABLE.discreet, _TABLE.until))
    return sorted(found.all(), key=lambda entry: entry.entry_id)


async def _record(connection: AsyncConnection, trail: Trail, action: Action, entries: Sequence[Any],
                  words: str) -> None:
    """Leave one row for all: numbers alone, so that nothing of a discreet one stands in it."""
    if entries:
        numbers = [entry.entry_id for entry in entries]
        await trail.record(connection, PRODUCT, Entry(
            action, f"{words}: {', '.join(map(str, numbers))}", {"entries": numbers}, result_count=len(numbers)))
