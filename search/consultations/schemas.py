"""Consultations as the API speaks of them."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.gate import PURPOSES


class ConsultationRequest(BaseModel):
    """What somebody states before asking."""

    purpose: str = Field(description=f"One of: {', '.join(PURPOSES)}.")
    file_number: str = Field(description="Number of the PV, note or incident.")
    reason: str = Field(description="Why you ask, in your own words.")
    file_kind: str = Field("pv", description="What the number is of: pv, note or incident.")
    urgent: bool = Field(False, description="With an incident's number instead of a PV: reaches back 24 hours, and the "
                         "PV follows within 72.")


class ConsultationForm(BaseModel):
    """The same, as the page's form sends it; what is missing is asked for again."""

    purpose: str = ""
    file_number: str = ""
    reason: str = ""
    file_kind: str = "pv"
    urgent: bool = False
    plate: str = ""
    next: str = "/reads"


class OpenedConsultation(BaseModel):
    """An open consultation; send its id as header `Consultation` with every question."""

    consultation_id: UUID
    purpose: str
    file_number: str
    expires_at: datetime


class OwedPvItem(BaseModel):
    """An urgent consultation whose PV has no number yet."""

    consultation_id: UUID
    purpose: str
    incident: str = Field(description="The number that it was opened with.")
    opened_at: datetime
    due_at: datetime = Field(description="Until when the number may follow before superior and DPO are told.")
    told_at: datetime | None = Field(description="When they were told.")


class OwedPvs(BaseModel):
    """What you owe, the first that is due first."""

    items: list[OwedPvItem]


class PvNumber(BaseModel):
    """The number of the PV that an urgent consultation led to."""

    pv_number: str = Field(description="3 to 60 characters, not the incident's number.")
