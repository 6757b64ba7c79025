"""Hits that nobody took in time: their group is told again, TECINT and whoever is on call by a notice."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, any_, case, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.audit import PRODUCT, Action, Entry, Trail
from services.hits.events import EventKind
from services.hits.following import HitState
from services.notices import Kind, News, tell
from services.roles import Act, Role, roles_with
from services.schema_hits import hit_events, hits
from services.schema_people import users
from services.schema_watchlists import audiences

AFTER = {1: timedelta(minutes=2), 2: timedelta(minutes=5), 3: timedelta(minutes=15), 4: timedelta(minutes=60)}
"""How long nobody may have a hit, by its priority."""

_SEEING = sorted(roles_with(Act.see_hits))


async def escalate_unclaimed(connection: AsyncConnection, trail: Trail, now: datetime) -> int:
    """Tell of every hit that nobody took in time, each once; return how many.

    Several programs may do so at once: the update claims each for one of them. What came late is not told of: nobody
    can act on it, and the handover shows it.
    """
    table = hits.c
    due = case(*((table.priority == priority, now - after) for priority, after in AFTER.items()))
    rows = (await connection.execute(
        update(hits).where(table.state == HitState.open, table.escalated_at.is_(None), ~table.late,
                           table.ended_at.is_(None), table.raised_at <= due)
        .values(escalated_at=now)
        .returning(table.hit_id, table.audience_id, table.discreet, table.priority))).all()
    entries = [await _tell(connection, row, now) for row in sorted(rows, key=lambda row: (row.priority, row.hit_id))]
    for entry in entries:
        await trail.record(connection, PRODUCT, entry)
    return len(entries)


async def _tell(connection: AsyncConnection, row: Any, now: datetime) -> Entry:
    """Write the event and the notices of one hit; return what the audit keeps: numbers, never a plate (R11)."""
    await connection.execute(insert(hit_events).values(hit_id=row.hit_id, kind=EventKind.escalated))
    hearers = await _hearers(connection, row.audience_id)
    minutes = int(AFTER[row.priority].total_seconds()) // 60
    subject = {"hit": str(row.hit_id), "minutes": str(minutes)}
    await tell(connection, [user_id for user_id, _ in hearers],
               News(Kind.hit_unclaimed, subject, f"/hits/{row.hit_id}"), now)
    # Who belongs to the group of a discreet hit is that group's own matter.
    told = {} if row.discreet else {"told": sorted(username for _, username in hearers)}
    return Entry(Action.hits_escalated, f"Niemand nam hit {row.hit_id} op binnen {minutes} minuten",
                 {"hit": row.hit_id, "minutes": minutes, **told})


async def _hearers(connection: AsyncConnection, audience_id: int) -> Sequence[tuple[int, str]]:
    """Return who is told: TECINT and whoever is on call of the hit's own group; if it has neither, the whole group."""
    member = or_(users.c.role == any_(audiences.c.roles), users.c.user_id == any_(audiences.c.user_ids))
    rows = (await connection.execute(
        select(users.c.user_id, users.c.username, users.c.role, users.c.on_call_since)
        .join(audiences, and_(audiences.c.audience_id == audience_id, member))
        .where(users.c.disabled_at.is_(None), users.c.role.in_(_SEEING)).order_by(users.c.user_id))).all()
    first = [row for row in rows if row.role == Role.tecint or row.on_call_since is not None]
    return [(row.user_id, row.username) for row in first or rows]
