"""Decisions of the procureur des Konings as the API speaks of them."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from services.prosecutor import State


class DecisionItem(BaseModel):
    """A registered decision, without its document."""

    decision_id: int
    state: State = Field(description="waiting (for comparison), in-force, expired, refused or revoked.")
    scope: str = Field(description="What it opens, in words.")
    reference: str
    file_number: str
    magistrate: str
    decided_on: date
    reasons: str
    offence_of_a_year: bool
    plates: list[str] | None = Field(description="null: any plate.")
    cameras: list[str] | None = Field(description="Codes; null: all cameras.")
    since: datetime
    until: datetime
    expires_on: date = Field(description="The last day on which it is in force.")
    document_name: str
    document_sha256: str
    document_bytes: int
    registered_by: str
    registered_at: datetime
    compared_by: str | None
    compared_at: datetime | None
    refused_because: str | None
    revoked_by: str | None
    revoked_at: datetime | None
    revoked_because: str | None


class DecisionsAnswer(BaseModel):
    """Decisions, the last registered first."""

    items: list[DecisionItem]
    next: int | None = Field(description="Value of `before` for the next page; null on the last.")


class DecisionsParameters(BaseModel):
    """What the list can be asked for."""

    file: str | None = Field(None, max_length=60, description="Number of a file.")
    before: int | None = Field(None, ge=1, le=2**31 - 1, description="Where to go on: `next` of the previous answer.")
    limit: int = Field(50, ge=1, le=200)


class Revocation(BaseModel):
    """Why a decision is to open nothing any more."""

    because: str = Field(description="In your own words, 10 to 1000 characters.")


class ComparisonForm(BaseModel):
    """What the second person says on the page."""

    verdict: str = ""
    seen: list[str] = []
    because: str = ""


_TEXT = {"type": "string"}
_YES = {"type": "string", "enum": ["yes"]}
REGISTRATION: dict[str, Any] = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": {
    "type": "object",
    "required": ["reference", "file_number", "magistrate", "decided_on", "reasons", "offence_of_a_year", "since",
                 "until", "expires_on", "document"],
    "properties": {
        "reference": _TEXT, "file_number": _TEXT, "magistrate": _TEXT, "reasons": _TEXT,
        "decided_on": {**_TEXT, "description": "A day: 2026-11-23 or 23/11/2026."},
        "offence_of_a_year": {"type": "string", "enum": ["yes", "no"]},
        "plates": {**_TEXT, "description": "Separated by commas."},
        "any_plate": _YES,
        "cameras": {"type": "array", "items": _TEXT, "description": "Codes."},
        "all_cameras": _YES,
        "since": {**_TEXT, "description": "A moment."}, "until": {**_TEXT, "description": "A moment."},
        "expires_on": {**_TEXT, "description": "A day."},
        "document": {"type": "string", "format": "binary", "description": "PDF, JPEG or PNG, at most 10 MB."},
    }}}}}}
"""The form of a registration, for the OpenAPI: the route reads it itself, with a limit."""
