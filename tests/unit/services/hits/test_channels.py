"""Which hits a channel wants: by list, group, hours, priority, sureness and event; what is discreet (R11)."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from services.clock import ZONE
from services.hits.channels import Channel, ChannelKind, Facts, wants
from services.hits.events import EventKind
from services.hits.matching import MatchedAs
from services.watchlists.coverage import write_hours

NIGHTS = write_hours(range(5), 22, 6)
MONDAY_NOON, MONDAY_NIGHT = (datetime(2026, 11, 23, hour, tzinfo=ZONE) for hour in (12, 23))
CHANNEL = Channel(1, "Meldkamer", ChannelKind.webhook, "https://cad.zone.example/hits", 1, None, 4, None, False,
                  frozenset({EventKind.raised, EventKind.ended}), True, True)
HIT = Facts(EventKind.raised, 1, False, False, 2, MatchedAs.exact, False, frozenset({7, 8}))


@pytest.mark.parametrize(("channel", "hit", "wanted"), [
    ({}, {}, True),
    ({"enabled": False}, {}, False),
    ({"agreed": False}, {}, False),
    ({}, {"audience_id": 2}, False),
    ({"list_ids": frozenset({8, 9})}, {}, True),
    ({"list_ids": frozenset({9})}, {}, False),
    ({"list_ids": frozenset()}, {}, False),
    ({"least_priority": 2}, {}, True),
    ({"least_priority": 1}, {}, False),
    ({}, {"matched_as": MatchedAs.alike}, False),
    ({}, {"matched_as": MatchedAs.country}, False),
    ({"possible": True}, {"matched_as": MatchedAs.alike}, True),
    ({}, {"matched_as": MatchedAs.alike, "confirmed": True}, True),
    ({}, {"event": EventKind.claimed}, False),
    ({"hours": NIGHTS}, {}, False),
])
def test_it_wants_what_it_asked_for_and_nothing_else(channel: dict[str, Any], hit: dict[str, Any],
                                                     wanted: bool) -> None:
    assert wants(replace(CHANNEL, **channel), replace(HIT, **hit), MONDAY_NOON) is wanted


def test_its_hours_are_those_of_brussels_at_the_moment_of_sending() -> None:
    assert wants(replace(CHANNEL, hours=NIGHTS), HIT, MONDAY_NIGHT)


def test_whoever_was_told_of_a_hit_hears_its_end_at_any_hour_and_of_any_sureness() -> None:
    asleep = replace(CHANNEL, hours=NIGHTS, least_priority=1, events=frozenset({EventKind.raised}))
    for event in (EventKind.ended, EventKind.withdrawn):
        ended = replace(HIT, event=event, matched_as=MatchedAs.pattern)
        assert not wants(asleep, ended, MONDAY_NOON)
        assert not wants(asleep, replace(ended, told=frozenset({2})), MONDAY_NOON)
        assert wants(asleep, replace(ended, told=frozenset({1})), MONDAY_NOON)
    assert not wants(asleep, replace(HIT, event=EventKind.claimed, told=frozenset({1})), MONDAY_NOON)


def test_r11_what_is_discreet_goes_to_its_own_named_group_and_to_no_other() -> None:
    discreet = replace(HIT, discreet=True, named=True)
    assert wants(CHANNEL, discreet, MONDAY_NOON)
    assert not wants(replace(CHANNEL, audience_id=2), discreet, MONDAY_NOON)
    assert not wants(CHANNEL, replace(discreet, named=False), MONDAY_NOON), "a role has joined the group"
    told = replace(discreet, named=False, event=EventKind.ended, told=frozenset({1}))
    assert not wants(CHANNEL, told, MONDAY_NOON), "not even the end of what it was told of"
