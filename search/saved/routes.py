"""One's own saved searches: page and API. They hold questions alone, so that no consultation is needed to see them."""

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from search.access import CurrentVisitor
from search.doors import may
from search.pages.language import Language, Words
from search.pages.rendering import language_of, show_page
from search.program import Program, RunningProgram
from search.reads.addresses import Paging, in_words
from search.reads.filters import parse_asked
from search.refusals import REFUSALS
from search.saved import keeping, queries
from search.saved.queries import Saved
from search.saved.schemas import SavedAnswer, SavedForm, SavedItem, SavedRequest
from services.clock import utc_now
from services.database import reading
from services.errors import BadQuestionError
from services.roles import Act

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["saved searches"], responses=REFUSALS)
SavedId = Annotated[int, Path(ge=1, le=2**31 - 1)]
_PAGE = "/saved"


def _question(saved: Saved) -> Words:
    """Return what is asked, in words; of one that is no question any more, why it is none."""
    try:
        asked = parse_asked(saved.pairs(), beside=frozenset())
    except BadQuestionError as error:
        said: Words = error.args[0]
        return said
    return in_words(asked, Paging(by_vehicle=saved.by_vehicle))


def _item(language: Language, saved: Saved) -> SavedItem:
    return SavedItem(saved_id=saved.saved_id, name=saved.name, question=language.say(_question(saved)),
                     filters=dict(saved.filters), by="vehicle" if saved.by_vehicle else "read", made_at=saved.made_at,
                     expires_at=saved.expires_at)


async def _list_own(program: Program, user_id: int) -> list[Saved]:
    async with reading(program.engine) as connection:
        return await queries.list_saved(connection, user_id, utc_now())


@api.get("/saved-searches", summary="Your saved searches", dependencies=[may(Act.ask_reads)])
async def get_saved(request: Request, program: RunningProgram, visitor: CurrentVisitor) -> SavedAnswer:
    """Return one's own saved searches, by name."""
    language = language_of(request)
    return SavedAnswer(items=[_item(language, saved) for saved in await _list_own(program, visitor.user.user_id)])


@api.post("/saved-searches", status_code=201, summary="Save a search", dependencies=[may(Act.ask_reads)])
async def post_saved(request: Request, wanted: SavedRequest, program: RunningProgram,
                     visitor: CurrentVisitor) -> SavedItem:
    """Save a question by name, for oneself alone; it is asked with `GET /reads`, under a consultation."""
    pairs = [(key, text) for key, texts in wanted.filters.items() for text in texts]
    saved = await keeping.save(program, visitor, wanted.name, keeping.read_question(pairs, moments=True),
                               by_vehicle=wanted.by == "vehicle")
    return _item(language_of(request), saved)


@api.delete("/saved-searches/{saved_id}", status_code=204, summary="Remove a saved search",
            dependencies=[may(Act.ask_reads)])
async def delete_saved(saved_id: SavedId, program: RunningProgram, visitor: CurrentVisitor) -> None:
    """Remove one of one's own."""
    await keeping.remove(program, visitor, saved_id)


@pages.get("/saved", dependencies=[may(Act.ask_reads)])
async def show_saved(request: Request, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Show one's own saved searches."""
    return await _show(request, program, visitor)


async def _show(request: Request, program: Program, visitor: CurrentVisitor,
                problem: BadQuestionError | None = None) -> Response:
    rows = [(saved, _question(saved)) for saved in await _list_own(program, visitor.user.user_id)]
    return show_page(request, "saved.html", problem.status if problem else 200, rows=rows, here=_PAGE,
                     problem=problem.args[0] if problem else None)


@pages.post("/saved", dependencies=[may(Act.ask_reads)])
async def save_from_form(request: Request, program: RunningProgram, visitor: CurrentVisitor,
                         form: Annotated[SavedForm, Form()]) -> Response:
    """Save the question that is open, and show it again; what is wrong with it is said on the page of saved ones."""
    pairs = parse_qsl(form.question.lstrip("?"))
    try:
        saved = await keeping.save(program, visitor, form.name,
                                   keeping.read_question(pairs, moments=form.moments != "no"),
                                   by_vehicle=("by", "vehicle") in pairs)
    except BadQuestionError as error:
        return await _show(request, program, visitor, error)
    return RedirectResponse(saved.address, 303)


@pages.post("/saved/{saved_id}/remove", dependencies=[may(Act.ask_reads)])
async def remove_from_form(saved_id: SavedId, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Remove one of one's own."""
    await keeping.remove(program, visitor, saved_id)
    return RedirectResponse(_PAGE, 303)
