"""Who consulted what: the audit's rows, one row, one consultation, and the same as files; pages and API."""

from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from search.access import CurrentVisitor, Visitor
from search.audit import consulting
from search.audit.exports import FORMATS, in_full
from search.audit.filters import Asked, parse_asked
from search.audit.form import fill_form
from search.audit.queries import AuditRow
from search.audit.schemas import (
    AuditAnswer,
    AuditFilters,
    AuditParameters,
    AuditRowAnswer,
    ConsultationAnswer,
    SealedRowAnswer,
)
from search.audit.wording import FILE_KINDS, FLAGS, ORIGINS, name_of_action
from search.doors import may
from search.pages.language import words
from search.pages.rendering import language_of, show_page
from search.program import Program, RunningProgram
from search.refusals import REFUSALS
from services.errors import BadQuestionError
from services.roles import Act

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["audit"], responses=REFUSALS)
Kind = Literal["csv", "jsonl"]
PAGE_LENGTH = 50
_BESIDE_ON_PAGE, _BESIDE_IN_API = frozenset({"after"}), frozenset({"after", "limit"})
_MOST = 2**63


@api.get("/audit", summary="Who consulted what", dependencies=[may(Act.read_audit)])
async def get_rows(request: Request, parameters: Annotated[AuditParameters, Query()], program: RunningProgram,
                   visitor: CurrentVisitor) -> AuditAnswer:
    """Return rows of the audit, newest first; asking for them is a row of its own."""
    asked = parse_asked(request.query_params.multi_items(), beside=_BESIDE_IN_API)
    page = await consulting.consult(program, visitor, asked, parameters.after, parameters.limit)
    return AuditAnswer(question=language_of(request).say(asked.sentence()), items=[_row(row) for row in page.items],
                       next=page.following)


@api.get("/audit.{kind}", summary="The audit as a file", dependencies=[may(Act.export_audit)], response_class=Response,
         responses={200: {"description": "CSV (RFC 4180, UTF-8), or JSON lines with the seals; oldest row first.",
                          "content": {kind.media_type: {} for kind in FORMATS.values()}}})
async def get_file(request: Request, kind: Kind, _: Annotated[AuditFilters, Query()], program: RunningProgram,
                   visitor: CurrentVisitor) -> Response:
    """Return rows of the audit as a file, oldest first, at most 100,000."""
    return await _export(request, kind, program, visitor)


@api.get("/audit/rows/{audit_id}", summary="One row of the audit with its seals", dependencies=[may(Act.read_audit)])
async def get_row(audit_id: int, program: RunningProgram, visitor: CurrentVisitor) -> SealedRowAnswer:
    """Return one row in full."""
    row = await consulting.open_row(program, visitor, audit_id)
    return SealedRowAnswer.model_validate(in_full(row))


@api.get("/audit/consultations/{consultation_id}", summary="One consultation with its questions",
         dependencies=[may(Act.read_audit)])
async def get_consultation(consultation_id: UUID, program: RunningProgram, visitor: CurrentVisitor,
                           after: Annotated[int | None, Query(ge=1, lt=_MOST)] = None) -> ConsultationAnswer:
    """Return what was stated, and every question under it with what came of it, newest first."""
    consulted, page = await consulting.open_consultation(program, visitor, consultation_id, after)
    stated = {name: getattr(consulted, name) for name in ConsultationAnswer.model_fields
              if name not in ("items", "next")}
    return ConsultationAnswer(**stated, items=[_row(row) for row in page.items], next=page.following)


def _row(row: AuditRow) -> AuditRowAnswer:
    return AuditRowAnswer.model_validate(in_full(row))


@pages.get("/audit", dependencies=[may(Act.read_audit)])
async def show_rows(request: Request, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Show the form and the rows that it asks for, newest first."""
    asked, page, problem = Asked(), None, None
    try:
        asked = parse_asked(request.query_params.multi_items(), beside=_BESIDE_ON_PAGE)
        page = await consulting.consult(program, visitor, asked, read_after(request), PAGE_LENGTH)
    except BadQuestionError as error:
        problem = error
    form = fill_form(asked, request.query_params if problem else None, language_of(request))
    query = urlencode(asked.pairs())
    more = f"/audit?{urlencode([*asked.pairs(), ('after', page.following)])}" if page and page.following else None
    return show_page(request, "audit.html", problem.status if problem else 200, form=form, asked=asked, page=page,
                     problem=problem.args[0] if problem else None, more=more, name_of_action=name_of_action,
                     files={kind: f"/audit.{kind}" + (f"?{query}" if query else "") for kind in FORMATS})


def read_after(request: Request) -> int | None:
    """Return the number after which a page goes on; raises BadQuestionError when it is none."""
    text = request.query_params.get("after", "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 19 and 0 < int(text) < _MOST):
        raise BadQuestionError(words(
            "after: take this value from the previous answer, or leave it out to begin anew"))
    return int(text)


@pages.get("/audit.{kind}", dependencies=[may(Act.export_audit)])
async def download_file(request: Request, kind: Kind, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Let a browser keep the rows of its page as a file."""
    return await _export(request, kind, program, visitor)


async def _export(request: Request, kind: Kind, program: Program, visitor: Visitor) -> Response:
    asked = parse_asked(request.query_params.multi_items())
    rows = await consulting.export(program, visitor, asked, kind)
    return Response(FORMATS[kind].write(rows), media_type=FORMATS[kind].media_type,
                    headers={"Content-Disposition": f'attachment; filename="audit.{kind}"'})


@pages.get("/audit/rows/{audit_id}", dependencies=[may(Act.read_audit)])
async def show_row(request: Request, audit_id: int, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Show one row in full."""
    row = await consulting.open_row(program, visitor, audit_id)
    return show_page(request, "audit_row.html", row=row, name_of_action=name_of_action, origins=ORIGINS)


@pages.get("/audit/consultations/{consultation_id}", dependencies=[may(Act.read_audit)])
async def show_consultation(request: Request, consultation_id: UUID, program: RunningProgram,
                            visitor: CurrentVisitor) -> Response:
    """Show a consultation with every question under it and what came of them."""
    consulted, page = await consulting.open_consultation(program, visitor, consultation_id, read_after(request))
    return show_page(request, "audit_consultation.html", consulted=consulted, page=page, origins=ORIGINS, flags=FLAGS,
                     file_kinds=FILE_KINDS, name_of_action=name_of_action)
