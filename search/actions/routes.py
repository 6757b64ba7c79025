"""Actions: the list, making one, one of them, starting and ending it, its teams."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import CurrentVisitor, Visitor
from search.actions import changing, queries
from search.actions.proposing import propose
from search.actions.queries import KnownCamera
from search.actions.report_routes import ActionId
from search.actions.schemas import ActionForm
from search.actions.wording import STATES
from search.doors import may
from search.pages.language import Words
from search.pages.rendering import language_of, show_page
from search.program import Program, RunningProgram
from services.clock import utc_now
from services.database import transaction
from services.errors import BadQuestionError
from services.roles import Act

pages = APIRouter(include_in_schema=False)


@pages.get("/actions", dependencies=[may(Act.see_actions)])
async def show_actions(request: Request, program: RunningProgram) -> Response:
    """Show the last actions, planned, running and over."""
    now = utc_now()
    async with transaction(program.engine) as connection:
        found = await queries.list_actions(connection)
    return show_page(request, "actions.html", actions=[(action, action.state(now)) for action in found],
                     states=STATES)


@pages.get("/actions/new", dependencies=[may(Act.run_actions)])
async def show_form(request: Request, program: RunningProgram, visitor: CurrentVisitor,
                    at: Annotated[str, Query(max_length=60)] = "") -> Response:
    """Show the form; with the code of a camera at the place, other cameras and their minutes are proposed."""
    now, language = utc_now(), language_of(request)
    async with transaction(program.engine) as connection:
        known = await queries.known_cameras(connection)
        place = next((camera for camera in known if camera.code == at), None)
        minutes = await _propose(connection, program, place, known) if place else {}
    form = ActionForm(place=place.name if place else "", since=language.moment(now.replace(second=0, microsecond=0)))
    return await _show_form(request, program, visitor, form, at=at, minutes=minutes)


async def _propose(connection: AsyncConnection, program: Program, place: KnownCamera,
                   known: list[KnownCamera]) -> dict[str, tuple[str, str]]:
    codes = {camera.camera_id: camera.code for camera in known}
    found = propose(await program.roads.get(connection), place.camera_id, codes, utc_now())
    return {codes[camera_id]: (f"{soonest / 60:g}", f"{latest / 60:g}")
            for camera_id, (soonest, latest) in found.items()}


async def _show_form(request: Request, program: Program, visitor: Visitor, form: ActionForm, status: int = 200, *,
                     at: str = "", minutes: dict[str, tuple[str, str]], problem: Words | str | None = None) -> Response:
    async with transaction(program.engine) as connection:
        known = await queries.known_cameras(connection)
        offered = await queries.offered_lists(connection, await changing.groups_of(connection, visitor))
    cameras = sorted(known, key=lambda camera: (camera.code not in minutes, list(minutes).index(camera.code)
                                                if camera.code in minutes else 0))
    return show_page(request, "action_new.html", status, form=form, cameras=cameras, lists=offered, at=at,
                     minutes=minutes, problem=problem, here="/actions/new")


@pages.post("/actions", dependencies=[may(Act.run_actions)])
async def make_from_form(request: Request, program: RunningProgram, visitor: CurrentVisitor,
                         form: Annotated[ActionForm, Form()]) -> Response:
    """Keep an action as it was typed, or show the form again and say what is wrong."""
    try:
        action_id = await changing.make(program, visitor, form)
    except BadQuestionError as error:
        typed = {code: (soonest, latest) for code, soonest, latest in zip(
            form.camera, form.soonest, form.latest, strict=False) if soonest or latest}
        return await _show_form(request, program, visitor, form, error.status, minutes=typed, problem=error.args[0])
    return RedirectResponse(f"/actions/{action_id}", 303)


@pages.get("/actions/{action_id}", dependencies=[may(Act.see_actions)])
async def show_action(request: Request, action_id: ActionId, program: RunningProgram) -> Response:
    """Show one action: what it takes and who works in it; its vehicles are on the board."""
    return await _show(request, program, action_id)


async def _show(request: Request, program: Program, action_id: int, status: int = 200, *,
                problem: Words | str | None = None) -> Response:
    async with transaction(program.engine) as connection:
        action = await changing.find(connection, action_id)
        cameras = await queries.find_cameras(connection, action_id)
        teams = await queries.find_teams(connection, action_id)
        lists = await queries.find_lists(connection, action.list_ids)
    return show_page(request, "action.html", status, action=action, state=action.state(utc_now()), states=STATES,
                     cameras=cameras, teams=teams, lists=lists, problem=problem, here=f"/actions/{action_id}")


@pages.post("/actions/{action_id}/start", dependencies=[may(Act.run_actions)])
async def start_from_form(request: Request, action_id: ActionId, program: RunningProgram,
                          visitor: CurrentVisitor) -> Response:
    """Have a planned action begin now."""
    try:
        await changing.start(program, visitor, action_id)
    except BadQuestionError as error:
        return await _show(request, program, action_id, error.status, problem=error.args[0])
    return RedirectResponse(f"/actions/{action_id}", 303)


@pages.post("/actions/{action_id}/end", dependencies=[may(Act.run_actions)])
async def end_from_form(action_id: ActionId, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """End an action before its time."""
    await changing.end(program, visitor, action_id)
    return RedirectResponse(f"/actions/{action_id}/report", 303)


@pages.post("/actions/{action_id}/teams", dependencies=[may(Act.run_actions)])
async def change_teams(request: Request, action_id: ActionId, program: RunningProgram, visitor: CurrentVisitor,
                       add: Annotated[str, Form(max_length=400)] = "",
                       remove: Annotated[int, Form(ge=0, le=2**31 - 1)] = 0) -> Response:
    """Add a team, or remove one that has had no vehicle."""
    try:
        if remove:
            await changing.remove_team(program, visitor, action_id, remove)
        else:
            await changing.add_team(program, visitor, action_id, add)
    except BadQuestionError as error:
        return await _show(request, program, action_id, error.status, problem=error.args[0])
    return RedirectResponse(f"/actions/{action_id}", 303)
