"""Who goes where is counted on the reads of the last 28 days, and only aggregates are kept."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from services import onward, travel_times
from services.clock import ZONE, utc_now
from services.database import transaction
from services.onward import Onward, onward_from
from tests.integration.search.roads_world import add_leg, add_road, drive
from tests.integration.search.world import World

SHARES = "SELECT from_camera, to_camera, hour, passed, went FROM onward_shares ORDER BY 1, 2, 3"
TURNS = "SELECT via_camera, from_camera, to_camera, passed, went FROM onward_turns ORDER BY 1, 2, 3"


@pytest.fixture
def world(database: Any) -> Iterator[World]:
    with World.of(database.owner_url) as made:
        yield made


@pytest.fixture
def road(world: World) -> dict[str, int]:
    """W, X, Y, Z in a row, and from X one may turn round as well."""
    numbers = add_road(world)
    add_leg(world, numbers["XA"], numbers["WB"], "X", "W")
    return numbers


@pytest.fixture
def morning() -> datetime:
    """Half past eight of the day before yesterday, in Brussels."""
    return (utc_now() - timedelta(days=2)).astimezone(ZONE).replace(hour=8, minute=30, second=0, microsecond=0)


async def ask(engine: Any, camera: int, at: datetime, via: int | None = None) -> list[Onward]:
    async with transaction(engine) as connection:
        return await onward_from(connection, camera, at, via)


async def test_of_those_who_passed_a_camera_it_is_counted_where_they_were_next_seen(
        world: World, road: dict[str, int], morning: datetime, owner_engine: Any) -> None:
    for number, way in enumerate((["WA", "XA", "YA"], ["XA", "YA"], ["XA", "WB"], ["XA"])):
        drive(world, road, morning, *way, plate=f"3ABC10{number}")
    await onward.measure(owner_engine, utc_now())
    of_x = [row for row in world.run(SHARES) if row[0] == road["XA"]]
    assert of_x == sorted([(road["XA"], road["YA"], 8, 4, 2), (road["XA"], road["WB"], 8, 4, 1)])
    assert (road["WA"], road["XA"], 8, 1, 1) in world.run(SHARES)
    assert world.run(TURNS) == sorted([(road["WA"], road["XA"], road["YA"], 1, 1),
                                       (road["WA"], road["XA"], road["WB"], 1, 0),
                                       (road["XA"], road["YA"], road["ZA"], 2, 0)])


@pytest.mark.parametrize("case", ["too late", "between", "superseded", "unread", "old"])
async def test_who_was_not_next_seen_at_a_neighbour_in_time_did_not_go_there(
        world: World, road: dict[str, int], morning: datetime, owner_engine: Any, case: str) -> None:
    start = morning - timedelta(days=40 if case == "old" else 0)
    plate = None if case == "unread" else "3ABC123"
    world.add_read(plate, start, road["XA"])
    world.add_read(plate, start + timedelta(minutes=31 if case == "too late" else 5), road["YA"])
    if case == "between":
        world.add_read(plate, start + timedelta(minutes=2), road["ZB"])
    if case == "superseded":
        world.run("UPDATE reads SET superseded = true WHERE camera_id = %s", road["YA"])
    await onward.measure(owner_engine, utc_now())
    counted = [] if case in ("unread", "old") else [(1, 0)]
    assert world.run("SELECT passed, went FROM onward_shares WHERE from_camera = %s AND to_camera = %s",
                     road["XA"], road["YA"]) == counted


async def test_a_read_after_which_there_was_no_time_to_be_seen_again_is_not_counted(
        world: World, road: dict[str, int], owner_engine: Any) -> None:
    now = utc_now()
    world.add_read("3ABC123", now - timedelta(minutes=29), road["XA"])
    await onward.measure(owner_engine, now)
    assert world.run(SHARES) == []
    await onward.measure(owner_engine, now + timedelta(minutes=2))
    assert len(world.run(SHARES)) == 2


async def test_the_next_cameras_are_told_by_probability_with_the_times_of_the_hour(
        world: World, road: dict[str, int], morning: datetime, owner_engine: Any) -> None:
    for number in range(25):
        drive(world, road, morning + timedelta(minutes=number / 2), "XA", "YA", plate=f"3ABC1{number:02}", minutes=6)
    await travel_times.measure(owner_engine, utc_now())
    await onward.measure(owner_engine, utc_now())
    straight, back = await ask(owner_engine, road["XA"], morning)
    assert (straight.code, straight.name, back.code) == ("YA", "Weg Y", "WB")
    assert straight.probability > 0.8
    assert 0 < back.probability < 0.1
    assert (straight.soonest_s, straight.usual_s, straight.latest_s) == (360, 360, 360)
    assert (back.soonest_s, back.usual_s, back.latest_s) == (210, 360, 510)  # nobody drove it: by the network


async def test_where_it_came_from_moves_where_it_goes(
        world: World, road: dict[str, int], morning: datetime, owner_engine: Any) -> None:
    for number in range(20):
        way = ("WA", "XA", "YA") if number % 2 else ("XA", "WB")
        drive(world, road, morning + timedelta(minutes=number / 2), *way, plate=f"3ABC1{number:02}")
    await onward.measure(owner_engine, utc_now())
    alone = {one.code: one.probability for one in await ask(owner_engine, road["XA"], morning)}
    seen_before = {one.code: one.probability for one in await ask(owner_engine, road["XA"], morning, road["WA"])}
    assert seen_before["YA"] > 0.7 > alone["YA"]
    assert await ask(owner_engine, road["XA"], morning, road["ZB"]) == await ask(owner_engine, road["XA"], morning)


async def test_before_anything_was_counted_the_network_alone_speaks(
        road: dict[str, int], morning: datetime, owner_engine: Any) -> None:
    assert [(one.code, round(one.probability, 3)) for one in await ask(owner_engine, road["XA"], morning)] == [
        ("WB", 0.333), ("YA", 0.333)]
    assert await ask(owner_engine, road["ZA"], morning) == []
