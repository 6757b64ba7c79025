"""The board at the roadside: a page, its vehicles by themselves for whoever polls, and what is tapped on it."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from search.access import CurrentVisitor
from search.actions import receiving, showing, wording
from search.actions.report_routes import ActionId
from search.actions.schemas import ReportForm, TappedForm
from search.actions.showing import Board
from search.doors import may
from search.pages.rendering import show_page
from search.program import RunningProgram
from services.hits.action_rule import OUTCOMES
from services.roles import Act

pages = APIRouter(include_in_schema=False)
VehicleId = Annotated[int, Path(ge=1, le=2**63 - 1)]


@pages.get("/actions/{action_id}/board", dependencies=[may(Act.see_actions)])
async def show_board(request: Request, action_id: ActionId, program: RunningProgram,
                     visitor: CurrentVisitor) -> Response:
    """Show the board; it works without scripts too, and is then loaded anew by hand."""
    return _show(request, "action_board.html", await showing.show_board(program, visitor, action_id))


@pages.get("/actions/{action_id}/vehicles", dependencies=[may(Act.see_actions)])
async def show_vehicles(request: Request, action_id: ActionId, program: RunningProgram, visitor: CurrentVisitor,
                        seen: Annotated[str, Query(max_length=40)] = "") -> Response:
    """Return the board's vehicles alone; nothing (204) while they are those that were `seen`."""
    board = await showing.show_board(program, visitor, action_id)
    if seen == board.version:
        return Response(status_code=204)
    return _show(request, "action_vehicles.html", board)


def _show(request: Request, template: str, board: Board) -> Response:
    return show_page(request, template, board=board, action=board.action, wording=wording, meanings=OUTCOMES,
                     new_key=uuid4)


@pages.post("/actions/{action_id}/vehicles/{vehicle_id}", dependencies=[may(Act.see_actions)])
async def report_from_form(action_id: ActionId, vehicle_id: VehicleId, program: RunningProgram,
                           visitor: CurrentVisitor, form: Annotated[TappedForm, Form()]) -> Response:
    """Keep what was tapped where no script runs."""
    await receiving.take_report(program, visitor, action_id, vehicle_id, form)
    return RedirectResponse(f"/actions/{action_id}/board", 303)


@pages.post("/actions/{action_id}/reports", dependencies=[may(Act.see_actions)])
async def report_from_tablet(action_id: ActionId, program: RunningProgram, visitor: CurrentVisitor,
                             form: Annotated[ReportForm, Form()]) -> Response:
    """Keep what was tapped on a tablet, perhaps a while ago; whatever came of it, the tablet need not send it again."""
    came = await receiving.take_report(program, visitor, action_id, form.vehicle, form)
    return JSONResponse({"came": str(came)})
