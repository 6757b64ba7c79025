"""Stating why before asking: opening and ending consultations."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import Asker, CurrentVisitor, MaybeVisitor, Visitor, require_asker
from search.consultations.schemas import ConsultationRequest, OpenedConsultation
from search.pages.language import AUDIT_LANGUAGE, Words, words
from search.pages.links import local_path
from search.pages.rendering import show_page
from search.pages.vocabulary import PURPOSES
from search.program import Program, RunningProgram
from search.refusals import REFUSALS
from services import accounts, audit, consultations
from services.clock import utc_now
from services.database import transaction
from services.errors import BadQuestionError

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["consultations"], responses=REFUSALS)

# What is missing, by the field that services.consultations names first.
_PROBLEMS = {
    "purpose": words("Choose the purpose of your questions."),
    "file_number": words("Give the number of the PV, the note or the incident (3 to 60 characters)."),
    "reason": words("Say in your own words why you ask (10 to 1000 characters)."),
}


@pages.get("/consultations/new")
async def show_form(request: Request, visitor: Asker) -> Response:
    """Show the form in which purpose, file and reason are stated."""
    following = local_path(request.query_params.get("next", ""), "/reads")
    opened = visitor.consultation
    empty = consultations.Request("", opened.file_number if opened else "", "")
    return show_page(request, "consultation.html", stated=empty, following=following, problems={})


@pages.post("/consultations")
async def open_from_form(
        request: Request, program: RunningProgram, visitor: MaybeVisitor, purpose: Annotated[str, Form()] = "",
        file_number: Annotated[str, Form()] = "", reason: Annotated[str, Form()] = "",
        following: Annotated[str, Form(alias="next")] = "/reads",
        log_in_for: Annotated[str, Form()] = "/") -> Response:
    """Open a consultation for this session and go on to the page it was needed for."""
    if visitor is None:
        return RedirectResponse(f"/login?next={local_path(log_in_for)}", 303)
    await require_asker(visitor)
    stated, following = consultations.Request(purpose, file_number, reason), local_path(following, "/reads")
    try:
        async with transaction(program.engine) as connection:
            await _end_open(connection, visitor)
            opened = await _open(connection, program, visitor, stated)
            if visitor.session_token:
                await accounts.hold_consultation(connection, visitor.session_token, opened.consultation_id)
    except BadQuestionError as error:
        return show_page(request, "consultation.html", error.status, stated=stated, following=following,
                         problems=_problem(error), here="/consultations/new")
    return RedirectResponse(following, 303)


def _problem(error: BadQuestionError) -> dict[str, Words]:
    field = str(error).partition(" ")[0].rstrip(":")
    return {field: _PROBLEMS[field]} if field in _PROBLEMS else {"": words("{problem}", problem=str(error))}


@pages.post("/consultations/end")
async def end(program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """End the session's consultation; the next question needs a new one."""
    async with transaction(program.engine) as connection:
        await _end_open(connection, visitor)
        if visitor.session_token:
            await accounts.hold_consultation(connection, visitor.session_token, None)
    return RedirectResponse("/consultations/new", 303)


@api.post("/consultations", status_code=201, summary="Open a consultation")
async def open_from_api(program: RunningProgram, visitor: Asker,
                        stated: ConsultationRequest) -> OpenedConsultation:
    """State purpose, file number and reason; the answer's id goes with every question."""
    async with transaction(program.engine) as connection:
        opened = await _open(connection, program, visitor,
                             consultations.Request(stated.purpose, stated.file_number, stated.reason))
    return OpenedConsultation(consultation_id=opened.consultation_id, purpose=opened.purpose.code,
                              file_number=opened.file_number, expires_at=opened.expires_at)


async def _open(connection: AsyncConnection, program: Program, visitor: Visitor,
                stated: consultations.Request) -> consultations.Consultation:
    opened = await consultations.open_consultation(
        connection, visitor.user.user_id, stated, utc_now(), program.settings.consultation_hours)
    in_words = words("{purpose}; file {file}; reason: {reason}", purpose=PURPOSES[opened.purpose.code][0],
                     file=opened.file_number, reason=opened.reason)
    await audit.record(connection, visitor.actor, audit.Entry(
        audit.Action.consultation_opened, program.pages.languages[AUDIT_LANGUAGE].say(in_words),
        {"purpose": opened.purpose.code, "file_number": opened.file_number, "reason": opened.reason},
        consultation_id=opened.consultation_id))
    return opened


async def _end_open(connection: AsyncConnection, visitor: Visitor) -> None:
    opened = visitor.consultation
    if opened and await consultations.end_consultation(connection, opened.consultation_id, visitor.user.user_id,
                                                       utc_now()):
        await audit.record(connection, visitor.actor, audit.Entry(
            audit.Action.consultation_ended, consultation_id=opened.consultation_id))
