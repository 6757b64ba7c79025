"""How an entry stands at a moment, told by its columns alone: one table, pure."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

URGENT_LASTS = timedelta(hours=24)
"""So long an urgent entry is live without a second person."""

WARNED_BEFORE = timedelta(days=7)
"""So long before its end the requester is told that an entry is over soon."""

BACKDATED = timedelta(hours=24)
"""How far before it was made an entry may begin: for reads that come late. What lies before is a search (R9)."""


class EntryState(StrEnum):
    """How an entry stands."""

    refused = "refused"    # by the second person
    revoked = "revoked"
    expired = "expired"
    lapsed = "lapsed"      # urgent, and nobody validated it in time
    asked = "asked"        # waits for the second person, and is not live
    urgent = "urgent"      # waits for the second person, and is live
    coming = "coming"      # validated; begins later
    live = "live"


class Standing(Protocol):
    """The columns by which a state is told."""

    @property
    def since(self) -> datetime: ...  # noqa: D102
    @property
    def until(self) -> datetime: ...  # noqa: D102
    @property
    def lapses_at(self) -> datetime | None: ...  # noqa: D102
    @property
    def validated_at(self) -> datetime | None: ...  # noqa: D102
    @property
    def revoked_at(self) -> datetime | None: ...  # noqa: D102


_STATES: tuple[tuple[EntryState, Callable[[Standing, datetime], bool]], ...] = (
    (EntryState.refused, lambda entry, _: entry.revoked_at is not None and entry.validated_at is None),
    (EntryState.revoked, lambda entry, _: entry.revoked_at is not None),
    (EntryState.expired, lambda entry, now: entry.until <= now),
    (EntryState.lapsed, lambda entry, now: (
        entry.validated_at is None and entry.lapses_at is not None and entry.lapses_at <= now)),
    (EntryState.urgent, lambda entry, _: entry.validated_at is None and entry.lapses_at is not None),
    (EntryState.asked, lambda entry, _: entry.validated_at is None),
    (EntryState.coming, lambda entry, now: entry.since > now),
    (EntryState.live, lambda *_: True),
)

MATCHED = frozenset({EntryState.live, EntryState.urgent})
"""The states in which a read is held against an entry."""


def state_of(entry: Standing, now: datetime) -> EntryState:
    """Return how an entry stands at `now`: the first row of the table that is true of it."""
    return next(state for state, is_true in _STATES if is_true(entry, now))
