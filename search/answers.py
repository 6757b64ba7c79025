"""The audited path: the only way from a question to reads.

`Answers.ask` wants an open consultation, asks the gate, runs the question and writes the audit row in one transaction,
and hands out the answer after the commit. Reads can only be queried with a `Permitted`, which is made here alone.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Header, Request
from psycopg.errors import QueryCanceled
from sqlalchemy import ColumnElement, FromClause, Result, Select, and_, false, or_, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import CurrentVisitor, is_api
from search.doors import NOT_YOURS
from search.pages.language import AUDIT_LANGUAGE, Words, words
from search.program import RunningProgram
from services import approvals, audit
from services.clock import iso_ms, local_day, utc_now
from services.consultations import Consultation, find_consultation
from services.database import transaction
from services.errors import ApprovalNeededError, ForbiddenError, NoConsultationError, TooBroadError, ZoneschildError
from services.gate import Aim, Permission, Refused, Scope, Standing, Verdict
from services.roles import Act
from services.schema import plates, reads

_log = logging.getLogger(__name__)
_MADE_HERE = object()
T = TypeVar("T")
_PLAN_FOR_ANY_VALUE = text("SET LOCAL plan_cache_mode = force_generic_plan")
NO_CONSULTATION = words("Open a consultation first: state the purpose, the file and the reason.")


class Permitted:
    """The right to run one question: the gate's permission and the only connection on which reads are queried."""

    __slots__ = ("_planned_once", "connection", "permission")

    def __init__(self, made_here: object, connection: AsyncConnection, permission: Permission) -> None:
        if made_here is not _MADE_HERE:
            raise TypeError("reads are queried through Answers.ask alone")
        self.connection, self.permission = connection, permission
        self._planned_once = False

    async def execute(self, statement: Select[Any], values: Mapping[str, Any] | None = None) -> Result[Any]:
        """Run a query."""
        found: Result[Any] = await self.connection.execute(statement, dict(values or {}))
        return found

    async def plan_once(self) -> None:
        """Have what follows in this transaction run under plans that were made once for any value.

        A plate's look-up is the same in every week, whichever plate it is; planning it anew for the fifty-three weeks
        of a year takes ten times as long as the look-up itself. All others get plans of their own (decision 0040).
        """
        if not self._planned_once:
            await self.connection.execute(_PLAN_FOR_ANY_VALUE)
            self._planned_once = True

    def select_reads(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """Begin a query on reads that sees no more than is permitted."""
        return select(*columns).where(reads.c.captured_at >= self.permission.earliest, *self.narrowing(reads))

    def select_reads_of_every_plate(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """Begin a query on the reads of those times in which every plate may be seen.

        Plates are held against one another there alone: of a time that a decision opens for one plate, the others'
        reads are not even counted.
        """
        spans = self.permission.spans_of(None)
        return select(*columns).where(or_(false(), *(_lies_in(span, reads) for span in spans)))

    def narrowing(self, of: FromClause) -> list[ColumnElement[bool]]:
        """Return what reads, or an alias of them, must fulfil beyond `earliest`: nothing, or that a span holds them.

        Whoever looks at other reads than those that they select, such as the newest of a vehicle, needs it for these.
        """
        permission = self.permission
        return [or_(*(_lies_in(span, of) for span in permission.spans))] if permission.narrow else []

    def known_plates(self) -> ColumnElement[bool]:
        """Return the plates of the dictionary that passed in the permitted period, to the day."""
        permission = self.permission
        if not permission.narrow:
            return plates.c.last_seen >= local_day(permission.earliest)
        return or_(*(and_(plates.c.last_seen >= local_day(span.since),
                          *([plates.c.plate.in_(sorted(span.plates))] if span.plates is not None else []))
                     for span in permission.spans))


def _lies_in(span: Scope, of: FromClause) -> ColumnElement[bool]:
    """Return the reads within a span, as a condition."""
    return and_(of.c.captured_at >= span.since,
                *([of.c.captured_at < span.until] if span.until is not None else []),
                *([of.c.plate.in_(sorted(span.plates))] if span.plates is not None else []),
                *([of.c.camera_id.in_(sorted(span.cameras))] if span.cameras is not None else []))


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What a question found, and the reads whose detail or picture it shows."""

    value: T
    read_ids: tuple[UUID, ...] = ()
    shown: int | None = None
    """How many things it shows that have no read id, such as a refused message."""

    @property
    def count(self) -> int:
        """How many there are, for the audit."""
        return len(self.read_ids) if self.shown is None else self.shown


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """A question: in words and in full for the audit, and how to run it."""

    action: audit.Action
    words: Words
    filters: Mapping[str, object]
    run: Callable[[Permitted], Awaitable[Found[T]]]
    aim: Aim
    """What the gate has to know of it."""
    act: Act = Act.ask_reads
    """What somebody must be allowed to do who asks it."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """An answer whose audit row is committed."""

    value: T
    consultation: Consultation
    permission: Permission
    withheld: bool
    """Whether the question reaches back further than it may see."""


@dataclass(frozen=True, slots=True)
class _Decision:
    """What the gate decided for one question, as the audit keeps it."""

    consultation: Consultation
    permission: Permission
    withheld: bool
    approval_id: UUID | None = None
    """By which a second person agreed to it."""

    def for_audit(self, **more: str) -> dict[str, object]:
        decisions = {"decisions": list(self.permission.decisions)} if self.permission.decisions else {}
        approval = {"approval": str(self.approval_id)} if self.approval_id else {}
        return {"purpose": self.consultation.purpose.code, "origin": str(self.consultation.origin),
                "earliest": iso_ms(self.permission.earliest), "retention_from": iso_ms(self.permission.retention_from),
                "beyond": str(self.permission.beyond), "withheld": self.withheld, **decisions,
                **approval, **more}


_REFUSALS = {
    Refused.not_your_purpose: words("Your role does not ask for this purpose."),
    Refused.not_confirmed: words("Questions for other authorities are not answered: the data protection officer has "
                                 "not confirmed them."),
    Refused.names_no_plate: words("For this purpose, ask for one plate in full."),
}


@dataclass(slots=True)
class Answers:
    """The dependency of every route that returns reads; `header` names a program's consultation."""

    request: Request
    program: RunningProgram
    visitor: CurrentVisitor
    header: str | None
    _decision: _Decision | None = field(default=None, init=False)

    async def ask(self, question: Question[T]) -> Answer[T]:
        """Run a question and leave its trace, then return the answer.

        Raises NoConsultationError, ApprovalNeededError or ForbiddenError (the refusal leaves its trace too) and
        TooBroadError.
        """
        try:
            async with transaction(self.program.engine) as connection:
                answer = await self._answer(connection, question)
        except DBAPIError as error:
            if not isinstance(error.orig, QueryCanceled):
                raise
            await self._record_too_broad(question)
            raise TooBroadError(words(
                "This question takes too long. Ask for a shorter period, fewer cameras or more of the plate.")
            ) from None
        if isinstance(answer, ZoneschildError):
            raise answer
        return answer

    async def _answer(self, connection: AsyncConnection, question: Question[T]) -> Answer[T] | ZoneschildError:
        """Answer, or return why not: the refusal's own row is to be committed first."""
        now = utc_now()
        if not self.visitor.may(question.act):
            return await self._refuse(connection, question, ForbiddenError(NOT_YOURS))
        consultation = await self._consultation(connection, now)
        if consultation is None:
            return await self._refuse(connection, question, NoConsultationError(NO_CONSULTATION))
        verdict, approval_id = await self._decide(connection, question, consultation, now)
        if isinstance(verdict, Refused):
            return await self._refuse(connection, question, await self._why(connection, question, consultation,
                                                                            verdict, now), consultation)
        decision = _Decision(consultation, verdict, verdict.withholds(question.aim), approval_id)
        self._decision = decision
        found = await question.run(Permitted(_MADE_HERE, connection, verdict))
        if question.aim.one and found.count:  # a decision opened just this one
            decision = replace(decision, withheld=False)
        await self._record(connection, question, question.action, decision.for_audit(), consultation, found)
        return Answer(found.value, consultation, verdict, decision.withheld)

    async def _decide(self, connection: AsyncConnection, question: Question[T], consultation: Consultation,
                      now: datetime) -> tuple[Verdict, UUID | None]:
        """Ask the gate, and once more when a second person has agreed to this very question; return by which id."""
        standing = Standing(consultation.purpose, self.visitor.user.role, consultation.origin, consultation.scope,
                            consultation.decisions)
        rules = await self.program.rules.current(connection)
        verdict = self.program.gate(standing, question.aim, rules, now)
        if verdict is not Refused.needs_approval:
            return verdict, None
        approval_id = await approvals.find_agreed(connection, consultation.consultation_id, _key(question), now)
        if approval_id is None:
            return verdict, None
        return self.program.gate(replace(standing, approved=True), question.aim, rules, now), approval_id

    async def _why(self, connection: AsyncConnection, question: Question[T], consultation: Consultation,
                   refused: Refused, now: datetime) -> ZoneschildError:
        if refused is not Refused.needs_approval:
            return ForbiddenError(_REFUSALS[refused])
        url = self.request.url
        approval_id = await approvals.note_refusal(connection, approvals.Wanted(
            consultation.consultation_id, consultation.user_id, _key(question), self._in_dutch(question),
            url.path + (f"?{url.query}" if url.query else "")), now)
        return ApprovalNeededError(approval_id, question.words)

    async def _consultation(self, connection: AsyncConnection, now: datetime) -> Consultation | None:
        """Find the consultation anew, in this very transaction: it may have ended since the request came in."""
        consultation_id = self._named_consultation()
        if consultation_id is None:
            return None
        return await find_consultation(connection, consultation_id, self.visitor.user.user_id, now)

    def _named_consultation(self) -> UUID | None:
        if not is_api(self.request):
            opened = self.visitor.consultation
            return opened.consultation_id if opened else None
        try:
            return UUID(self.header) if self.header else None
        except ValueError:
            return None

    async def _refuse(self, connection: AsyncConnection, question: Question[T], error: ZoneschildError,
                      consultation: Consultation | None = None) -> ZoneschildError:
        await self._record(connection, question, audit.Action.denied, {"refused": error.code}, consultation)
        return error

    async def _record(self, connection: AsyncConnection, question: Question[T], action: audit.Action,
                      decision: Mapping[str, object], consultation: Consultation | None,
                      found: Found[T] | None = None) -> None:
        await self.program.trail.record(connection, self.visitor.actor, audit.Entry(
            action, self._in_dutch(question), question.filters, decision,
            consultation.consultation_id if consultation else None,
            found.count if found else None, found.read_ids if found else ()))

    def _in_dutch(self, question: Question[T]) -> str:
        return self.program.pages.languages[AUDIT_LANGUAGE].say(question.words)

    async def _record_too_broad(self, question: Question[T]) -> None:
        _log.warning("a question took longer than it may")
        decision = self._decision
        async with transaction(self.program.engine) as connection:
            await self._record(connection, question, question.action,
                               decision.for_audit(refused=TooBroadError.code) if decision else {},
                               decision.consultation if decision else None)


def _key(question: Question[Any]) -> bytes:
    return approvals.question_key(question.action, question.filters)


async def find_answers(
        request: Request, program: RunningProgram, visitor: CurrentVisitor,
        header: Annotated[str | None, Header(alias="Consultation", description="Id of your open consultation.")] = None,
) -> Answers:
    """Return the audited path for this request; in the event loop, where a class would be made in a thread."""
    return Answers(request, program, visitor, header)


Asking = Annotated[Answers, Depends(find_answers)]
