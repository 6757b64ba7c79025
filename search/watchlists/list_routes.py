"""Lists: what each is and how it stands, making and changing them, the DPO's confirmation: pages and API."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from search.access import CurrentVisitor, Visitor
from search.doors import may
from search.pages.language import Words, words
from search.pages.rendering import language_of, show_page
from search.program import Program, RunningProgram
from search.refusals import REFUSALS
from search.watchlists import entering, keeping, viewing, wording
from search.watchlists.addresses import more_address
from search.watchlists.schemas import (
    Confirmation,
    EntriesAnswer,
    EntriesParameters,
    ListChange,
    ListGiven,
    ListItem,
    ListsAnswer,
    PageOfEntries,
)
from services.clock import utc_now
from services.database import reading
from services.errors import BadQuestionError, ForbiddenError
from services.roles import Act
from services.watchlists.audiences import list_audiences
from services.watchlists.categories import USUAL, Category, Mode
from services.watchlists.states import EntryState, state_of

pages = APIRouter(prefix="/watchlists", include_in_schema=False)
api = APIRouter(prefix="/api/v1/watchlists", tags=["watchlists"], responses=REFUSALS)


@api.get("", summary="Lists", dependencies=[may(Act.see_watchlists)])
async def get_lists(request: Request, program: RunningProgram, visitor: CurrentVisitor) -> ListsAnswer:
    """Return every list, with the entries that you may know of, counted."""
    async with reading(program.engine) as connection:
        found = await viewing.overview(connection, visitor)
    return ListsAnswer(items=[viewing.list_item(*one, language_of(request)) for one in found])


@api.post("", status_code=201, summary="Make a list", dependencies=[may(Act.keep_watchlists)])
async def post_list(request: Request, given: ListGiven, program: RunningProgram, visitor: CurrentVisitor) -> ListItem:
    """Make a list; it is off until its state is changed."""
    return await _item(request, program, visitor, await keeping.make(program, visitor, given))


@api.get("/{list_code}", summary="One list", dependencies=[may(Act.see_watchlists)])
async def get_list(request: Request, list_code: str, program: RunningProgram, visitor: CurrentVisitor) -> ListItem:
    """Return one list."""
    return await _item(request, program, visitor, list_code)


@api.patch("/{list_code}", summary="Change a list, or its state", dependencies=[may(Act.keep_watchlists)])
async def patch_list(request: Request, list_code: str, given: ListChange, program: RunningProgram,
                     visitor: CurrentVisitor) -> ListItem:
    """Change what is given; from the commit on ingest does as its state says."""
    await keeping.change(program, visitor, list_code, given)
    return await _item(request, program, visitor, list_code)


@api.post("/{list_code}/confirmation", summary="Confirm a list, or take that back",
          dependencies=[may(Act.confirm_watchlists)])
async def post_confirmation(request: Request, list_code: str, given: Confirmation, program: RunningProgram,
                            visitor: CurrentVisitor) -> ListItem:
    """Keep what the data protection officer says; a list whose confirmation is taken back is off."""
    await keeping.confirm(program, visitor, list_code, given)
    return await _item(request, program, visitor, list_code)


@api.get("/{list_code}/entries", summary="Entries of a list", dependencies=[may(Act.see_watchlists)])
async def get_entries(list_code: str, parameters: Annotated[EntriesParameters, Query()], program: RunningProgram,
                      visitor: CurrentVisitor) -> EntriesAnswer:
    """Return entries that you may know of, the newest first."""
    page = await viewing.show_entries(program, visitor, list_code, parameters)
    return EntriesAnswer(items=[viewing.entry_item(entry, page.codes, utc_now()) for entry in page.entries],
                         next=page.following)


async def _item(request: Request, program: Program, visitor: Visitor, list_code: str) -> ListItem:
    async with reading(program.engine) as connection:
        watchlist = await keeping.find(connection, list_code)
        counts = {one.list_id: counted for one, counted in await viewing.overview(connection, visitor)}
    return viewing.list_item(watchlist, counts[watchlist.list_id], language_of(request))


@pages.get("", dependencies=[may(Act.see_watchlists)])
async def show_lists(request: Request, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Show every list: what it is, how it stands, and how many entries the visitor may know of."""
    async with reading(program.engine) as connection:
        found = await viewing.overview(connection, visitor)
    return show_page(request, "watchlists.html", lists=found, wording=wording, usual=USUAL)


@pages.get("/new", dependencies=[may(Act.keep_watchlists)])
async def show_form(request: Request, program: RunningProgram) -> Response:
    """Show the form in which a list is made."""
    return await _show_form(request, program, {})


async def _show_form(request: Request, program: Program, typed: dict[str, str], problem: Words | None = None,
                     list_code: str | None = None) -> Response:
    async with reading(program.engine) as connection:
        audiences = await list_audiences(connection)
    here = f"/watchlists/{list_code}/change" if list_code else "/watchlists/new"
    shown = {**dict.fromkeys((*ListGiven.model_fields, *ListChange.model_fields), ""), **typed}
    return show_page(request, "watchlist_form.html", 422 if problem else 200, typed=shown, problem=problem,
                     code=list_code, audiences=audiences, categories=wording.CATEGORIES, here=here)


@pages.post("", dependencies=[may(Act.keep_watchlists)])
async def make_from_form(request: Request, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Make a list and show it; what is wrong is said above the form."""
    typed = await _typed(request)
    try:
        list_code = await keeping.make(program, visitor, ListGiven.model_validate(typed))
    except ValidationError:
        return await _show_form(request, program, typed, words("Choose a category, a priority and a group."))
    except BadQuestionError as error:
        return await _show_form(request, program, typed, error.args[0])
    return RedirectResponse(f"/watchlists/{list_code}", 303)


async def _typed(request: Request) -> dict[str, str]:
    """Return the fields that were typed; an empty priority is none."""
    return {name: text for name, text in (await request.form()).items() if isinstance(text, str) and text}


@pages.get("/confirmations", dependencies=[may(Act.confirm_watchlists)])
async def show_confirmations(request: Request, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Show the lists that are off until the data protection officer confirms them."""
    return await _show_confirmations(request, program, visitor)


async def _show_confirmations(request: Request, program: Program, visitor: Visitor,
                              problem: Words | None = None) -> Response:
    async with reading(program.engine) as connection:
        found = [watchlist for watchlist, _ in await viewing.overview(connection, visitor)
                 if USUAL[watchlist.category].needs_confirmation]
    return show_page(request, "watchlist_confirmations.html", 422 if problem else 200, lists=found, wording=wording,
                     problem=problem, here="/watchlists/confirmations")


@pages.post("/{list_code}/confirm", dependencies=[may(Act.confirm_watchlists)])
async def confirm_from_form(request: Request, list_code: str, program: RunningProgram, visitor: CurrentVisitor,
                            document: Annotated[str, Form()] = "", confirmed: Annotated[str, Form()] = "") -> Response:
    """Keep what the data protection officer says of a list."""
    try:
        await keeping.confirm(program, visitor, list_code, Confirmation(
            confirmed=confirmed == "yes", document=document[:300]))
    except BadQuestionError as error:
        return await _show_confirmations(request, program, visitor, error.args[0])
    return RedirectResponse("/watchlists/confirmations", 303)


@pages.get("/{list_code}", dependencies=[may(Act.see_watchlists)])
async def show_list(request: Request, list_code: str, asked: Annotated[PageOfEntries, Query()], program: RunningProgram,
                    visitor: CurrentVisitor) -> Response:
    """Show a list: what it asks for, its state, and its entries page by page."""
    return await _show_list(request, program, visitor, list_code, asked)


async def _show_list(request: Request, program: Program, visitor: Visitor, list_code: str, asked: PageOfEntries,
                     problem: Words | None = None) -> Response:
    state = EntryState(asked.state) if asked.state in set(EntryState) else None
    page = await viewing.show_entries(program, visitor, list_code, EntriesParameters(
        plate=asked.plate, file=asked.file, state=state, before=asked.before))
    now = utc_now()
    return show_page(
        request, "watchlist.html", 403 if problem else 200, watchlist=page.watchlist, counts=page.counts, page=page,
        asked=asked, wording=wording, problem=problem, modes=Mode, rows=[(one, state_of(one, now)) for one in
                                                                         page.entries],
        usual=USUAL[page.watchlist.category], takes_requests=entering.takes_requests(page.watchlist),
        more=more_address(list_code, asked, page.following), here=f"/watchlists/{list_code}" if problem else None)


@pages.get("/{list_code}/change", dependencies=[may(Act.keep_watchlists)])
async def show_change(request: Request, list_code: str, program: RunningProgram) -> Response:
    """Show the form in which a list is changed."""
    async with reading(program.engine) as connection:
        found = await keeping.find(connection, list_code)
    typed = {"name": found.name, "priority": str(found.priority), "audience": found.audience,
             "instruction": found.instruction, "legal_basis": found.legal_basis, "authority": found.authority,
             "category": str(Category(found.category))}
    return await _show_form(request, program, typed, list_code=list_code)


@pages.post("/{list_code}/change", dependencies=[may(Act.keep_watchlists)])
async def change_from_form(request: Request, list_code: str, program: RunningProgram,
                           visitor: CurrentVisitor) -> Response:
    """Change a list and show it."""
    typed = await _typed(request)
    said = {name: typed.get(name, "") for name in ("name", "instruction", "legal_basis", "authority")}
    try:
        await keeping.change(program, visitor, list_code, ListChange.model_validate({**said, **{
            name: typed[name] for name in ("priority", "audience") if name in typed}}))
    except ValidationError:
        return await _show_form(request, program, typed, words("Choose a category, a priority and a group."), list_code)
    except BadQuestionError as error:
        return await _show_form(request, program, typed, error.args[0], list_code)
    return RedirectResponse(f"/watchlists/{list_code}", 303)


@pages.post("/{list_code}/state", dependencies=[may(Act.keep_watchlists)])
async def change_state(request: Request, list_code: str, program: RunningProgram, visitor: CurrentVisitor,
                       state: Annotated[str, Form()] = "") -> Response:
    """Put a list live, off, or between."""
    if state not in set(Mode):
        raise BadQuestionError(words("Choose a state."))
    try:
        await keeping.change(program, visitor, list_code, ListChange(state=Mode(state)))
    except ForbiddenError as error:
        return await _show_list(request, program, visitor, list_code, PageOfEntries(), error.args[0])
    return RedirectResponse(f"/watchlists/{list_code}", 303)
