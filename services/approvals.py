"""Four eyes: a question about everybody is answered when a second person has agreed to that very question (R19)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.roles import Act, roles_with
from services.schema_people import approvals, consultations, users

GOOD_FOR = timedelta(hours=8)
"""How long an approval holds; its consultation may end earlier."""

_PAGING = frozenset({"after", "limit", "spread"})


def question_key(action: str, filters: Mapping[str, Any]) -> bytes:
    """Return what stands for a question in full, whichever of its pages is asked for."""
    asked = {name: value for name, value in filters.items() if name not in _PAGING}
    return sha256(json.dumps([action, asked], sort_keys=True, default=str).encode()).digest()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question that needs a second person."""

    consultation_id: UUID
    user_id: int
    key: bytes
    question: str
    """In words, Dutch, as the audit keeps it."""
    address: str
    """Where it is asked again."""


class State(StrEnum):
    """How far a question is."""

    noted = "noted"        # it was refused; nobody has been asked
    waiting = "waiting"    # a colleague has been asked
    given = "given"
    refused = "refused"
    over = "over"          # its time is up, or its consultation has ended


@dataclass(frozen=True, slots=True)
class Approval:
    """A question that was refused for want of a second person, and what became of it."""

    approval_id: UUID
    consultation_id: UUID
    purpose: str
    file_number: str
    reason: str
    consultation_open: bool
    question: str
    address: str
    asked_by: int
    asker: str
    """Name as shown on the pages."""
    asked_at: datetime | None
    remark: str
    agreed: bool | None
    decided_at: datetime | None
    decider: str | None
    answer: str
    expires_at: datetime

    def state(self, now: datetime) -> State:
        """Tell how far it is; a refusal stays one."""
        if self.agreed is False:
            return State.refused
        if not self.consultation_open or self.expires_at <= now:
            return State.over
        if self.agreed:
            return State.given
        return State.noted if self.asked_at is None else State.waiting


async def find_agreed(connection: AsyncConnection, consultation_id: UUID, key: bytes, now: datetime) -> UUID | None:
    """Return the approval by which a second person agreed to this question, under this consultation, if it holds."""
    table = approvals.c
    found: UUID | None = await connection.scalar(select(table.approval_id).where(
        table.consultation_id == consultation_id, table.question_key == key, table.expires_at > now, table.agreed))
    return found


async def note_refusal(connection: AsyncConnection, wanted: Wanted, now: datetime) -> UUID:
    """Keep a question that was refused for want of a second person, so that one can be asked; return its id.

    What was decided of it stays; once its time is up, it is a new question.
    """
    statement = insert(approvals).values(
        consultation_id=wanted.consultation_id, question_key=wanted.key, question=wanted.question,
        address=wanted.address, asked_by=wanted.user_id, refused_at=now, expires_at=now + GOOD_FOR)
    table, anew = approvals.c, statement.excluded
    fresh = {"refused_at": anew.refused_at, "expires_at": anew.expires_at, "asked_at": None, "remark": "",
             "decided_by": None, "decided_at": None, "agreed": None, "answer": ""}
    kept = statement.on_conflict_do_update(
        index_elements=["consultation_id", "question_key"],
        set_={"address": anew.address,
              **{name: case((table.expires_at <= now, value), else_=table[name]) for name, value in fresh.items()}})
    return UUID(str(await connection.scalar(kept.returning(table.approval_id))))


async def find_approval(connection: AsyncConnection, approval_id: UUID, now: datetime, *,
                        lock: bool = False) -> Approval | None:
    """Return one approval; with `lock` nobody else can change it until the transaction ends."""
    found = await _select(connection, now, approvals.c.approval_id == approval_id, lock=lock)
    return found[0] if found else None


async def list_waiting(connection: AsyncConnection, user_id: int, now: datetime) -> list[Approval]:
    """Return what waits for somebody else than its asker `user_id`, the oldest first."""
    table = approvals.c
    return await _select(connection, now, and_(
        table.asked_at.is_not(None), table.decided_at.is_(None), table.asked_by != user_id, table.expires_at > now,
        _is_open(now)))


async def list_own(connection: AsyncConnection, user_id: int, now: datetime) -> list[Approval]:
    """Return what a user has asked colleagues for in the last two days, the oldest first."""
    table = approvals.c
    return await _select(connection, now, and_(table.asked_by == user_id, table.asked_at > now - timedelta(days=2)))


def _is_open(now: datetime) -> ColumnElement[bool]:
    return and_(consultations.c.ended_at.is_(None), consultations.c.expires_at > now)


async def _select(connection: AsyncConnection, now: datetime, condition: ColumnElement[bool], *,
                  lock: bool = False) -> list[Approval]:
    table, asker, decider = approvals.c, users.alias("asker"), users.alias("decider")
    statement = (
        select(approvals, consultations.c.purpose, consultations.c.file_number, consultations.c.reason,
               _is_open(now).label("consultation_open"), asker.c.display_name.label("asker"),
               decider.c.display_name.label("decider"))
        .join(consultations, consultations.c.consultation_id == table.consultation_id)
        .join(asker, asker.c.user_id == table.asked_by).outerjoin(decider, decider.c.user_id == table.decided_by)
        .where(condition).order_by(table.asked_at, table.refused_at))
    rows = await connection.execute(statement.with_for_update(of=approvals) if lock else statement)
    names = Approval.__slots__
    return [Approval(**{name: getattr(row, name) for name in names}) for row in rows]


async def keep_request(connection: AsyncConnection, approval_id: UUID, remark: str, now: datetime) -> None:
    """Note that a colleague is asked."""
    await connection.execute(update(approvals).where(approvals.c.approval_id == approval_id)
                             .values(asked_at=now, remark=remark))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a second person says."""

    user_id: int
    agreed: bool
    answer: str


async def keep_verdict(connection: AsyncConnection, approval_id: UUID, verdict: Verdict, now: datetime) -> None:
    """Note what the second person said."""
    await connection.execute(update(approvals).where(approvals.c.approval_id == approval_id).values(
        decided_by=verdict.user_id, decided_at=now, agreed=verdict.agreed, answer=verdict.answer))


async def find_hearers(connection: AsyncConnection, asker_id: int) -> dict[int, str]:
    """Return whom a request reaches, number and name: who is on call, else all who may agree; never its asker."""
    rows = (await connection.execute(
        select(users.c.user_id, users.c.display_name, users.c.on_call_since).where(
            users.c.role.in_(sorted(roles_with(Act.approve_questions))), users.c.disabled_at.is_(None),
            users.c.user_id != asker_id).order_by(users.c.display_name))).all()
    on_call = [row for row in rows if row.on_call_since is not None]
    return {row.user_id: row.display_name for row in on_call or rows}


async def on_call_since(connection: AsyncConnection, user_id: int) -> datetime | None:
    """Return since when requests reach this user first."""
    since: datetime | None = await connection.scalar(select(users.c.on_call_since).where(users.c.user_id == user_id))
    return since


async def set_on_call(connection: AsyncConnection, user_id: int, now: datetime, *, on_call: bool) -> None:
    """Put a user on call, or take them off."""
    since = func.coalesce(users.c.on_call_since, now) if on_call else None
    await connection.execute(update(users).where(users.c.user_id == user_id).values(on_call_since=since))
