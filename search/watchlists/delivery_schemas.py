"""Deliveries as the API and the forms speak of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.watchlists.delivery_files import DeliveryKind


class RefusedLine(BaseModel):
    """A line that is not taken; never what it says."""

    file: int = Field(description="Which file of a ZIP, from 1, in the order of its manifest.")
    line: int = Field(description="From 1; the header counts.")
    reasons: list[str] = Field(description="Codes, as docs/list-files.md explains them.")


class DeliveryItem(BaseModel):
    """A delivery: what it would do, or did."""

    delivery_id: UUID
    kind: DeliveryKind
    revision: int | None
    sha256: str
    handed_in_by: str | None
    handed_in_at: datetime
    agreed_by: str | None = Field(description="The first of two, where it ends much.")
    taken_by: str | None
    taken_at: datetime | None = Field(description="null: it was looked at, and not taken.")
    waits: bool = Field(description="Whether it can still be taken.")
    counts: dict[str, int] = Field(description="lines, refused, added, changed, ended, same, held, before.")


class DeliveryAnswer(BaseModel):
    """A delivery with every line that it refuses."""

    delivery: DeliveryItem
    refused: list[RefusedLine]


class DeliveriesAnswer(BaseModel):
    """A list's deliveries, the newest first; 50 at most."""

    items: list[DeliveryItem]


class Taking(BaseModel):
    """That a delivery is to be taken."""

    ends_much: bool = Field(False, description="That you know that it ends more than a fifth of the list.")


_TEXT = {"type": "string"}
_NUMBER = {"type": "string", "pattern": "^[0-9]+$"}
DELIVERY: dict[str, Any] = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": {
    "type": "object", "required": ["kind"],
    "properties": {
        "kind": {"type": "string", "enum": [str(kind) for kind in DeliveryKind]},
        "file": {"type": "string", "format": "binary", "description": "CSV or ZIP, as docs/list-files.md says."},
        "plates": {**_TEXT, "description": "Of kind paste: one a line."},
        "revision": {**_NUMBER, "description": "Of a CSV."},
        "rows": {**_NUMBER, "description": "How many lines a CSV has behind its header."},
        "sha256": {**_TEXT, "description": "Of the file, 64 hexadecimal digits."},
        **{name: {**_TEXT, "description": "What counts where a line says nothing."} for name in (
            "country", "measure", "reason", "legal_basis", "authority", "file_number", "requester", "since", "until")},
    }}}}}}
"""The form of a delivery, for the OpenAPI: the route reads it itself, with a limit."""
