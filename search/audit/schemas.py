"""The audit as the API speaks of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

MOST_AT_ONCE = 500


class AuditFilters(BaseModel):
    """What the audit can be asked for."""

    person: str | None = Field(None, description="A user name.")
    role: list[str] = Field([], description="Roles; one of them.")
    action: list[str] = Field([], description="What was done, such as reads-searched; one of them.")
    from_: str | None = Field(None, alias="from", description="Rows from this moment on.")
    until: str | None = Field(None, description="Rows before this moment.")
    plate: str | None = Field(None, description="Rows that ask for this plate, or open one of its reads by number.")
    file: str | None = Field(None, description="Rows of consultations with exactly this file number.")
    consultation: str | None = Field(None, description="Rows of one consultation.")
    denied: str | None = Field(None, description="yes: only what was refused; no: only what was not.")
    urgent: str | None = Field(None, description="yes: only under urgent consultations; no: all others.")
    exported: str | None = Field(None, description="yes: only what left as a file; no: all others.")


class AuditParameters(AuditFilters):
    """The same, and which page of the answer."""

    after: int | None = Field(None, ge=1, le=2**63 - 1, description="Where to go on: `next` of the previous answer.")
    limit: int = Field(50, ge=1, le=MOST_AT_ONCE)


class AuditRowAnswer(BaseModel):
    """One row of the audit: counts and opaque numbers, never a result."""

    audit_id: int
    at: datetime
    action: str
    username: str
    role: str
    client_address: str
    consultation_id: UUID | None
    purpose: str | None
    file_number: str | None
    origin: str | None = Field(description="stated, urgent or alert.")
    question: str = Field(description="In words, Dutch.")
    filters: dict[str, Any] = Field(description="The question in full.")
    decision: dict[str, Any] = Field(description="What the gate allowed and withheld, or why nothing was answered.")
    result_count: int | None
    read_ids: list[UUID]


class SealedRowAnswer(AuditRowAnswer):
    """One row with its seals, hexadecimal."""

    content_seal: str
    link_seal: str


class AuditAnswer(BaseModel):
    """Rows, newest first."""

    question: str
    items: list[AuditRowAnswer]
    next: int | None = Field(description="Value of `after` for the next page; null on the last.")


class ConsultationAnswer(BaseModel):
    """A consultation as it was stated, with everything that was asked under it, newest first."""

    consultation_id: UUID
    username: str
    role: str
    purpose: str
    file_number: str
    file_kind: str
    reason: str
    origin: str
    flags: list[str]
    opened_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    pv_number: str | None
    pv_due_at: datetime | None
    pv_given_at: datetime | None
    items: list[AuditRowAnswer]
    next: int | None


class ReportedRead(BaseModel):
    """What is kept of one passage of a plate; pictures are counted, not shown."""

    read_id: UUID
    captured_at: datetime
    received_at: datetime
    plate: str
    country: str | None
    camera: str
    camera_name: str
    municipality: str | None
    road: str | None
    direction: str | None
    make: str | None
    model: str | None
    colour: str | None
    vehicle_type: str | None
    speed_kmh: float | None = Field(description="Indicative, no evidence.")
    pictures: int
    superseded: bool = Field(description="Whether a better reading of the same passage replaced it.")


class ReportedQuestion(BaseModel):
    """That somebody asked about the plate."""

    at: datetime
    action: str
    role: str
    purpose: str | None
    file_number: str | None
    person: str | None = Field(description="Only on the DPO's own page and here, never in a file.")


class PlateParameters(BaseModel):
    """Which plate, and which period."""

    plate: str = Field(description="One plate in full.")
    from_: str | None = Field(None, alias="from", description="Since when; without it, as far back as is kept.")
    until: str | None = Field(None, description="Until when; without it, until now.")


class PlateAnswer(BaseModel):
    """What is kept of a plate, and who asked about it."""

    plate: str
    reads: list[ReportedRead]
    questions: list[ReportedQuestion]
    complete: bool = Field(description="Whether this is all; otherwise ask for a shorter period.")
