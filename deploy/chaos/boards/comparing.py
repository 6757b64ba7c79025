"""When everything is calm: what the database has, beside what every client and every tab heard and shows."""

import asyncio
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass

from deploy.chaos.boards.listening import Listener
from deploy.chaos.boards.room import Room, events_of, open_hits
from deploy.chaos.boards.settling import Account, Event, mine, settle, settle_alerts, settle_cards
from deploy.chaos.boards.tabs import Noted, Tabs
from deploy.chaos.zone import KEY, wait_until
from search.hits.marks import Marks

_WITHIN_S = 30.0
"""The longest that somebody may take to hear the last event, and a board to put away what has ended."""
_LOOKS_EVERY_S = 0.5
_ALERTS = "SELECT plate FROM alerts"


@dataclass(frozen=True, slots=True)
class Compared:
    """The accounts of a run."""

    alerts: Account
    """Of the reads that were published."""
    clients: Account
    """Of what all clients were to hear."""
    told: Account
    """Of what all tabs were to be told."""
    cards: Account
    """Of the open hits, on all tabs' boards."""
    events: int


async def compare(room: Room, listeners: Sequence[Listener], tabs: Tabs, published: Collection[str]) -> Compared:
    """Compare, once everybody has heard the last event or had the time to."""
    events = await asyncio.to_thread(_events, room)
    marks = {event.number: _MARKS.write(event.number) for event in events}
    with suppress(TimeoutError):
        await wait_until(lambda: _all_heard(room, listeners, events, marks), _WITHIN_S, "")
    cards = await _settle_cards(room, tabs)
    heard, noted = [list(one.marks) for one in listeners], await tabs.noted()
    later = (await asyncio.to_thread(_events, room))[len(events):]
    return Compared(
        settle_alerts(published, await asyncio.to_thread(_alerted, room)),
        sum((settle(_marks(room, one, events), ids, _marks(room, one, later))
             for one, ids in zip(listeners, heard, strict=True)), Account()),
        sum((_settle_told(room, tab, events, later) for tab in noted), Account()), cards, len(events))


_MARKS = Marks(KEY.encode())


def _events(room: Room) -> list[Event]:
    with room.zone.connect() as connection:
        return events_of(connection)


def _alerted(room: Room) -> list[str]:
    with room.zone.connect() as connection:
        return [str(plate) for plate, in connection.execute(_ALERTS)]


def _groups(room: Room, username: str) -> frozenset[int]:
    return next(officer.groups for officer in room.officers if officer.username == username)


def _marks(room: Room, listener: Listener, events: Sequence[Event]) -> list[str]:
    return [_MARKS.write(event.number) for event in mine(events, _groups(room, listener.name))]


def _all_heard(room: Room, listeners: Sequence[Listener], events: Sequence[Event], marks: dict[int, str]) -> bool:
    wanted = {officer.username: {marks[event.number] for event in mine(events, officer.groups)}
              for officer in room.officers}
    return all(wanted[one.name] <= set(one.marks) for one in listeners)


def _settle_told(room: Room, tab: Noted, events: Sequence[Event], later: Sequence[Event]) -> Account:
    groups = room.officers[0].groups
    wanted, may_hear = ([(event.hit_id, event.kind, event.at_ms) for event in mine(some, groups)]
                        for some in (events, later))
    return settle(wanted, tab.told, may_hear)


async def _settle_cards(room: Room, tabs: Tabs) -> Account:
    """Compare until they agree: a card that has ended stays on a board for some seconds."""
    deadline = time.monotonic() + _WITHIN_S
    while True:
        began = time.monotonic()
        account = await _compare_cards(room, tabs)
        wrong = account.lost or account.doubled or account.strange
        if not wrong or began > deadline:  # a look at twenty tabs may itself take long
            return account
        await asyncio.sleep(_LOOKS_EVERY_S)


async def _compare_cards(room: Room, tabs: Tabs) -> Account:
    def find() -> set[int]:
        with room.zone.connect() as connection:
            return open_hits(connection, room.officers[0].groups)

    still_open = await asyncio.to_thread(find)
    return sum((settle_cards(still_open, cards) for cards in await tabs.cards()), Account())
