"""Urgent consultations whose PV never came: superior and DPO are told, once."""

from datetime import datetime
from typing import Any

from sqlalchemy import Label, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.accounts import find_active, find_of_roles
from services.audit import PRODUCT, Action, Entry, Trail
from services.clock import iso_ms
from services.notices import Kind, News, tell
from services.roles import DPO_ROLES, Act, roles_with
from services.schema_people import consultations, users

_APPROVERS = roles_with(Act.approve_questions)
"""Who is told in the superior's place where an officer has none."""


async def tell_overdue(connection: AsyncConnection, trail: Trail, now: datetime) -> int:
    """Tell of every urgent consultation whose PV is past due and not told of yet; return how many.

    Several programs may do so at once: the update claims each for one of them.
    """
    table = consultations.c
    claimed = (await connection.execute(
        update(consultations).where(table.pv_due_at <= now, table.pv_given_at.is_(None), table.told_at.is_(None))
        .values(told_at=now)
        .returning(table.consultation_id, table.user_id, table.file_number, table.opened_at, table.pv_due_at,
                   _of_officer(users.c.username), _of_officer(users.c.display_name),
                   _of_officer(users.c.superior_id)))).all()
    entries = [await _tell(connection, row, now) for row in sorted(claimed, key=lambda row: row.pv_due_at)]
    for entry in entries:
        await trail.record(connection, PRODUCT, entry)
    return len(entries)


def _of_officer(column: Any) -> Label[Any]:
    return (select(column).where(users.c.user_id == consultations.c.user_id).correlate(consultations)
            .scalar_subquery().label(column.name))


async def _tell(connection: AsyncConnection, row: Any, now: datetime) -> Entry:
    """Make the notices for one consultation; return what the audit keeps of it."""
    hearers = await _hearers(connection, row)
    subject = {"officer": row.display_name, "file": row.file_number, "opened_at": iso_ms(row.opened_at)}
    await tell(connection, hearers.keys(), News(Kind.pv_overdue, subject, "/notices"), now)
    await tell(connection, [row.user_id], News(Kind.own_pv_overdue, subject, "/consultations/owed"), now)
    told = sorted(hearers.values())
    return Entry(Action.overdue_told,
                 f"Geen PV-nummer binnen de termijn voor de dringende raadpleging van {row.username}, "
                 f"incident {row.file_number}; op de hoogte gebracht: {', '.join(told) or 'niemand'}",
                 {"username": row.username, "file_number": row.file_number, "due_at": iso_ms(row.pv_due_at),
                  "told": told}, consultation_id=row.consultation_id)


async def _hearers(connection: AsyncConnection, row: Any) -> dict[int, str]:
    """Return who is told, by number: the superior (without one, whoever approves questions) and every DPO."""
    superior = await find_active(connection, users.c.user_id == row.superior_id) if row.superior_id else {}
    instead = superior or await find_of_roles(connection, _APPROVERS)
    found = instead | await find_of_roles(connection, DPO_ROLES)
    return {user_id: username for user_id, username in found.items() if user_id != row.user_id}
