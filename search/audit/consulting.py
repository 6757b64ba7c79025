"""Consulting the audit is itself in the audit: every look at it goes through here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import Visitor
from search.audit import queries
from search.audit.filters import Asked
from search.audit.queries import AuditPage, AuditRow, Consulted
from search.pages.language import AUDIT_LANGUAGE, Words, words
from search.program import Program
from services import audit
from services.clock import utc_now
from services.database import transaction
from services.errors import BadQuestionError, NotFoundError

MOST_OF_A_CONSULTATION = 200


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody looked at, as the audit keeps it."""

    action: audit.Action
    words: Words
    filters: Mapping[str, Any] = field(default_factory=dict)
    consultation_id: UUID | None = None
    count: int | None = None


async def note_look(connection: AsyncConnection, program: Program, visitor: Visitor, look: Look) -> None:
    """Write down who looked at what, in the transaction that shows it, as its last thing."""
    await program.trail.record(connection, visitor.actor, audit.Entry(
        look.action, program.pages.languages[AUDIT_LANGUAGE].say(look.words), look.filters,
        consultation_id=look.consultation_id, result_count=look.count))


async def consult(program: Program, visitor: Visitor, asked: Asked, after: int | None, limit: int) -> AuditPage:
    """Return one page of the audit, newest first."""
    in_words = words("{question}; continued", question=asked.sentence()) if after else asked.sentence()
    async with transaction(program.engine) as connection:
        page = await queries.list_rows(connection, asked, after, limit, utc_now())
        await note_look(connection, program, visitor, Look(
            audit.Action.audit_consulted, in_words, {**asked.in_full(), **({"after": after} if after else {})},
            count=len(page.items)))
    return page


async def export(program: Program, visitor: Visitor, asked: Asked, kind: str) -> list[AuditRow]:
    """Return every row that is asked for, oldest first, for a file; raises BadQuestionError when they are too many."""
    async with transaction(program.engine) as connection:
        rows = [row async for row in queries.iterate_rows(connection, asked, utc_now())]
        if len(rows) > queries.MOST_EXPORTED:
            raise BadQuestionError(words("A file holds at most {most} rows. Ask for a shorter period.",
                                         most=queries.MOST_EXPORTED))
        await note_look(connection, program, visitor, Look(
            audit.Action.audit_exported, words("{question}; as {file} file", question=asked.sentence(), file=kind),
            {**asked.in_full(), "file": kind}, count=len(rows)))
    return rows


async def open_row(program: Program, visitor: Visitor, audit_id: int) -> AuditRow:
    """Return one row in full; raises NotFoundError when there is none of this number."""
    async with transaction(program.engine) as connection:
        row = await queries.find_row(connection, audit_id) if 0 < audit_id < 2**63 else None
        if row is None:
            raise NotFoundError(words("The audit has no row of this number."))
        await note_look(connection, program, visitor, Look(
            audit.Action.audit_consulted, words("row {number} of the audit in full", number=str(audit_id)),
            {"audit_id": audit_id}, count=1))
    return row


async def open_consultation(program: Program, visitor: Visitor, consultation_id: UUID,
                            after: int | None) -> tuple[Consulted, AuditPage]:
    """Return a consultation and what was asked under it, newest first; raises NotFoundError."""
    async with transaction(program.engine) as connection:
        consulted = await queries.find_consulted(connection, consultation_id)
        if consulted is None:
            raise NotFoundError(words("There is no such consultation."))
        page = await queries.list_rows(connection, Asked(consultation=consultation_id), after, MOST_OF_A_CONSULTATION,
                                       utc_now())
        await note_look(connection, program, visitor, Look(
            audit.Action.audit_consulted, words("consultation {number} with its questions",
                                                number=str(consultation_id)),
            {"consultation": str(consultation_id), **({"after": after} if after else {})}, count=len(page.items)))
    return consulted, page
