"""The board, one hit, the handover, pictures and the steps of following up: pages."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import CurrentVisitor, Visitor
from search.doors import may
from search.grants import Granted
from search.hits.cards import Face, make_card
from search.hits.handling import NOT_FOUND, add_remark, find_hit, look, open_consultation, take_step
from search.hits.queries import Hit, count_open, find_alerted, find_ended, find_open, list_events
from search.hits.schemas import StepForm
from search.hits.showing import shown_entry, spelling
from search.pages.links import local_path
from search.pages.rendering import language_of, show_page
from search.program import Program, RunningProgram
from search.reads.pictures import NO_PICTURE, answer_picture, stored_picture, wants_picture
from services.clock import from_epoch_ms, utc_now
from services.database import transaction
from services.errors import NotFoundError
from services.hits.following import Step
from services.hits.telling_boards import feel_pulse, newest_number
from services.hits.tending import Taken
from services.identity import captured_ms_of, is_read_id
from services.images import Kind
from services.retention_rule import cut_off
from services.roles import Act

pages = APIRouter(include_in_schema=False)

_SHIFT_HOURS = 8
_LONGEST_SHIFT = 72


@pages.get("/hits", dependencies=[may(Act.see_hits)])
async def show_board(request: Request, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Show the open hits of the visitor's groups; a script keeps them fresh, without one the page is loaded again."""
    async with transaction(program.engine) as connection:
        mark = program.boards.marks.write(await newest_number(connection))
        pulse, onlooker = await feel_pulse(connection), await look(connection, visitor)
        hits = await find_open(connection, onlooker)
        count = await count_open(connection, onlooker)
        await note_shown(connection, program, visitor, hits)
    cards = [make_card(hit, _face(visitor)) for hit in hits]
    return show_page(request, "hits.html", cards=cards, pulse=pulse, mark=mark, beyond=count - len(hits),
                     spell=spelling(language_of(request)))


@pages.get("/hits/handover", dependencies=[may(Act.see_hits)])
async def show_handover(request: Request, program: RunningProgram, visitor: CurrentVisitor,
                        hours: Annotated[int, Query(ge=1, le=_LONGEST_SHIFT)] = _SHIFT_HOURS) -> Response:
    """Show what a shift hands over: what is open and who has it, and what ended in its hours and how."""
    now = utc_now()
    async with transaction(program.engine) as connection:
        onlooker = await look(connection, visitor)
        standing = await find_open(connection, onlooker)
        ended = await find_ended(connection, onlooker, now - timedelta(hours=hours))
        await note_shown(connection, program, visitor, [*standing, *ended])
    return show_page(request, "hits_handover.html", standing=[make_card(hit, _face(visitor)) for hit in standing],
                     ended=[make_card(hit, _face(visitor)) for hit in ended], hours=hours,
                     hours_offered=(4, 8, 12, 24, 48))


@pages.get("/hits/{hit_id}", dependencies=[may(Act.see_hits)])
async def show_hit(request: Request, hit_id: int, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Show one hit in full: everything that it matched, its trail, what was done."""
    async with transaction(program.engine) as connection:
        hit = await find_hit(connection, visitor, hit_id)
        events = await list_events(connection, hit_id)
        await note_shown(connection, program, visitor, [hit])
    return show_page(request, "hit.html", card=make_card(hit, _face(visitor)), events=events,
                     spell=spelling(language_of(request)))


@pages.get("/hits/{hit_id}/card", dependencies=[may(Act.see_hits)])
async def show_card(request: Request, hit_id: int, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Return one hit's card alone, for a board that has just taken a step."""
    async with transaction(program.engine) as connection:
        hit = await find_hit(connection, visitor, hit_id)
        await note_shown(connection, program, visitor, [hit])
    return Response(program.boards.painter.card(hit, _face(visitor), language_of(request)), media_type="text/html")


@pages.post("/hits/{hit_id}/steps/{step}", dependencies=[may(Act.handle_hits)])
async def take_step_from_form(hit_id: int, step: Step, program: RunningProgram, visitor: CurrentVisitor,
                              form: Annotated[StepForm, Form()]) -> Response:
    """Take a step, and go back to where it was taken."""
    await take_step(program, visitor, hit_id, step, Taken(form.on, form.disposition, form.remark, form.shown))
    return RedirectResponse(local_path(form.next, "/hits"), 303)


@pages.post("/hits/{hit_id}/remark", dependencies=[may(Act.handle_hits)])
async def add_remark_from_form(hit_id: int, program: RunningProgram, visitor: CurrentVisitor,
                               remark: Annotated[str, Form(max_length=1000)] = "") -> Response:
    """Add a remark."""
    await add_remark(program, visitor, hit_id, " ".join(remark.split()))
    return RedirectResponse(f"/hits/{hit_id}", 303)


@pages.post("/hits/{hit_id}/consultation", dependencies=[may(Act.ask_reads)])
async def open_consultation_of_hit(hit_id: int, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Open the consultation that the hit's entry stands for, and go to the vehicle's passages."""
    hit = await open_consultation(program, visitor, hit_id)
    return RedirectResponse(f"/reads?plate={hit.plate}", 303)


@pages.get("/hits/{hit_id}/pictures/{read_id}/{kind}", dependencies=[may(Act.see_hits)])
async def show_picture(request: Request, hit_id: int, read_id: UUID, kind: str, program: RunningProgram,
                       visitor: CurrentVisitor) -> Response:
    """Return a picture behind a hit: of the visitor's groups, not withdrawn, of a read that is still kept."""
    try:
        return await _fetch_picture(program, visitor, hit_id, read_id, kind)
    except NotFoundError:
        if wants_picture(request):
            return Response(NO_PICTURE, 404, media_type="image/svg+xml")
        raise


async def _fetch_picture(program: Program, visitor: Visitor, hit_id: int, read_id: UUID, kind: str) -> Response:
    is_kept = is_read_id(read_id) and from_epoch_ms(captured_ms_of(read_id)) >= cut_off(utc_now())
    if kind not in Kind.__members__ or not is_kept or not 0 < hit_id < 2**63:
        raise NotFoundError(NOT_FOUND)
    user_id = visitor.user.user_id
    async with transaction(program.engine) as connection:
        alerted = await find_alerted(connection, await look(connection, visitor), hit_id, read_id)
        if alerted is None:
            raise NotFoundError(NOT_FOUND)
        content = await stored_picture(program, connection, Granted.of_hit(alerted, Kind[kind]))
        if not program.boards.shown.holds(user_id, read_id):
            await note_shown(connection, program, visitor, [await find_hit(connection, visitor, hit_id)])
    return answer_picture(content)


async def note_shown(connection: AsyncConnection, program: Program, visitor: Visitor, hits: list[Hit]) -> None:
    """Write in the audit which hits a visitor is about to see; the last thing in its transaction."""
    if hits:
        await program.trail.record(connection, visitor.actor, shown_entry(hits))
        program.boards.shown.note(visitor.user.user_id, hits)


def _face(visitor: Visitor) -> Face:
    return Face(visitor.user.user_id, visitor.user.role, handles=visitor.may(Act.handle_hits))
