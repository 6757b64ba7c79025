"""What is done to entries: added, changed, validated by a second person, refused, revoked; each leaves its version."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy import Sequence as DatabaseSequence
from sqlalchemy.ext.asyncio import AsyncConnection

from services.schema_watchlists import watch_entries
from services.watchlists.drafting import Checked
from services.watchlists.finding import Entry, find_entry
from services.watchlists.states import URGENT_LASTS, EntryState, state_of

_TABLE = watch_entries
ENTRY_IDS = DatabaseSequence("watch_entry_ids")
CHANNEL = "watchlists"
"""What is notified of when entries or lists change, so that whoever holds some in memory looks again."""


class Outcome(StrEnum):
    """What came of an attempt to change an entry."""

    done = "done"
    unknown = "unknown"      # there is none that this user may know of
    own = "own"              # whoever made a version does not validate it
    over = "over"            # it was decided, revoked, or its time is up
    newer = "newer"          # somebody changed it meanwhile: look at it again
    delivered = "delivered"  # the party that delivered it changes it


@dataclass(frozen=True, slots=True)
class Made:
    """Who makes an entry, where, and how."""

    list_id: int
    made_by: int | None
    requested_by: int | None
    """Who hears what came of it."""
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides of an entry, and of which groups they are (R11)."""

    user_id: int
    mine: frozenset[int]


def row_of(checked: Checked) -> dict[str, Any]:
    """Return what a checked entry says, as columns of `watch_entries`."""
    values = {field.name: getattr(checked, field.name) for field in fields(checked)}
    return {**values, "cameras": None if checked.cameras is None else list(checked.cameras)}


async def add(connection: AsyncConnection, checked: Checked, made: Made, now: datetime) -> int:
    """Add an entry and return its number: it waits for a second person; an urgent one is live meanwhile."""
    entry_id = int(await connection.scalar(select(ENTRY_IDS.next_value())) or 0)
    await connection.execute(insert(_TABLE).values(
        entry_id=entry_id, version=1, list_id=made.list_id, made_by=made.made_by, requested_by=made.requested_by,
        made_at=now, first_made_at=now, lapses_at=now + URGENT_LASTS if made.urgent else None, **row_of(checked)))
    await tell_changed(connection)
    return entry_id


async def change(connection: AsyncConnection, entry_id: int, version: int, checked: Checked, decider: Decider,
                 now: datetime) -> Outcome:
    """Replace an entry's version by one that says something else.

    The new one waits for a second person like any other. Where the old one was in force it is urgent, so that
    watching goes on meanwhile; one that was urgent keeps its hour, so that changing it again and again wins no time.
    """
    entry = await find_entry(connection, entry_id, decider.mine, lock=True)
    outcome = _why_not(entry, version, now)
    if outcome is not Outcome.done or entry is None:
        return outcome
    if entry.is_delivered:
        return Outcome.delivered
    lapses_at = entry.lapses_at if entry.validated_at is None else now + URGENT_LASTS
    await _set(connection, entry_id, [_TABLE.c.version == version], replaced_at=now)
    await connection.execute(insert(_TABLE).values(
        entry_id=entry_id, version=version + 1, list_id=entry.list_id, made_by=decider.user_id,
        requested_by=entry.requested_by, made_at=now, first_made_at=entry.first_made_at, lapses_at=lapses_at,
        **row_of(checked)))
    return Outcome.done


async def validate(connection: AsyncConnection, entry_id: int, version: int, decider: Decider,
                   now: datetime) -> Outcome:
    """Keep that a second person agrees to a version of an entry: it is watched for from now on."""
    return await _decide(connection, entry_id, version, decider, now, validated_by=decider.user_id, validated_at=now)


async def refuse(connection: AsyncConnection, entry_id: int, version: int, decider: Decider, now: datetime,
                 because: str) -> Outcome:
    """Keep that a second person does not agree: it is watched for no more, urgent or not."""
    return await _decide(connection, entry_id, version, decider, now, revoked_by=decider.user_id, revoked_at=now,
                         revoked_because=because)


async def _decide(connection: AsyncConnection, entry_id: int, version: int, decider: Decider, now: datetime,
                  **values: object) -> Outcome:
    entry = await find_entry(connection, entry_id, decider.mine, lock=True)
    outcome = _why_not(entry, version, now)
    if outcome is not Outcome.done or entry is None:
        return outcome
    if entry.validated_at is not None:
        return Outcome.over
    if entry.made_by == decider.user_id:
        return Outcome.own
    await _set(connection, entry_id, [], **values)
    return Outcome.done


async def revoke(connection: AsyncConnection, entry_id: int, decider: Decider, now: datetime,
                 because: str) -> Outcome:
    """Have an entry watched for no more, from this transaction's commit on."""
    entry = await find_entry(connection, entry_id, decider.mine, lock=True)
    outcome = Outcome.unknown if entry is None else _why_not(entry, entry.version, now)
    if outcome is Outcome.done:
        await _set(connection, entry_id, [], revoked_by=decider.user_id, revoked_at=now, revoked_because=because)
    return outcome


_OPEN = frozenset({EntryState.asked, EntryState.urgent, EntryState.coming, EntryState.live})


def _why_not(entry: Entry | None, version: int, now: datetime) -> Outcome:
    if entry is None:
        return Outcome.unknown
    if state_of(entry, now) not in _OPEN:
        return Outcome.over
    return Outcome.done if entry.version == version else Outcome.newer


async def _set(connection: AsyncConnection, entry_id: int, conditions: Sequence[ColumnElement[bool]],
               **values: object) -> None:
    await connection.execute(update(_TABLE).where(
        _TABLE.c.entry_id == entry_id, _TABLE.c.replaced_at.is_(None), *conditions).values(**values))
    await tell_changed(connection)


async def tell_changed(connection: AsyncConnection) -> None:
    """Have whoever holds entries in memory look again, once this transaction is committed."""
    await connection.execute(select(func.pg_notify(CHANNEL, "")))
