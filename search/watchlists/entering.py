"""Adding, changing, deciding of and revoking entries: each one transaction that ends with its audit row.

An audit row about a discreet entry holds its number alone: who reads the audit is not of its group (R11).
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import Visitor
from search.pages.language import AUDIT_LANGUAGE, Words, words
from search.program import Program
from search.watchlists.keeping import find, mine_of
from search.watchlists.stated import complete
from services import audit
from services.clock import iso_ms, utc_now
from services.database import transaction
from services.decision_rule import is_writing, tidy_text
from services.errors import BadQuestionError, ForbiddenError, NotFoundError, ZoneschildError
from services.roles import Act
from services.watchlists import entries, hearing
from services.watchlists.drafting import Draft
from services.watchlists.entries import Decider, Made, Outcome
from services.watchlists.finding import Entry, find_entry
from services.watchlists.hearing import What
from services.watchlists.limits import LIMITS
from services.watchlists.lists import Watchlist, find_list_by_id, ground_of

UNKNOWN = words("There is no such entry.")
LEAST_WHY = 3
_REFUSALS: Mapping[Outcome, ZoneschildError] = {
    Outcome.unknown: NotFoundError(UNKNOWN),
    Outcome.own: ForbiddenError(words("Whoever made it does not validate it: ask a colleague.")),
    Outcome.over: BadQuestionError(words("It was decided already, revoked, or its time is up.")),
    Outcome.newer: BadQuestionError(words("Somebody changed it meanwhile. Look at it again.")),
    Outcome.delivered: BadQuestionError(words("Another authority delivered this entry, and changes it.")),
}

DraftOf = Callable[[datetime], Draft]
"""Makes the draft, given when it begins unless it says so."""


def takes_requests(watchlist: Watchlist) -> bool:
    """Tell whether anybody may ask for an entry of a list: not where another authority delivers them."""
    return LIMITS[watchlist.category].vague and not watchlist.is_delivered


async def add(program: Program, visitor: Visitor, code: str, draft_of: DraftOf, *, urgent: bool) -> int:
    """Add an entry that waits for a second person, and return its number; raises IncompleteError or ForbiddenError."""
    now = utc_now()
    async with transaction(program.engine) as connection:
        watchlist = await find(connection, code)
        if not visitor.may(Act.keep_watchlists) and not takes_requests(watchlist):
            raise ForbiddenError(words("Entries of this list are not asked for one by one. Ask TECINT."))
        mine = await mine_of(connection, visitor)
        checked = complete(draft_of(now), await ground_of(connection, watchlist, mine), visitor.user.display_name, now)
        entry_id = await entries.add(connection, checked, Made(
            watchlist.list_id, visitor.user.user_id, visitor.user.user_id, urgent), now)
        entry = await found(connection, entry_id, mine)
        await hearing.tell_asked(connection, entry, (visitor.user.user_id, visitor.user.display_name), now)
        await record(connection, program, visitor, audit.Action.entry_added, entry)
    return entry_id


async def change(program: Program, visitor: Visitor, entry_id: int, version: int, draft_of: Callable[[Entry], Draft]
                 ) -> None:
    """Replace an entry's version by one that says something else; raises what `add` raises, and NotFoundError."""
    now = utc_now()
    async with transaction(program.engine) as connection:
        mine = await mine_of(connection, visitor)
        before = await found(connection, entry_id, mine)
        _refuse_strangers(visitor, before)
        ground = await ground_of(connection, await find_list_by_id(connection, before.list_id), mine)
        checked = complete(draft_of(before), ground, before.requester, now, before)
        outcome = await entries.change(connection, entry_id, version, checked, Decider(visitor.user.user_id, mine), now)
        _raise_unless_done(outcome)
        entry = await found(connection, entry_id, mine)
        await hearing.tell_asked(connection, entry, (visitor.user.user_id, visitor.user.display_name), now)
        await hearing.tell_decided(connection, entry, What.changed, now, but=visitor.user.user_id)
        await record(connection, program, visitor, audit.Action.entry_changed, entry,
                     was=before if not entry.discreet and not before.discreet else None)


async def decide(program: Program, visitor: Visitor, entry_id: int, version: int, *, agreed: bool,
                 because: str = "") -> None:
    """Keep what the second person says of a version; raises ForbiddenError to who made it, BadQuestionError."""
    now, why = utc_now(), "" if agreed else read_why(because)
    async with transaction(program.engine) as connection:
        decider = Decider(visitor.user.user_id, await mine_of(connection, visitor))
        if agreed:
            outcome = await entries.validate(connection, entry_id, version, decider, now)
        else:
            outcome = await entries.refuse(connection, entry_id, version, decider, now, why)
        await _conclude(connection, program, visitor, entry_id, outcome,
                        What.validated if agreed else What.refused)
    _raise_unless_done(outcome)


async def revoke(program: Program, visitor: Visitor, entry_id: int, because: str) -> None:
    """Have an entry watched for no more, from the commit on; raises NotFoundError, ForbiddenError, BadQuestionError."""
    now, why = utc_now(), read_why(because)
    async with transaction(program.engine) as connection:
        decider = Decider(visitor.user.user_id, await mine_of(connection, visitor))
        _refuse_strangers(visitor, await found(connection, entry_id, decider.mine))
        outcome = await entries.revoke(connection, entry_id, decider, now, why)
        await _conclude(connection, program, visitor, entry_id, outcome, What.revoked)
    _raise_unless_done(outcome)


async def found(connection: AsyncConnection, entry_id: int, mine: frozenset[int]) -> Entry:
    """Return an entry; raises NotFoundError when there is none that somebody of these groups may know of."""
    entry = await find_entry(connection, entry_id, mine)
    if entry is None:
        raise NotFoundError(UNKNOWN)
    return entry


def may_change(visitor: Visitor, entry: Entry) -> bool:
    """Tell whether somebody may change or revoke an entry: it is theirs, or they keep all of them."""
    return visitor.may(Act.keep_watchlists) or visitor.user.user_id in (entry.made_by, entry.requested_by)


def _refuse_strangers(visitor: Visitor, entry: Entry) -> None:
    if not may_change(visitor, entry):
        raise ForbiddenError(words("This is somebody else's entry. Ask TECINT."))


def read_why(because: str) -> str:
    """Return why, without surplus blanks; raises BadQuestionError for too few words."""
    why = tidy_text(because)
    if not is_writing(why, LEAST_WHY, 1000):
        raise BadQuestionError(words("Say why in your own words (3 to 1000 characters)."))
    return why


_ACTIONS = {What.validated: audit.Action.entry_validated, What.refused: audit.Action.entry_refused,
            What.revoked: audit.Action.entry_revoked}


async def _conclude(connection: AsyncConnection, program: Program, visitor: Visitor, entry_id: int,
                    outcome: Outcome, what: What) -> None:
    """Tell who asked for it, and leave the trace; of what was refused too, where there is such an entry."""
    entry = await find_entry(connection, entry_id, await mine_of(connection, visitor))
    if entry is None:
        return
    if outcome is Outcome.done:
        await hearing.tell_decided(connection, entry, what, utc_now(), but=visitor.user.user_id)
        await record(connection, program, visitor, _ACTIONS[what], entry)
    else:
        await record(connection, program, visitor, audit.Action.denied, entry,
                     {"refused": str(outcome), "wanted": str(_ACTIONS[what])})


def _raise_unless_done(outcome: Outcome) -> None:
    if outcome in _REFUSALS:
        refusal = _REFUSALS[outcome]
        raise type(refusal)(*refusal.args)


async def record(connection: AsyncConnection, program: Program, visitor: Visitor, action: audit.Action, entry: Entry,
                 came: Mapping[str, object] | None = None, *, was: Entry | None = None) -> None:
    """Leave the trace of something about one entry."""
    before = {"was": in_full(was)} if was else {}
    await program.trail.record(connection, visitor.actor, audit.Entry(
        action, program.pages.languages[AUDIT_LANGUAGE].say(sentence_of(entry)), {**in_full(entry), **before},
        came or {}))


def sentence_of(entry: Entry) -> Words:
    """Return which entry something is about; of a discreet one its number alone."""
    if entry.discreet:
        return words("entry {entry}", entry=str(entry.entry_id))
    return words("entry {entry} of list {name}: {plate}, file {file}", entry=str(entry.entry_id),
                 name=entry.list_name, plate=entry.plate, file=entry.file_number)


def in_full(entry: Entry) -> dict[str, object]:
    """Return all that an entry says, for the audit; of a discreet one its number alone."""
    number: dict[str, object] = {"entry": entry.entry_id, "version": entry.version}
    if entry.discreet:
        return number
    because = {"because": entry.revoked_because} if entry.revoked_because else {}
    return number | because | {
        "list": entry.list_code, "plate": entry.plate, "country": entry.country,
        "least_probability": entry.least_probability, "measure": entry.measure, "reason": entry.reason,
        "legal_basis": entry.legal_basis, "authority": entry.authority, "file_number": entry.file_number,
        "requester": entry.requester, "since": iso_ms(entry.since), "until": iso_ms(entry.until),
        "cameras": entry.cameras, "hours": entry.hours, "group": entry.audience, "priority": entry.priority,
        "lapses_at": iso_ms(entry.lapses_at) if entry.lapses_at else None}
