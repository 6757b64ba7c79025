"""The report of an action: totals for whoever sees actions, plates for its lists' groups alone; printed and as CSV."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import CurrentVisitor, Visitor
from search.actions import changing, queries, vehicle_queries
from search.actions.queries import Action
from search.actions.report_queries import counted_vehicles
from search.actions.totals import Line, Totals, add_up
from search.actions.vehicle_queries import Vehicle
from search.actions.wording import OUTCOMES, STATES
from search.doors import may
from search.pages.language import AUDIT_LANGUAGE, Language, words
from search.pages.rendering import language_of, show_page
from search.program import Program, RunningProgram
from search.sheets import MEDIA_TYPE, write_sheet
from services import audit
from services.clock import utc_now
from services.database import transaction
from services.hits.action_rule import Outcome
from services.roles import Act

pages = APIRouter(include_in_schema=False)
ActionId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@pages.get("/actions/{action_id}/report", dependencies=[may(Act.see_actions)])
async def show_report(request: Request, action_id: ActionId, program: RunningProgram, visitor: CurrentVisitor,
                      vehicles: Annotated[Literal["yes", "no"], Query()] = "no") -> Response:
    """Show what an action came to; with `vehicles=yes` the vehicles that the visitor's groups may see."""
    async with transaction(program.engine) as connection:
        action, totals = await _totals(connection, action_id)
        cameras = await queries.find_cameras(connection, action_id)
        teams = {team.team_id: team.name for team in await queries.find_teams(connection, action_id)}
        lists = {one.list_id: one.name for one in await queries.find_lists(connection, action.list_ids)}
        listed = await _vehicles(connection, visitor, action_id) if vehicles == "yes" else []
        await _record(connection, program, visitor, action, listed)
    now = utc_now()
    return show_page(request, "action_report.html", action=action, state=STATES[action.state(now)], totals=totals,
                     cameras=cameras, teams=teams, lists=lists, vehicles=listed, with_vehicles=vehicles == "yes",
                     outcomes=OUTCOMES)


@pages.get("/actions/{action_id}/report.csv", dependencies=[may(Act.see_actions)])
async def get_report(request: Request, action_id: ActionId, program: RunningProgram,
                     visitor: CurrentVisitor) -> Response:
    """Return the totals as a file; there is no plate in it."""
    async with transaction(program.engine) as connection:
        action, totals = await _totals(connection, action_id)
        await _record(connection, program, visitor, action, [])
    name = f"anpr-actie-{action_id}.csv"
    return Response(write_totals(totals, language_of(request)), media_type=MEDIA_TYPE,
                    headers={"Content-Disposition": f'attachment; filename="{name}"'})


async def _totals(connection: AsyncConnection, action_id: int) -> tuple[Action, Totals]:
    action = await changing.find(connection, action_id)
    return action, add_up(await counted_vehicles(connection, action_id), utc_now())


async def _vehicles(connection: AsyncConnection, visitor: Visitor, action_id: int) -> list[Vehicle]:
    return await vehicle_queries.all_vehicles(connection, action_id, await changing.groups_of(connection, visitor))


async def _record(connection: AsyncConnection, program: Program, visitor: Visitor, action: Action,
                  listed: list[Vehicle]) -> None:
    sentence = words("Report of ANPR operation {name}, file {file}", name=action.name, file=action.file_number)
    await program.trail.record(connection, visitor.actor, audit.Entry(
        audit.Action.action_reported, program.pages.languages[AUDIT_LANGUAGE].say(sentence),
        {"action_id": action.action_id}, result_count=len(listed),
        read_ids=[vehicle.read_id for vehicle in listed]))


def write_totals(totals: Totals, language: Language) -> bytes:
    """Write the totals as CSV with a header in the reader's language: what is counted by, which one, the numbers."""
    groups: Mapping[str, Iterable[Line]] = {
        language.say(words("Whole action")): [totals.whole], language.say(words("List")): totals.by_list,
        language.say(words("Camera")): totals.by_camera, language.say(words("Hour")): totals.by_hour,
        language.say(words("Team")): totals.by_team}
    header = [language.say(one) for one in (
        words("By"), words("Which"), words("Vehicles"), words("Stops"), *OUTCOMES.values(), words("Passed"),
        words("of these too late"))]
    return write_sheet(header, (
        [by, line.name, line.vehicles, line.stopped, *(line.outcomes.get(outcome, 0) for outcome in Outcome),
         line.passed, line.late] for by, lines in groups.items() for line in lines))
