"""What a level accepts for a plate before anything is searched, and what a read's picture shows: pages and API."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from search.answers import Asking
from search.doors import may
from search.lookalikes.confirming import confirm
from search.lookalikes.levels import LEVELS, parse_level
from search.lookalikes.schemas import (
    ConfirmationAnswer,
    ConfirmationRequest,
    LookalikeItem,
    LookalikesAnswer,
    LookalikesParameters,
)
from search.lookalikes.wording import why_in_words
from search.pages.language import words
from search.pages.links import local_path
from search.pages.rendering import language_of, show_page
from search.program import Program, RunningProgram
from search.refusals import REFUSALS
from services.errors import BadQuestionError
from services.lookalikes.preview import Foreseen, foresee
from services.plates import MAX_PLATE_LENGTH, normalise
from services.roles import Act

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["look-alikes"], responses=REFUSALS)


async def _foresee(program: Program, text: str, least: float) -> tuple[str, list[Foreseen]]:
    plate = normalise(text)
    if plate is None:
        raise BadQuestionError(words("plate: write one plate without ? and *, at most {most} characters",
                                     most=MAX_PLATE_LENGTH))
    return plate, foresee(await program.model(), plate, least)


def _least(level: str) -> float:
    return parse_level("level", level) or LEVELS["likely"].least


@api.get("/lookalikes", summary="What a level accepts for a plate", dependencies=[may(Act.ask_reads)])
async def get_lookalikes(request: Request, parameters: Annotated[LookalikesParameters, Query()],
                         program: RunningProgram) -> LookalikesAnswer:
    """Return the texts that a level takes for a plate, with reasons; no reads are looked at."""
    least = _least(parameters.level)
    plate, found = await _foresee(program, parameters.plate, least)
    language = language_of(request)
    return LookalikesAnswer(plate=plate, least=least, items=[
        LookalikeItem(text=one.text, why=why_in_words(language, one.why), probability=round(one.probability, 3))
        for one in found])


@api.post("/reads/{read_id}/confirmation", summary="Say what a read's picture shows",
          dependencies=[may(Act.confirm_readings)])
async def post_confirmation(read_id: UUID, said: ConfirmationRequest, answers: Asking) -> ConfirmationAnswer:
    """Keep what the picture shows, so that look-alikes are judged better; it goes when the read goes."""
    confirmed = await confirm(answers, read_id, said.plate)
    return ConfirmationAnswer(plate=confirmed.plate, right=confirmed.right)


@pages.get("/lookalikes", dependencies=[may(Act.ask_reads)])
async def show_lookalikes(request: Request, program: RunningProgram, plate: str = "",
                          level: str = "likely", alike: str = "") -> Response:
    """Show which texts a level accepts for a plate; the search's own form names the level `alike`."""
    problem, shown = None, plate
    found: list[Foreseen] = []
    least = _least(alike or level)
    if plate:
        try:
            shown, found = await _foresee(program, plate, least)
        except BadQuestionError as error:
            problem = error
    language = language_of(request)
    rows = [(one.text, why_in_words(language, one.why), one.probability) for one in found]
    return show_page(request, "lookalikes.html", problem.status if problem else 200, plate=shown, least=least,
                     levels=LEVELS, rows=rows, problem=problem.args[0] if problem else None)


@pages.post("/reads/{read_id}/confirmation", dependencies=[may(Act.confirm_readings)])
async def confirm_from_form(read_id: UUID, answers: Asking, plate: Annotated[str, Form()] = "",
                            following: Annotated[str, Form(alias="next")] = "") -> Response:
    """Keep what the picture shows, and return to the page on which it was said."""
    await confirm(answers, read_id, plate)
    return RedirectResponse(local_path(following, f"/reads/{read_id}?confirmed=1"), 303)
