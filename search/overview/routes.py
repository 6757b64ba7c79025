"""The overview as a page, and the part of it that a script asks for again every fifteen seconds."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from search.access import CurrentVisitor, Visitor
from search.cameras.marks import camera_marks
from search.cameras.pace import JUDGED
from search.doors import may
from search.hits.standing import AGES
from search.map.routes import find_zone
from search.overview.looking import look_around
from search.pages.rendering import language_of, show_page
from search.program import Program, RunningProgram
from services.clock import utc_now
from services.database import reading
from services.roles import Act

pages = APIRouter(include_in_schema=False)


@pages.get("/overview", dependencies=[may(Act.see_cameras)])
async def show_overview(request: Request, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Show how the zone fares: to each role what it may see."""
    return show_page(request, "overview.html", **await _look(request, program, visitor), zone=await find_zone(program))


@pages.get("/overview/now", dependencies=[may(Act.see_cameras)])
async def show_now(request: Request, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Return the part that changes, for a page that is open."""
    return show_page(request, "overview_now.html", **await _look(request, program, visitor))


async def _look(request: Request, program: Program, visitor: Visitor) -> dict[str, Any]:
    async with reading(program.engine) as connection:
        overview = await look_around(connection, visitor, utc_now())
    marks = [*camera_marks((row.camera for row in overview.rows), overview.now, language_of(request).say)]
    return {"overview": overview, "hit_ages": AGES, "judged_words": JUDGED, "marks": marks,
            "fares": {mark.code: mark.state for mark in marks}}
