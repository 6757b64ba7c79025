"""Trial reads as the API speaks of them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field


class TrialItem(BaseModel):
    """A read of a gateway in state proef; of texts that came from the source, the shape alone."""

    digest: str = Field(description="Its name in addresses, 32 hexadecimal digits.")
    received_at: datetime
    captured_at: datetime
    camera: str | None
    plate: str | None = Field(description="Masked: 3-ABC-123 becomes 9-AAA-999; null when nothing was read.")
    country: str | None
    confidence: float | None
    confidence_raw: str | None
    direction: str | None
    facing: str | None
    lane: int | None
    speed_kmh: float | None
    make: str | None
    model: str | None
    colour: str | None
    vehicle_type: str | None
    passage: str | None
    images: list[str]
    clock_basis: str | None


class TrialsAnswer(BaseModel):
    """Trial reads, the last received first."""

    items: list[TrialItem]
    next: str | None = Field(description="Value of `after` for the next page; null on the last.")


class TrialInFull(BaseModel):
    """A trial read as `python -m ingest decode` prints it."""

    digest: str
    found: dict[str, Any]
