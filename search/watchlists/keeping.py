"""Making and changing lists, putting them live or off, confirming them: each one transaction with its audit row."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import Visitor
from search.pages.language import AUDIT_LANGUAGE, Words, words
from search.program import Program
from search.watchlists import wording
from search.watchlists.schemas import Confirmation, ListChange, ListGiven
from services import audit
from services.clock import utc_now
from services.database import transaction
from services.decision_rule import is_writing
from services.errors import BadQuestionError, ForbiddenError, NotFoundError
from services.watchlists import lists
from services.watchlists.audiences import audiences_of, list_audiences
from services.watchlists.categories import USUAL, Category
from services.watchlists.drafting import Lacking
from services.watchlists.entries import tell_changed
from services.watchlists.limits import highest_priority
from services.watchlists.lists import ListDraft, Watchlist

UNKNOWN = words("There is no such list.")
NOT_CONFIRMED = words("The data protection officer has not confirmed this list: it stays off.")
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}\Z")
RESERVED = frozenset({"new", "entries", "waiting", "mine", "request", "confirmations", "groups", "deliveries"})
"""What addresses of pages begin with, and no list is called by."""


async def mine_of(connection: AsyncConnection, visitor: Visitor) -> frozenset[int]:
    """Return the groups that a visitor belongs to (R11)."""
    return await audiences_of(connection, visitor.user.user_id, visitor.user.role)


async def find(connection: AsyncConnection, code: str, *, lock: bool = False) -> Watchlist:
    """Return a list; raises NotFoundError when there is none."""
    watchlist = await lists.find_list(connection, code, lock=lock)
    if watchlist is None:
        raise NotFoundError(UNKNOWN)
    return watchlist


def is_code(text: str) -> bool:
    """Tell whether a list or a group may be called so."""
    return bool(_CODE.match(text)) and text not in RESERVED


async def make(program: Program, visitor: Visitor, given: ListGiven) -> str:
    """Make a list, off, and return its code; raises BadQuestionError for what is wrong."""
    now, code = utc_now(), given.code.strip()
    usual = USUAL[given.category]
    if not is_code(code):
        raise BadQuestionError(words("Take a code of small letters, digits and hyphens."))
    async with transaction(program.engine) as connection:
        draft = ListDraft(
            _line(given.name), given.priority or usual.priority,
            await _audience(connection, given.audience or usual.audience), _line(given.instruction),
            _line(given.legal_basis), _line(given.authority))
        _check(draft, given.category)
        if await lists.make_list(connection, code, given.category, draft, visitor.user.user_id, now) is None:
            raise BadQuestionError(words("There is a list of that code already."))
        await _record(connection, program, visitor, await find(connection, code))
    return code


async def change(program: Program, visitor: Visitor, code: str, given: ListChange) -> None:
    """Change what a list asks for, and its state; raises BadQuestionError or ForbiddenError when it may not be so."""
    now = utc_now()
    async with transaction(program.engine) as connection:
        watchlist = await find(connection, code, lock=True)
        draft = ListDraft(watchlist.name, watchlist.priority, watchlist.audience_id, watchlist.instruction,
                          watchlist.legal_basis, watchlist.authority)
        values: dict[str, Any] = {name: _line(text) for name in ("name", "instruction", "legal_basis", "authority")
                                  if (text := getattr(given, name)) is not None}
        if given.audience is not None:
            values["audience_id"] = await _audience(connection, given.audience)
        if given.priority is not None:
            values["priority"] = given.priority
        changed = replace(draft, **values)
        _check(changed, watchlist.category)
        if changed != draft:
            await lists.change_list(connection, watchlist.list_id, changed, now)
        if given.state is not None and not await lists.set_state(connection, watchlist, given.state, now):
            raise ForbiddenError(NOT_CONFIRMED)
        await tell_changed(connection)
        await _record(connection, program, visitor, await find(connection, code))


async def confirm(program: Program, visitor: Visitor, code: str, given: Confirmation) -> None:
    """Keep what the DPO says of a list; without their confirmation it is off. Raises BadQuestionError."""
    document = _line(given.document)
    if given.confirmed and not is_writing(document, 3, 300):
        raise BadQuestionError(words("Name the document on which it rests (3 to 300 characters)."))
    async with transaction(program.engine) as connection:
        watchlist = await find(connection, code, lock=True)
        if not USUAL[watchlist.category].needs_confirmation:
            raise BadQuestionError(words("Lists of this category need no confirmation."))
        if given.confirmed:
            await lists.confirm(connection, watchlist.list_id, visitor.user.user_id, document, utc_now())
        else:
            await lists.withdraw_confirmation(connection, watchlist.list_id, utc_now())
        await tell_changed(connection)
        await _record(connection, program, visitor, await find(connection, code), audit.Action.watchlist_confirmed,
                      {"confirmed": given.confirmed})


async def _audience(connection: AsyncConnection, code: str) -> int:
    found = {audience.code: audience.audience_id for audience in await list_audiences(connection)}
    if code not in found:
        raise BadQuestionError(words("There is no such group."))
    return found[code]


def _line(text: str) -> str:
    return " ".join(text.split())


def _check(draft: ListDraft, category: Category) -> None:
    problems: tuple[tuple[bool, Words], ...] = (
        (not is_writing(draft.name, 2, 80), words("Give the list a name (2 to 80 characters).")),
        (draft.priority < highest_priority(category), wording.LACKING[Lacking.priority_high]),
        (not is_writing(draft.instruction, 0, 300), words("An instruction has at most 300 characters.")),
        (not is_writing(draft.legal_basis, 0, 300), words("A legal basis has at most 300 characters.")),
        (not is_writing(draft.authority, 0, 120), words("An authority has at most 120 characters.")),
    )
    for is_wrong, problem in problems:
        if is_wrong:
            raise BadQuestionError(problem)


async def _record(connection: AsyncConnection, program: Program, visitor: Visitor, watchlist: Watchlist,
                  action: audit.Action = audit.Action.watchlist_changed,
                  came: Mapping[str, object] | None = None) -> None:
    sentence = words("list {name}: {category}; {state}", name=watchlist.name,
                     category=wording.CATEGORIES[watchlist.category], state=wording.MODES[watchlist.state])
    await program.trail.record(connection, visitor.actor, audit.Entry(
        action, program.pages.languages[AUDIT_LANGUAGE].say(sentence), {
            "list": watchlist.code, "name": watchlist.name, "category": watchlist.category, "state": watchlist.state,
            "priority": watchlist.priority, "group": watchlist.audience, "instruction": watchlist.instruction,
            "legal_basis": watchlist.legal_basis, "authority": watchlist.authority, "document": watchlist.document},
        came or {}))
