"""Reads as the API speaks of them."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field


class ReadsParameters(BaseModel):
    """The filters of the search; each is one row of `search/reads/filters.py`, which reads them."""

    plate: list[str] = Field(default_factory=list, max_length=50, description=(
        "Plate, with or without hyphens; `?` is one character, `*` any number. Several, repeated or with commas."))
    from_: str | None = Field(None, alias="from", description=(
        "First moment: `2026-11-23T14:05` in Brussels, or ISO 8601 with an offset."))
    until: str | None = Field(None, description="First moment that is no longer asked for.")
    camera: list[str] = Field(default_factory=list, description="Code of a camera; several, repeated or with commas.")
    limit: int = Field(50, ge=1, le=500, description="Most reads in one answer.")
    after: str | None = Field(None, max_length=200, description="`next` of the previous answer.")


class CameraOfRead(BaseModel):
    """The camera that saw it."""

    code: str
    name: str
    municipality: str | None
    road: str | None
    direction: str | None


class Vehicle(BaseModel):
    """What the camera thinks of the vehicle."""

    make: str | None
    model: str | None
    colour: str | None
    type: str | None


class ReadItem(BaseModel):
    """One plate seen by one camera once."""

    read_id: UUID
    plate: str | None = Field(description="Normalised; null when nothing was read.")
    country: str | None = Field(description="ISO 3166-1 alpha-2.")
    captured_at: datetime = Field(description="By the camera's clock, UTC.")
    received_at: datetime
    camera: CameraOfRead
    gateway: str
    confidence: float | None = Field(description="0 to 1.")
    direction: str | None = Field(description="towards or away.")
    facing: str | None = Field(description="front or rear.")
    lane: int | None
    speed_kmh: float | None = Field(description="Indicative.")
    vehicle: Vehicle
    late: bool = Field(description="Arrived too late to count as live.")
    clock_synchronised: bool | None
    images: dict[str, str] = Field(description="Signed addresses by kind (plate, overview); they hold ten minutes.")


class EarlierReading(BaseModel):
    """What an earlier message said of the same passage, before it was corrected."""

    plate: str | None
    plate_raw: str | None
    country: str | None
    confidence: float | None
    received_at: datetime


class ReadInFull(ReadItem):
    """One read with everything that is known of it."""

    plate_raw: str | None = Field(description="As the camera sent it; null when it equals plate.")
    country_raw: str | None = Field(description="As the camera sent it; null when it equals country.")
    delay_seconds: float = Field(description="From capture to reception.")
    earlier: list[EarlierReading]


class Withheld(BaseModel):
    """The part of the question that may not be answered."""

    before: datetime
    reason: str = Field(description="needs-decision or never.")
    message: str


class ReadsAnswer(BaseModel):
    """Reads, newest first."""

    items: list[ReadItem]
    next: str | None = Field(description="Value of `after` for the next page; null on the last.")
    withheld: Withheld | None
    question: str = Field(description="The question in words.")
