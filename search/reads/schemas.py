"""Reads as the API speaks of them."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from search.cameras.schemas import CompletenessAnswer


class FilterParameters(BaseModel):
    """The filters of the search as the API describes them; `search/reads/filters.py` reads them, a row each."""

    plate: list[str] = Field(default_factory=list, max_length=50, description=(
        "Plate, with or without hyphens; `?` is one character, `[AB]` one of these, `*` any number of any. Several, "
        "repeated or with commas."))
    alike: str | None = Field(None, description=(
        "Look-alikes of the plate from this probability: `certain`, `likely`, `possible`, or a number up to 1."))
    witness: str | None = Field(None, max_length=40, description=(
        "A plate as somebody remembers it, in any order, in part; `?` is an unknown character."))
    level: str | None = Field(None, description=(
        "With `witness`: plates at least so many times as probable as the likeliest one; 0.05 unless told."))
    from_: str | None = Field(None, alias="from", description=(
        "First moment: `2026-11-23T14:05` in Brussels, or ISO 8601 with an offset."))
    until: str | None = Field(None, description="First moment that is no longer asked for.")
    hours: str | None = Field(None, description="Part of every day: `22-05`, `07:30-09:00`; also over midnight.")
    weekday: list[str] = Field(default_factory=list, description=(
        "`mon` to `sun`, several with commas; a night belongs to the day on which it began."))
    camera: list[str] = Field(default_factory=list, description="Code of a camera; several, repeated or with commas.")
    site: list[str] = Field(default_factory=list, description="Cameras at one place.")
    municipality: list[str] = Field(default_factory=list)
    road: list[str] = Field(default_factory=list, description="Such as `N75`.")
    heading: list[str] = Field(default_factory=list, description=(
        "Where the traffic drives to, `n`, `ne`, `e` … `nw`, by the camera's place."))
    area: str | None = Field(None, description=(
        "Corners of an area in which the camera stood, `longitude,latitude;…`, WGS 84 degrees, 3 to 50 of them."))
    direction: list[str] = Field(default_factory=list, description="`towards` the camera or `away` from it.")
    lane: list[str] = Field(default_factory=list)
    speed: str | None = Field(None, description="Range in km/h: `50-70`, `90-`, `-30`. Indicative, no evidence.")
    country: list[str] = Field(default_factory=list, description="ISO 3166-1 alpha-2.")
    make: list[str] = Field(default_factory=list)
    model: list[str] = Field(default_factory=list)
    colour: list[str] = Field(default_factory=list, description=(
        "Colour, or none: cameras see none at night. `without_colour` says how many of an answer had none."))
    colour_unknown: Literal["yes", "no"] | None = Field(None, description="`no`: only where the colour is known.")
    type: list[str] = Field(default_factory=list, description="car, van, truck, motorcycle, bus.")
    confidence: str | None = Field(None, description="Range of the camera's own certainty, 0 to 1.")
    read: Literal["yes", "no"] | None = Field(None, description="`no`: passages whose plate was not read.")
    first: Literal["yes", "no"] | None = Field(None, description=(
        "`yes`: no earlier read of the plate in the period that may be seen."))
    late: Literal["yes", "no"] | None = Field(None, description="Arrived too late to count as live.")

    @classmethod
    def described(cls) -> dict[str, Any]:
        """Return the filters for an OpenAPI operation: described here, and read in one place only."""
        properties = cls.model_json_schema(by_alias=True)["properties"]
        return {"parameters": [
            {"name": name, "in": "query", "required": False, "description": about.pop("description", ""),
             "schema": about} for name, about in properties.items()]}


class PageParameters(BaseModel):
    """Which reads of an answer are returned."""

    by: Literal["read", "vehicle"] = Field("read", description="`vehicle`: of each plate its newest read alone.")
    limit: int = Field(50, ge=1, le=500, description="Most reads in one answer.")
    after: str | None = Field(None, max_length=200, description="`next` of the previous answer.")
    spread: bool = Field(False, description=(
        "Also tell how the whole answer lies over time and cameras, of its newest 10,000 reads."))


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
    probability: float | None = Field(description=(
        "That it is the vehicle asked for, where look-alikes or what a witness remembers were asked for; null for the "
        "plate itself."))
    why: str | None = Field(description="What has to have happened for that, in words.")
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


class SpreadBar(BaseModel):
    """The reads captured from `since` up to `until`."""

    since: datetime
    until: datetime
    count: int


class SpreadAnswer(BaseModel):
    """How the newest 10,000 reads of an answer lie over time and cameras; by read, also where `by` is vehicle."""

    total: int
    more: bool = Field(description="Whether there are more than were counted; the bars then begin with the oldest.")
    bars: list[SpreadBar] = Field(description="In the order of time; those of 6 hours and more keep to Brussels' days.")
    cameras: dict[str, int] = Field(description="Reads by code of the camera, most first.")


class ReadsAnswer(BaseModel):
    """Reads, newest first."""

    items: list[ReadItem]
    next: str | None = Field(description="Value of `after` for the next page; null on the last.")
    withheld: Withheld | None
    complete: list[CompletenessAnswer] = Field(description=(
        "Of each camera asked for: until when all its reads are here."))
    completeness: str = Field(description="The same in a sentence.")
    without_colour: int | None = Field(description="Where a colour was asked for: how many of these reads have none.")
    question: str = Field(description="The question in words.")
    spread: SpreadAnswer | None = Field(None, description="Where `spread` was asked for.")
