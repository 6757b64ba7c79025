"""Cameras as the API speaks of them."""

from collections.abc import Iterable
from datetime import datetime

from pydantic import BaseModel, Field

from search.cameras.completeness import Completeness, CompletenessBasis
from services.clock_rule import ClockClass
from services.silence_rule import Basis


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
    silent_since: datetime | None = Field(description="Since when nothing has come of it though something should "
                                          "have; null when it is not silent.")
    silent_by: Basis | None = Field(description="What tells so: `heartbeat`, or the `rhythm` of its reads.")


class CamerasAnswer(BaseModel):
    """All cameras."""

    items: list[CameraAnswer]


class CompletenessAnswer(BaseModel):
    """Until when the reads of one camera are complete."""

    camera: str = Field(description="Its code.")
    complete_until: datetime | None
    basis: CompletenessBasis = Field(description="`declared` by its gateway; `estimated` from its last read, so that "
                                     "some before it may still come; or `unknown`.")
    silent_since: datetime | None
    silent_by: Basis | None


def answer_completeness(found: Iterable[Completeness]) -> list[CompletenessAnswer]:
    """Return completeness as the API speaks of it."""
    return [CompletenessAnswer(camera=camera.code, complete_until=camera.complete_until, basis=camera.basis,
                               silent_since=camera.silent_since,
                               silent_by=Basis(camera.silent_by) if camera.silent_by else None) for camera in found]
