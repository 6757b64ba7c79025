"""Alerts for programs: each read of a hit, with the entry that it matched."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from search.access import CurrentVisitor
from search.doors import may
from search.hits.alert_queries import Part, list_alerts
from search.hits.handling import look
from search.hits.showing import shown_numbers
from search.program import RunningProgram
from search.reads.cursor import not_ours
from search.refusals import REFUSALS
from services.clock import utc_now
from services.database import transaction
from services.roles import Act

api = APIRouter(prefix="/api/v1", tags=["hits"], responses=REFUSALS)

LONGEST = timedelta(hours=72)
"""So far back alerts are listed, as for the handover; what lies before is asked of passages, for a reason (R9)."""

_USUAL = timedelta(hours=8)


class AlertItem(BaseModel):
    """A read that matched an entry."""

    hit_id: int = Field(description="The hit that it is part of.")
    entry_id: int
    read_id: UUID
    plate: str = Field(description="As it was read.")
    country: str | None
    camera: str = Field(description="Code of the camera.")
    captured_at: datetime
    received_at: datetime
    raised_at: datetime
    matched_as: str = Field(description="exact; or country, pattern, alike: possible only.")
    probability: float | None = Field(description="Of a look-alike: that the entry's plate passed.")
    late: bool


class AlertsAnswer(BaseModel):
    """Alerts, the newest first."""

    items: list[AlertItem]
    next: str | None = Field(description="Value of `after` for the next page; null on the last.")


class AlertsParameters(BaseModel):
    """Which alerts are asked for."""

    since: AwareDatetime | None = Field(None, description="Raised since then, at most 72 hours ago; without it 8.")
    after: str = Field("", max_length=64, description="`next` of the answer before.")
    limit: int = Field(100, ge=1, le=500, description="Most alerts in one answer.")


@api.get("/alerts", summary="The reads behind the hits of your groups", dependencies=[may(Act.see_hits)])
async def get_alerts(asked: Annotated[AlertsParameters, Query()], program: RunningProgram,
                     visitor: CurrentVisitor) -> AlertsAnswer:
    """Return each read that matched an entry, newest first, also of hits that ended; what was withdrawn is not here."""
    now, marks = utc_now(), program.boards.marks
    before = marks.read(asked.after) if asked.after else None
    if asked.after and before is None:
        raise not_ours()
    part = Part(max(asked.since or now - _USUAL, now - LONGEST), before, asked.limit)
    async with transaction(program.engine) as connection:
        found = await list_alerts(connection, await look(connection, visitor), part)
        if found:
            await program.trail.record(connection, visitor.actor, shown_numbers(
                {one.hit_id for one in found}, {one.read_id for one in found}))
    last = marks.write(found[-1].alert_id) if len(found) == asked.limit else None
    return AlertsAnswer(items=[AlertItem.model_validate(one, from_attributes=True) for one in found], next=last)
