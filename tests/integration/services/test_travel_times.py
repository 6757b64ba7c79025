"""Travel times are measured on the reads of the last 28 days, and only aggregates are kept."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from services import roads, travel_times
from services.clock import ZONE, utc_now
from services.database import transaction
from services.roads import Leg
from tests.integration.search.roads_world import add_road
from tests.integration.search.world import World


@pytest.fixture
def world(database: Any) -> Iterator[World]:
    with World.of(database.owner_url) as made:
        yield made


@pytest.fixture
def road(world: World) -> dict[str, int]:
    return add_road(world)


@pytest.fixture
def morning() -> datetime:
    """Half past eight of the day before yesterday, in Brussels."""
    return (utc_now() - timedelta(days=2)).astimezone(ZONE).replace(hour=8, minute=30, second=0, microsecond=0)


def pass_both(world: World, road: dict[str, int], plate: str, start: datetime, minutes: float, end: str = "XA") -> None:
    world.add_read(plate, start, road["WA"])
    world.add_read(plate, start + timedelta(minutes=minutes), road[end])


async def times(world: World, owner_engine: Any) -> list[tuple[object, ...]]:
    await travel_times.measure(owner_engine, utc_now())
    return world.run("SELECT from_camera, to_camera, hour, samples, fastest_s, usual_s, slow_s FROM leg_times")


async def test_each_leg_has_its_times_by_the_hour_in_brussels(
        world: World, road: dict[str, int], morning: datetime, owner_engine: Any) -> None:
    for number, minutes in enumerate((5, 6, 7, 12)):
        pass_both(world, road, f"3ABC10{number}", morning + timedelta(minutes=number), minutes)
    assert await times(world, owner_engine) == [(road["WA"], road["XA"], 8, 4, 300.0, 360.0, 720.0)]


@pytest.mark.parametrize("case", ["long", "between", "superseded", "unread", "old", "clock", "no leg"])
async def test_what_is_no_drive_from_one_end_to_the_other_is_not_counted(
        world: World, road: dict[str, int], morning: datetime, owner_engine: Any, case: str) -> None:
    plate, start = None if case == "unread" else "3ABC123", morning - timedelta(days=40 if case == "old" else 0)
    pass_both(world, road, plate, start, 31 if case == "long" else 5, "ZB" if case == "no leg" else "XA")
    if case == "between":
        world.add_read(plate, start + timedelta(minutes=2), road["ZA"])
    if case == "superseded":
        world.run("UPDATE reads SET superseded = true")
    if case == "clock":
        world.run("INSERT INTO camera_clocks VALUES (%s, %s, %s, 5000, 9)", road["XA"], start - timedelta(hours=1),
                  start + timedelta(hours=1))
    assert await times(world, owner_engine) == []


async def test_a_network_that_is_loaded_again_keeps_what_was_measured_on_the_legs_that_stay(
        world: World, road: dict[str, int], morning: datetime, owner_engine: Any) -> None:
    pass_both(world, road, "3ABC123", morning, 5)
    world.add_read("3ABC123", morning + timedelta(minutes=10), road["YA"])
    assert len(await times(world, owner_engine)) == 2
    path = ((5.5, 51.0), (5.6, 51.0))
    async with transaction(owner_engine) as connection:
        await roads.put_roads(connection, [Leg("WA", "XA", 5.5, 6, path), Leg("XA", "ZA", 10, 10, path)],
                              await roads.known_cameras(connection))
    assert world.run("SELECT from_camera, to_camera FROM leg_times") == [(road["WA"], road["XA"])]
    assert world.run("SELECT km, minutes FROM camera_legs WHERE from_camera = %s", road["WA"]) == [(5.5, 6.0)]
    assert world.run("SELECT count(*) FROM camera_legs") == [(2,)]
