"""Consultations: the lawful reason under which questions are asked, opened once and kept for the case at hand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services import schema
from services.errors import BadQuestionError
from services.gate import PURPOSES, Purpose

MIN_FILE_NUMBER = 3
MIN_REASON = 10
"""Fewest characters of a reason; which words are empty is a later rule, but "x" never was a reason."""


@dataclass(frozen=True, slots=True)
class Consultation:
    """An open consultation and whose it is."""

    consultation_id: UUID
    user_id: int
    purpose: Purpose
    file_number: str
    reason: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody states before asking: purpose (a code of services.gate), file number, reason in words."""

    purpose: str
    file_number: str
    reason: str

    def checked(self) -> "Request":
        """Return the request without surplus blanks; raises BadQuestionError naming what is missing."""
        request = Request(self.purpose, " ".join(self.file_number.split()), " ".join(self.reason.split()))
        if request.purpose not in PURPOSES:
            raise BadQuestionError(f"purpose must be one of: {', '.join(PURPOSES)}")
        if not MIN_FILE_NUMBER <= len(request.file_number) <= 60:
            raise BadQuestionError("file_number: give the number of the PV, note or incident (3 to 60 characters)")
        if not MIN_REASON <= len(request.reason) <= 1000:
            raise BadQuestionError("reason: say in your own words why you ask (10 to 1000 characters)")
        return request


async def open_consultation(connection: AsyncConnection, user_id: int, request: Request, now: datetime,
                            hours: int) -> Consultation:
    """Open a consultation that lasts `hours`; raises BadQuestionError when the request is incomplete."""
    checked = request.checked()
    expires_at = now + timedelta(hours=hours)
    result = await connection.execute(
        insert(schema.consultations)
        .values(user_id=user_id, purpose=checked.purpose, file_number=checked.file_number, reason=checked.reason,
                opened_at=now, expires_at=expires_at)
        .returning(schema.consultations.c.consultation_id))
    return Consultation(result.scalar_one(), user_id, PURPOSES[checked.purpose], checked.file_number, checked.reason,
                        expires_at)


async def find_consultation(connection: AsyncConnection, consultation_id: UUID, user_id: int,
                            now: datetime) -> Consultation | None:
    """Return the user's own consultation when it is open and not stale, else None."""
    table = schema.consultations
    row = (await connection.execute(
        select(table).where(table.c.consultation_id == consultation_id, table.c.user_id == user_id,
                            table.c.ended_at.is_(None), table.c.expires_at > now))).one_or_none()
    if row is None:
        return None
    return Consultation(row.consultation_id, row.user_id, PURPOSES[row.purpose], row.file_number, row.reason,
                        row.expires_at)


async def end_consultation(connection: AsyncConnection, consultation_id: UUID, user_id: int, now: datetime) -> bool:
    """End the user's own consultation; tell whether there was one to end."""
    table = schema.consultations
    result = await connection.execute(
        update(table).where(table.c.consultation_id == consultation_id, table.c.user_id == user_id,
                            table.c.ended_at.is_(None)).values(ended_at=now))
    return result.rowcount == 1
