"""The monthly sample in the database: by which seal it is drawn, from which consultations, and what was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from search.audit.filters import Asked
from search.audit.queries import AuditRow, Consulted, list_consulted, list_rows
from services.audit import Action
from services.sampling import Candidate, Finding, Month, draw
from services.schema_people import audit, consultations, sample_reviews, users

QUESTIONS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Review:
    """What somebody found of a consultation that was drawn."""

    finding: Finding
    remark: str
    reviewed_by: str
    reviewed_at: datetime


@dataclass(frozen=True, slots=True)
class Drawn:
    """A consultation that was drawn: what was stated, asked and answered, and what was found of it."""

    consulted: Consulted
    rows: Sequence[AuditRow]
    more: bool
    """Whether more was asked than is shown."""
    review: Review | None


async def draw_month(connection: AsyncConnection, month: Month, size: int) -> list[UUID]:
    """Return the consultations drawn for a month that is over; none when nothing was written in it."""
    table = audit.c
    in_month = (table.at >= month.begins, table.at < month.ends)
    seal = await connection.scalar(
        select(table.link_seal).where(*in_month).order_by(table.audit_id.desc()).limit(1))
    if seal is None:
        return []
    asked = await connection.execute(
        select(table.consultation_id, consultations.c.user_id)
        .join(consultations, consultations.c.consultation_id == table.consultation_id)
        .where(*in_month, or_(table.decision.has_key("purpose"), table.action == Action.denied)).distinct())
    return draw(month, bytes(seal), (Candidate(row.consultation_id, row.user_id) for row in asked), size)


async def show_drawn(connection: AsyncConnection, month: Month, drawn: Sequence[UUID], now: datetime) -> list[Drawn]:
    """Return what was drawn in full, in the order of the draw."""
    consulted = await list_consulted(connection, drawn)
    reviews = await _list_reviews(connection, month)
    found = []
    for consultation_id in drawn:
        page = await list_rows(connection, Asked(consultation=consultation_id), None, QUESTIONS_SHOWN, now)
        found.append(Drawn(consulted[consultation_id], page.items, page.following is not None,
                           reviews.get(consultation_id)))
    return found


async def _list_reviews(connection: AsyncConnection, month: Month) -> dict[UUID, Review]:
    table = sample_reviews.c
    rows = await connection.execute(
        select(table.consultation_id, table.finding, table.remark, table.reviewed_at, users.c.display_name)
        .join(users, users.c.user_id == table.reviewed_by).where(table.month == month.first))
    return {row.consultation_id: Review(Finding(row.finding), row.remark, row.display_name, row.reviewed_at)
            for row in rows}


async def keep_review(connection: AsyncConnection, month: Month, consultation_id: UUID, found: tuple[Finding, str],
                      by: int, now: datetime) -> None:
    """Keep what was found of a consultation, and the remark; a later review replaces an earlier one."""
    values = {"finding": found[0], "remark": found[1], "reviewed_by": by, "reviewed_at": now}
    await connection.execute(
        insert(sample_reviews).values(month=month.first, consultation_id=consultation_id, **values)
        .on_conflict_do_update(index_elements=["month", "consultation_id"], set_=values))
