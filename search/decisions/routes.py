"""Decisions of the procureur des Konings: pages and API. Comparing is done by a person alone, on the page."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import CurrentVisitor
from search.cameras.queries import by_municipality, list_cameras
from search.decisions import changing, wording
from search.decisions.queries import camera_ids
from search.decisions.schemas import (
    REGISTRATION,
    ComparisonForm,
    DecisionItem,
    DecisionsAnswer,
    DecisionsParameters,
    Revocation,
)
from search.decisions.stating import Stated, problem_of
from search.decisions.uploading import MOST_SENT, read_form
from search.doors import may
from search.pages.language import Language, Words
from search.pages.rendering import language_of, show_page
from search.program import Program, RunningProgram
from search.refusals import REFUSALS
from services import prosecutor
from services.clock import utc_now
from services.database import transaction
from services.documents import content_type, name_ending
from services.errors import BadQuestionError, NotFoundError
from services.prosecutor import Document, Registered, State
from services.roles import Act

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["decisions"], responses=REFUSALS)
PAGE_LENGTH = 50
_MOST = 2**31 - 1
# Whatever a document holds, it runs nothing, loads nothing and is framed by nobody.
_DOCUMENT_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
DecisionId = Annotated[int, Path(ge=1, le=_MOST)]


async def _codes(connection: AsyncConnection) -> dict[int, str]:
    return {number: code for code, number in (await camera_ids(connection)).items()}


async def _find(connection: AsyncConnection, decision_id: int) -> Registered:
    decision = await prosecutor.find_decision(connection, decision_id)
    if decision is None:
        raise NotFoundError(changing.UNKNOWN)
    return decision


def _item(decision: Registered, codes: Mapping[int, str], language: Language) -> DecisionItem:
    cameras = None if decision.cameras is None else wording.camera_codes(decision.cameras, codes)
    same = {name: getattr(decision, name) for name in (
        "decision_id", "reference", "file_number", "magistrate", "decided_on", "reasons", "offence_of_a_year",
        "plates", "since", "until", "expires_on", "document_name", "document_bytes", "registered_at", "compared_at",
        "refused_because", "revoked_at", "revoked_because")}
    return DecisionItem(
        **same, state=decision.state(utc_now()), scope=language.say(wording.scope_in_words(decision, codes)),
        cameras=cameras, document_sha256=decision.document_sha256.hex(), registered_by=decision.registered_name,
        compared_by=decision.compared_name, revoked_by=decision.revoked_name)


def _hand_out(decision_id: int, document: Document) -> Response:
    """Hand out a document as a file. Its name holds no plate: it ends in lists of downloads that nobody guards."""
    name = f"beslissing-{decision_id}.{name_ending(document.content)}"
    return Response(document.content, media_type=content_type(document.content) or "application/octet-stream",
                    headers={"Content-Disposition": f'attachment; filename="{name}"',
                             "Content-Security-Policy": _DOCUMENT_POLICY})


def _following(found: Sequence[Registered], limit: int) -> int | None:
    return found[limit - 1].decision_id if len(found) > limit else None


@api.get("/decisions", summary="Decisions of the procureur des Konings", dependencies=[may(Act.register_decisions)])
async def get_decisions(request: Request, parameters: Annotated[DecisionsParameters, Query()],
                        program: RunningProgram) -> DecisionsAnswer:
    """Return registered decisions, the last registered first."""
    async with transaction(program.engine) as connection:
        found = await prosecutor.list_decisions(connection, parameters.file, parameters.before, parameters.limit + 1)
        codes = await _codes(connection)
    language = language_of(request)
    return DecisionsAnswer(items=[_item(decision, codes, language) for decision in found[:parameters.limit]],
                           next=_following(found, parameters.limit))


@api.post("/decisions", status_code=201, summary="Register a decision", openapi_extra=REGISTRATION,
          max_body_size=MOST_SENT, dependencies=[may(Act.register_decisions)])
async def post_decision(request: Request, program: RunningProgram, visitor: CurrentVisitor) -> DecisionItem:
    """Keep a decision with its document; it opens nothing before a colleague compared the two on the page."""
    form = await read_form(request, "document")
    decision_id = await changing.register(program, visitor, Stated.of(form), form)
    return await _answer(request, program, decision_id)


@api.get("/decisions/{decision_id}", summary="One decision", dependencies=[may(Act.register_decisions)])
async def get_decision(request: Request, decision_id: DecisionId, program: RunningProgram) -> DecisionItem:
    """Return one decision, with its scope in words."""
    return await _answer(request, program, decision_id)


async def _answer(request: Request, program: Program, decision_id: int) -> DecisionItem:
    async with transaction(program.engine) as connection:
        return _item(await _find(connection, decision_id), await _codes(connection), language_of(request))


@api.get("/decisions/{decision_id}/document", summary="A decision's document", response_class=Response,
         dependencies=[may(Act.register_decisions)], responses={
             200: {"content": {kind: {} for kind in ("application/pdf", "image/jpeg", "image/png")}}})
async def get_document(decision_id: DecisionId, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Return the document as it was handed in."""
    return _hand_out(decision_id, await changing.open_document(program, visitor, decision_id))


@api.post("/decisions/{decision_id}/revocation", summary="Revoke a decision",
          dependencies=[may(Act.register_decisions)])
async def post_revocation(request: Request, decision_id: DecisionId, revocation: Revocation, program: RunningProgram,
                          visitor: CurrentVisitor) -> DecisionItem:
    """Have a decision open nothing any more, from the next question on and for good."""
    await changing.revoke(program, visitor, decision_id, revocation.because)
    return await _answer(request, program, decision_id)


@pages.get("/decisions", dependencies=[may(Act.register_decisions)])
async def show_decisions(request: Request, parameters: Annotated[DecisionsParameters, Query()],
                         program: RunningProgram) -> Response:
    """Show the registered decisions and how each stands."""
    file = (parameters.file or "").strip() or None
    async with transaction(program.engine) as connection:
        found = await prosecutor.list_decisions(connection, file, parameters.before, PAGE_LENGTH + 1)
        codes = await _codes(connection)
    following = _following(found, PAGE_LENGTH)
    more = f"/decisions?{urlencode({'before': following, **({'file': file} if file else {})})}" if following else None
    return show_page(request, "decisions.html", decisions=found[:PAGE_LENGTH], file=file or "", more=more, codes=codes,
                     wording=wording, at=utc_now())


@pages.get("/decisions/new", dependencies=[may(Act.register_decisions)])
async def show_form(request: Request, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Show the form, with the file of the consultation that is open."""
    opened = visitor.consultation
    return await _show_form(request, program, Stated(file_number=opened.file_number if opened else ""), {}, 200)


async def _show_form(request: Request, program: Program, stated: Stated, problems: Mapping[str, Words],
                     status: int) -> Response:
    async with transaction(program.engine) as connection:
        groups = by_municipality(await list_cameras(connection))
    return show_page(request, "decision_new.html", status, stated=stated, problems=problems, groups=groups,
                     here="/decisions/new")


@pages.post("/decisions", max_body_size=MOST_SENT, dependencies=[may(Act.register_decisions)])
async def register_from_form(request: Request, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Register what the form says and show the decision; what is wrong is said beside its field."""
    stated = Stated()
    try:
        form = await read_form(request, "document")
        stated = Stated.of(form)
        decision_id = await changing.register(program, visitor, stated, form)
    except BadQuestionError as error:
        return await _show_form(request, program, stated, dict([problem_of(error)]), error.status)
    return RedirectResponse(f"/decisions/{decision_id}", 303)


@pages.get("/decisions/{decision_id}", dependencies=[may(Act.register_decisions)])
async def show_decision(request: Request, decision_id: DecisionId, program: RunningProgram) -> Response:
    """Show one decision with its scope in words, how it stands and who did what."""
    return await _show_decision(request, program, decision_id)


async def _show_decision(request: Request, program: Program, decision_id: int,
                         problem: BadQuestionError | None = None) -> Response:
    async with transaction(program.engine) as connection:
        decision = await _find(connection, decision_id)
        codes = await _codes(connection)
        rules = await program.rules.current(connection)
    now = utc_now()
    return show_page(request, "decision.html", problem.status if problem else 200, decision=decision, codes=codes,
                     wording=wording, state=decision.state(now), State=State, here=f"/decisions/{decision_id}",
                     below_threshold=rules.offence_threshold and not decision.offence_of_a_year,
                     problem=problem.args[0] if problem else None)


@pages.get("/decisions/{decision_id}/document", dependencies=[may(Act.register_decisions)])
async def download_document(decision_id: DecisionId, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Hand out the document as it was handed in."""
    return _hand_out(decision_id, await changing.open_document(program, visitor, decision_id))


@pages.post("/decisions/{decision_id}/revoke", dependencies=[may(Act.register_decisions)])
async def revoke_from_form(request: Request, decision_id: DecisionId, program: RunningProgram,
                           visitor: CurrentVisitor, because: Annotated[str, Form()] = "") -> Response:
    """Have a decision open nothing any more."""
    try:
        await changing.revoke(program, visitor, decision_id, because)
    except BadQuestionError as error:
        return await _show_decision(request, program, decision_id, error)
    return RedirectResponse(f"/decisions/{decision_id}", 303)


@pages.get("/decisions/{decision_id}/compare", dependencies=[may(Act.compare_decisions)])
async def show_comparison(request: Request, decision_id: DecisionId, program: RunningProgram) -> Response:
    """Show what was registered beside the document, a tick for each part."""
    return await _show_comparison(request, program, decision_id, ComparisonForm())


async def _show_comparison(request: Request, program: Program, decision_id: int, stated: ComparisonForm,
                           problem: BadQuestionError | None = None) -> Response:
    async with transaction(program.engine) as connection:
        decision = await _find(connection, decision_id)
        codes = await _codes(connection)
    return show_page(request, "decision_compare.html", problem.status if problem else 200, decision=decision,
                     codes=codes, wording=wording, state=decision.state(utc_now()), State=State, stated=stated,
                     problem=problem.args[0] if problem else None, here=f"/decisions/{decision_id}/compare",
                     is_picture=decision.document_name.endswith((".jpg", ".png")))


@pages.post("/decisions/{decision_id}/compare", dependencies=[may(Act.compare_decisions)])
async def compare_from_form(request: Request, decision_id: DecisionId, program: RunningProgram,
                            visitor: CurrentVisitor, form: Annotated[ComparisonForm, Form()]) -> Response:
    """Keep what the second person found: the document says the same, or it says something else."""
    try:
        if form.verdict == "refuse":
            await changing.refuse(program, visitor, decision_id, form.because)
        else:
            await changing.agree(program, visitor, decision_id, form.seen)
    except BadQuestionError as error:
        return await _show_comparison(request, program, decision_id, form, error)
    return RedirectResponse(f"/decisions/{decision_id}", 303)
