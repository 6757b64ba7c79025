"""Handing in and taking deliveries: each one transaction; one audit row says what was taken, and by whom."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import Visitor
from search.pages.language import words
from search.program import Program
from search.watchlists.delivery_wording import broken_in_words
from search.watchlists.keeping import UNKNOWN as NO_LIST
from search.watchlists.keeping import mine_of
from services import audit
from services.clock import utc_now
from services.database import transaction
from services.errors import BadQuestionError, ForbiddenError, NotFoundError, ZoneschildError
from services.watchlists import deliveries, delivering
from services.watchlists.deliveries import Delivery
from services.watchlists.delivering import Given, Person
from services.watchlists.delivery_files import BrokenDeliveryError
from services.watchlists.delivery_lines import Refusal
from services.watchlists.delivery_rule import Outcome
from services.watchlists.lists import Watchlist

UNKNOWN = words("There is no such delivery.")
_REFUSALS: Mapping[Outcome, ZoneschildError] = {
    Outcome.unknown: NotFoundError(UNKNOWN),
    Outcome.over: BadQuestionError(words("This delivery was taken already: nothing changed.")),
    Outcome.gone: BadQuestionError(words("A delivery is kept for a day. Hand it in again.")),
    Outcome.own: ForbiddenError(words("Whoever handed it in does not take it: ask a colleague.")),
    Outcome.unsaid: BadQuestionError(words("It ends more than a fifth of the list. Say that you know.")),
    Outcome.another: ForbiddenError(words("It ends more than a fifth of the list: a second person must agree to it.")),
}


async def target(connection: AsyncConnection, visitor: Visitor, code: str) -> tuple[Watchlist, Person]:
    """Return a list and its visitor as who delivers to it; raises NotFoundError when it is not theirs (R11)."""
    person = Person(visitor.user.user_id, await mine_of(connection, visitor))
    try:
        watchlist, _ = await delivering.find_target(connection, code, person)
    except NotFoundError:
        raise NotFoundError(NO_LIST) from None
    return watchlist, person


async def hand_in(program: Program, visitor: Visitor, code: str, given: Given) -> Delivery:
    """Look at a delivery and keep it; raises BadQuestionError that says what is wrong with it."""
    try:
        async with transaction(program.engine) as connection:
            _, person = await target(connection, visitor, code)
            return await delivering.hand_in(connection, code, given, person, utc_now())
    except BrokenDeliveryError as error:
        raise BadQuestionError(broken_in_words(error)) from None


async def find(program: Program, visitor: Visitor, code: str,
               delivery_id: UUID) -> tuple[Watchlist, Delivery, list[Refusal]]:
    """Return a delivery of a list, and every line that it refuses; raises NotFoundError."""
    async with transaction(program.engine) as connection:
        watchlist, _ = await target(connection, visitor, code)
        found = await deliveries.find(connection, delivery_id)
        if found is None or found.list_id != watchlist.list_id:
            raise NotFoundError(UNKNOWN)
        return watchlist, found, await deliveries.refusals_of(connection, delivery_id)


async def find_all(program: Program, visitor: Visitor, code: str) -> tuple[Watchlist, list[Delivery]]:
    """Return a list's deliveries, the newest first; raises NotFoundError."""
    async with transaction(program.engine) as connection:
        watchlist, _ = await target(connection, visitor, code)
        return watchlist, await deliveries.list_deliveries(connection, watchlist.list_id)


async def take(program: Program, visitor: Visitor, code: str, delivery_id: UUID, *, said: bool) -> Outcome:
    """Take a delivery, or be the first of two who agree; raises BadQuestionError, ForbiddenError, NotFoundError."""
    try:
        async with transaction(program.engine) as connection:
            watchlist, person = await target(connection, visitor, code)
            taken = await delivering.take(connection, code, delivery_id, person, utc_now(), said=said)
            if taken.delivery is not None:
                await _record(connection, program, visitor, watchlist, taken)
    except BrokenDeliveryError as error:
        raise BadQuestionError(broken_in_words(error)) from None
    if refusal := _REFUSALS.get(taken.outcome):
        raise type(refusal)(*refusal.args)
    return taken.outcome


async def _record(connection: AsyncConnection, program: Program, visitor: Visitor, watchlist: Watchlist,
                  taken: delivering.Delivered) -> None:
    """Leave the trace of what was done; of what was refused too."""
    if taken.delivery is None:
        return
    if taken.outcome is Outcome.done:
        entry = delivering.entry_of(taken.delivery, watchlist, taken.delivery.made_name or "console")
    else:
        entry = audit.Entry(
            audit.Action.watchlist_delivered if taken.outcome is Outcome.first else audit.Action.denied,
            f"levering voor lijst {watchlist.list_id}",
            {"list_id": watchlist.list_id, "delivery_id": str(taken.delivery.delivery_id)},
            {"agreed": True} if taken.outcome is Outcome.first else
            {"refused": str(taken.outcome), "wanted": str(audit.Action.watchlist_delivered)})
    await program.trail.record(connection, visitor.actor, entry)
