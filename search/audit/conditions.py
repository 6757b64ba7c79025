"""What the filters of the audit say, as SQL conditions on its rows; they show nothing of the reads that they name."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, literal_column, or_, select, union

from services.audit import Action
from services.gate import Origin
from services.retention_rule import cut_off
from services.schema import reads
from services.schema_people import audit, consultations

Condition = Callable[[Any, datetime], ColumnElement[bool]]
"""Takes a filter's value and the present instant."""

# Written out, not bound: only so are they the expressions of the indexes audit_plate and audit_read.
_ASKED_PLATE: ColumnElement[Any] = literal_column("audit.filters -> 'plate'")
_OPENED_READ: ColumnElement[str] = literal_column("audit.filters ->> 'read_id'", Text)
_HAS_PLATE: ColumnElement[bool] = literal_column("audit.filters ? 'plate'")
_HAS_READ: ColumnElement[bool] = literal_column("audit.filters ? 'read_id'")


def by_person(username: str, _: datetime) -> ColumnElement[bool]:
    """Return the rows of one user."""
    return audit.c.username == username


def among(column: ColumnElement[Any]) -> Condition:
    """Return the condition that a column holds one of the codes."""
    return lambda codes, _: column.in_(codes)


def since(instant: datetime, _: datetime) -> ColumnElement[bool]:
    """Return the rows from an instant on."""
    return audit.c.at >= instant


def before(instant: datetime, _: datetime) -> ColumnElement[bool]:
    """Return the rows before an instant."""
    return audit.c.at < instant


def about_plate(plate: str, now: datetime) -> ColumnElement[bool]:
    """Return the rows that ask for a plate, and those that open one of its reads by number, while that may be kept."""
    asking = select(audit.c.audit_id).where(_HAS_PLATE, _ASKED_PLATE.op("?", is_comparison=True)(plate))
    its_reads = select(cast(reads.c.read_id, Text).label("read_id")).where(
        reads.c.plate == plate, reads.c.captured_at >= cut_off(now)).subquery()
    opening = select(audit.c.audit_id).join(its_reads, its_reads.c.read_id == _OPENED_READ).where(_HAS_READ)
    return audit.c.audit_id.in_(union(asking, opening))


def of_file(number: str, _: datetime) -> ColumnElement[bool]:
    """Return the rows of every consultation with a file number."""
    return audit.c.consultation_id.in_(
        select(consultations.c.consultation_id).where(consultations.c.file_number == number))


def of_consultation(consultation_id: UUID, _: datetime) -> ColumnElement[bool]:
    """Return the rows of one consultation."""
    return audit.c.consultation_id == consultation_id


def is_denied(denied: bool, _: datetime) -> ColumnElement[bool]:
    """Return the rows of what was refused, or of what was not."""
    refused = or_(audit.c.action == Action.denied, audit.c.decision.has_key("refused"))
    return refused if denied else ~refused


def is_urgent(urgent: bool, _: datetime) -> ColumnElement[bool]:
    """Return the rows of urgent consultations, or all others."""
    of_urgent = and_(audit.c.consultation_id.is_not(None), audit.c.consultation_id.in_(
        select(consultations.c.consultation_id).where(consultations.c.origin == Origin.urgent)))
    return of_urgent if urgent else ~of_urgent


EXPORTS: Sequence[str] = [action for action in Action if action.endswith("-exported")]
"""The actions that hand out a file; others say in their filters that they did."""


def is_exported(exported: bool, _: datetime) -> ColumnElement[bool]:
    """Return the rows that took something out of the product as a file, or all others."""
    as_file = audit.c.filters["as_file"].astext
    handed_out = or_(audit.c.action.in_(EXPORTS), and_(as_file.is_not(None), as_file != "false"))
    return handed_out if exported else ~handed_out
