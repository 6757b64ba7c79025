"""Alerts fold into hits: which vehicle, what they come to, and what a move tells of it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.hits.events import EventKind
from services.hits.folding import Change, Fate, OpenHit, Unmoved, Vehicle, fold, for_actions, summarise
from services.hits.following import Disposition, HitState
from services.hits.matching import MatchedAs
from services.hits.rows import Alert
from services.watchlists.categories import Mode

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def alert(alert_id: int, minutes: int = 0, **columns: Any) -> Alert:
    at = NOW + timedelta(minutes=minutes)
    return Alert(**{"alert_id": alert_id, "entry_id": 1, "entry_version": 1, "list_id": 1, "audience_id": 1,
                    "discreet": False, "priority": 2, "matched_as": MatchedAs.exact, "probability": None,
                    "plate": "3ABC123", "captured_at": at, "received_at": at, "read_id": UUID(int=alert_id),
                    "camera_id": 10 + alert_id, "country": None, "confidence": None, "images": 0, "late": False,
                    "direction": None, "make": None, "model": None, "colour": None, "vehicle_type": None, **columns})


def unmoved(one: Alert, hit_id: int | None = None, *, corrected: bool = False, stands: bool = True,
            mode: Mode = Mode.live) -> Unmoved:
    return Unmoved(one, hit_id, corrected, stands, mode)


def hit(*alerts: Alert, known: tuple[Alert, ...] = ()) -> OpenHit:
    return OpenHit(7, Vehicle.of(alerts[0]), HitState.open, summarise(alerts),
                   frozenset(one.read_id for one in known))


def empty(state: HitState) -> OpenHit:
    """Return a hit whose only alert is about to be taken from it."""
    return OpenHit(7, Vehicle.of(alert(1)), state, summarise([alert(1)]), alerts=(alert(1),))


def only(changes: list[Change]) -> Change:
    (change,) = changes
    return change


def test_the_surest_match_the_highest_priority_and_the_last_camera_are_what_alerts_come_to() -> None:
    summary = summarise([alert(1, 5, matched_as=MatchedAs.alike, probability=0.9), alert(2, 1, priority=1),
                         alert(3, 5, read_id=UUID(int=1), matched_as=MatchedAs.country)])
    assert (summary.priority, summary.matched_as, summary.probability, summary.sightings) == (
        1, MatchedAs.exact, None, 2)
    assert (summary.first_captured_at, summary.last_captured_at) == (NOW + timedelta(minutes=1),
                                                                     NOW + timedelta(minutes=5))


def test_of_look_alikes_the_most_probable_counts() -> None:
    alikes = [alert(number, matched_as=MatchedAs.alike, probability=share) for number, share in ((1, 0.3), (2, 0.6))]
    assert summarise(alikes).probability == 0.6


@pytest.mark.parametrize(("late", "quiet"), [((True, True), True), ((True, False), False)])
def test_a_hit_is_late_when_all_its_alerts_are(late: tuple[bool, bool], quiet: bool) -> None:
    assert summarise([alert(number, late=one) for number, one in enumerate(late)]).late is quiet


@pytest.mark.parametrize(("mode", "fate"), [(Mode.live, Fate.hit), (Mode.action, Fate.action),
                                            (Mode.counting, Fate.counted), (Mode.off, Fate.withdrawn)])
def test_what_becomes_of_an_alert_is_told_by_its_list(mode: Mode, fate: Fate) -> None:
    assert unmoved(alert(1), mode=mode).fate is fate
    assert unmoved(alert(1), mode=mode, stands=False).fate is Fate.withdrawn
    assert unmoved(alert(1), mode=mode, corrected=True).fate is Fate.withdrawn


@pytest.mark.parametrize("other", [{"plate": "3ABG123"}, {"audience_id": 2}, {"discreet": True}])
def test_another_plate_another_group_and_what_is_discreet_are_hits_of_their_own(other: dict[str, Any]) -> None:
    changes = fold([unmoved(alert(1)), unmoved(alert(2, **other))], [])
    assert [(change.kind, len(change.added)) for change in changes] == [(EventKind.raised, 1)] * 2


def test_a_further_read_joins_the_open_hit() -> None:
    change = only(fold([unmoved(alert(2, 3))], [hit(alert(1))]))
    assert (change.hit_id, change.kind, change.summary and change.summary.sightings) == (7, EventKind.seen_again, 2)


READS = [alert(1, 0, late=True), alert(2, 5, priority=1), alert(3, 5, matched_as=MatchedAs.alike, probability=0.4),
         alert(4, 2, read_id=UUID(int=2)), alert(5, 9, matched_as=MatchedAs.country)]


@pytest.mark.parametrize("split", range(1, len(READS)))
def test_alerts_that_come_one_after_the_other_come_to_the_same_as_together(split: int) -> None:
    before, after = READS[:split], READS[split:]
    change = only(fold(map(unmoved, after), [hit(*before, known=tuple(before))]))
    assert change.summary == summarise(READS)


def test_it_is_told_when_a_quiet_hit_is_heard_and_when_a_possible_one_becomes_sure() -> None:
    quiet = hit(alert(1, late=True, matched_as=MatchedAs.country))
    detail = only(fold([unmoved(alert(2))], [quiet])).detail
    assert (detail["woke"], detail["surer"], detail["matched_as"]) == (True, True, "exact")
    detail = only(fold([unmoved(alert(2, late=True, matched_as=MatchedAs.country))], [quiet])).detail
    assert (detail["woke"], detail["surer"]) == (False, False)


def test_an_alert_that_is_raised_again_counts_once() -> None:
    of_two = OpenHit(7, Vehicle.of(alert(1)), HitState.open, summarise([alert(2)]), alerts=(alert(1), alert(2)))
    change = only(fold([unmoved(alert(1), 7)], [of_two]))
    assert change.summary is not None
    assert change.summary.sightings == 2


def test_without_its_last_alert_a_hit_ends_as_withdrawn() -> None:
    change = only(fold([unmoved(alert(1), 7, corrected=True)], [empty(HitState.claimed)]))
    assert (change.kind, change.disposition, change.summary) == (EventKind.ended, Disposition.withdrawn, None)


@pytest.mark.parametrize(("state", "stands", "ends"), [
    (HitState.confirmed, True, False), (HitState.dispatched, True, False), (HitState.dispatched, False, True)])
def test_what_a_person_looked_at_is_ended_by_a_fallen_entry_alone(state: HitState, stands: bool, ends: bool) -> None:
    change = only(fold([unmoved(alert(1), 7, corrected=True, stands=stands)], [empty(state)]))
    assert change.kind is (EventKind.ended if ends else EventKind.withdrawn)


def test_a_hit_that_has_ended_is_left_alone() -> None:
    assert fold([unmoved(alert(1), 3, corrected=True)], []) == []


def test_actions_hear_of_nothing_discreet_and_of_no_list_that_only_counts() -> None:
    told = for_actions([unmoved(alert(1), mode=Mode.action), unmoved(alert(2)), unmoved(alert(3), mode=Mode.counting),
                        unmoved(alert(4, discreet=True), mode=Mode.action), unmoved(alert(5), corrected=True)])
    assert [one.alert_id for one in told] == [1, 2]
