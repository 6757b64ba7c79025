"""Which cameras are reached next is asked over the API, by whoever may see cameras; it holds no plate."""

from datetime import timedelta

import httpx
import pytest

from services import onward
from services.clock import ZONE, utc_now
from services.database import open_engine
from services.settings import StoreSettings
from tests.integration.search.roads_world import add_leg, add_road, drive
from tests.integration.search.world import World


@pytest.fixture
async def road(world: World) -> dict[str, int]:
    """A road on which twenty vehicles went on at eight in the morning, half of them at X, and from X back to W."""
    numbers = add_road(world)
    add_leg(world, numbers["XA"], numbers["WB"], "X", "W")
    morning = (utc_now() - timedelta(days=2)).astimezone(ZONE).replace(hour=8, minute=5, second=0, microsecond=0)
    for number in range(20):
        way = ("WA", "XA", "YA") if number % 2 else ("XA", "WB")
        drive(world, numbers, morning + timedelta(minutes=number / 2), *way, plate=f"3ABC1{number:02}")
    engine = open_engine(StoreSettings(database_url=world.owner_url), connections=1)
    await onward.measure(engine, utc_now())
    await engine.dispose()
    return numbers


@pytest.mark.usefixtures("road")
async def test_the_cameras_come_by_probability_with_times_and_what_is_left(program: httpx.AsyncClient) -> None:
    answer = (await program.get("/cameras/XA/onward", params={"at": "2026-11-23T08:10"})).json()
    assert (answer["camera"], answer["at"]) == ("XA", "2026-11-23T07:10:00Z")
    assert {item["camera"] for item in answer["items"]} == {"WB", "YA"}
    assert sum(item["probability"] for item in answer["items"]) + answer["elsewhere"] == pytest.approx(1, abs=1e-3)
    assert answer["items"][0] | {"camera": "", "name": "", "probability": 0} == {
        "camera": "", "name": "", "probability": 0, "soonest_s": 210, "usual_s": 360, "latest_s": 510}
    straight_on = (await program.get("/cameras/XA/onward", params={"at": "2026-11-23T08:10", "via": "WA"})).json()
    assert (straight_on["items"][0]["camera"], straight_on["items"][0]["name"]) == ("YA", "Weg Y")
    assert straight_on["items"][0]["probability"] > answer["items"][0]["probability"]


@pytest.mark.usefixtures("road")
async def test_a_camera_that_is_not_there_is_said_so_and_one_that_leads_nowhere_gives_nothing(
        program: httpx.AsyncClient) -> None:
    for address in ("/cameras/QA/onward", "/cameras/XA/onward?via=QA"):
        assert (await program.get(address)).status_code == 404
    assert (await program.get("/cameras/XA/onward?at=ochtend")).status_code == 422
    answer = (await program.get("/cameras/ZA/onward")).json()
    assert (answer["items"], answer["elsewhere"]) == ([], 1.0)
