"""Alerts become vehicles of the actions that run: once each, expected by the last camera that saw them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.database import transaction
from services.hits.actions import add_vehicles
from services.hits.matching import MatchedAs
from services.hits.rows import Alert
from tests.integration.services.hits.actions_world import AT, ActionsWorld

MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(owner: Any) -> ActionsWorld:
    """Two cameras and somebody who makes actions."""
    return ActionsWorld(owner).prepare()


@pytest.fixture
def move(ingest_engine: AsyncEngine) -> Callable[..., Any]:
    """Hand alerts over as the mover does, with ingest's role."""
    async def moved(*alerts: Alert, now: datetime = AT) -> frozenset[int]:
        async with transaction(ingest_engine) as connection:
            return await add_vehicles(connection, alerts, now)
    return moved


async def test_an_alert_becomes_a_vehicle_that_is_expected(world: ActionsWorld, move: Any) -> None:
    uninsured = world.add_list("uninsured")
    action = world.add_action(uninsured)
    alert = world.alert(uninsured)
    assert await move(alert) == {alert.alert_id}
    (vehicle,) = world.vehicles(action)
    assert (vehicle["plate"], vehicle["make"], vehicle["read_id"]) == ("1ABC234", "Volkswagen", alert.read_id)
    assert (vehicle["expected_from"], vehicle["expected_until"]) == (AT + 2 * MINUTE, AT + 4 * MINUTE)


async def test_a_vehicle_on_two_lists_is_one_vehicle_with_two_alerts(world: ActionsWorld, move: Any) -> None:
    lists = [world.add_list("uninsured"), world.add_list("no-inspection", "live")]
    action = world.add_action(*lists)
    alerts = [world.alert(one) for one in lists]
    assert await move(*alerts) == {alert.alert_id for alert in alerts}
    assert len(world.vehicles(action)) == 1
    assert world.row("SELECT count(*) AS n FROM action_alerts")["n"] == 2


async def test_a_further_camera_moves_the_expectation_and_an_earlier_read_does_not(
        world: ActionsWorld, move: Any) -> None:
    uninsured = world.add_list("uninsured")
    action = world.add_action(uninsured)
    await move(world.alert(uninsured))
    await move(world.alert(uninsured, at=AT + MINUTE, camera=1))
    await move(world.alert(uninsured, at=AT - 5 * MINUTE))
    (vehicle,) = world.vehicles(action)
    assert (vehicle["expected_from"], vehicle["expected_until"]) == (AT + 2 * MINUTE, AT + 4 * MINUTE)
    assert vehicle["camera_id"] == world.cameras[1]
    await move(world.alert(uninsured, at=AT + 2 * MINUTE, camera=1))
    assert world.vehicles(action)[0]["expected_until"] == AT + 5 * MINUTE


@pytest.mark.parametrize(("outcome", "again"), [("fined", False), ("misread", False), ("not-seen", True), (None, True)])
async def test_what_was_handled_is_not_expected_again(
        world: ActionsWorld, move: Any, outcome: str | None, again: bool) -> None:
    uninsured = world.add_list("uninsured")
    action = world.add_action(uninsured)
    await move(world.alert(uninsured))
    world.owner.execute("UPDATE action_vehicles SET outcome = %s", [outcome])
    later = world.alert(uninsured, at=AT + 20 * MINUTE)
    assert await move(later, now=AT + 20 * MINUTE) == {later.alert_id}, "it is the action's all the same"
    (vehicle,) = world.vehicles(action)
    assert (vehicle["expected_until"] > AT + 20 * MINUTE) is again
    assert vehicle["outcome"] == (None if again else outcome)


async def test_a_team_keeps_the_vehicle_that_another_camera_sees(world: ActionsWorld, move: Any) -> None:
    uninsured = world.add_list("uninsured")
    action = world.add_action(uninsured)
    await move(world.alert(uninsured))
    world.owner.execute("INSERT INTO action_teams (team_id, action_id, name) VALUES (5, %s, 'A')", [action])
    world.owner.execute("UPDATE action_vehicles SET team_id = 5, taken_at = now()")
    await move(world.alert(uninsured, at=AT + MINUTE, camera=1))
    assert world.vehicles(action)[0]["team_id"] == 5


async def test_two_actions_at_once_each_have_the_vehicle(world: ActionsWorld, move: Any) -> None:
    uninsured, stolen = world.add_list("uninsured"), world.add_list("stolen", "live", 1)
    first, second = world.add_action(uninsured), world.add_action(uninsured, stolen, seconds=(600, 900))
    alert, other = world.alert(uninsured), world.alert(stolen, "2XYZ345")
    assert await move(alert, other) == {alert.alert_id, other.alert_id}
    assert [vehicle["plate"] for vehicle in world.vehicles(first)] == ["1ABC234"]
    assert {vehicle["plate"]: vehicle["expected_from"] for vehicle in world.vehicles(second)} == {
        "1ABC234": AT + 10 * MINUTE, "2XYZ345": AT + 10 * MINUTE}


@pytest.mark.parametrize("changes", [
    {"since": AT + MINUTE}, {"until": AT}, {"ended_at": AT - MINUTE}, {"list_ids": [99]}])
async def test_an_action_that_does_not_run_takes_nothing(
        world: ActionsWorld, move: Any, changes: dict[str, object]) -> None:
    uninsured = world.add_list("uninsured")
    action = world.add_action(uninsured)
    for column, value in changes.items():
        world.owner.execute(f"UPDATE actions SET {column} = %s", [value])
    assert await move(world.alert(uninsured)) == frozenset()
    assert world.vehicles(action) == []


@pytest.mark.parametrize("changes", [{"discreet": True}, {"matched_as": str(MatchedAs.alike)}])
async def test_r10_and_r11_nothing_discreet_and_nothing_possible_comes_to_the_roadside(
        world: ActionsWorld, move: Any, changes: dict[str, object]) -> None:
    uninsured = world.add_list("uninsured")
    action = world.add_action(uninsured)
    assert await move(world.alert(uninsured, **changes)) == frozenset()
    assert world.vehicles(action) == []


async def test_the_same_alerts_twice_change_nothing(world: ActionsWorld, move: Any) -> None:
    uninsured = world.add_list("uninsured")
    action = world.add_action(uninsured)
    alert = world.alert(uninsured)
    await move(alert)
    before = world.vehicles(action)
    assert await move(alert) == {alert.alert_id}
    assert world.vehicles(action) == before
    assert await move() == frozenset()
