"""The page of one's own notices."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from search.access import CurrentVisitor, Visitor
from search.doors import may
from search.notices.wording import BUTTONS, say_notice
from search.pages.language import words
from search.pages.links import local_path
from search.pages.rendering import show_page
from search.program import Program, RunningProgram
from services import audit, notices
from services.clock import utc_now
from services.database import reading, transaction
from services.errors import NotFoundError
from services.roles import Act

pages = APIRouter(include_in_schema=False)
_LARGEST = 2**63 - 1


@pages.get("/notices", dependencies=[may(Act.be_here)])
async def show_notices(request: Request, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Show what the visitor is told, the new first."""
    async with reading(program.engine) as connection:
        found = await notices.list_notices(connection, visitor.user.user_id)
    rows = [(notice, say_notice(notice), BUTTONS[notice.kind]) for notice in found]
    return show_page(request, "notices.html", rows=rows)


@pages.post("/notices/{notice_id}/open", dependencies=[may(Act.be_here)])
async def open_notice(notice_id: int, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Note that a notice was seen, and go on to what it is about."""
    async with reading(program.engine) as connection:
        address = (await notices.address_of(connection, visitor.user.user_id, notice_id)
                   if 0 < notice_id <= _LARGEST else None)
    if address is None:
        raise NotFoundError(words("None of your notices has this number."))
    await _mark_seen(program, visitor, notice_id)
    return RedirectResponse(local_path(address, "/notices"), 303)


@pages.post("/notices/seen", dependencies=[may(Act.be_here)])
async def mark_all_seen(program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Note that all notices were seen."""
    await _mark_seen(program, visitor)
    return RedirectResponse("/notices", 303)


async def _mark_seen(program: Program, visitor: Visitor, notice_id: int | None = None) -> None:
    async with transaction(program.engine) as connection:
        seen = await notices.mark_seen(connection, visitor.user.user_id, utc_now(), notice_id)
        if seen:
            await program.trail.record(connection, visitor.actor, audit.Entry(
                audit.Action.notices_seen, filters={"notices": seen}, result_count=len(seen)))
