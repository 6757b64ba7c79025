"""R8: an entry that lacks something is refused, by everything that it lacks; on both sides of every boundary."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.watchlists.audiences import Audience
from services.watchlists.categories import USUAL, Category
from services.watchlists.coverage import read_hours, write_hours
from services.watchlists.drafting import Checked, Draft, Ground, Incomplete, Lacking, check
from services.watchlists.limits import LIMITS, highest_priority

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
GROUPS = {"dispatch": Audience(1, "dispatch", "Meldkamer", ("dispatcher",), ()),
          "two": Audience(100, "two", "Twee", (), (7, 8)), "others": Audience(101, "others", "Anderen", (), (9,))}
GROUND = Ground(Category.stolen_vehicle, 1, 1, "", "", GROUPS, {"BRE01A": 1, "BRE02A": 2, "PEE01A": 3},
                {"Bree": frozenset({1, 2}), "Peer": frozenset({3})}, frozenset({100}))
GOOD = Draft(
    plate="3-ABC-123", country="BE", measure="Onderscheppen", reason="Gestolen te Bree in de nacht van zondag",
    legal_basis="WPA art. 44/2", authority="PZ Kempen", file_number="GE.11.L1.004512/2026", requester="INP Peeters",
    since=NOW, until=NOW + 30 * DAY)


def lacking(changes: dict[str, Any], **ground: Any) -> set[Lacking]:
    found = check(replace(GOOD, **changes), replace(GROUND, **ground), NOW)
    return set() if isinstance(found, Checked) else set(found.lacking)


def checked(changes: dict[str, Any], **ground: Any) -> Checked:
    found = check(replace(GOOD, **changes), replace(GROUND, **ground), NOW)
    assert isinstance(found, Checked), found
    return found


@pytest.mark.parametrize(("changes", "what"), [
    ({"plate": ""}, Lacking.plate), ({"plate": "A"}, Lacking.plate), ({"plate": "3ABC12!"}, Lacking.plate),
    ({"plate": "3-ABC-123, 3-ABC-124"}, Lacking.plate), ({"plate": "UNKNOWN"}, Lacking.plate),
    ({"plate": "X" * 17}, Lacking.plate), ({"plate": "[AB"}, Lacking.plate), ({"plate": "**"}, Lacking.plate),
    ({"plate": "3AB*"}, Lacking.plate_vague), ({"plate": "3AB[CD]???"}, Lacking.plate_vague),
    ({"country": ""}, Lacking.country), ({"country": "be"}, Lacking.country), ({"country": "BEL"}, Lacking.country),
    ({"measure": " "}, Lacking.measure), ({"measure": "xx"}, Lacking.measure),
    ({"measure": "x" * 301}, Lacking.measure),
    ({"reason": ""}, Lacking.reason), ({"reason": "x y z een"}, Lacking.reason),
    ({"reason": "onderzoek in dossier"}, Lacking.reason_empty),
    ({"reason": "GE.11.L1.004512/2026 GE.11"}, Lacking.reason_empty), ({"reason": "Autos weg " * 101}, Lacking.reason),
    ({"legal_basis": ""}, Lacking.legal_basis), ({"authority": "  "}, Lacking.authority),
    ({"file_number": ""}, Lacking.file_number), ({"file_number": "zonder cijfer"}, Lacking.file_number),
    ({"requester": ""}, Lacking.requester), ({"requester": "a\u202ebc"}, Lacking.requester),
    ({"since": None}, Lacking.since), ({"since": NOW - DAY - SECOND}, Lacking.since_before),
    ({"until": None}, Lacking.until), ({"until": NOW}, Lacking.until_past),
    ({"since": NOW + DAY, "until": NOW + DAY}, Lacking.until_past),
    ({"until": NOW + LIMITS[Category.stolen_vehicle].longest + SECOND}, Lacking.until_long),
    ({"cameras": ("BRE01A", "BRE99Z")}, Lacking.cameras), ({"municipalities": ("Gent",)}, Lacking.municipalities),
    ({"first_hour": 8}, Lacking.hours), ({"last_hour": 8}, Lacking.hours), ({"days": (7,)}, Lacking.hours),
    ({"days": (-1,)}, Lacking.hours), ({"first_hour": 0, "last_hour": 25}, Lacking.hours),
    ({"level": "sure"}, Lacking.level), ({"audience": "nobody"}, Lacking.audience),
    ({"discreet": True}, Lacking.audience_roles), ({"discreet": True, "audience": "others"}, Lacking.audience_strange),
    ({"priority": 0}, Lacking.priority), ({"priority": 5}, Lacking.priority),
])
def test_an_entry_is_refused_by_what_it_lacks_and_by_nothing_else(changes: dict[str, Any], what: Lacking) -> None:
    assert lacking(changes) == {what}


@pytest.mark.parametrize("changes", [
    {"plate": "A1"}, {"plate": "x" * 16}, {"plate": "3ABC*"}, {"plate": "?3·AB-C"}, {"plate": "[12]ABC3"},
    {"country": "any"}, {"measure": "xxx"}, {"measure": "x" * 300}, {"reason": "Autos weg " + "x" * 990},
    {"since": NOW - DAY}, {"until": NOW + SECOND}, {"until": NOW + LIMITS[Category.stolen_vehicle].longest},
    {"since": NOW + DAY, "until": NOW + DAY + SECOND}, {"days": (0, 6)}, {"first_hour": 0, "last_hour": 24},
    {"first_hour": 22, "last_hour": 6}, {"level": "possible"}, {"audience": "others"}, {"priority": 1},
    {"priority": 4}, {"discreet": True, "audience": "two"}, {"cameras": ("BRE01A",), "municipalities": ("Peer",)},
])
def test_what_lies_within_every_limit_is_taken(changes: dict[str, Any]) -> None:
    assert lacking(changes) == set()


def test_everything_that_is_lacking_is_told_at_once() -> None:
    found = check(Draft(), GROUND, NOW)
    assert isinstance(found, Incomplete)
    assert {what.field for what in found.lacking} == {
        "plate", "country", "measure", "reason", "legal_basis", "authority", "file_number", "requester", "since",
        "until"}
    assert {what.field for what in Lacking} <= {field.name for field in fields(Draft)} | {"hours"}


def test_legal_basis_authority_group_and_priority_are_the_lists_unless_the_entry_says_others() -> None:
    of_list = checked({"legal_basis": "", "authority": ""}, legal_basis="WAM-wet", authority="FCGB", priority=3)
    assert (of_list.legal_basis, of_list.authority, of_list.audience_id, of_list.priority) == ("WAM-wet", "FCGB", 1, 3)
    own = checked({"audience": "others", "priority": 2}, legal_basis="WAM-wet", authority="FCGB", priority=3)
    assert (own.legal_basis, own.authority, own.audience_id, own.priority) == ("WPA art. 44/2", "PZ Kempen", 101, 2)


def test_an_earlier_beginning_stays_when_an_entry_is_changed() -> None:
    long_ago = NOW - 40 * DAY
    assert isinstance(check(replace(GOOD, since=long_ago), GROUND, NOW, begun=long_ago), Checked)
    assert isinstance(check(replace(GOOD, since=long_ago - SECOND), GROUND, NOW, begun=long_ago), Incomplete)


def test_how_long_an_entry_lasts_counts_from_now_where_it_began_before() -> None:
    longest = LIMITS[Category.recent_offence].longest
    recent = {"category": Category.recent_offence}
    assert lacking({"since": NOW - DAY, "until": NOW + longest}, **recent) == set()
    assert lacking({"since": NOW - DAY, "until": NOW + longest + SECOND}, **recent) == {Lacking.until_long}
    assert lacking({"since": NOW + DAY, "until": NOW + DAY + longest}, **recent) == set()


@pytest.mark.parametrize("category", Category)
def test_what_a_category_may_not_be_it_is_not(category: Category) -> None:
    ground = {"category": category, "priority": USUAL[category].priority}
    short = {"until": NOW + DAY, "audience": "two", "discreet": USUAL[category].discreet}
    assert lacking(short, **ground) == set()
    for vague in ({"level": "likely"}, {"plate": "3ABC*"}):
        assert (lacking({**short, **vague}, **ground) == {Lacking.plate_pattern}) != LIMITS[category].vague
    discreet = lacking({**short, "discreet": True}, **ground)
    assert (discreet == {Lacking.discreet_never}) != LIMITS[category].discreet
    overt = lacking({**short, "discreet": False}, **ground)
    assert overt == ({Lacking.discreet_must} if USUAL[category].discreet else set())
    assert lacking({**short, "priority": highest_priority(category)}, **ground) == set()
    if highest_priority(category) > 1:
        assert lacking({**short, "priority": 1}, **ground) >= {Lacking.priority_high}


def test_what_is_watched_for_is_normalised_or_written_as_a_pattern() -> None:
    assert (checked({}).plate, checked({}).pattern) == ("3ABC123", False)
    assert (checked({"plate": "3-abc-1?*"}).plate, checked({"plate": "3-abc-1?*"}).pattern) == ("3ABC1?*", True)
    assert (checked({"plate": "[3]ABC123"}).plate, checked({"plate": "[3]ABC123"}).pattern) == ("3ABC123", False)


def test_the_area_is_the_cameras_and_those_of_the_municipalities_together() -> None:
    assert checked({}).cameras is None
    assert checked({"cameras": ("BRE02A",), "municipalities": ("Peer",)}).cameras == (2, 3)


def test_hours_are_those_of_the_week_in_brussels() -> None:
    assert checked({}).hours is None
    assert checked({"days": (0,), "first_hour": 22, "last_hour": 6}).hours == write_hours((0,), 22, 6)
    assert checked({"days": (5, 6)}).hours == write_hours((5, 6), 0, 24)
    assert checked({"first_hour": 8, "last_hour": 9}).hours == write_hours(range(7), 8, 9)


@pytest.mark.parametrize("said", [((0,), 22, 6), ((5, 6), 0, 24), (tuple(range(7)), 8, 9), ((0, 2), 23, 24),
                                  ((0, 1, 2, 3, 4), 7, 19)])
def test_hours_that_were_written_can_be_read_again(said: tuple[tuple[int, ...], int, int]) -> None:
    written = write_hours(*said)
    assert written is not None
    found = read_hours(written)
    assert found is not None
    assert write_hours(*found) == written


def test_hours_that_no_stretch_of_the_day_says_are_not_read() -> None:
    assert read_hours("10" * 84) is None
