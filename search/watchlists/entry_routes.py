"""Entries: adding and asking, one with its versions, validating, changing, revoking: pages and API."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from search.access import CurrentVisitor, Visitor
from search.cameras.queries import by_municipality, list_cameras
from search.doors import may
from search.lookalikes.levels import LEVELS
from search.pages.language import Words
from search.pages.rendering import show_page
from search.program import Program, RunningProgram
from search.refusals import REFUSALS
from search.watchlists import entering, keeping, viewing, wording
from search.watchlists.schemas import (
    Because,
    EntriesAnswer,
    EntryAnswer,
    EntryChange,
    EntryForm,
    EntryGiven,
    Validation,
)
from search.watchlists.stated import draft_of_form, draft_of_json, form_of, problems_of
from services.clock import utc_now
from services.database import reading
from services.errors import BadQuestionError, ForbiddenError
from services.plates import normalise
from services.roles import Act
from services.watchlists.audiences import list_audiences
from services.watchlists.drafting import ANY_COUNTRY
from services.watchlists.finding import Entry
from services.watchlists.limits import LIMITS
from services.watchlists.lists import Watchlist, list_lists
from services.watchlists.states import EntryState, state_of

pages = APIRouter(prefix="/watchlists", include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["watchlists"], responses=REFUSALS)
EntryId = Annotated[int, Path(ge=1, le=2**53)]
COUNTRIES = ("BE", "NL", "DE", "LU", "FR", "GB", "PL", "RO", "BG", "ES", "IT", "LT", ANY_COUNTRY)
"""Those that are offered first; a program may name any."""


@api.post("/watchlists/{list_code}/entries", status_code=201, summary="Add an entry, or ask for one",
          dependencies=[may(Act.request_entries)])
async def post_entry(list_code: str, given: EntryGiven, program: RunningProgram,
                     visitor: CurrentVisitor) -> EntryAnswer:
    """Add an entry; it is watched for once a second person agrees, an urgent one meanwhile too."""
    entry_id = await entering.add(program, visitor, list_code, partial(draft_of_json, given, given.plate),
                                  urgent=given.urgent)
    return await _answer(program, visitor, entry_id)


@api.get("/entries/waiting", summary="What waits for a second person", dependencies=[may(Act.validate_entries)])
async def get_waiting(program: RunningProgram, visitor: CurrentVisitor) -> EntriesAnswer:
    """Return the entries that wait, those that are live meanwhile first, then the oldest; 200 at most."""
    return await _items(program, await viewing.show_waiting(program, visitor))


@api.get("/entries/mine", summary="What you asked for", dependencies=[may(Act.request_entries)])
async def get_mine(program: RunningProgram, visitor: CurrentVisitor) -> EntriesAnswer:
    """Return the entries that you asked for, the newest first; 200 at most."""
    return await _items(program, await viewing.show_requested(program, visitor))


@api.get("/entries/{entry_id}", summary="One entry with its versions", dependencies=[may(Act.see_watchlists)])
async def get_entry(entry_id: EntryId, program: RunningProgram, visitor: CurrentVisitor) -> EntryAnswer:
    """Return one entry."""
    return await _answer(program, visitor, entry_id)


@api.put("/entries/{entry_id}", summary="Change an entry", dependencies=[may(Act.request_entries)])
async def put_entry(entry_id: EntryId, given: EntryChange, program: RunningProgram,
                    visitor: CurrentVisitor) -> EntryAnswer:
    """Replace its version by one that a second person has to agree to; what was live stays so meanwhile, a day."""
    await entering.change(program, visitor, entry_id, given.version,
                          lambda entry: draft_of_json(given, entry.plate, entry.since))
    return await _answer(program, visitor, entry_id)


@api.post("/entries/{entry_id}/validation", summary="Agree to an entry, or refuse",
          dependencies=[may(Act.validate_entries)])
async def post_validation(entry_id: EntryId, given: Validation, program: RunningProgram,
                          visitor: CurrentVisitor) -> EntryAnswer:
    """Decide as the second person; never of what you made."""
    await entering.decide(program, visitor, entry_id, given.version, agreed=given.agreed, because=given.because)
    return await _answer(program, visitor, entry_id)


@api.post("/entries/{entry_id}/revocation", summary="Revoke an entry", dependencies=[may(Act.request_entries)])
async def post_revocation(entry_id: EntryId, given: Because, program: RunningProgram,
                          visitor: CurrentVisitor) -> EntryAnswer:
    """Have it watched for no more, at once."""
    await entering.revoke(program, visitor, entry_id, given.because)
    return await _answer(program, visitor, entry_id)


async def _answer(program: Program, visitor: Visitor, entry_id: int) -> EntryAnswer:
    opened, now = await viewing.open_entry(program, visitor, entry_id), utc_now()
    return EntryAnswer(entry=viewing.entry_item(opened.entry, opened.codes, now),
                       versions=[viewing.entry_item(one, opened.codes, now) for one in opened.versions])


async def _items(program: Program, shown: list[Entry]) -> EntriesAnswer:
    async with reading(program.engine) as connection:
        codes = await viewing.camera_codes(connection)
    return EntriesAnswer(items=[viewing.entry_item(one, codes, utc_now()) for one in shown], next=None)


@pages.get("/waiting", dependencies=[may(Act.validate_entries)])
async def show_waiting(request: Request, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Show what waits for a second person."""
    shown, now = await viewing.show_waiting(program, visitor), utc_now()
    rows = [(one, state_of(one, now)) for one in shown]
    return show_page(request, "entries_waiting.html", wording=wording, rows=rows)


@pages.get("/mine", dependencies=[may(Act.request_entries)])
async def show_mine(request: Request, program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Show what the visitor asked for and what came of it."""
    shown, now = await viewing.show_requested(program, visitor), utc_now()
    rows = [(one, state_of(one, now)) for one in shown]
    return show_page(request, "entries_mine.html", wording=wording, rows=rows)


@pages.get("/request", dependencies=[may(Act.request_entries)])
async def show_choice(request: Request, program: RunningProgram, plate: str = "") -> Response:
    """Show for which lists one may ask; a plate that is known goes along to the form."""
    async with reading(program.engine) as connection:
        found = [one for one in await list_lists(connection) if entering.takes_requests(one)]
    return show_page(request, "entry_request.html", lists=found, wording=wording, plate=normalise(plate))


@pages.get("/{list_code}/entries/new", dependencies=[may(Act.request_entries)])
async def show_form(request: Request, list_code: str, program: RunningProgram, visitor: CurrentVisitor,
                    plate: str = "") -> Response:
    """Show the form in which an entry is added or asked for, with the file of the consultation that is open."""
    opened = visitor.consultation
    form = EntryForm(plate=normalise(plate) or "", country="BE", requester=visitor.user.display_name,
                     file_number=opened.file_number if opened else "")
    return await _show_form(request, program, list_code, form, {})


async def _show_form(request: Request, program: Program, list_code: str, form: EntryForm, problems: Mapping[str, Words],
                     entry_id: int | None = None) -> Response:
    async with reading(program.engine) as connection:
        watchlist = await keeping.find(connection, list_code)
        groups = by_municipality(await list_cameras(connection))
        audiences = await list_audiences(connection)
    here = f"/watchlists/entries/{entry_id}/change" if entry_id else f"/watchlists/{list_code}/entries/new"
    return show_page(
        request, "entry_form.html", 422 if problems else 200, watchlist=watchlist, form=form, problems=problems,
        groups=groups, audiences=audiences, levels=LEVELS, days=wording.DAYS, countries=_countries(form),
        limits=LIMITS[watchlist.category], wording=wording, entry_id=entry_id, here=here)


def _countries(form: EntryForm) -> tuple[str, ...]:
    return COUNTRIES if form.country in ("", *COUNTRIES) else (form.country, *COUNTRIES)


@pages.post("/{list_code}/entries", dependencies=[may(Act.request_entries)])
async def add_from_form(request: Request, list_code: str, form: Annotated[EntryForm, Form()], program: RunningProgram,
                        visitor: CurrentVisitor) -> Response:
    """Add an entry and show it; all that it lacks is said beside its fields."""
    try:
        entry_id = await entering.add(program, visitor, list_code, partial(draft_of_form, form),
                                      urgent=form.urgent == "yes")
    except BadQuestionError as error:
        return await _show_form(request, program, list_code, form, problems_of(error))
    return RedirectResponse(f"/watchlists/entries/{entry_id}", 303)


@pages.get("/entries/{entry_id}", dependencies=[may(Act.see_watchlists)])
async def show_entry(request: Request, entry_id: EntryId, program: RunningProgram,
                     visitor: CurrentVisitor) -> Response:
    """Show one entry with its versions, and who did what."""
    return await _show_entry(request, program, visitor, entry_id)


async def _show_entry(request: Request, program: Program, visitor: Visitor, entry_id: int,
                      problem: BadQuestionError | ForbiddenError | None = None) -> Response:
    opened, now = await viewing.open_entry(program, visitor, entry_id), utc_now()
    entry = opened.entry
    async with reading(program.engine) as connection:
        watchlist: Watchlist = await keeping.find(connection, entry.list_code)
    state = state_of(entry, now)
    may_decide = state in (EntryState.asked, EntryState.urgent) and visitor.may(Act.validate_entries)
    return show_page(
        request, "entry.html", problem.status if problem else 200, entry=entry, state=state, versions=opened.versions,
        codes=opened.codes,
        watchlist=watchlist, wording=wording, problem=problem.args[0] if problem else None,
        may_decide=may_decide, is_own=entry.made_by == visitor.user.user_id,
        may_change=entering.may_change(visitor, entry) and state in (
            EntryState.asked, EntryState.urgent, EntryState.coming, EntryState.live),
        here=f"/watchlists/entries/{entry_id}")


@pages.post("/entries/{entry_id}/decide", dependencies=[may(Act.validate_entries)])
async def decide_from_form(request: Request, entry_id: EntryId, program: RunningProgram, visitor: CurrentVisitor,
                           verdict: Annotated[str, Form()] = "", version: Annotated[int, Form(ge=1, le=2**53)] = 1,
                           because: Annotated[str, Form()] = "") -> Response:
    """Agree to a version, or refuse it."""
    try:
        await entering.decide(program, visitor, entry_id, version, agreed=verdict == "agree", because=because)
    except (BadQuestionError, ForbiddenError) as error:
        return await _show_entry(request, program, visitor, entry_id, error)
    return RedirectResponse(f"/watchlists/entries/{entry_id}", 303)


@pages.post("/entries/{entry_id}/revoke", dependencies=[may(Act.request_entries)])
async def revoke_from_form(request: Request, entry_id: EntryId, program: RunningProgram, visitor: CurrentVisitor,
                           because: Annotated[str, Form()] = "") -> Response:
    """Have an entry watched for no more."""
    try:
        await entering.revoke(program, visitor, entry_id, because)
    except (BadQuestionError, ForbiddenError) as error:
        return await _show_entry(request, program, visitor, entry_id, error)
    return RedirectResponse(f"/watchlists/entries/{entry_id}", 303)


@pages.get("/entries/{entry_id}/change", dependencies=[may(Act.request_entries)])
async def show_change(request: Request, entry_id: EntryId, program: RunningProgram,
                      visitor: CurrentVisitor) -> Response:
    """Show the form in which an entry is changed."""
    opened = await viewing.open_entry(program, visitor, entry_id)
    return await _show_form(request, program, opened.entry.list_code, form_of(opened.entry, opened.codes), {},
                            entry_id)


@pages.post("/entries/{entry_id}/change", dependencies=[may(Act.request_entries)])
async def change_from_form(request: Request, entry_id: EntryId, form: Annotated[EntryForm, Form()],
                           program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Replace an entry's version; all that the new one lacks is said beside its fields."""
    version = int(form.version) if form.version.isascii() and form.version.isdigit() and len(form.version) < 9 else 0
    try:
        await entering.change(program, visitor, entry_id, version, lambda entry: draft_of_form(
            form.model_copy(update={"plate": entry.plate}), entry.since))
    except BadQuestionError as error:
        opened = await viewing.open_entry(program, visitor, entry_id)
        typed = form.model_copy(update={"plate": opened.entry.plate})
        return await _show_form(request, program, opened.entry.list_code, typed, problems_of(error), entry_id)
    return RedirectResponse(f"/watchlists/entries/{entry_id}", 303)
