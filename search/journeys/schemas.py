"""Journeys as the API speaks of them."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from search.cameras.schemas import CompletenessAnswer
from search.reads.schemas import Withheld


class JourneysParameters(BaseModel):
    """The question; `search/journeys/asked.py` reads it."""

    plate: str = Field(max_length=100, description="One plate in full, with or without hyphens.")
    from_: str | None = Field(None, alias="from", max_length=40, description=(
        "First moment: `2026-11-23T14:05` in Brussels, or ISO 8601 with an offset; else seven days before `until`."))
    until: str | None = Field(None, max_length=40, description="First moment that is no longer asked for; else now.")
    alike: str | None = Field(None, max_length=20, description=(
        "Look-alikes from this probability, after time and place were looked at: `certain`, `likely`, `possible`, or "
        "a number up to 1; without it the plate itself alone."))


class JourneysAsked(JourneysParameters):
    """The question with what only the API can be asked for."""

    speed: bool = Field(False, description="Whether to work out indicative speeds. They prove nothing.")


class CameraOnWay(BaseModel):
    """A camera, where it stood at that time."""

    code: str
    name: str
    municipality: str | None
    road: str | None
    direction: str | None
    lat: float | None
    lon: float | None
    moved: bool = Field(description="Whether it stands elsewhere now; the roads between cameras then say nothing.")


class ReadOnWay(BaseModel):
    """One read of a journey."""

    read_id: UUID
    captured_at: datetime = Field(description="By the camera's clock, UTC.")
    camera: CameraOnWay
    plate: str
    probability: float | None = Field(description="That it is the vehicle, text, time and place together; null when "
                                      "the text is the plate itself.")
    on_plate_alone: float | None = Field(description="The same by the text alone.")
    why: str | None = Field(description="Why it is taken for the vehicle, or ruled out, in words.")
    kind: str = Field(description="`exact` or `probable`.")


class Passed(BaseModel):
    """A camera on the way that read nothing."""

    camera: str
    name: str
    why: str = Field(description="`silent` when it told nothing in that time, else `missed`: it missed the vehicle, "
                     "or the vehicle went another way.")
    earliest: datetime
    latest: datetime = Field(description="The vehicle can have passed between these two.")
    silent_since: datetime | None
    silent_until: datetime | None = Field(description="Null while it is silent still.")
    silent_by: str | None = Field(description="`heartbeat` or `rhythm`: by what the silence was noticed.")


class LegOfJourney(BaseModel):
    """Two reads in a row."""

    from_: str = Field(serialization_alias="from", description="Code of the camera.")
    to: str
    km: float | None = Field(description="Along the quickest road; null when none is known.")
    minutes: float
    usual_minutes: float | None = Field(description="At this hour of the day.")
    verdict: str = Field(description="`drove`, `stopped`, `turned` (no way onward leads there), `again` (the same "
                         "camera within a minute) or `unknown` (a camera that is not on the road network).")
    speed_kmh: float | None = Field(description="Indicative, no proof; null unless asked for, and where clocks or "
                                    "places do not allow it.")
    speed_error_kmh: float | None
    passed: list[Passed]


class Stop(BaseModel):
    """A time in which the vehicle stood still or drove about between two cameras."""

    after: datetime
    before: datetime
    between: tuple[str, str] = Field(description="Codes of the cameras.")
    minutes: float = Field(description="Above the usual time.")


class JourneyTold(BaseModel):
    """One journey."""

    started_at: datetime
    ended_at: datetime
    begins: str = Field(description="Why it begins here: `first`, `long` (the read before is too long ago), `turned` "
                        "(the vehicle came back) or `impossible` (it cannot be the vehicle of the journey that was "
                        "under way: two vehicles with one plate, or a wrong clock).")
    cannot_follow: UUID | None = Field(description="With `impossible`: the read that it cannot follow.")
    gap_minutes: float | None = Field(description="Since the read before.")
    reads: list[ReadOnWay]
    legs: list[LegOfJourney]
    stops: list[Stop]


class RuledOutRead(BaseModel):
    """A look-alike read that cannot be the vehicle."""

    read: ReadOnWay
    because: UUID = Field(description="The read that the same vehicle cannot have been at as well.")


class JourneysAnswer(BaseModel):
    """One vehicle's journeys, oldest first."""

    journeys: list[JourneyTold]
    ruled_out: list[RuledOutRead]
    left_out: int = Field(description="Look-alike reads that are less probable than was asked for.")
    cut: bool = Field(description="Whether there are more reads than one answer holds; the newest are in it.")
    complete: list[CompletenessAnswer] = Field(description=(
        "Until when the reads of every camera are complete; the journeys may go on after it."))
    completeness: str = Field(description="The same in a sentence.")
    withheld: Withheld | None
    question: str = Field(description="The question in words.")
    note: str = Field(description="What the answer is worth.")
