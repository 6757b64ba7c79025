"""What an officer stated of late, so that the case at hand need not be typed again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.consultations import FileKind
from services.gate import Origin
from services.schema_people import consultations

RECENT = timedelta(days=30)
STALE_WITHIN = timedelta(days=3)
"""A consultation whose time was up so long ago is no longer what its officer is at."""

_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class Stated:
    """One consultation as it was stated; an urgent one under the number of its PV, once that is known."""

    consultation_id: UUID
    purpose: str
    file_kind: FileKind
    file_number: str
    reason: str
    origin: Origin
    expires_at: datetime
    ended_at: datetime | None

    def ran_out(self, now: datetime) -> bool:
        """Tell whether its time was up of late, without its officer having ended it."""
        return (self.ended_at is None and self.expires_at <= now < self.expires_at + STALE_WITHIN
                and self.origin is not Origin.alert)


async def list_stated(connection: AsyncConnection, user_id: int, now: datetime) -> list[Stated]:
    """Return a user's consultations of the last month, the newest first."""
    table = consultations.c
    rows = await connection.execute(
        select(consultations).where(table.user_id == user_id, table.opened_at > now - RECENT)
        .order_by(table.opened_at.desc()).limit(_LOOKED_AT))
    return [Stated(row.consultation_id, row.purpose, FileKind.pv if row.pv_number else FileKind(row.file_kind),
                   row.pv_number or row.file_number, row.reason, Origin(row.origin), row.expires_at, row.ended_at)
            for row in rows]
