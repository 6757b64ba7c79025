"""Cameras as the API speaks of them."""

from collections.abc import Iterable
from datetime import date, datetime

from pydantic import BaseModel, Field

from search.cameras.completeness import Completeness, CompletenessBasis
from services.clock_rule import ClockClass
from services.papers_rule import LONGEST, Lack, Papers
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
    live_since: datetime | None = Field(description="null: not live; what it sends is refused and not kept.")
    off_since: datetime | None = Field(description="Since when it has been taken off, if it was live before.")
    lacks: list[Lack] = Field(description="What keeps it from going live: `papers`, or a `pictogram` yet to stand.")


class PapersOfCamera(BaseModel):
    """What a camera's use rests on (R12); days are those of Brussels."""

    council_decision: str = Field(max_length=LONGEST, description="Reference of the council's decision.")
    council_decided_on: date
    dpia_reference: str = Field(max_length=LONGEST)
    dpia_made_on: date
    register_entry: str = Field(max_length=LONGEST, description="Its number in the register of camera uses.")
    pictogram_since: date = Field(description="May lie ahead: the camera goes live on that day at the earliest.")

    def as_papers(self) -> Papers:
        """Return them as papers, not checked."""
        return Papers(**self.model_dump())


class PapersForm(BaseModel):
    """The same as a page's form sends it: texts."""

    council_decision: str = ""
    council_decided_on: str = ""
    dpia_reference: str = ""
    dpia_made_on: str = ""
    register_entry: str = ""
    pictogram_since: str = ""


class TakingOff(BaseModel):
    """Why a camera is taken off."""

    reason: str = Field(description="Kept in the audit, 1 to 500 characters.")


class StandingAnswer(BaseModel):
    """A camera's papers, and whether it is live."""

    code: str
    live_since: datetime | None
    off_since: datetime | None
    lacks: list[Lack]
    papers: PapersOfCamera | None
    changed_by: str | None
    changed_at: datetime | None


class CamerasAnswer(BaseModel):
    """All cameras."""

    items: list[CameraAnswer]


class OnwardItem(BaseModel):
    """A camera at which a vehicle may be seen next."""

    camera: str = Field(description="Its code.")
    name: str
    probability: float
    soonest_s: int = Field(description="Seconds from the one camera to the other; one vehicle in a hundred is faster.")
    usual_s: int = Field(description="Half of them are faster.")
    latest_s: int = Field(description="Five in six are faster.")


class OnwardAnswer(BaseModel):
    """Where vehicles that pass a camera are seen next."""

    camera: str
    at: datetime
    items: list[OnwardItem] = Field(description="The most probable first; empty where no road leads on to a camera.")
    elsewhere: float = Field(description="How probably it stays, turns off, leaves the zone or is not read.")


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
