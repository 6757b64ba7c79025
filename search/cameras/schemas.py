"""Cameras as the API speaks of them."""

from datetime import datetime

from pydantic import BaseModel, Field

from services.clock_rule import ClockClass


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
    clock_offset_ms: int | None = Field(description="How far its clock is ahead of ours, less the fastest way of its "
                                        "reads to us; null when it was never measured.")
    clock_class: ClockClass | None = Field(description="`ok`, `flagged` (more than 100 ms off) or `excluded` from "
                                           "speeds and convoys (more than 1 s off).")
    clock_measured_at: datetime | None


class CamerasAnswer(BaseModel):
    """All cameras."""

    items: list[CameraAnswer]
