"""Cameras as the API speaks of them."""

from datetime import datetime

from pydantic import BaseModel, Field


class CameraAnswer(BaseModel):
    """A camera, where it stands and how fresh its reads are."""

    code: str
    name: str
    municipality: str | None
    road: str | None
    direction: str | None
    kind: str | None
    lat: float | None
    lon: float | None
    heading_deg: int | None
    speed_limit_kmh: int | None
    lanes: int | None
    synthetic: bool
    last_captured_at: datetime | None = Field(description="Capture of its latest read.")
    heartbeat_at: datetime | None
    complete_until: datetime | None = Field(description="All reads up to here have been sent, says its gateway.")


class CamerasAnswer(BaseModel):
    """All cameras."""

    items: list[CameraAnswer]
