"""Hits as the API speaks of them, and what the forms of the board send."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.hits.following import ConfirmedOn, Disposition
from services.hits.tending import LONGEST_REMARK


class StepForm(BaseModel):
    """What goes with a step."""

    on: ConfirmedOn | None = None
    disposition: Disposition | None = None
    remark: str = Field("", max_length=LONGEST_REMARK)
    shown: str = Field("", max_length=40)
    next: str = "/hits"


class StepGiven(BaseModel):
    """A step as a program takes it, for the person whose token it presents."""

    on: ConfirmedOn | None = Field(None, description="Of `confirm`: `image`, or `spot` where there is none.")
    disposition: Disposition | None = Field(None, description="Of `end`: what came of it.")
    remark: str = Field("", max_length=LONGEST_REMARK, description="Needed with `not-followed`.")
    shown: str = Field("", max_length=40, description="Of `misread`: the plate that the image shows.")


class HitItem(BaseModel):
    """A hit; of groups that you belong to, and no other."""

    hit_id: int
    plate: str = Field(description="As it was read.")
    country: str | None
    state: str = Field(description="open, claimed, confirmed, dispatched or ended.")
    priority: int = Field(description="1, the highest, to 4.")
    matched_as: str = Field(description="exact; or country, pattern, alike: possible only, until a person confirms it.")
    probability: float | None
    late: bool = Field(description="All of its reads came late.")
    discreet: bool
    sightings: int
    captured_at: datetime = Field(description="Of its newest read.")
    received_at: datetime | None
    camera: str | None = Field(description="Code of the camera that saw it last.")
    read_id: UUID | None
    raised_at: datetime
    claimed_by: str | None
    confirmed_on: str | None
    disposition: str | None
    lists: list[str] = Field(description="The lists that it matched.")
    entries: list[int]


class HitsAnswer(BaseModel):
    """The open hits, the most urgent first."""

    after: str = Field(description="Where `GET /hits/events` goes on after this answer.")
    items: list[HitItem]
