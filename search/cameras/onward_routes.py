"""Which cameras a vehicle may reach next after one of them: the zone's traffic by hour, without a plate."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from search.cameras.queries import find_numbers
from search.cameras.register import NO_SUCH_CAMERA
from search.cameras.schemas import OnwardAnswer, OnwardItem
from search.doors import may
from search.pages.language import words
from search.program import RunningProgram
from search.refusals import REFUSALS
from services.clock import typed_instant, utc_now
from services.database import reading
from services.errors import BadQuestionError, NotFoundError
from services.onward import onward_from
from services.roles import Act

api = APIRouter(prefix="/api/v1", tags=["cameras"], responses=REFUSALS)


@api.get("/cameras/{code:path}/onward", summary="Cameras reached next", dependencies=[may(Act.see_cameras)])
async def get_onward(
        code: str, program: RunningProgram,
        at: Annotated[str, Query(description="When it passed; now, unless told. As `from` of a search.")] = "",
        via: Annotated[str, Query(description="Code of the camera at which it was seen before, if it was.")] = "",
) -> OnwardAnswer:
    """Return where vehicles that pass this camera at that hour are seen next, and when; the most probable first."""
    moment = _instant(at)
    async with reading(program.engine) as connection:
        numbers = await find_numbers(connection, [one for one in (code, via) if one])
        if code not in numbers or (via and via not in numbers):
            raise NotFoundError(NO_SUCH_CAMERA)
        found = await onward_from(connection, numbers[code], moment, numbers.get(via))
    return OnwardAnswer(
        camera=code, at=moment, elsewhere=round(1.0 - sum(one.probability for one in found), 4),
        items=[OnwardItem(camera=one.code, name=one.name, probability=round(one.probability, 4),
                          soonest_s=round(one.soonest_s), usual_s=round(one.usual_s), latest_s=round(one.latest_s))
               for one in found])


def _instant(typed: str) -> datetime:
    try:
        return typed_instant(typed) if typed else utc_now()
    except (ValueError, OverflowError):
        raise BadQuestionError(words("at: write a moment as `2026-11-23T14:05`")) from None
