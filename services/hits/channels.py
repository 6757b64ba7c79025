"""Channels: where hits are sent besides the board, and which of them each wants (pure)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.hits.events import EventKind
from services.hits.matching import MatchedAs
from services.watchlists.coverage import hour_of_week


class ChannelKind(StrEnum):
    """How a channel is reached."""

    mqtt = "mqtt"          # a topic of the zone's own broker
    webhook = "webhook"    # an address to which is posted, signed
    email = "email"        # a mailbox


USUAL_EVENTS = (EventKind.raised, EventKind.withdrawn, EventKind.ended)
"""What a channel is told of unless it says something else."""

CLOSING = frozenset({EventKind.withdrawn, EventKind.ended})
"""What whoever was told of a hit hears too, whatever the hour: nobody looks for a car that is no longer looked for."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A row of `channels`, without its secret; the names are the columns'."""

    channel_id: int
    name: str
    kind: ChannelKind
    address: str
    audience_id: int
    list_ids: frozenset[int] | None
    """None: every list."""
    least_priority: int
    """The lowest that it wants: 1 is the highest, 4 the lowest."""
    hours: str | None
    """As of Coverage: 168 times `0` or `1`; None is always."""
    possible: bool
    """Whether it wants what is only possible."""
    events: frozenset[EventKind]
    enabled: bool
    agreed: bool
    """Whether somebody of its group agreed to it: until then nothing but invented tests is sent."""

    @classmethod
    def of(cls, row: Any) -> "Channel":
        """Return the channel of a row of the table."""
        return cls(row.channel_id, row.name, ChannelKind(row.kind), row.address, row.audience_id,
                   None if row.list_ids is None else frozenset(row.list_ids), row.least_priority, row.hours,
                   row.possible, frozenset(map(EventKind, row.events)), row.enabled, row.agreed_at is not None)


@dataclass(frozen=True, slots=True)
class Facts:
    """What tells whether an event of a hit is wanted."""

    event: EventKind
    audience_id: int
    named: bool
    """Whether its group holds named people alone."""
    discreet: bool
    priority: int
    matched_as: MatchedAs
    confirmed: bool
    list_ids: frozenset[int]
    told: Collection[int] = ()
    """Channels that were told of the same hit before."""

    @property
    def possible(self) -> bool:
        """Whether it is not sure: not exact, and nobody has confirmed it yet (R10)."""
        return self.matched_as is not MatchedAs.exact and not self.confirmed


def may_have(channel: Channel, *, audience_id: int, discreet: bool, named: bool) -> bool:
    """Tell whether a hit may be sent to a channel at all: it is its own group's.

    R11: what is discreet goes to a channel of that very group, and only as long as it holds named people alone.
    """
    return (channel.enabled and channel.agreed and channel.audience_id == audience_id and (named or not discreet))


def wants(channel: Channel, facts: Facts, now: datetime) -> bool:
    """Tell whether a channel is sent an event at `now`."""
    if not may_have(channel, audience_id=facts.audience_id, discreet=facts.discreet, named=facts.named):
        return False
    if facts.event in CLOSING and channel.channel_id in facts.told:
        return True
    return (facts.event in channel.events
            and facts.priority <= channel.least_priority
            and (channel.possible or not facts.possible)
            and (channel.list_ids is None or not channel.list_ids.isdisjoint(facts.list_ids))
            and (channel.hours is None or channel.hours[hour_of_week(now)] == "1"))
