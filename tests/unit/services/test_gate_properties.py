"""What holds of the legal gate whoever asks, under whatever, at whatever moment."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.gate import PURPOSES, WHOLE, Aim, Decision, Origin, Permission, Scope, Standing, decide, month_before
from services.gate_rules import CAUTIOUS, Rules
from services.retention_rule import cut_off
from services.roles import Role
from tests.unit.services.standings import NOW, OTHER, PLATE

_ALL = Rules(window_hours=8784, window_cameras=10_000, known_characters=1, offence_threshold=False,
             other_authorities=True)
instants = st.datetimes(datetime(2024, 1, 1), datetime(2040, 1, 1)).map(  # noqa: DTZ001 - hypothesis wants them naive
    lambda moment: moment.replace(tzinfo=UTC))
plates = st.none() | st.frozensets(st.sampled_from([PLATE, OTHER]), min_size=1)
cameras = st.none() | st.frozensets(st.integers(1, 3), min_size=1)


@st.composite
def scopes(draw: st.DrawFn, now: datetime) -> Scope:
    """Draw a scope somewhere in the two years before `now`."""
    since = now - timedelta(hours=draw(st.integers(0, 2 * 365 * 24)))
    return Scope(since, since + timedelta(hours=draw(st.integers(1, 3000))), draw(plates), draw(cameras))


@st.composite
def standings(draw: st.DrawFn, now: datetime) -> Standing:
    """Draw who asks under what."""
    decisions = [Decision(number, f"PDK/{number}", draw(scopes(now)), now + timedelta(hours=draw(st.integers(-3, 3))),
                          draw(st.booleans())) for number in range(draw(st.integers(0, 3)))]
    origin = draw(st.sampled_from(Origin))
    scope = draw(scopes(now)) if origin is Origin.alert else None
    return Standing(draw(st.sampled_from(list(PURPOSES.values()))), draw(st.sampled_from(Role)), origin, scope,
                    tuple(decisions), draw(st.booleans()))


@st.composite
def verdicts(draw: st.DrawFn) -> tuple[datetime, Standing, Permission]:
    """Draw a permission that the gate gives for one plate under rules that bar little."""
    now = draw(instants)
    standing = draw(standings(now))
    standing = replace(standing, role=draw(st.sampled_from(sorted(standing.purpose.roles))))
    verdict = decide(standing, Aim(WHOLE, frozenset({PLATE})), _ALL, now)
    assert isinstance(verdict, Permission)
    return now, standing, verdict


@given(verdicts())
def test_no_permission_and_no_span_begins_before_the_cut_off(given_: tuple[datetime, Standing, Permission]) -> None:
    now, _, permission = given_
    assert permission.retention_from == cut_off(now)
    assert min(span.since for span in permission.spans) == permission.earliest >= cut_off(now)


@given(verdicts())
def test_nobody_sees_past_the_month_without_a_decision(given_: tuple[datetime, Standing, Permission]) -> None:
    now, standing, permission = given_
    if standing.purpose.month_only and not permission.decisions:
        assert permission.earliest >= month_before(now)


@given(verdicts())
def test_no_decision_widens_what_is_administrative_urgent_or_from_an_alert(
        given_: tuple[datetime, Standing, Permission]) -> None:
    now, standing, permission = given_
    if not standing.purpose.code.startswith("judicial") or standing.origin is not Origin.stated:
        without = decide(replace(standing, decisions=()), Aim(WHOLE, frozenset({PLATE})), _ALL, now)
        assert permission == without


@given(verdicts())
def test_every_decision_that_is_named_is_one_of_the_file_and_not_expired(
        given_: tuple[datetime, Standing, Permission]) -> None:
    now, standing, permission = given_
    assert set(permission.decisions) <= {one.reference for one in standing.decisions if now < one.expires_at}
    assert len(permission.decisions) == len(permission.spans) - 1


@given(verdicts(), st.data())
def test_withheld_is_what_a_brute_force_look_at_each_hour_finds_uncovered(
        given_: tuple[datetime, Standing, Permission], data: st.DataObject) -> None:
    now, _, permission = given_
    since = now - timedelta(hours=data.draw(st.integers(0, 400 * 24)))
    until = since + timedelta(hours=data.draw(st.integers(0, 500)))
    wanted = data.draw(st.frozensets(st.sampled_from([PLATE, OTHER])))
    assert permission.withholds(Aim(WHOLE, wanted, since, until)) == any(
        not _is_seen(permission, moment, plate)
        for plate in (wanted or {"any other"}) for moment in _moments(permission, since, until))


def _moments(permission: Permission, since: datetime, until: datetime) -> list[datetime]:
    """Return each moment at which what is seen can change, as far as it is asked for and kept."""
    edges = {since, permission.retention_from,
             *(edge for span in permission.spans for edge in (span.since, span.until) if edge is not None)}
    return [edge for edge in edges if max(since, permission.retention_from) <= edge < until]


def _is_seen(permission: Permission, moment: datetime, plate: str) -> bool:
    return any(span.since <= moment and (span.until is None or moment < span.until) and span.cameras is None
               and (span.plates is None or plate in span.plates) for span in permission.spans)


@given(st.timedeltas(timedelta(0), timedelta(days=16 * 365)))
def test_the_last_month_is_never_longer_than_thirty_days_nor_shorter_than_february(since: timedelta) -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC) + since
    an_hour = timedelta(hours=1)  # the wall clock of Brussels may have been moved in between
    assert timedelta(days=28) - an_hour <= now - month_before(now) <= timedelta(days=30)


@given(instants, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_what_the_month_withheld_never_comes_back(now: datetime, later: timedelta) -> None:
    assert month_before(now) <= month_before(now + later)


@given(st.sampled_from(list(PURPOSES)), st.sampled_from(Role))
def test_the_cautious_rules_never_permit_what_wider_rules_refuse(code: str, role: Role) -> None:
    aim = Aim(0, since=NOW - timedelta(hours=3), cameras=5)
    if isinstance(decide(Standing(PURPOSES[code], role), aim, CAUTIOUS, NOW), Permission):
        assert isinstance(decide(Standing(PURPOSES[code], role), aim, _ALL, NOW), Permission)
