"""Asking a colleague to agree to a question about everybody, and agreeing, from one's own session: pages and API."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import API, CurrentVisitor, Visitor
from search.approvals.deciding import FEWEST_LETTERS, WHY_REFUSED, why_not_ask, why_not_decide
from search.approvals.schemas import MOST_WORDS, ApprovalItem, ApprovalsAnswer, DecisionGiven, RemarkGiven
from search.doors import may
from search.pages.language import AUDIT_LANGUAGE, Words, words
from search.pages.rendering import show_page
from search.program import Program, RunningProgram
from search.refusals import REFUSALS
from services import approvals, audit, notices
from services.approvals import Approval, Verdict
from services.clock import utc_now
from services.database import reading, transaction
from services.errors import BadQuestionError, NotFoundError
from services.roles import Act

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["approvals"], responses=REFUSALS)

_NOT_FOUND = words("There is no such request.")
_PAGE = "/approvals"


@pages.get("/approvals", dependencies=[may(Act.ask_reads)])
async def show_approvals(request: Request, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Show what waits for this visitor's agreement, and what they asked for themselves."""
    return await _show(request, program, visitor)


async def _show(request: Request, program: Program, visitor: Visitor, status: int = 200, *,
                problem: Words | None = None) -> Response:
    now, user_id = utc_now(), visitor.user.user_id
    async with reading(program.engine) as connection:
        waiting, own = await _lists(connection, visitor)
        on_call = await approvals.on_call_since(connection, user_id) if visitor.may(Act.approve_questions) else None
    return show_page(request, "approvals.html", status, waiting=waiting, on_call=on_call, problem=problem,
                     own=[(approval, approval.state(now)) for approval in own], here=_PAGE)


async def _lists(connection: AsyncConnection, visitor: Visitor) -> tuple[list[Approval], list[Approval]]:
    now, user_id = utc_now(), visitor.user.user_id
    waiting = (await approvals.list_waiting(connection, user_id, now)
               if visitor.may(Act.approve_questions) else [])
    return waiting, await approvals.list_own(connection, user_id, now)


@pages.post("/approvals/on-call", dependencies=[may(Act.approve_questions)])
async def change_on_call(program: RunningProgram, visitor: CurrentVisitor,
                         on_call: Annotated[bool, Form()] = False) -> Response:
    """Have requests reach this visitor first, or no longer."""
    async with transaction(program.engine) as connection:
        await approvals.set_on_call(connection, visitor.user.user_id, utc_now(), on_call=on_call)
        await program.trail.record(connection, visitor.actor, audit.Entry(
            audit.Action.on_call_changed, _in_dutch(program, words("On call") if on_call else words("Off call")),
            {"on_call": on_call}))
    return RedirectResponse(_PAGE, 303)


@pages.post("/approvals/{approval_id}/ask", dependencies=[may(Act.ask_reads)])
async def ask_from_form(request: Request, approval_id: UUID, program: RunningProgram, visitor: CurrentVisitor,
                        remark: Annotated[str, Form()] = "") -> Response:
    """Ask a colleague to agree to one's own question."""
    try:
        await _ask(program, visitor, approval_id, remark)
    except BadQuestionError as error:
        return await _show(request, program, visitor, error.status, problem=error.args[0])
    return RedirectResponse(_PAGE, 303)


@pages.post("/approvals/{approval_id}/decide", dependencies=[may(Act.approve_questions)])
async def decide_from_form(request: Request, approval_id: UUID, program: RunningProgram, visitor: CurrentVisitor,
                           agreed: Annotated[bool, Form()], answer: Annotated[str, Form()] = "") -> Response:
    """Agree to a colleague's question, or refuse."""
    try:
        await _decide(program, visitor, approval_id, agreed=agreed, answer=answer)
    except BadQuestionError as error:
        return await _show(request, program, visitor, error.status, problem=error.args[0])
    return RedirectResponse(_PAGE, 303)


@api.get("/approvals", summary="What waits for your agreement, and what you asked for",
         dependencies=[may(Act.ask_reads)])
async def get_approvals(program: RunningProgram, visitor: CurrentVisitor) -> ApprovalsAnswer:
    """Return requests of colleagues (to whoever may agree) and one's own of the last two days."""
    async with reading(program.engine) as connection:
        waiting, own = await _lists(connection, visitor)
    return ApprovalsAnswer(waiting=[_item(one) for one in waiting], own=[_item(one) for one in own])


@api.post("/approvals/{approval_id}/ask", summary="Ask a colleague to agree to your question",
          dependencies=[may(Act.ask_reads)])
async def ask(approval_id: UUID, program: RunningProgram, visitor: CurrentVisitor, given: RemarkGiven) -> ApprovalItem:
    """Ask for a second person; the id is in the refusal `needs-approval`."""
    return _item(await _ask(program, visitor, approval_id, given.remark))


@api.post("/approvals/{approval_id}/decide", summary="Agree to a colleague's question, or refuse",
          dependencies=[may(Act.approve_questions)])
async def decide(approval_id: UUID, program: RunningProgram, visitor: CurrentVisitor,
                 given: DecisionGiven) -> ApprovalItem:
    """Decide, in person: no token holds this right."""
    return _item(await _decide(program, visitor, approval_id, agreed=given.agreed, answer=given.answer))


def _item(approval: Approval) -> ApprovalItem:
    return ApprovalItem(
        approval_id=approval.approval_id, state=approval.state(utc_now()), question=approval.question,
        purpose=approval.purpose, file_number=approval.file_number, reason=approval.reason, asker=approval.asker,
        asked_at=approval.asked_at, remark=approval.remark, decider=approval.decider, decided_at=approval.decided_at,
        answer=approval.answer, expires_at=approval.expires_at)


async def _ask(program: Program, visitor: Visitor, approval_id: UUID, remark: str) -> Approval:
    """Ask a colleague; raises NotFoundError for what is not one's own, BadQuestionError when it cannot be asked."""
    now, remark = utc_now(), " ".join(remark.split())[:MOST_WORDS]
    async with transaction(program.engine) as connection:
        approval = await _locked(connection, approval_id)
        if approval.asked_by != visitor.user.user_id:
            raise NotFoundError(_NOT_FOUND)
        if why := why_not_ask(approval, visitor.user.user_id, now):
            raise BadQuestionError(why)
        await approvals.keep_request(connection, approval_id, remark, now)
        hearers = await approvals.find_hearers(connection, visitor.user.user_id)
        await notices.tell(connection, hearers.keys(), notices.News(
            notices.Kind.approval_asked, _subject(approval, visitor), _PAGE), now)
        asked = await _locked(connection, approval_id)
        await program.trail.record(connection, visitor.actor, audit.Entry(
            audit.Action.approval_asked, approval.question,
            {"approval": str(approval_id), "remark": remark, "reaches": sorted(hearers.values())},
            consultation_id=approval.consultation_id))
    return asked


async def _decide(program: Program, visitor: Visitor, approval_id: UUID, *, agreed: bool, answer: str) -> Approval:
    """Keep what the second person says; raises BadQuestionError when they cannot decide this, NotFoundError."""
    now, answer = utc_now(), " ".join(answer.split())[:MOST_WORDS]
    async with transaction(program.engine) as connection:
        approval = await _locked(connection, approval_id)
        if why := why_not_decide(approval, visitor.user.user_id, now):
            raise BadQuestionError(why)
        if not agreed and len(answer) < FEWEST_LETTERS:
            raise BadQuestionError(WHY_REFUSED)
        await approvals.keep_verdict(connection, approval_id, Verdict(visitor.user.user_id, agreed, answer), now)
        await notices.settle(connection, approval_id, now)
        await notices.tell(connection, [approval.asked_by], _news(approval, visitor, agreed=agreed, answer=answer), now)
        decided = await _locked(connection, approval_id)
        await program.trail.record(connection, visitor.actor, audit.Entry(
            audit.Action.approval_given if agreed else audit.Action.approval_refused, approval.question,
            {"approval": str(approval_id), "asker": approval.asker, "answer": answer},
            consultation_id=approval.consultation_id))
    return decided


async def _locked(connection: AsyncConnection, approval_id: UUID) -> Approval:
    approval = await approvals.find_approval(connection, approval_id, utc_now(), lock=True)
    if approval is None:
        raise NotFoundError(_NOT_FOUND)
    return approval


def _news(approval: Approval, visitor: Visitor, *, agreed: bool, answer: str) -> notices.News:
    subject = {**_subject(approval, visitor), "answer": answer}
    if not agreed:
        return notices.News(notices.Kind.approval_refused, subject, _PAGE)
    # A program's question has no page to be asked on again.
    address = _PAGE if approval.address.startswith(API) else approval.address
    return notices.News(notices.Kind.approval_given, subject, address)


def _subject(approval: Approval, visitor: Visitor) -> dict[str, str]:
    return {"approval_id": str(approval.approval_id), "officer": visitor.user.display_name,
            "file": approval.file_number}


def _in_dutch(program: Program, sentence: Words) -> str:
    return program.pages.languages[AUDIT_LANGUAGE].say(sentence)
