"""A gateway that is live and of which nothing comes is quiet, and stands first."""

from datetime import UTC, datetime, timedelta

import pytest

from search.gateways.queries import GatewayFigures, Tally
from search.gateways.standing import NAMES, QUIET, SIGNS, Standing, standing_of, worst_first
from services.registry import State

NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)


def gateway(name: str, state: State = State.live, ago: timedelta | None = timedelta(), rejected: int = 0,
            gateway_id: int = 1) -> GatewayFigures:
    return GatewayFigures(gateway_id, name, False, {}, "canonical", state, {}, 3, None if ago is None else NOW - ago,
                          Tally(), Tally(rejected=rejected))


@pytest.mark.parametrize(("found", "standing"), [
    pytest.param(gateway("a"), Standing.live, id="heard"),
    pytest.param(gateway("a", ago=QUIET), Standing.live, id="five-minutes"),
    pytest.param(gateway("a", ago=QUIET + timedelta(seconds=1)), Standing.quiet, id="longer"),
    pytest.param(gateway("a", ago=None), Standing.quiet, id="never-heard"),
    pytest.param(gateway("a", State.proef, None), Standing.proef, id="trials-owe-nothing"),
    pytest.param(gateway("a", State.disabled, None), Standing.disabled, id="the-disabled-owe-nothing"),
    pytest.param(gateway("", ago=None, gateway_id=0), Standing.live, id="the-unregistered-owe-nothing"),
])
def test_a_live_gateway_that_says_nothing_is_quiet(found: GatewayFigures, standing: Standing) -> None:
    assert standing_of(found, NOW) is standing


def test_the_worst_stand_first_and_among_equals_those_with_most_refused() -> None:
    found = [gateway("a"), gateway("b", rejected=4), gateway("c", ago=None), gateway("d", State.proef)]
    assert [one.name for one in worst_first(found, NOW)] == ["c", "d", "b", "a"]


def test_every_state_has_a_name_and_a_sign_of_its_own() -> None:
    assert set(NAMES) == set(SIGNS) == set(Standing)
    assert len(set(SIGNS.values())) == len(Standing)
