"""What an urgent consultation owes: the number of its PV, within services.consultations.PV_WITHIN."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.consultations import Lacking, StatementError
from services.schema_people import consultations

LONGEST_NUMBER = 60


@dataclass(frozen=True, slots=True)
class OwedPv:
    """An urgent consultation whose PV has no number yet."""

    consultation_id: UUID
    purpose: str
    incident: str
    reason: str
    opened_at: datetime
    due_at: datetime
    told_at: datetime | None
    """When superior and DPO were told that it never came."""


def _owes(user_id: int | ColumnElement[int]) -> tuple[ColumnElement[bool], ...]:
    table = consultations.c
    return table.user_id == user_id, table.pv_due_at.is_not(None), table.pv_given_at.is_(None)


async def list_owed(connection: AsyncConnection, user_id: int) -> list[OwedPv]:
    """Return what a user owes, the first that is due first."""
    table = consultations.c
    rows = await connection.execute(select(consultations).where(*_owes(user_id)).order_by(table.pv_due_at))
    return [OwedPv(row.consultation_id, row.purpose, row.file_number, row.reason, row.opened_at, row.pv_due_at,
                   row.told_at) for row in rows]


async def give_pv(connection: AsyncConnection, user_id: int, consultation_id: UUID, number: str,
                  now: datetime) -> OwedPv | None:
    """Note the number of an urgent consultation's PV and return what was owed, None when this user owes nothing there.

    Raises StatementError for what is no such number.
    """
    owed = next((one for one in await list_owed(connection, user_id) if one.consultation_id == consultation_id), None)
    if owed is None:
        return None
    checked = check_number(number, owed.incident)
    table = consultations.c
    given = await connection.execute(
        update(consultations).where(table.consultation_id == consultation_id, *_owes(user_id))
        .values(pv_number=checked, pv_given_at=now))
    return owed if given.rowcount else None


def check_number(number: str, incident: str) -> str:
    """Return the number of a PV without surplus blanks; raises StatementError for anything that cannot be one."""
    number = " ".join(number.split())
    if not 3 <= len(number) <= LONGEST_NUMBER or not any(map(str.isdigit, number)):
        raise StatementError(Lacking.pv_number,
                             f"pv_number: give the number of the PV (3 to {LONGEST_NUMBER} characters)")
    if number.casefold() == incident.casefold():
        raise StatementError(Lacking.pv_is_incident, "pv_number: this is the incident's number; give the PV's")
    return number


def count_owed(user_id: ColumnElement[int]) -> ScalarSelect[int]:
    """Return how many PVs a user owes, as a part of another statement."""
    return select(func.count()).select_from(consultations).where(*_owes(user_id)).scalar_subquery()
