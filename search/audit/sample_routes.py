"""The monthly sample of consultations with question and answer, and what was found of each."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import CurrentVisitor, Visitor
from search.audit import sample_queries
from search.audit.consulting import Look, note_look
from search.audit.queries import AuditRow, find_consulted
from search.audit.sample_queries import Drawn
from search.audit.wording import FILE_KINDS, FINDINGS, FLAGS, ORIGINS, name_of_action
from search.doors import may
from search.pages.language import words
from search.pages.rendering import show_page
from search.program import Program, RunningProgram
from services.audit import Action
from services.clock import from_epoch_ms, local_day, utc_now
from services.database import transaction
from services.errors import BadQuestionError, ForbiddenError, NotFoundError
from services.identity import captured_ms_of, is_read_id
from services.retention_rule import cut_off
from services.roles import Act
from services.sampling import Finding, Month, read_month

pages = APIRouter(include_in_schema=False)
MOST_REMARK = 2000


def _month_of(text: str) -> Month:
    """Return the month that is asked for, without one the last that is over; raises BadQuestionError."""
    if not text:
        return Month(local_day(utc_now()).replace(day=1)).previous
    try:
        return read_month(text)
    except (ValueError, OverflowError):
        raise BadQuestionError(words("month: write a month as 2026-11")) from None


@pages.get("/audit/sample", dependencies=[may(Act.review_consultations)])
async def show_sample(request: Request, program: RunningProgram, visitor: CurrentVisitor, month: str = "") -> Response:
    """Show the consultations that were drawn for a month."""
    try:
        wanted, problem = _month_of(month), None
    except BadQuestionError as error:
        wanted, problem = _month_of(""), error
    over = wanted.ends <= utc_now()
    drawn = await _draw(program, visitor, wanted) if over and problem is None else []
    return show_page(request, "audit_sample.html", problem.status if problem else 200, month=wanted, over=over,
                     drawn=drawn, problem=problem.args[0] if problem else None, findings=FINDINGS, origins=ORIGINS,
                     file_kinds=FILE_KINDS, flags=FLAGS, name_of_action=name_of_action, opened_in=opened_in,
                     most_remark=MOST_REMARK, action=Action)


async def _draw(program: Program, visitor: Visitor, month: Month) -> list[Drawn]:
    async with transaction(program.engine) as connection:
        size = (await program.rules.current(connection)).sample_size
        drawn = await sample_queries.draw_month(connection, month, size)
        shown = await sample_queries.show_drawn(connection, month, drawn, utc_now())
        await note_look(connection, program, visitor, Look(
            Action.sample_consulted, words("sample of {month}", month=str(month)), {"month": str(month)},
            count=len(shown)))
    return shown


def opened_in(row: AuditRow) -> list[UUID]:
    """Return the reads that a row opened in full, as long as they may be kept; their numbers alone."""
    if row.action != Action.read_opened:
        return []
    limit = cut_off(utc_now())
    return [read_id for read_id in row.read_ids
            if is_read_id(read_id) and from_epoch_ms(captured_ms_of(read_id)) >= limit]


@pages.post("/audit/sample", dependencies=[may(Act.review_consultations)])
async def review_from_form(program: RunningProgram, visitor: CurrentVisitor,
                           consultation_id: Annotated[UUID, Form()], month: Annotated[str, Form()] = "",
                           finding: Annotated[str, Form()] = "", remark: Annotated[str, Form()] = "") -> Response:
    """Keep what was found of a consultation that was drawn."""
    wanted = _month_of(month)
    if finding not in set(Finding):
        raise BadQuestionError(words("finding: choose of {choices}", choices=list(Finding)))
    if len(remark) > MOST_REMARK:
        raise BadQuestionError(words("remark: at most {most} characters", most=MOST_REMARK))
    async with transaction(program.engine) as connection:
        await _review(connection, program, visitor, (wanted, consultation_id), (Finding(finding), remark.strip()))
    return RedirectResponse(f"/audit/sample?month={wanted}#c-{consultation_id}", 303)


async def _review(connection: AsyncConnection, program: Program, visitor: Visitor, which: tuple[Month, UUID],
                  found: tuple[Finding, str]) -> None:
    month, consultation_id = which
    size = (await program.rules.current(connection)).sample_size
    drawn = await sample_queries.draw_month(connection, month, size) if month.ends <= utc_now() else []
    consulted = await find_consulted(connection, consultation_id) if consultation_id in drawn else None
    if consulted is None:
        raise NotFoundError(words("This consultation was not drawn for that month."))
    if consulted.user_id == visitor.user.user_id:
        raise ForbiddenError(words("Nobody reviews their own consultation."))
    await sample_queries.keep_review(connection, month, consultation_id, found, visitor.user.user_id, utc_now())
    await note_look(connection, program, visitor, Look(
        Action.sample_reviewed, words("consultation {number}, drawn for {month}: {finding}",
                                      number=str(consultation_id), month=str(month), finding=FINDINGS[found[0]]),
        {"month": str(month), "finding": found[0], "remark": found[1]}, consultation_id))
