"""One camera: whether it is live and on which papers; the camera manager puts them and takes it live and off (R12)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import CurrentVisitor
from search.cameras import changing
from search.cameras.marks import camera_address, camera_marks
from search.cameras.pace import JUDGED
from search.cameras.register import NO_SUCH_CAMERA, find_use
from search.cameras.schemas import PapersForm, PapersOfCamera, StandingAnswer, TakingOff
from search.cameras.showing import look_at
from search.doors import may
from search.pages.language import Words, words
from search.pages.rendering import language_of, show_page
from search.program import Program, RunningProgram
from search.refusals import REFUSALS
from services.camera_papers import find_standings
from services.clock import local_day, utc_now
from services.database import transaction
from services.errors import BadQuestionError, NotFoundError
from services.papers_rule import COLUMNS, Lack, read_papers
from services.roles import Act

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["cameras"], responses=REFUSALS)

# What is wrong, by the field that services.papers_rule and services.camera_papers name first.
_PROBLEMS = {
    "council_decision": words("Give the reference of the council's decision (1 to 200 characters)."),
    "council_decided_on": words("Give the day of the council's decision; it cannot lie ahead."),
    "dpia_reference": words("Give the reference of the DPIA (1 to 200 characters)."),
    "dpia_made_on": words("Give the day of the DPIA; it cannot lie ahead."),
    "register_entry": words("Give the number in the register of camera uses (1 to 200 characters)."),
    "pictogram_since": words("Give the day since when the pictogram stands; of a camera that is live it cannot lie "
                             "ahead."),
    "reason": words("Say why it is taken off (1 to 500 characters)."),
}


@api.put("/cameras/{code:path}/papers", summary="Put a camera's papers", dependencies=[may(Act.change_cameras)])
async def put_papers(code: str, papers: PapersOfCamera, program: RunningProgram,
                     visitor: CurrentVisitor) -> StandingAnswer:
    """Put papers in place of those it has; without them no camera goes live."""
    async with transaction(program.engine) as connection:
        await changing.put_papers(connection, program, visitor, {code: papers.as_papers()})
        return await _answer(connection, code)


@api.post("/cameras/{code:path}/live", summary="Take a camera live", dependencies=[may(Act.change_cameras)])
async def post_live(code: str, program: RunningProgram, visitor: CurrentVisitor) -> StandingAnswer:
    """Take it live: within two seconds what it sends is kept. Without its papers it does not go live."""
    async with transaction(program.engine) as connection:
        await changing.go_live(connection, program, visitor, code)
        return await _answer(connection, code)


@api.post("/cameras/{code:path}/off", summary="Take a camera off", dependencies=[may(Act.change_cameras)])
async def post_off(code: str, taking_off: TakingOff, program: RunningProgram,
                   visitor: CurrentVisitor) -> StandingAnswer:
    """Take it off: within two seconds what it sends is refused and not kept."""
    async with transaction(program.engine) as connection:
        await changing.take_off(connection, program, visitor, code, taking_off.reason)
        return await _answer(connection, code)


@api.get("/cameras/{code:path}", summary="A camera's papers and use", dependencies=[may(Act.see_cameras)])
async def get_standing(code: str, program: RunningProgram) -> StandingAnswer:
    """Return whether it is live, on which papers, and what it lacks."""
    async with transaction(program.engine) as connection:
        return await _answer(connection, code)


async def _answer(connection: AsyncConnection, code: str) -> StandingAnswer:
    (found,) = (await find_standings(connection, [code])).values()
    return StandingAnswer(
        code=found.code, live_since=found.live_since, off_since=found.off_since, lacks=list(found.lacks(utc_now())),
        papers=PapersOfCamera(**asdict(found.papers)) if found.papers else None, changed_by=found.changed_by,
        changed_at=found.changed_at)


@pages.post("/cameras/{code:path}/papers", dependencies=[may(Act.change_cameras)])
async def put_from_form(request: Request, code: str, program: RunningProgram, visitor: CurrentVisitor,
                        form: Annotated[PapersForm, Form()]) -> Response:
    """Put a camera's papers from its page."""
    async def change(connection: AsyncConnection) -> None:
        papers = read_papers(form.model_dump(), local_day(utc_now()))
        await changing.put_papers(connection, program, visitor, {code: papers})
    return await _change(request, program, code, change, form.model_dump())


@pages.post("/cameras/{code:path}/live", dependencies=[may(Act.change_cameras)])
async def live_from_form(request: Request, code: str, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Take a camera live from its page."""
    async def change(connection: AsyncConnection) -> None:
        await changing.go_live(connection, program, visitor, code)
    return await _change(request, program, code, change)


@pages.post("/cameras/{code:path}/off", dependencies=[may(Act.change_cameras)])
async def off_from_form(request: Request, code: str, program: RunningProgram, visitor: CurrentVisitor,
                        reason: Annotated[str, Form()] = "") -> Response:
    """Take a camera off from its page."""
    async def change(connection: AsyncConnection) -> None:
        await changing.take_off(connection, program, visitor, code, reason)
    return await _change(request, program, code, change, {"reason": reason})


async def _change(request: Request, program: Program, code: str, change: Callable[[AsyncConnection], Awaitable[None]],
                  given: Mapping[str, str] | None = None) -> Response:
    """Change a camera and show its page anew; what is wrong is said there, beside what was typed."""
    try:
        async with transaction(program.engine) as connection:
            await change(connection)
    except NotFoundError:
        raise NotFoundError(NO_SUCH_CAMERA) from None
    except BadQuestionError as error:
        return await _show(request, program, code, given or {}, error)
    return RedirectResponse(camera_address(code), 303)


@pages.get("/cameras/{code:path}", dependencies=[may(Act.see_cameras)])
async def show_camera(request: Request, code: str, program: RunningProgram) -> Response:
    """Show one camera: where it stands, whether it is live, and on which papers."""
    return await _show(request, program, code, {})


async def _show(request: Request, program: Program, code: str, given: Mapping[str, str],
                error: BadQuestionError | None = None) -> Response:
    now = utc_now()
    async with transaction(program.engine) as connection:
        use = await find_use(connection, code)
        shown = await look_at(connection, use.standing.camera_id, await program.zone.get(connection), now)
    standing = use.standing
    kept = {name: str(value) for name, value in asdict(standing.papers).items()} if standing.papers else {}
    filled = {"reason": "", **dict.fromkeys(COLUMNS, ""), **kept, **given}
    return show_page(
        request, "camera.html", error.status if error else 200, use=use, standing=standing, filled=filled,
        lacks=standing.lacks(now), lack=Lack, problems=_problem(error) if error else {}, shown=shown,
        judged_words=JUDGED,
        marks=[*camera_marks(shown.others, now, language_of(request).say)], here=camera_address(code))


def _problem(error: BadQuestionError) -> dict[str, Words]:
    field = str(error).partition(" ")[0]
    if field in _PROBLEMS:
        return {field: _PROBLEMS[field]}
    return {"": words("It lacks something to go live: its papers, or a pictogram that stands.")}
