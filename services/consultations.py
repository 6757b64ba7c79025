"""Consultations: the lawful reason under which questions are asked, opened once and kept for the case at hand (R5)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.errors import BadQuestionError
from services.gate import PURPOSES, URGENT_REACH, Decision, Origin, Purpose, Scope
from services.prosecutor import decisions_of, read_decisions
from services.reasons import Flag, are_near, is_empty
from services.schema_people import consultations

MIN_FILE_NUMBER = 3
MIN_REASON = 10
PV_WITHIN = timedelta(hours=72)
"""How long after an urgent consultation its PV may follow."""

SAME_REASON_WITHIN = timedelta(days=90)
"""How far back the same words under another file number are noticed."""

_COMPARED = 500
"""With how many earlier reasons a new one is compared, the newest."""


class FileKind(StrEnum):
    """What a file number is the number of."""

    pv = "pv"
    note = "note"
    incident = "incident"


class Lacking(StrEnum):
    """What is wrong with a statement."""

    purpose = "purpose"
    foreign_purpose = "foreign-purpose"    # another role's
    unconfirmed_purpose = "unconfirmed-purpose"
    file_kind = "file-kind"
    file_number = "file-number"
    reason = "reason"
    empty_reason = "empty-reason"          # its words would fit any question
    pv_number = "pv-number"
    pv_is_incident = "pv-is-incident"


class StatementError(BadQuestionError):
    """Something is missing in what somebody states; the text begins with the field's name in the API."""

    def __init__(self, lacking: Lacking, text: str) -> None:
        super().__init__(text)
        self.lacking = lacking


@dataclass(frozen=True, slots=True)
class Consultation:
    """An open consultation and whose it is."""

    consultation_id: UUID
    user_id: int
    purpose: Purpose
    file_number: str
    reason: str
    expires_at: datetime
    origin: Origin = Origin.stated
    file_kind: FileKind = FileKind.pv
    scope: Scope | None = None
    """What it is limited to, where an alert opened it."""
    decisions: tuple[Decision, ...] = ()
    """Of the procureur des Konings, registered for this file and compared with their documents."""
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody states before asking: purpose (a code of services.gate), file number, reason in words."""

    purpose: str
    file_number: str
    reason: str
    file_kind: str = FileKind.pv
    urgent: bool = False

    def checked(self) -> "Request":
        """Return the request without surplus blanks; raises StatementError naming what is missing."""
        request = replace(self, file_number=" ".join(self.file_number.split()), reason=" ".join(self.reason.split()),
                          file_kind=FileKind.incident if self.urgent else self.file_kind)
        if request.purpose not in PURPOSES:
            raise StatementError(Lacking.purpose, f"purpose must be one of: {', '.join(PURPOSES)}")
        if request.file_kind not in set(FileKind):
            raise StatementError(Lacking.file_kind, f"file_kind must be one of: {', '.join(FileKind)}")
        if not MIN_FILE_NUMBER <= len(request.file_number) <= 60 or not any(map(str.isdigit, request.file_number)):
            raise StatementError(Lacking.file_number,
                                 "file_number: give the number of the PV, note or incident (3 to 60 characters)")
        if not MIN_REASON <= len(request.reason) <= 1000:
            raise StatementError(Lacking.reason, "reason: say in your own words why you ask (10 to 1000 characters)")
        if is_empty(request.reason, request.file_number):
            raise StatementError(Lacking.empty_reason,
                                 "reason: these words say nothing; say what happened and what you are looking for")
        return request


@dataclass(frozen=True, slots=True)
class Opening:
    """What comes of a request: how long it lasts, what stands out."""

    hours: int
    reason_key: bytes
    """Stands for the reason's words (services/reasons.py), made with the product's secret."""


async def open_consultation(connection: AsyncConnection, user_id: int, checked: Request, opening: Opening,
                            now: datetime) -> Consultation:
    """Open a consultation for a checked request; an urgent one lasts a day at most and owes a PV."""
    hours = timedelta(hours=opening.hours)
    expires_at = now + (min(hours, URGENT_REACH) if checked.urgent else hours)
    flags = await _flags(connection, user_id, checked, opening.reason_key, now)
    origin = Origin.urgent if checked.urgent else Origin.stated
    values = {"user_id": user_id, "purpose": checked.purpose, "file_number": checked.file_number,
              "file_kind": checked.file_kind, "reason": checked.reason, "reason_key": opening.reason_key,
              "opened_at": now, "expires_at": expires_at, "flags": list(flags), "origin": origin,
              "pv_due_at": now + PV_WITHIN if checked.urgent else None}
    result = await connection.execute(insert(consultations).values(values).returning(consultations.c.consultation_id))
    return Consultation(result.scalar_one(), user_id, PURPOSES[checked.purpose], checked.file_number, checked.reason,
                        expires_at, origin, FileKind(checked.file_kind), flags=flags)


async def _flags(connection: AsyncConnection, user_id: int, checked: Request, reason_key: bytes,
                 now: datetime) -> tuple[Flag, ...]:
    """Return what stands out: the same words, or nearly, of the same officer under another file number."""
    table = consultations.c
    others = (await connection.execute(select(table.reason, table.reason_key).where(
        table.user_id == user_id, table.opened_at > now - SAME_REASON_WITHIN, table.origin != Origin.alert,
        table.file_number != checked.file_number, table.pv_number.is_distinct_from(checked.file_number))
        .order_by(table.opened_at.desc()).limit(_COMPARED))).all()
    if any(row.reason_key == reason_key for row in others):
        return (Flag.same_reason,)
    return (Flag.near_reason,) if any(are_near(row.reason, checked.reason) for row in others) else ()


async def open_from_alert(connection: AsyncConnection, user_id: int, entry: Request, scope: Scope, hours: int,
                          now: datetime) -> Consultation:
    """Open the consultation that a watchlist's entry stands for: its purpose, file and reason, its vehicle, around it.

    Nobody types anything; it sees no more than `scope` (services.gate.ALERT_REACH on both sides of the alert's read).
    """
    checked = replace(entry, urgent=False).checked()
    expires_at = now + timedelta(hours=hours)
    values = {"user_id": user_id, "purpose": checked.purpose, "file_number": checked.file_number,
              "file_kind": checked.file_kind, "reason": checked.reason, "opened_at": now, "expires_at": expires_at,
              "origin": Origin.alert, "scope": write_scope(scope)}
    result = await connection.execute(insert(consultations).values(values).returning(consultations.c.consultation_id))
    return Consultation(result.scalar_one(), user_id, PURPOSES[checked.purpose], checked.file_number, checked.reason,
                        expires_at, Origin.alert, FileKind(checked.file_kind), scope)


def write_scope(scope: Scope) -> dict[str, object]:
    """Return a scope as the store keeps it."""
    return {"since": scope.since.isoformat(), "until": scope.until.isoformat() if scope.until else None,
            "plates": sorted(scope.plates) if scope.plates is not None else None,
            "cameras": sorted(scope.cameras) if scope.cameras is not None else None}


def read_scope(kept: dict[str, object]) -> Scope:
    """Return a scope that the store kept."""
    since, until, plates, cameras = kept["since"], kept["until"], kept["plates"], kept["cameras"]
    return Scope(datetime.fromisoformat(str(since)), datetime.fromisoformat(str(until)) if until else None,
                 frozenset(plates) if isinstance(plates, list) else None,
                 frozenset(cameras) if isinstance(cameras, list) else None)


def _own_open() -> Select[Any]:
    """Make, once for all questions, the statement that finds a user's own open consultation with its decisions."""
    table, now = consultations, bindparam("now", type_=consultations.c.expires_at.type)
    return select(table, decisions_of(table.c.file_number, now).label("decisions")).where(
        table.c.consultation_id == bindparam("consultation_id"), table.c.user_id == bindparam("user_id"),
        table.c.ended_at.is_(None), table.c.expires_at > now)


_OWN_OPEN = _own_open()


async def find_consultation(connection: AsyncConnection, consultation_id: UUID, user_id: int,
                            now: datetime) -> Consultation | None:
    """Return the user's own consultation when it is open and not stale, else None."""
    row = (await connection.execute(
        _OWN_OPEN, {"consultation_id": consultation_id, "user_id": user_id, "now": now})).one_or_none()
    if row is None:
        return None
    return Consultation(row.consultation_id, row.user_id, PURPOSES[row.purpose], row.file_number, row.reason,
                        row.expires_at, Origin(row.origin), FileKind(row.file_kind),
                        read_scope(row.scope) if row.scope else None, read_decisions(row.decisions),
                        tuple(map(Flag, row.flags)))


async def end_consultation(connection: AsyncConnection, consultation_id: UUID, user_id: int, now: datetime) -> bool:
    """End the user's own consultation; tell whether there was one to end."""
    table = consultations
    result = await connection.execute(
        update(table).where(table.c.consultation_id == consultation_id, table.c.user_id == user_id,
                            table.c.ended_at.is_(None)).values(ended_at=now))
    return result.rowcount == 1
