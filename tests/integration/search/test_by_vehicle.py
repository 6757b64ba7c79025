"""One read a vehicle: its newest that fits the question, and every vehicle once, whatever passes meanwhile."""

from datetime import datetime, timedelta

import httpx
import pytest

from services.clock import to_milliseconds, utc_now
from tests.integration.search.conftest import plates
from tests.integration.search.world import World

MINUTE = timedelta(minutes=1)


@pytest.fixture
def now() -> datetime:
    return to_milliseconds(utc_now())


async def test_each_vehicle_comes_once_with_its_newest_passage_that_fits(
        world: World, asker: httpx.AsyncClient, now: datetime) -> None:
    for minutes, plate, lane in ((1, "3ABC123", 1), (2, "4XYZ123", 2), (3, "3ABC123", 2), (4, "5DEF456", 2)):
        world.add_read(plate, now - minutes * MINUTE, 1, lane=lane)
    assert plates(await asker.get("/reads", params={"by": "vehicle"})) == ["3ABC123", "4XYZ123", "5DEF456"]
    assert plates(await asker.get("/reads", params={"by": "vehicle", "lane": "2"})) == [
        "4XYZ123", "3ABC123", "5DEF456"]
    assert plates(await asker.get("/reads", params={"by": "vehicle", "plate": "3*"})) == ["3ABC123"]


async def test_passages_without_a_plate_are_vehicles_of_their_own(
        world: World, asker: httpx.AsyncClient, now: datetime) -> None:
    world.add_read(None, now - MINUTE, 1)
    world.add_read(None, now - 2 * MINUTE, 1)
    assert plates(await asker.get("/reads", params={"by": "vehicle"})) == [None, None]


async def test_a_vehicle_that_passes_between_two_pages_is_still_met(
        world: World, asker: httpx.AsyncClient, now: datetime) -> None:
    for minutes, plate in enumerate(("3AAA111", "3BBB222", "3CCC333", "3DDD444"), 2):
        world.add_read(plate, now - minutes * MINUTE, 1)
    first = await asker.get("/reads", params={"by": "vehicle", "limit": 2})
    world.add_read("3DDD444", utc_now() + timedelta(seconds=5), 1)
    second = await asker.get("/reads", params={"by": "vehicle", "limit": 2, "after": first.json()["next"]})
    assert plates(first) + plates(second) == ["3AAA111", "3BBB222", "3CCC333", "3DDD444"]
    assert second.json()["next"] is None


async def test_the_audit_and_the_page_say_that_it_is_by_vehicle(
        world: World, browser: httpx.AsyncClient, now: datetime) -> None:
    world.add_read("3ABC123", now - MINUTE, 1)
    page = await browser.get("/reads", params={"by": "vehicle", "plate": "3*"})
    assert page.status_code == 200
    assert "per voertuig" in str(world.run("SELECT question FROM audit ORDER BY audit_id DESC LIMIT 1")[0][0])
    assert "de nieuwste passage van elk voertuig" in page.text
