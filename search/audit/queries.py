"""Rows of the audit, consultations with their questions, and what the DPO found of them; never a read."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from search.audit.filters import Asked
from services.schema_people import audit, consultations, users

EXPORTED_AT_ONCE = 1000
MOST_EXPORTED = 100_000
"""Rows of one file; a longer one is refused, as one that stops unsaid would pass for all."""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row, as it is kept."""

    audit_id: int
    at: datetime
    action: str
    user_id: int | None
    username: str
    role: str
    client_address: str
    consultation_id: UUID | None
    question: str
    filters: dict[str, Any]
    decision: dict[str, Any]
    result_count: int | None
    read_ids: Sequence[UUID]
    content_seal: bytes
    link_seal: bytes
    purpose: str | None
    """Of its consultation."""
    file_number: str | None
    origin: str | None

    @property
    def refused(self) -> str | None:
        """Why it was refused, by code; None when it was not."""
        refused = self.decision.get("refused")
        return str(refused) if refused is not None else None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some rows, newest first, and the number after which the next ones come (None: these are the last)."""

    items: Sequence[AuditRow]
    following: int | None


@dataclass(frozen=True, slots=True)
class Consulted:
    """A consultation as it was stated, and whose it is."""

    consultation_id: UUID
    user_id: int
    username: str
    display_name: str
    role: str
    purpose: str
    file_number: str
    file_kind: str
    reason: str
    origin: str
    flags: Sequence[str]
    opened_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    pv_number: str | None
    pv_due_at: datetime | None
    pv_given_at: datetime | None


_OF_CONSULTATION = ("purpose", "file_number", "origin")


def _select() -> Select[Any]:
    own = [audit.c[field.name] for field in fields(AuditRow) if field.name in audit.c]
    return (select(*own, *(consultations.c[name] for name in _OF_CONSULTATION))
            .outerjoin(consultations, consultations.c.consultation_id == audit.c.consultation_id))


async def list_rows(connection: AsyncConnection, asked: Asked, after: int | None, limit: int,
                    now: datetime) -> AuditPage:
    """Return rows, newest first, from the one before number `after` on."""
    query = _select().where(*asked.conditions(now), *([audit.c.audit_id < after] if after is not None else []))
    found = await connection.execute(query.order_by(audit.c.audit_id.desc()).limit(limit + 1))
    items = [AuditRow(**row) for row in found.mappings()]
    return AuditPage(items[:limit], items[limit - 1].audit_id if len(items) > limit else None)


async def find_row(connection: AsyncConnection, audit_id: int) -> AuditRow | None:
    """Return one row, None when there is none of this number."""
    row = (await connection.execute(_select().where(audit.c.audit_id == audit_id))).mappings().one_or_none()
    return AuditRow(**row) if row else None


async def iterate_rows(connection: AsyncConnection, asked: Asked, now: datetime) -> AsyncIterator[AuditRow]:
    """Yield rows, oldest first, up to one more than a file may hold."""
    last, yielded = 0, 0
    while yielded <= MOST_EXPORTED:
        query = _select().where(*asked.conditions(now), audit.c.audit_id > last)
        found = await connection.execute(query.order_by(audit.c.audit_id).limit(EXPORTED_AT_ONCE))
        rows = [AuditRow(**row) for row in found.mappings()]
        for row in rows:
            yield row
        if len(rows) < EXPORTED_AT_ONCE:
            return
        last, yielded = rows[-1].audit_id, yielded + len(rows)


def _select_consulted() -> Select[Any]:
    own = [consultations.c[field.name] for field in fields(Consulted) if field.name in consultations.c]
    return (select(*own, users.c.username, users.c.display_name, users.c.role)
            .join(users, users.c.user_id == consultations.c.user_id))


async def find_consulted(connection: AsyncConnection, consultation_id: UUID) -> Consulted | None:
    """Return a consultation of anybody's, None when there is none."""
    query = _select_consulted().where(consultations.c.consultation_id == consultation_id)
    row = (await connection.execute(query)).mappings().one_or_none()
    return Consulted(**row) if row else None


async def list_consulted(connection: AsyncConnection, wanted: Sequence[UUID]) -> dict[UUID, Consulted]:
    """Return consultations by number."""
    found = await connection.execute(_select_consulted().where(consultations.c.consultation_id.in_(wanted)))
    return {row["consultation_id"]: Consulted(**row) for row in found.mappings()}


async def list_people(connection: AsyncConnection) -> list[tuple[int, str, str]]:
    """Return number, user name and name of everybody with an account, by name."""
    found = await connection.execute(
        select(users.c.user_id, users.c.username, users.c.display_name).order_by(users.c.display_name))
    return [(row.user_id, row.username, row.display_name) for row in found]
