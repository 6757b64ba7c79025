"""The audited path: the only way from a question to reads.

`Answers.ask` wants an open consultation, asks the gate, runs the question and writes the audit row in one transaction,
and hands out the answer after the commit. Reads can only be queried with a `Permitted`, which is made here alone.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Header, Request
from psycopg.errors import QueryCanceled
from sqlalchemy import ColumnElement, Result, Select, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import NOT_YOUR_ROLE, SEES_READS, CurrentVisitor, is_api
from search.pages.language import AUDIT_LANGUAGE, Words, words
from search.program import RunningProgram
from services import audit
from services.accounts import Role
from services.clock import iso_ms, utc_now
from services.consultations import Consultation, find_consultation
from services.database import transaction
from services.errors import ForbiddenError, NoConsultationError, TooBroadError
from services.gate import Permission
from services.schema import reads

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
        return select(*columns).where(reads.c.captured_at >= self.permission.earliest)


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
    asked_from: datetime | None = None
    """How far back it asks; None is as far as possible."""
    roles: frozenset[Role] = SEES_READS
    """Who may ask it."""
    not_yours: Words = NOT_YOUR_ROLE
    """What the others are told."""


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

    def for_audit(self, **more: str) -> dict[str, object]:
        return {"purpose": self.consultation.purpose.code, "earliest": iso_ms(self.permission.earliest),
                "retention_from": iso_ms(self.permission.retention_from), "beyond": str(self.permission.beyond),
                "withheld": self.withheld, **more}


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

        Raises NoConsultationError or ForbiddenError (the refusal leaves its trace too) and TooBroadError.
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
        if answer is None:
            if self._may_ask(question):
                raise NoConsultationError(NO_CONSULTATION)
            raise ForbiddenError(question.not_yours)
        return answer

    def _may_ask(self, question: Question[T]) -> bool:
        return self.visitor.user.role in question.roles

    async def _answer(self, connection: AsyncConnection, question: Question[T]) -> Answer[T] | None:
        now = utc_now()
        consultation = await self._consultation(connection, now) if self._may_ask(question) else None
        if consultation is None:
            refused = NoConsultationError if self._may_ask(question) else ForbiddenError
            await self._record(connection, question, audit.Action.denied, {"refused": refused.code})
            return None
        permission = self.program.permit(consultation.purpose, now)
        decision = _Decision(consultation, permission, permission.withholds(question.asked_from))
        self._decision = decision
        found = await question.run(Permitted(_MADE_HERE, connection, permission))
        await self._record(connection, question, question.action, decision.for_audit(), found)
        return Answer(found.value, consultation, permission, decision.withheld)

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

    async def _record(self, connection: AsyncConnection, question: Question[T], action: audit.Action,
                      decision: Mapping[str, object], found: Found[T] | None = None) -> None:
        in_dutch = self.program.pages.languages[AUDIT_LANGUAGE].say(question.words)
        await audit.record(connection, self.visitor.actor, audit.Entry(
            action, in_dutch, question.filters, decision,
            self._decision.consultation.consultation_id if self._decision else None,
            found.count if found else None, found.read_ids if found else ()))

    async def _record_too_broad(self, question: Question[T]) -> None:
        _log.warning("a question took longer than it may")
        decision = self._decision.for_audit(refused=TooBroadError.code) if self._decision else {}
        async with transaction(self.program.engine) as connection:
            await self._record(connection, question, question.action, decision)


async def find_answers(
        request: Request, program: RunningProgram, visitor: CurrentVisitor,
        header: Annotated[str | None, Header(alias="Consultation", description="Id of your open consultation.")] = None,
) -> Answers:
    """Return the audited path for this request; in the event loop, where a class would be made in a thread."""
    return Answers(request, program, visitor, header)


Asking = Annotated[Answers, Depends(find_answers)]
