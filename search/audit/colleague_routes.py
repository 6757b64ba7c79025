"""Colleagues' plates, which the DPO keeps as keyed hashes: typed once, never shown again."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import CurrentVisitor, Visitor
from search.audit.consulting import Look, note_look
from search.audit.filters import parse_plate
from search.audit.queries import list_people
from search.doors import may
from search.pages.language import Words, words
from search.pages.rendering import show_page
from search.program import Program, RunningProgram
from services.audit import Action
from services.clock import utc_now
from services.colleagues import add_plate, list_plates, plate_key, remove_plate
from services.database import transaction
from services.errors import BadQuestionError
from services.roles import Act

pages = APIRouter(include_in_schema=False)
NOBODY = words("somebody without an account")


@pages.get("/audit/colleagues", dependencies=[may(Act.keep_colleagues)])
async def show_colleagues(request: Request, program: RunningProgram) -> Response:
    """Show whose plates are kept, since when; not which."""
    return await _show(request, program)


async def _show(request: Request, program: Program, problem: BadQuestionError | None = None) -> Response:
    async with transaction(program.engine) as connection:
        kept, people = await list_plates(connection), await list_people(connection)
    return show_page(request, "audit_colleagues.html", problem.status if problem else 200, kept=kept, people=people,
                     problem=problem.args[0] if problem else None, nobody=NOBODY, here="/audit/colleagues")


@pages.post("/audit/colleagues", dependencies=[may(Act.keep_colleagues)])
async def add_from_form(request: Request, program: RunningProgram, visitor: CurrentVisitor,
                        plate: Annotated[str, Form()] = "", username: Annotated[str, Form()] = "") -> Response:
    """Keep the hash of a plate that was typed; the text itself goes nowhere."""
    try:
        async with transaction(program.engine) as connection:
            await _add(connection, program, visitor, plate, username)
    except BadQuestionError as error:
        return await _show(request, program, error)
    return RedirectResponse("/audit/colleagues", 303)


async def _add(connection: AsyncConnection, program: Program, visitor: Visitor, plate: str, username: str) -> None:
    text = parse_plate([plate])
    if not text:
        raise BadQuestionError(words("plate: write one plate in full"))
    owner = next(((user_id, display_name) for user_id, name, display_name in await list_people(connection)
                  if name == username), None)
    if username and owner is None:
        raise BadQuestionError(words("There is no account of this name."))
    if not await add_plate(connection, plate_key(program.identity, text), owner[0] if owner else None, utc_now()):
        raise BadQuestionError(words("This plate is in the list already."))
    whose: Words | str = owner[1] if owner else NOBODY
    await note_look(connection, program, visitor, Look(
        Action.colleague_plate_added, words("a plate of {name} is kept from now on", name=whose),
        {"username": username or None}))


@pages.post("/audit/colleagues/remove", dependencies=[may(Act.keep_colleagues)])
async def remove_from_form(program: RunningProgram, visitor: CurrentVisitor,
                           name: Annotated[str, Form()] = "") -> Response:
    """Forget a plate."""
    async with transaction(program.engine) as connection:
        one = next((plate for plate in await list_plates(connection) if plate.name == name), None)
        if one and await remove_plate(connection, one.plate_key):
            await note_look(connection, program, visitor, Look(
                Action.colleague_plate_removed,
                words("a plate of {name} is not kept any more", name=one.display_name or NOBODY),
                {"username": one.username}))
    return RedirectResponse("/audit/colleagues", 303)
