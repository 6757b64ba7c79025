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


class OpenedConsultation(BaseModel):
    """An open consultation; send its id as header `Consultation` with every question."""

    consultation_id: UUID
    purpose: str
    file_number: str
    expires_at: datetime
