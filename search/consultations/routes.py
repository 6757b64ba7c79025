"""Stating why before asking: opening and ending consultations, and the PVs that urgent ones owe."""

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import CurrentVisitor, Visitor
from search.consultations import queries
from search.consultations.form import Asked, Draft, fill_form, problems_of
from search.consultations.schemas import (
    ConsultationForm,
    ConsultationRequest,
    OpenedConsultation,
    OwedPvItem,
    OwedPvs,
    PvNumber,
)
from search.doors import may
from search.pages.language import AUDIT_LANGUAGE, Words, words
from search.pages.links import local_path
from search.pages.rendering import show_page
from search.pages.vocabulary import PURPOSES
from search.program import Program, RunningProgram
from search.refusals import REFUSALS
from services import audit, consultations, sessions, urgent
from services.clock import utc_now
from services.consultations import Lacking, StatementError
from services.database import reading, transaction
from services.errors import BadQuestionError, NotFoundError
from services.gate import PURPOSES as PURPOSE_RULES
from services.gate import Purpose, is_confirmed, purposes_of
from services.reasons import reason_key
from services.roles import Act

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["consultations"], responses=REFUSALS)


@pages.get("/consultations/new", dependencies=[may(Act.consult)])
async def show_form(request: Request, visitor: CurrentVisitor, like: str = "") -> Response:
    """Show the form in which purpose, file and reason are stated; `like` is one's own consultation of that file."""
    following = local_path(request.query_params.get("next", ""), "/reads")
    return await _show(request, visitor, following, like=like)


async def _show(request: Request, visitor: Visitor, following: str, status: int = 200, *, like: str = "",
                ordinary: Draft | None = None, urgent_draft: Draft | None = None) -> Response:
    program: Program = request.app.state.program
    now, opened = utc_now(), visitor.consultation
    async with reading(program.engine) as connection:
        rules = await program.rules.current(connection)
        stated = await queries.list_stated(connection, visitor.user.user_id, now)
    asked = Asked(visitor.user.role, purposes_of(visitor.user.role, rules), stated,
                  opened.consultation_id if opened else None, like)
    form = fill_form(asked, now, ordinary=ordinary, urgent=urgent_draft)
    return show_page(request, "consultation.html", status, form=form, following=following,
                     here=None if request.method == "GET" else "/consultations/new")


@pages.post("/consultations", dependencies=[may(Act.consult)])
async def open_from_form(request: Request, program: RunningProgram, visitor: CurrentVisitor,
                         form: Annotated[ConsultationForm, Form()]) -> Response:
    """Open a consultation for this session and go on to the page it was needed for, or to the plate in the form."""
    stated = consultations.Request(form.purpose, form.file_number, form.reason, form.file_kind, form.urgent)
    following = local_path(form.next, "/reads")
    try:
        async with transaction(program.engine) as connection:
            opened, entry = await _open(connection, program, visitor, stated)
            ended = await _end_open(connection, visitor)
            if visitor.session_token:
                await sessions.hold_consultation(connection, visitor.session_token, opened.consultation_id)
            for row in (*ended, entry):
                await program.trail.record(connection, visitor.actor, row)
    except BadQuestionError as error:
        draft = Draft(stated, problems_of(error), form.plate)
        return await _show(request, visitor, following, error.status, ordinary=None if form.urgent else draft,
                           urgent_draft=draft if form.urgent else None)
    plate = form.plate.strip()
    return RedirectResponse(f"/reads?{urlencode({'plate': plate})}" if plate else following, 303)


@pages.post("/consultations/end", dependencies=[may(Act.consult)])
async def end(program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """End the session's consultation; the next question needs a new one."""
    async with transaction(program.engine) as connection:
        ended = await _end_open(connection, visitor)
        if visitor.session_token:
            await sessions.hold_consultation(connection, visitor.session_token, None)
        for row in ended:
            await program.trail.record(connection, visitor.actor, row)
    return RedirectResponse("/consultations/new", 303)


@pages.get("/consultations/owed", dependencies=[may(Act.consult)])
async def show_owed(request: Request, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Show for which of one's own urgent consultations the PV's number is still to come."""
    return await _show_owed(request, program, visitor)


async def _show_owed(request: Request, program: Program, visitor: Visitor, status: int = 200, *,
                     wrong: UUID | None = None, written: str = "", problem: Words | None = None) -> Response:
    async with reading(program.engine) as connection:
        owed = await urgent.list_owed(connection, visitor.user.user_id)
    return show_page(request, "owed.html", status, owed=owed, wrong=wrong, written=written, problem=problem,
                     here="/consultations/owed")


@pages.post("/consultations/{consultation_id}/pv", dependencies=[may(Act.consult)])
async def give_pv_from_form(request: Request, consultation_id: UUID, program: RunningProgram, visitor: CurrentVisitor,
                            pv_number: Annotated[str, Form()] = "") -> Response:
    """Note the number of an urgent consultation's PV."""
    try:
        await _give_pv(program, visitor, consultation_id, pv_number)
    except StatementError as error:
        (problem,) = problems_of(error).values()
        return await _show_owed(request, program, visitor, error.status, wrong=consultation_id, written=pv_number,
                                problem=problem)
    return RedirectResponse("/consultations/owed", 303)


@api.post("/consultations", status_code=201, summary="Open a consultation", dependencies=[may(Act.consult)])
async def open_from_api(program: RunningProgram, visitor: CurrentVisitor,
                        stated: ConsultationRequest) -> OpenedConsultation:
    """State purpose, file number and reason; the answer's id goes with every question."""
    async with transaction(program.engine) as connection:
        opened, entry = await _open(connection, program, visitor, consultations.Request(
            stated.purpose, stated.file_number, stated.reason, stated.file_kind, stated.urgent))
        await program.trail.record(connection, visitor.actor, entry)
    return OpenedConsultation(consultation_id=opened.consultation_id, purpose=opened.purpose.code,
                              file_number=opened.file_number, expires_at=opened.expires_at)


@api.get("/consultations/owed", summary="The PVs that your urgent consultations owe", dependencies=[may(Act.consult)])
async def get_owed(program: RunningProgram, visitor: CurrentVisitor) -> OwedPvs:
    """Return your urgent consultations for which no PV number was given yet."""
    async with reading(program.engine) as connection:
        owed = await urgent.list_owed(connection, visitor.user.user_id)
    return OwedPvs(items=[_item(one) for one in owed])


@api.post("/consultations/{consultation_id}/pv", summary="Give the number of an urgent consultation's PV",
          dependencies=[may(Act.consult)])
async def give_pv(consultation_id: UUID, program: RunningProgram, visitor: CurrentVisitor, given: PvNumber,
                  ) -> OwedPvItem:
    """Note the number; the consultation owes nothing from then on."""
    return _item(await _give_pv(program, visitor, consultation_id, given.pv_number))


def _item(owed: urgent.OwedPv) -> OwedPvItem:
    return OwedPvItem(consultation_id=owed.consultation_id, purpose=owed.purpose, incident=owed.incident,
                      opened_at=owed.opened_at, due_at=owed.due_at, told_at=owed.told_at)


async def _give_pv(program: Program, visitor: Visitor, consultation_id: UUID, number: str) -> urgent.OwedPv:
    async with transaction(program.engine) as connection:
        owed = await urgent.give_pv(connection, visitor.user.user_id, consultation_id, number, utc_now())
        if owed is None:
            raise NotFoundError(words("None of your urgent consultations owes a PV there."))
        number = " ".join(number.split())
        in_words = words("PV {number} for the urgent consultation of incident {file}", number=number,
                         file=owed.incident)
        await program.trail.record(connection, visitor.actor, audit.Entry(
            audit.Action.pv_given, _in_dutch(program, in_words),
            {"pv_number": number, "file_number": owed.incident}, {"late": owed.due_at < utc_now()},
            consultation_id=consultation_id))
    return owed


async def _open(connection: AsyncConnection, program: Program, visitor: Visitor, stated: consultations.Request,
                ) -> tuple[consultations.Consultation, audit.Entry]:
    """Open a consultation; return it with what the audit has to keep of it."""
    checked = stated.checked()
    await _refuse_purpose(connection, program, visitor, PURPOSE_RULES[checked.purpose])
    opening = consultations.Opening(program.settings.consultation_hours,
                                    reason_key(program.identity, checked.reason))
    opened = await consultations.open_consultation(connection, visitor.user.user_id, checked, opening, utc_now())
    in_words = words("{purpose}; file {file}; reason: {reason}", purpose=PURPOSES[opened.purpose.code][0],
                     file=opened.file_number, reason=opened.reason)
    return opened, audit.Entry(
        audit.Action.consultation_opened, _in_dutch(program, in_words),
        {"purpose": opened.purpose.code, "file_kind": opened.file_kind, "file_number": opened.file_number,
         "reason": opened.reason, "origin": opened.origin}, {"flags": list(opened.flags)},
        consultation_id=opened.consultation_id)


def _in_dutch(program: Program, sentence: Words) -> str:
    return program.pages.languages[AUDIT_LANGUAGE].say(sentence)


async def _refuse_purpose(connection: AsyncConnection, program: Program, visitor: Visitor, purpose: Purpose) -> None:
    """Raise StatementError for a purpose that is not for this role, or not confirmed by the DPO."""
    if visitor.user.role not in purpose.roles:
        raise StatementError(Lacking.foreign_purpose, "purpose: your role does not ask for this purpose")
    if not is_confirmed(purpose, await program.rules.current(connection)):
        raise StatementError(Lacking.unconfirmed_purpose,
                             "purpose: the data protection officer has not confirmed this purpose")


async def _end_open(connection: AsyncConnection, visitor: Visitor) -> list[audit.Entry]:
    """End what the session has open; return what the audit has to keep of it."""
    opened = visitor.consultation
    if opened and await consultations.end_consultation(connection, opened.consultation_id, visitor.user.user_id,
                                                       utc_now()):
        return [audit.Entry(audit.Action.consultation_ended, consultation_id=opened.consultation_id)]
    return []
