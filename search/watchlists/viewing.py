"""Looking at lists and entries: what a visitor may know of them, and the audit row that looking leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import Visitor
from search.decisions.queries import camera_ids
from search.pages.language import AUDIT_LANGUAGE, Language, Words, words
from search.program import Program
from search.watchlists import wording
from search.watchlists.entering import found, record
from search.watchlists.keeping import find, mine_of
from search.watchlists.schemas import EntriesParameters, EntryItem, ListItem
from services import audit
from services.clock import utc_now
from services.database import transaction
from services.watchlists.categories import USUAL
from services.watchlists.drafting import read_watched
from services.watchlists.finding import Entry, Wanted, list_requested, list_versions, list_waiting, search_entries
from services.watchlists.lists import Counts, Watchlist, count_entries, list_lists
from services.watchlists.states import state_of


@dataclass(frozen=True, slots=True)
class Page:
    """Entries of a list, and where the next ones begin."""

    watchlist: Watchlist
    counts: Counts
    entries: Sequence[Entry]
    following: int | None
    codes: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Opened:
    """One entry with its versions."""

    entry: Entry
    versions: Sequence[Entry]
    codes: Mapping[int, str]


async def camera_codes(connection: AsyncConnection) -> dict[int, str]:
    """Return every camera's code by its number."""
    return {number: code for code, number in (await camera_ids(connection)).items()}


async def overview(connection: AsyncConnection, visitor: Visitor) -> list[tuple[Watchlist, Counts]]:
    """Return every list with the entries that a visitor may know of, counted."""
    counts = await count_entries(connection, await mine_of(connection, visitor), utc_now())
    return [(watchlist, counts[watchlist.list_id]) for watchlist in await list_lists(connection)]


async def show_entries(program: Program, visitor: Visitor, code: str, asked: EntriesParameters) -> Page:
    """Return entries of a list, and leave a trace of that; raises NotFoundError."""
    now = utc_now()
    async with transaction(program.engine) as connection:
        watchlist, mine = await find(connection, code), await mine_of(connection, visitor)
        shown = await search_entries(connection, _wanted(watchlist, asked), mine, now)
        counts = (await count_entries(connection, mine, now))[watchlist.list_id]
        codes = await camera_codes(connection)
        page = Page(watchlist, counts, shown[:asked.limit],
                    shown[asked.limit - 1].entry_id if len(shown) > asked.limit else None, codes)
        await _record_listing(connection, program, visitor, words("entries of list {name}", name=watchlist.name),
                              page.entries, _asked_in_full(code, asked))
    return page


def _wanted(watchlist: Watchlist, asked: EntriesParameters) -> Wanted:
    watched = read_watched(asked.plate) if asked.plate.strip() else None
    plate = watched[0] if watched else asked.plate.strip() or None
    return Wanted(watchlist.list_id, plate, " ".join(asked.file.split()) or None, asked.state, asked.before,
                  asked.limit + 1)


def _asked_in_full(code: str, asked: EntriesParameters) -> dict[str, object]:
    texts = {name: text for name, text in (("plate", asked.plate), ("file_number", asked.file)) if text}
    state = {"state": asked.state} if asked.state else {}
    return {"list": code, **texts, **state, "before": asked.before}


async def _record_listing(connection: AsyncConnection, program: Program, visitor: Visitor, sentence: Words,
                          shown: Sequence[Entry], filters: Mapping[str, object]) -> None:
    """Leave the trace of entries that were listed.

    Discreet ones are told by number and not counted; where one was found, by which plate or file it was asked for is
    not kept: that would tell it (R11).
    """
    discreet = [entry.entry_id for entry in shown if entry.discreet]
    kept = {name: value for name, value in filters.items() if not discreet or name not in ("plate", "file_number")}
    await program.trail.record(connection, visitor.actor, audit.Entry(
        audit.Action.watchlist_consulted, program.pages.languages[AUDIT_LANGUAGE].say(sentence),
        {**kept, "entries": sorted(entry.entry_id for entry in shown)}, result_count=len(shown) - len(discreet)))


async def show_waiting(program: Program, visitor: Visitor) -> list[Entry]:
    """Return what waits for a second person, and leave a trace of that."""
    async with transaction(program.engine) as connection:
        shown = await list_waiting(connection, await mine_of(connection, visitor), utc_now())
        await _record_listing(connection, program, visitor, words("entries that wait for a second person"), shown, {})
    return shown


async def show_requested(program: Program, visitor: Visitor) -> list[Entry]:
    """Return what a visitor asked for themselves, and leave a trace of that."""
    async with transaction(program.engine) as connection:
        shown = await list_requested(connection, visitor.user.user_id, await mine_of(connection, visitor))
        await _record_listing(connection, program, visitor, words("own entries"), shown, {})
    return shown


async def open_entry(program: Program, visitor: Visitor, entry_id: int) -> Opened:
    """Return one entry with its versions, and leave a trace of that; raises NotFoundError."""
    async with transaction(program.engine) as connection:
        mine = await mine_of(connection, visitor)
        entry = await found(connection, entry_id, mine)
        opened = Opened(entry, await list_versions(connection, entry_id, mine), await camera_codes(connection))
        await record(connection, program, visitor, audit.Action.watchlist_consulted, entry)
    return opened


def list_item(watchlist: Watchlist, counts: Counts, language: Language) -> ListItem:
    """Return a list as the API has it."""
    return ListItem(
        code=watchlist.code, name=watchlist.name, category=watchlist.category, state=watchlist.state,
        priority=watchlist.priority, audience=watchlist.audience,
        instruction=language.say(wording.instruction_of(watchlist)), legal_basis=watchlist.legal_basis,
        authority=watchlist.authority, needs_confirmation=USUAL[watchlist.category].needs_confirmation,
        confirmed_at=watchlist.confirmed_at, document=watchlist.document, revision=watchlist.revision,
        delivered_at=watchlist.delivered_at, live=counts.live, asked=counts.asked, ending=counts.ending)


def entry_item(entry: Entry, codes: Mapping[int, str], now: datetime) -> EntryItem:
    """Return a version of an entry as the API has it."""
    same = {name: getattr(entry, name) for name in (
        "entry_id", "version", "plate", "pattern", "country", "measure", "reason", "legal_basis", "authority",
        "file_number", "requester", "since", "until", "hours", "audience", "priority", "discreet", "made_at",
        "lapses_at", "validated_at", "revoked_at", "revoked_because")}
    return EntryItem(
        **same, watchlist=entry.list_code, state=state_of(entry, now),
        level=None if entry.least_probability is None else round(entry.least_probability, 3),
        cameras=None if entry.cameras is None else [codes.get(camera, str(camera)) for camera in entry.cameras],
        made_by=entry.made_name, validated_by=entry.validated_name, revoked_by=entry.revoked_name)
