"""The legal gate, rule by rule, on both sides of each boundary; the rules' numbers are those of docs/law.md."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.gate import ALERT_REACH, PURPOSES, URGENT_REACH, WHOLE, Aim, Beyond, Origin, Refused, Scope, decide
from services.gate_rules import CAUTIOUS, Rules
from services.roles import Role
from tests.unit.services.standings import (
    MONTH,
    MOST,
    NOW,
    ONE_PLATE,
    OTHER,
    PLATE,
    YEAR,
    approved,
    brussels,
    decided,
    permitted,
    stand,
)

JANUARY = (brussels(2026, 1, 10), brussels(2026, 1, 20))
CONFIRMED = replace(CAUTIOUS, other_authorities=True)


# R1: nothing older than twelve months or 365 days, whichever is shorter.

@pytest.mark.parametrize(("now", "cut_off"), [
    (NOW, YEAR),
    (brussels(2028, 2, 29, 10), brussels(2027, 3, 1, 10)),     # 365 days; the calendar year would say 28 February
    (brussels(2029, 2, 28, 10), brussels(2028, 2, 29, 10)),    # 365 days; the calendar year holds 29 February
    (brussels(2026, 1, 1, 0), brussels(2025, 1, 1, 0)),
    (brussels(2026, 3, 29, 12), datetime(2025, 3, 29, 11, tzinfo=UTC)),  # summer time began a day later the year before
])
def test_r1_no_permission_begins_before_the_cut_off(now: datetime, cut_off: datetime) -> None:
    permission = permitted(stand("access-request", Role.dpo), now=now)
    assert (permission.earliest, permission.retention_from) == (cut_off, cut_off)


def test_r1_a_decision_on_what_has_expired_opens_nothing() -> None:
    over = decided(YEAR - timedelta(days=30), YEAR)
    still = decided(YEAR - timedelta(days=30), YEAR + MOST)
    assert permitted(stand("judicial-crime", Role.investigator, over)).decisions == ()
    permission = permitted(stand("judicial-crime", Role.investigator, still))
    assert permission.spans[1] == Scope(YEAR, YEAR + MOST)


# R2: administrative police sees one month, without exception.

@pytest.mark.parametrize(("now", "earliest"), [
    (NOW, MONTH),                                                    # after a month of 31 days: 30 days, stricter
    (brussels(2026, 5, 1, 10), brussels(2026, 4, 1, 10)),            # after a month of 30 days: both the same
    (brussels(2026, 3, 15, 10), brussels(2026, 2, 15, 10)),          # after February: one calendar month, stricter
    (brussels(2026, 3, 31, 10), brussels(2026, 3, 1, 10)),           # 28 February would be 31 days back
    (brussels(2026, 3, 29, 10), brussels(2026, 2, 28, 10)),          # the last of February stands for the 29th
    (brussels(2028, 3, 29, 10), brussels(2028, 2, 29, 10)),          # 29 February itself
    (brussels(2028, 3, 30, 10), brussels(2028, 2, 29, 10)),          # and standing for the 30th
    (brussels(2028, 2, 29, 10), brussels(2028, 1, 30, 10)),
    (brussels(2026, 1, 31, 10), brussels(2026, 1, 1, 10)),
    (brussels(2026, 1, 1, 0), brussels(2025, 12, 2, 0)),             # over the turn of the year
    (brussels(2026, 4, 10, 10), brussels(2026, 3, 11, 10)),          # over the hour that was lost: by the clocks
    (brussels(2026, 11, 10, 10), brussels(2026, 10, 11, 11)),        # over the hour that was won: by the hour
    (brussels(2026, 4, 28, 2, 30), brussels(2026, 3, 29, 3, 30)),    # half past two was skipped in that night
    (brussels(2026, 11, 24, 2, 30), brussels(2026, 10, 25, 2, 30, fold=1)),  # and came twice: the later one
    (brussels(2026, 3, 1, 0, 30), brussels(2026, 2, 1, 0, 30)),
])
def test_r2_the_last_month_begins_a_calendar_month_or_thirty_days_ago(now: datetime, earliest: datetime) -> None:
    assert permitted(stand("administrative"), now=now).earliest == earliest


def test_r2_in_the_hour_that_comes_twice_nothing_that_was_withheld_comes_back() -> None:
    before = permitted(stand("administrative"), now=brussels(2026, 10, 25, 2, 59)).earliest
    after = permitted(stand("administrative"), now=brussels(2026, 10, 25, 2, 0, fold=1)).earliest
    assert after - before == timedelta(minutes=1)


def test_r2_no_decision_opens_anything_for_administrative_police() -> None:
    permission = permitted(stand("administrative", Role.investigator, decided(*JANUARY)))
    assert permission.spans == (Scope(MONTH),)
    assert (permission.beyond, permission.decisions) == (Beyond.never, ())


# R3: judicial police sees one month, and beyond it what a registered decision opens.

@pytest.mark.parametrize("purpose", ["judicial-crime", "judicial-traffic", "judicial-missing"])
def test_r3_without_a_decision_judicial_police_sees_the_month_to_the_microsecond(purpose: str) -> None:
    permission = permitted(stand(purpose))
    assert (permission.earliest, permission.beyond) == (MONTH, Beyond.needs_decision)
    assert not permission.withholds(Aim(WHOLE, frozenset({PLATE}), MONTH))
    assert permission.withholds(Aim(WHOLE, frozenset({PLATE}), MONTH - MOST))


@pytest.mark.parametrize("purpose", ["judicial-crime", "judicial-traffic", "judicial-missing"])
def test_r3_a_decision_opens_its_plates_period_and_cameras_and_no_more(purpose: str) -> None:
    decision = decided(*JANUARY, frozenset({PLATE}), cameras=frozenset({7}))
    permission = permitted(stand(purpose, Role.tecint, decision))
    assert permission.spans == (Scope(MONTH), Scope(*JANUARY, frozenset({PLATE}), frozenset({7})))
    assert (permission.earliest, permission.opened_from) == (JANUARY[0], MONTH)
    assert permission.decisions == ("PDK/2026/114",)


def test_r3_a_decision_opens_until_it_expires_to_the_microsecond() -> None:
    standing = stand("judicial-crime", Role.investigator, decided(*JANUARY, expires_at=NOW))
    assert permitted(standing, now=NOW - MOST).decisions == ("PDK/2026/114",)
    assert permitted(standing, now=NOW).decisions == ()


@pytest.mark.parametrize(("of_a_year", "threshold", "opened"), [
    (True, True, True), (False, True, False), (True, False, True), (False, False, True)])
def test_r3_the_offence_threshold_counts_while_it_is_on(of_a_year: bool, threshold: bool,
                                                       opened: bool) -> None:
    standing = stand("judicial-crime", Role.investigator, decided(*JANUARY, offence_of_a_year=of_a_year))
    permission = permitted(standing, rules=replace(CAUTIOUS, offence_threshold=threshold))
    assert bool(permission.decisions) is opened


def test_r3_a_decision_on_what_is_open_anyhow_is_not_said_to_open_anything() -> None:
    within = decided(MONTH, NOW)
    reaching_back = decided(MONTH - MOST, NOW)
    assert permitted(stand("judicial-crime", Role.investigator, within)).decisions == ()
    assert permitted(stand("judicial-crime", Role.investigator, reaching_back)).decisions == ("PDK/2026/114",)


def test_r3_what_all_see_and_what_one_plate_is_seen_in_are_told_apart() -> None:
    for_one = decided(*JANUARY, frozenset({PLATE}))
    for_all = decided(brussels(2026, 2, 1), brussels(2026, 2, 2), reference="PDK/2026/115")
    permission = permitted(stand("judicial-crime", Role.investigator, for_one, for_all))
    assert [span.since for span in permission.spans_of(PLATE)] == [MONTH, JANUARY[0], brussels(2026, 2, 1)]
    assert [span.since for span in permission.spans_of(None)] == [MONTH, brussels(2026, 2, 1)]
    assert not permission.opens_all_at(JANUARY[0])
    assert permission.opens_all_at(brussels(2026, 2, 1))
    assert not permission.opens_all_at(brussels(2026, 2, 2))
    assert permission.opens_all_at(MONTH)
    assert not permission.opens_all_at(MONTH - MOST)


# R4: a question across a boundary gets the part that may be seen, and is told so.

@pytest.mark.parametrize(("since", "until", "withheld"), [
    (JANUARY[0], JANUARY[1], False),
    (JANUARY[0] - MOST, JANUARY[1], True),
    (JANUARY[0], JANUARY[1] + MOST, True),       # half open: the instant at which the decision ends is withheld
    (JANUARY[1] - MOST, JANUARY[1], False),
    (JANUARY[1], JANUARY[1] + MOST, True),
    (MONTH, None, False),
    (MONTH - MOST, None, True),
    (MONTH - MOST, MONTH, True),
    (JANUARY[0], None, True),                    # the gap between the decision and the month
    (None, None, True),
    (None, YEAR, False),                         # what has expired is not withheld: it is gone
    (None, YEAR + MOST, True),
    (NOW + timedelta(days=1), NOW, False),       # asks for nothing
])
def test_r4_a_question_is_told_when_a_part_of_it_is_withheld(since: datetime | None, until: datetime | None,
                                                           withheld: bool) -> None:
    permission = permitted(stand("judicial-crime", Role.investigator, decided(*JANUARY, frozenset({PLATE}))))
    assert permission.withholds(Aim(WHOLE, frozenset({PLATE}), since, until)) is withheld


@pytest.mark.parametrize(("plates", "withheld"), [
    (frozenset({PLATE}), False), (frozenset({PLATE, OTHER}), True), (frozenset({OTHER}), True), (frozenset(), True)])
def test_r4_a_decision_covers_a_question_for_its_plates_alone(plates: frozenset[str],
                                                              withheld: bool) -> None:
    permission = permitted(stand("judicial-crime", Role.investigator, decided(*JANUARY, frozenset({PLATE}))))
    assert permission.withholds(Aim(WHOLE, plates, *JANUARY)) is withheld


def test_r4_two_decisions_together_cover_what_neither_covers_alone() -> None:
    half = brussels(2026, 1, 15)
    first, second = decided(JANUARY[0], half), decided(half, JANUARY[1])
    one_each = (decided(*JANUARY, frozenset({PLATE})), decided(*JANUARY, frozenset({OTHER})))
    aim = Aim(WHOLE, frozenset({PLATE, OTHER}), *JANUARY)
    assert not permitted(stand("judicial-crime", Role.investigator, first, second)).withholds(aim)
    assert not permitted(stand("judicial-crime", Role.investigator, *one_each)).withholds(aim)
    assert permitted(stand("judicial-crime", Role.investigator, decided(JANUARY[0], half - MOST), second)
                     ).withholds(aim)


def test_r4_a_decision_up_to_the_month_joins_it_and_one_for_some_cameras_leaves_a_gap() -> None:
    joining = permitted(stand("judicial-crime", Role.investigator, decided(JANUARY[0], MONTH)))
    at_cameras = decided(JANUARY[0], MONTH, cameras=frozenset({7}))
    assert not joining.withholds(Aim(WHOLE, frozenset({PLATE}), JANUARY[0]))
    assert permitted(stand("judicial-crime", Role.investigator, at_cameras)).withholds(
        Aim(WHOLE, frozenset({PLATE}), JANUARY[0]))


@pytest.mark.parametrize(("moment", "withheld"), [
    (MONTH, False), (MONTH - timedelta(milliseconds=1), True), (YEAR, True), (YEAR - timedelta(days=1), False)])
def test_r4_one_read_is_withheld_by_its_own_moment(moment: datetime, withheld: bool) -> None:
    assert permitted(stand()).withholds(Aim.at_one(moment)) is withheld


# R6: the purposes are a closed list, and each belongs to some roles.

ASKS = {
    "judicial-crime": {Role.investigator, Role.tecint, Role.dispatcher},
    "judicial-traffic": {Role.investigator, Role.tecint, Role.dispatcher, Role.traffic},
    "judicial-missing": {Role.investigator, Role.tecint, Role.dispatcher},
    "administrative": {Role.investigator, Role.tecint, Role.dispatcher},
    "other-authority": {Role.investigator, Role.tecint, Role.dispatcher},
    "access-request": {Role.dpo},
}


def test_r6_the_list_of_purposes_is_closed() -> None:
    assert set(PURPOSES) == set(ASKS)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("purpose", ASKS)
def test_r6_each_role_asks_for_its_own_purposes(purpose: str, role: Role) -> None:
    verdict = decide(stand(purpose, role), ONE_PLATE, CONFIRMED, NOW)
    assert (verdict is not Refused.not_your_purpose) == (role in ASKS[purpose])


def test_r6_other_authorities_are_not_answered_until_the_dpo_confirms_them() -> None:
    assert decide(stand("other-authority"), ONE_PLATE, CAUTIOUS, NOW) is Refused.not_confirmed
    permission = permitted(stand("other-authority", Role.investigator, decided(*JANUARY)), rules=CONFIRMED)
    assert (permission.earliest, permission.beyond) == (MONTH, Beyond.never)


# R19: about everybody only with a second person.

@pytest.mark.parametrize(("known", "length", "cameras", "bulk", "targeted"), [
    (3, timedelta(days=300), 92, False, True),                  # three characters are about a vehicle
    (2, timedelta(days=300), 92, False, False),
    (2, timedelta(hours=6), 10, False, True),                   # the window: six hours and ten cameras
    (2, timedelta(hours=6), 11, False, False),
    (0, timedelta(hours=6), 10, False, True),
    (0, timedelta(hours=6) + MOST, 10, False, False),
    (0, timedelta(hours=6), 11, False, False),
    (0, timedelta(minutes=1), 92, False, False),
    (WHOLE, timedelta(days=300), 0, True, False),               # a bulk export always is about many
    (0, timedelta(hours=1), 1, True, False),
])
def test_r19_a_question_about_everybody_needs_a_second_person(
        known: int, length: timedelta, cameras: int, bulk: bool, targeted: bool) -> None:
    until = NOW - timedelta(hours=1)
    aim = Aim(known, frozenset(), until - length, until, cameras, bulk)
    verdict = decide(stand(), aim, CAUTIOUS, NOW)
    assert (verdict is not Refused.needs_approval) == targeted
    assert permitted(approved(stand()), aim).spans == (Scope(MONTH),)


def test_r19_a_question_without_a_beginning_or_an_end_reaches_from_the_cut_off_until_now() -> None:
    six_hours_ago = NOW - timedelta(hours=6)
    assert decide(stand(), Aim(0, cameras=1), CAUTIOUS, NOW) is Refused.needs_approval
    assert permitted(stand(), Aim(0, since=six_hours_ago, cameras=1)).earliest == MONTH
    assert permitted(stand(), Aim(0, since=six_hours_ago, until=NOW + timedelta(days=1), cameras=1)).earliest == MONTH
    assert decide(stand(), Aim(0, since=six_hours_ago - MOST, cameras=1), CAUTIOUS, NOW) is Refused.needs_approval


@pytest.mark.parametrize(("rules", "aim"), [
    (replace(CAUTIOUS, window_hours=7), Aim(0, since=NOW - timedelta(hours=7), cameras=10)),
    (replace(CAUTIOUS, window_cameras=11), Aim(0, since=NOW - timedelta(hours=6), cameras=11)),
    (replace(CAUTIOUS, known_characters=2), Aim(2, cameras=92)),
])
def test_r19_the_dpo_sets_the_window_and_the_characters(rules: Rules, aim: Aim) -> None:
    assert decide(stand(), aim, CAUTIOUS, NOW) is Refused.needs_approval
    assert permitted(stand(), aim, rules).earliest == MONTH


@pytest.mark.parametrize("role", Role)
def test_r19_an_approval_changes_no_purpose_and_no_month(role: Role) -> None:
    verdict = decide(approved(stand("administrative", role)), Aim(0, cameras=92), CAUTIOUS, NOW)
    if role in ASKS["administrative"]:
        assert permitted(approved(stand("administrative", role)), Aim(0, cameras=92)).spans == (Scope(MONTH),)
    else:
        assert verdict is Refused.not_your_purpose


# R20: whom a plate belongs to may know what is kept of it.

def test_r20_an_access_request_is_about_one_plate_over_the_whole_year() -> None:
    permission = permitted(stand("access-request", Role.dpo))
    assert permission.spans == (Scope(YEAR),)
    assert not permission.withholds(ONE_PLATE)


@pytest.mark.parametrize("aim", [
    Aim(WHOLE), Aim(6, frozenset()), Aim(WHOLE, frozenset({PLATE, OTHER})), Aim.at_one(NOW),
    Aim(0, since=NOW - timedelta(hours=1), cameras=1)])
def test_r20_an_access_request_for_anything_else_is_refused(aim: Aim) -> None:
    assert decide(stand("access-request", Role.dpo), aim, CAUTIOUS, NOW) is Refused.names_no_plate


# An urgent consultation reaches back a day, and overrides nothing.

def test_an_urgent_consultation_reaches_back_twenty_four_hours() -> None:
    permission = permitted(stand("judicial-crime", Role.dispatcher, origin=Origin.urgent))
    assert permission.spans == (Scope(NOW - URGENT_REACH),)
    assert permission.beyond is Beyond.urgent
    assert not permission.withholds(Aim(WHOLE, frozenset({PLATE}), NOW - URGENT_REACH))
    assert permission.withholds(Aim(WHOLE, frozenset({PLATE}), NOW - URGENT_REACH - MOST))


@pytest.mark.parametrize("now", [brussels(2026, 3, 29, 12), brussels(2026, 10, 25, 12), brussels(2028, 2, 29, 0)])
def test_an_urgent_day_has_twenty_four_hours_in_every_night(now: datetime) -> None:
    permission = permitted(stand("judicial-missing", origin=Origin.urgent), now=now)
    assert now - permission.earliest == timedelta(hours=24)


def test_an_urgent_consultation_passes_neither_decision_nor_role_nor_window() -> None:
    urgent = stand("judicial-crime", Role.dispatcher, decided(*JANUARY), origin=Origin.urgent)
    assert permitted(urgent).decisions == ()
    assert decide(stand("judicial-crime", Role.traffic, origin=Origin.urgent), ONE_PLATE, CAUTIOUS, NOW
                  ) is Refused.not_your_purpose
    assert decide(stand("other-authority", origin=Origin.urgent), ONE_PLATE, CAUTIOUS, NOW) is Refused.not_confirmed
    assert decide(urgent, Aim(0, cameras=92), CAUTIOUS, NOW) is Refused.needs_approval


# A consultation from an alert sees that vehicle, around that alert.

def _alert(at: datetime) -> Scope:
    return Scope(at - ALERT_REACH, at + ALERT_REACH, frozenset({PLATE}))


def test_an_alert_opens_its_vehicle_a_day_before_and_after() -> None:
    at = NOW - timedelta(days=3)
    permission = permitted(stand("judicial-crime", Role.dispatcher, decided(*JANUARY), origin=Origin.alert,
                                 scope=_alert(at)))
    assert (permission.spans, permission.beyond) == ((_alert(at),), Beyond.alert)
    assert permission.decisions == ()
    around = (at - ALERT_REACH, at + ALERT_REACH)
    assert not permission.withholds(Aim(WHOLE, frozenset({PLATE}), *around))
    assert permission.withholds(Aim(WHOLE, frozenset({PLATE}), around[0] - MOST, around[1]))
    assert permission.withholds(Aim(WHOLE, frozenset({PLATE}), around[0], around[1] + MOST))
    assert permission.withholds(Aim(WHOLE, frozenset({OTHER}), *around))
    assert permission.withholds(Aim(WHOLE, frozenset(), *around))
    assert permission.spans_of(None) == []
    assert not permission.opens_all_at(at)


def test_an_alert_of_today_withholds_nothing_of_its_vehicle_that_can_have_been_read() -> None:
    permission = permitted(stand(origin=Origin.alert, scope=_alert(NOW)))
    assert not permission.withholds(Aim(WHOLE, frozenset({PLATE}), NOW - ALERT_REACH))


def test_an_alert_never_reaches_past_the_month_whatever_its_purpose() -> None:
    for purpose in ("judicial-crime", "administrative"):
        permission = permitted(stand(purpose, origin=Origin.alert, scope=_alert(MONTH)))
        assert permission.spans == (Scope(MONTH, MONTH + ALERT_REACH, frozenset({PLATE})),)


def test_an_alert_of_which_nothing_is_kept_sees_nothing() -> None:
    permission = permitted(stand(origin=Origin.alert))
    assert permission.withholds(Aim.at_one(NOW))
    assert permission.spans_of(PLATE) == []
