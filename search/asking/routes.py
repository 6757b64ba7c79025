"""What the box understands of a text while it is written; no read is looked at."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from search.asking.chips import chips_of
from search.asking.knowing import current_zone
from search.asking.suggesting import suggest
from search.asking.understanding import understand
from search.doors import may
from search.pages.rendering import show_page
from search.program import RunningProgram
from search.reads.addresses import Paging
from services.clock import utc_now
from services.roles import Act

pages = APIRouter(include_in_schema=False)


@pages.get("/reads/understood", dependencies=[may(Act.ask_reads)])
async def show_understood(request: Request, program: RunningProgram,
                          q: Annotated[str, Query(max_length=2_000)] = "") -> Response:
    """Show the chips that a text would become, what is not understood of it, and names that it may go on with."""
    zone, places = await current_zone(program.engine)
    understood, suggested = understand(q, zone, utc_now()), suggest(q, zone, places)
    return show_page(request, "reads_understood.html", suggested=suggested, chips=chips_of(understood.asked, Paging()),
                     unread=_without_beginnings(understood.unread, q[suggested.keep:] if suggested.items else ""))


def _without_beginnings(unread: Sequence[str], begun: str) -> tuple[str, ...]:
    """Leave out what is not understood because it is not yet written out."""
    return tuple(told for number, told in enumerate(unread) if number + 1 < len(unread) or told != begun)
