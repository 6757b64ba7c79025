"""Decisions of the procureur des Konings: registered by one person, compared with the document by another (R3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.clock import local_day
from services.decision_rule import Registration
from services.gate import Decision, Scope
from services.schema_people import prosecutor_decisions, users

_TABLE = prosecutor_decisions


def decisions_of(file_number: ColumnElement[str], now: ColumnElement[datetime]) -> ScalarSelect[Any]:
    """Return, as one JSON list, the decisions for a file that open something at `now` (NULL: there are none)."""
    table = _TABLE.c
    return select(func.jsonb_agg(func.jsonb_build_object(
        "decision_id", table.decision_id, "reference", table.reference, "since", table.since, "until", table.until,
        "plates", table.plates, "cameras", table.cameras, "expires_at", table.expires_at,
        "offence_of_a_year", table.offence_of_a_year,
    ))).where(table.file_number == file_number, table.compared_at.is_not(None), table.refused_because.is_(None),
              table.revoked_at.is_(None), table.expires_at > now).scalar_subquery()


def read_decisions(kept: Sequence[Mapping[str, Any]] | None) -> tuple[Decision, ...]:
    """Return the decisions that `decisions_of` found, as the gate knows them."""
    return tuple(_decision(one) for one in kept or ())


def _decision(kept: Mapping[str, Any]) -> Decision:
    plates, cameras = kept["plates"], kept["cameras"]
    scope = Scope(datetime.fromisoformat(kept["since"]), datetime.fromisoformat(kept["until"]),
                  None if plates is None else frozenset(plates), None if cameras is None else frozenset(cameras))
    return Decision(kept["decision_id"], kept["reference"], scope, datetime.fromisoformat(kept["expires_at"]),
                    kept["offence_of_a_year"])


class State(StrEnum):
    """How a registered decision stands."""

    waiting = "waiting"    # for somebody else to compare it with its document
    in_force = "in-force"
    expired = "expired"
    refused = "refused"    # whoever compared it found that the document says something else
    revoked = "revoked"


class Outcome(StrEnum):
    """What came of an attempt to change a registered decision."""

    done = "done"
    unknown = "unknown"    # there is no such decision
    own = "own"            # whoever registered it does not compare it
    over = "over"          # it was compared, revoked or has expired already


@dataclass(frozen=True, slots=True)
class Registered:
    """A decision as it was registered, without its document."""

    decision_id: int
    reference: str
    file_number: str
    magistrate: str
    decided_on: date
    reasons: str
    offence_of_a_year: bool
    plates: list[str] | None
    cameras: list[int] | None
    since: datetime
    until: datetime
    expires_at: datetime
    document_name: str
    document_sha256: bytes
    document_bytes: int
    registered_by: int
    registered_at: datetime
    compared_by: int | None
    compared_at: datetime | None
    refused_because: str | None
    revoked_by: int | None
    revoked_at: datetime | None
    revoked_because: str | None
    registered_name: str
    compared_name: str | None
    revoked_name: str | None

    @property
    def expires_on(self) -> date:
        """The last day on which it is in force."""
        return local_day(self.expires_at - timedelta(milliseconds=1))

    def state(self, now: datetime) -> State:
        """Return how it stands at `now`."""
        if self.revoked_at is not None:
            return State.revoked
        if self.refused_because is not None:
            return State.refused
        if self.expires_at <= now:
            return State.expired
        return State.waiting if self.compared_at is None else State.in_force


@dataclass(frozen=True, slots=True)
class Document:
    """A decision's document; `intact` tells whether it is still the one that was handed in."""

    content: bytes
    name: str
    intact: bool


async def register(connection: AsyncConnection, user_id: int, checked: Registration, now: datetime) -> int | None:
    """Keep a checked registration and return its number; None when its reference is registered already.

    It opens nothing before somebody else has compared it (`compare`).
    """
    values = {"reference": checked.reference, "file_number": checked.file_number, "magistrate": checked.magistrate,
              "decided_on": checked.decided_on, "reasons": checked.reasons,
              "offence_of_a_year": checked.offence_of_a_year,
              "plates": None if checked.plates is None else list(checked.plates),
              "cameras": None if checked.cameras is None else list(checked.cameras),
              "since": checked.since, "until": checked.until, "expires_at": checked.expires_at,
              "document": checked.document, "document_name": checked.document_name,
              "document_sha256": sha256(checked.document).digest(), "registered_by": user_id, "registered_at": now}
    kept = await connection.scalar(
        insert(_TABLE).values(values).on_conflict_do_nothing(
            index_elements=["reference"], index_where=text("refused_because IS NULL AND revoked_at IS NULL"))
        .returning(_TABLE.c.decision_id))
    return None if kept is None else int(kept)


async def compare(connection: AsyncConnection, decision_id: int, user_id: int, now: datetime,
                  refused_because: str | None = None) -> Outcome:
    """Keep that somebody compared a decision with its document: it says the same, or not, `refused_because`."""
    return await _change(
        connection, decision_id, user_id, now,
        [_TABLE.c.registered_by != user_id, _TABLE.c.compared_at.is_(None), _TABLE.c.expires_at > now],
        compared_by=user_id, compared_at=now, refused_because=refused_because)


async def revoke(connection: AsyncConnection, decision_id: int, user_id: int, now: datetime,
                 because: str) -> Outcome:
    """Keep that a decision opens nothing any more, from the next question on, and for good."""
    return await _change(connection, decision_id, user_id, now, [_TABLE.c.refused_because.is_(None)],
                         revoked_by=user_id, revoked_at=now, revoked_because=because)


async def _change(connection: AsyncConnection, decision_id: int, user_id: int, now: datetime,
                  conditions: Sequence[ColumnElement[bool]], **values: object) -> Outcome:
    """Change the one decision if it fulfils the conditions, else tell why it does not."""
    changed = await connection.execute(update(_TABLE).values(values).where(
        _TABLE.c.decision_id == decision_id, _TABLE.c.revoked_at.is_(None), *conditions))
    if changed.rowcount == 1:
        return Outcome.done
    found = await find_decision(connection, decision_id)
    if found is None:
        return Outcome.unknown
    return Outcome.own if found.state(now) is State.waiting and found.registered_by == user_id else Outcome.over


def _select_registered() -> Select[Any]:
    registered, compared, revoked = (users.alias(name) for name in ("registered", "compared", "revoked"))
    own = [_TABLE.c[field.name] for field in fields(Registered) if field.name in _TABLE.c]
    return (select(*own, func.octet_length(_TABLE.c.document).label("document_bytes"),
                   registered.c.display_name.label("registered_name"),
                   compared.c.display_name.label("compared_name"), revoked.c.display_name.label("revoked_name"))
            .join(registered, registered.c.user_id == _TABLE.c.registered_by)
            .outerjoin(compared, compared.c.user_id == _TABLE.c.compared_by)
            .outerjoin(revoked, revoked.c.user_id == _TABLE.c.revoked_by))


async def find_decision(connection: AsyncConnection, decision_id: int) -> Registered | None:
    """Return one registered decision, None when there is none of that number."""
    row = (await connection.execute(_select_registered().where(
        _TABLE.c.decision_id == decision_id))).mappings().one_or_none()
    return Registered(**row) if row else None


async def list_decisions(connection: AsyncConnection, file_number: str | None, before: int | None,
                         limit: int) -> list[Registered]:
    """Return up to `limit` registered decisions, the last registered first: of one file, numbered below `before`."""
    query = _select_registered().order_by(_TABLE.c.decision_id.desc()).limit(limit)
    if file_number is not None:
        query = query.where(_TABLE.c.file_number == file_number)
    if before is not None:
        query = query.where(_TABLE.c.decision_id < before)
    return [Registered(**row) for row in (await connection.execute(query)).mappings()]


async def fetch_document(connection: AsyncConnection, decision_id: int) -> Document | None:
    """Return a decision's document, None when there is no such decision."""
    row = (await connection.execute(select(_TABLE.c.document, _TABLE.c.document_name, _TABLE.c.document_sha256)
                                    .where(_TABLE.c.decision_id == decision_id))).one_or_none()
    if row is None:
        return None
    content = bytes(row.document)
    return Document(content, row.document_name, sha256(content).digest() == bytes(row.document_sha256))
