"""Delivering a list: looked at first, then taken in one transaction, in which every guard is asked again."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from operator import attrgetter
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services import audit
from services.errors import NotFoundError
from services.watchlists import deliveries, staging
from services.watchlists.categories import USUAL
from services.watchlists.deliveries import Delivery, Handed, Report, Rest
from services.watchlists.delivery_files import (
    Broken,
    BrokenDeliveryError,
    DeliveryKind,
    Line,
    Package,
    Part,
    Stated,
    lines_of,
    open_delivery,
)
from services.watchlists.delivery_lines import Staging
from services.watchlists.delivery_rule import Outcome, People, check_counts, ends_much, judge, parts_to_take
from services.watchlists.drafting import Ground
from services.watchlists.entries import tell_changed
from services.watchlists.lists import Watchlist, find_list, ground_of

NO_LONGER_DELIVERED = "niet meer geleverd"
"""Why an entry ended that a delivery removed, or no longer held."""

_LINES_AT_ONCE = 2_000
_NOTHING_STATED, _NO_REST = Stated(), Rest()


@dataclass(frozen=True, slots=True)
class Person:
    """Who delivers, and of which groups they are; at the console `user_id` is None and there are no groups."""

    user_id: int | None
    mine: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came of it: the delivery as it stands now."""

    outcome: Outcome
    delivery: Delivery | None = None


def is_discreet(watchlist: Watchlist) -> bool:
    """Tell whether every entry that is delivered to a list is discreet (R11)."""
    return USUAL[watchlist.category].discreet


async def find_target(connection: AsyncConnection, code: str, person: Person, *,
                      lock: bool = False) -> tuple[Watchlist, Ground]:
    """Return a list with what its drafts are held against.

    Raises NotFoundError when there is none that this person may deliver to: a discreet one takes deliveries from its
    own group alone, and never from the console.
    """
    watchlist = await find_list(connection, code, lock=lock)
    if watchlist is None or (is_discreet(watchlist) and watchlist.audience_id not in person.mine):
        raise NotFoundError("there is no such list")
    return watchlist, await ground_of(connection, watchlist, person.mine)


@dataclass(frozen=True, slots=True)
class Given:
    """A file as it is handed in, with what is said beside it."""

    kind: DeliveryKind
    content: bytes
    stated: Stated = _NOTHING_STATED
    rest: Rest = _NO_REST


async def hand_in(connection: AsyncConnection, code: str, given: Given, person: Person, now: datetime) -> Delivery:
    """Look at a delivery and keep it for whoever takes it; return it with its counts.

    The delivery that brought the list to its revision, handed in again, is that delivery: nothing is kept or changed.
    Raises BrokenDeliveryError, NotFoundError.
    """
    _, delivery, _ = await _hand_in(connection, code, given, person, now)
    return delivery


async def deliver(connection: AsyncConnection, code: str, given: Given, now: datetime) -> Delivered:
    """Hand a delivery in at the console, and take it at once where no person is needed; raises what `hand_in` does."""
    nobody = Person(None)
    watchlist, delivery, report = await _hand_in(connection, code, given, nobody, now)
    if report is None:
        return Delivered(Outcome.over, delivery)
    outcome = _judge(watchlist, delivery, report, nobody, said=False)
    if outcome is Outcome.done:
        await _apply(connection, watchlist, delivery, report, nobody, now)
    return Delivered(outcome, await deliveries.find(connection, delivery.delivery_id))


async def _hand_in(connection: AsyncConnection, code: str, given: Given, person: Person,
                   now: datetime) -> tuple[Watchlist, Delivery, Report | None]:
    """Return the list, the delivery, and what it would do; None where the list has it already."""
    watchlist, ground = await find_target(connection, code, person, lock=person.user_id is None)
    package = await asyncio.to_thread(open_delivery, given.kind, given.content, given.stated, code)
    if package.revision is not None and package.revision == watchlist.revision:
        known = await deliveries.find_taken(connection, watchlist.list_id, package.revision, package.digest)
        if known is not None:
            return watchlist, known, None
    report = await _stage(connection, watchlist, ground, package, given.rest, now)
    kept = await deliveries.keep(connection, Handed(
        watchlist.list_id, given.kind, package.revision, package.digest, given.content, given.rest, person.user_id),
        report, now)
    delivery = await deliveries.find(connection, kept)
    if delivery is None:
        raise NotFoundError("there is no such delivery")
    return watchlist, delivery, report


async def take(connection: AsyncConnection, code: str, delivery_id: UUID, person: Person, now: datetime, *,
               said: bool = False) -> Delivered:
    """Have a delivery change its list, or keep that this person is the first of two who agree.

    `said` tells that they know how much it ends. Everything is compared anew with the list as it is now, which nobody
    else delivers to meanwhile. Raises BrokenDeliveryError, NotFoundError.
    """
    watchlist, ground = await find_target(connection, code, person, lock=True)
    delivery = await deliveries.find(connection, delivery_id, lock=True)
    if delivery is None or delivery.list_id != watchlist.list_id:
        return Delivered(Outcome.unknown)
    if delivery.applied_at is not None:
        return Delivered(Outcome.over, delivery)
    handed = await deliveries.content_of(connection, delivery_id)
    if handed is None:
        return Delivered(Outcome.gone, delivery)
    content, rest = handed
    package = await asyncio.to_thread(
        open_delivery, delivery.kind, content, Stated(delivery.revision, None, delivery.sha256), code)
    report = await _stage(connection, watchlist, ground, package, rest, now)
    outcome = _judge(watchlist, delivery, report, person, said=said)
    if outcome is Outcome.first and person.user_id is not None:
        await deliveries.agree(connection, delivery_id, person.user_id)
    elif outcome is Outcome.done:
        await _apply(connection, watchlist, delivery, report, person, now)
    return Delivered(outcome, await deliveries.find(connection, delivery_id))


def is_by_hand(watchlist: Watchlist, kind: DeliveryKind) -> bool:
    """Tell whether entries delivered so are kept by hand, so that a second person validates them."""
    return kind is DeliveryKind.paste or not watchlist.is_delivered


def _judge(watchlist: Watchlist, delivery: Delivery, report: Report, person: Person, *, said: bool) -> Outcome:
    return judge(People(delivery.made_by, delivery.agreed_by, person.user_id),
                 by_hand=is_by_hand(watchlist, delivery.kind), much=ends_much(report.counts), said=said)


async def _apply(connection: AsyncConnection, watchlist: Watchlist, delivery: Delivery, report: Report, person: Person,
                 now: datetime) -> None:
    # Whoever hands in and takes alone only passes on what another party states: they validate it, and made none of it.
    made_by = delivery.made_by if delivery.made_by != person.user_id else None
    kept_by_hand = delivery.kind is DeliveryKind.paste
    await staging.apply(connection, _target(watchlist), staging.By(
        None if kept_by_hand else delivery.delivery_id, made_by, person.user_id), NO_LONGER_DELIVERED, now)
    await deliveries.note_taken(connection, delivery, report, person.user_id, now)
    await tell_changed(connection)


def _target(watchlist: Watchlist) -> staging.Target:
    return staging.Target(watchlist.list_id, watchlist.audience_id, watchlist.priority, is_discreet(watchlist))


async def _stage(connection: AsyncConnection, watchlist: Watchlist, ground: Ground, package: Package, rest: Rest,
                 now: datetime) -> Report:
    """Hold a delivery against its list and return what it would do."""
    parts = parts_to_take(watchlist.revision, package)
    whole = parts[0].whole
    lines = Staging(ground, rest.draft(discreet=is_discreet(watchlist)), now)
    await staging.begin(connection)
    for part in parts:
        await _copy(connection, part, lines)
    if lines.lines == 0 and (whole or package.kind is DeliveryKind.paste):
        raise BrokenDeliveryError(Broken.empty)
    changes = any(not part.whole and not part.pasted for part in parts)
    target = _target(watchlist)
    refused = lines.refused + await staging.plan(
        connection, target, lines.lines, now, whole=whole, changes=changes)
    counts = {"lines": lines.lines, "refused": len(refused), **await staging.count(connection, target, now)}
    check_counts(counts, whole=whole)
    return Report(counts, sorted(refused, key=attrgetter("part", "line")))


async def _copy(connection: AsyncConnection, part: Part, into: Staging) -> None:
    """Read a part in pieces, in a thread of its own: whoever else is served meanwhile does not wait for a piece."""
    layout, lines = await asyncio.to_thread(lines_of, part)
    take_line = into.reader(layout, pasted=part.pasted)
    while await asyncio.to_thread(_read_some, lines, take_line):
        await staging.copy(connection, into.terms, into.staged)
        into.terms.clear()
        into.staged.clear()


def _read_some(lines: Iterator[Line], take_line: Callable[[Line], None]) -> bool:
    some = list(islice(lines, _LINES_AT_ONCE))
    for line in some:
        take_line(line)
    return bool(some)


def entry_of(delivery: Delivery, watchlist: Watchlist, handed_by: str) -> audit.Entry:
    """Return the audit's row of a delivery that was taken; of a discreet list its numbers alone (R11)."""
    if is_discreet(watchlist):
        return audit.Entry(audit.Action.watchlist_delivered, f"levering voor lijst {watchlist.list_id}",
                           {"list_id": watchlist.list_id, "delivery_id": str(delivery.delivery_id)})
    counts: Mapping[str, int] = delivery.counts
    said = ", ".join(f"{counts[what]} {word}" for what, word in _SAID.items())
    return audit.Entry(
        audit.Action.watchlist_delivered, f"levering voor lijst {watchlist.code}: {said}",
        {"list": watchlist.code, "delivery_id": str(delivery.delivery_id), "kind": str(delivery.kind),
         "revision": delivery.revision, "sha256": delivery.sha256.hex(), "handed_in_by": handed_by, **counts},
        result_count=counts["added"] + counts["changed"] + counts["ended"])


_SAID = {"added": "nieuw", "changed": "gewijzigd", "ended": "beëindigd", "refused": "regels geweigerd"}
