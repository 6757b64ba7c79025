"""Journeys over the API: what is asked, what is told, and what leaves a trace."""

import re
from datetime import datetime, timedelta

import httpx
import pytest

from search.journeys.viewing import MOST_PICTURED
from services.clock import iso_ms, utc_now
from tests.integration.search.conftest import state_reason
from tests.integration.search.roads_world import PLATE, add_road, add_silence, drive
from tests.integration.search.world import World


@pytest.fixture
def road(world: World) -> dict[str, int]:
    return add_road(world)


@pytest.fixture
def start() -> datetime:
    return (utc_now() - timedelta(days=2)).replace(minute=0, second=0, microsecond=0)


async def journeys(client: httpx.AsyncClient, **more: str) -> dict:
    answer = await client.get("/journeys", params={"plate": PLATE, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_reads_along_the_road_are_one_journey_in_their_order(
        world: World, asker: httpx.AsyncClient, road: dict[str, int], start: datetime) -> None:
    ids = drive(world, road, start, "WA", "XA", "YA", "ZA")
    told = await journeys(asker)
    [journey] = told["journeys"]
    assert [read["read_id"] for read in journey["reads"]] == [str(read_id) for read_id in ids]
    assert [(leg["from"], leg["to"], leg["km"], leg["minutes"], leg["verdict"]) for leg in journey["legs"]] == [
        ("WA", "XA", 5.0, 5.0, "drove"), ("XA", "YA", 5.0, 5.0, "drove"), ("YA", "ZA", 5.0, 5.0, "drove")]
    assert journey["begins"] == "first"
    assert all(read["kind"] == "exact" and read["probability"] is None for read in journey["reads"])
    assert all(leg["speed_kmh"] is None for leg in journey["legs"])
    assert told["question"].startswith("Journeys of plate 3ABC123 from ")
    assert "evidence" in told["note"]


async def test_a_camera_that_read_nothing_is_named_and_its_silence_too(
        world: World, asker: httpx.AsyncClient, road: dict[str, int], start: datetime) -> None:
    world.add_read(PLATE, start, road["WA"])
    world.add_read(PLATE, start + timedelta(minutes=16), road["ZA"])
    add_silence(world, road["XA"], start + timedelta(minutes=2), start + timedelta(minutes=31))
    add_silence(world, road["YA"], start - timedelta(hours=3), start - timedelta(hours=2), "rhythm")
    [journey] = (await journeys(asker))["journeys"]
    [leg] = journey["legs"]
    assert [(passed["camera"], passed["why"]) for passed in leg["passed"]] == [("XA", "silent"), ("YA", "missed")]
    silent = leg["passed"][0]
    assert silent["silent_since"] == iso(start + timedelta(minutes=2))
    assert silent["silent_until"] == iso(start + timedelta(minutes=31))
    assert silent["silent_by"] == "heartbeat"


def iso(instant: datetime) -> str:
    return iso_ms(instant).replace(".000Z", "Z")


async def test_a_camera_that_was_moved_keeps_its_old_place_for_old_reads(
        world: World, asker: httpx.AsyncClient, road: dict[str, int], start: datetime) -> None:
    drive(world, road, start, "WA", "XA")
    world.run("INSERT INTO camera_places (camera_id, since, until, name, lat, lon) VALUES (%s, %s, %s, %s, %s, %s)",
              road["XA"], start - timedelta(days=1), start + timedelta(hours=1), "Oude plaats", 51.05, 5.52)
    drive(world, road, start + timedelta(hours=5), "WA", "XA")
    earlier, later = (await journeys(asker))["journeys"]
    camera = earlier["reads"][1]["camera"]
    assert (camera["name"], round(camera["lat"], 2), camera["moved"]) == ("Oude plaats", 51.05, True)
    assert earlier["legs"][0]["verdict"] == "unknown"
    assert (later["reads"][1]["camera"]["name"], later["legs"][0]["verdict"]) == ("Weg X", "drove")


async def test_a_clock_that_is_known_to_be_wrong_makes_nothing_impossible_and_no_speed(
        world: World, asker: httpx.AsyncClient, road: dict[str, int], start: datetime) -> None:
    world.add_read(PLATE, start, road["WA"])
    world.add_read(PLATE, start + timedelta(minutes=5, seconds=-270), road["XA"])
    assert len((await journeys(asker))["journeys"]) == 2, "in thirty seconds nobody drives five kilometres"
    for camera, offset_ms in ((road["XA"], -270_000), (road["WA"], 20)):
        world.run("INSERT INTO camera_clocks VALUES (%s, %s, %s, %s, 9)", camera, start - timedelta(days=1),
                  start + timedelta(days=1), offset_ms)
    [journey] = (await journeys(asker, speed="true"))["journeys"]
    assert (journey["legs"][0]["verdict"], journey["legs"][0]["minutes"]) == ("drove", 5.0)
    assert journey["legs"][0]["speed_kmh"] is None


async def test_r16_a_speed_is_told_when_it_is_asked_for_and_with_its_error(
        world: World, asker: httpx.AsyncClient, road: dict[str, int], start: datetime) -> None:
    drive(world, road, start, "WA", "XA")
    for camera in (road["WA"], road["XA"]):
        world.run("INSERT INTO camera_clocks VALUES (%s, %s, %s, 20, 9)", camera, start - timedelta(days=1),
                  start + timedelta(days=1))
    [journey] = (await journeys(asker, speed="true"))["journeys"]
    assert (journey["legs"][0]["speed_kmh"], journey["legs"][0]["speed_error_kmh"]) == (60, 2)


async def test_the_question_and_the_reads_shown_stand_in_the_audit(
        world: World, asker: httpx.AsyncClient, road: dict[str, int], start: datetime) -> None:
    ids = drive(world, road, start, "WA", "XA")
    await journeys(asker, **{"from": iso_ms(start), "until": iso_ms(start + timedelta(hours=1))})
    [row] = world.audit("journeys-asked")
    assert str(row["question"]).startswith("Ritten van nummerplaat 3ABC123 van ")
    assert row["filters"] == {"plate": PLATE, "from": iso_ms(start), "until": iso_ms(start + timedelta(hours=1))}
    assert (row["read_ids"], row["result_count"]) == (ids, 2)


async def test_nothing_is_told_without_a_consultation(program: httpx.AsyncClient, road: dict[str, int]) -> None:
    answer = await program.get("/journeys", params={"plate": PLATE})
    assert (answer.status_code, answer.json()["code"]) == (403, "no-consultation")


async def test_what_lies_beyond_the_gate_is_withheld_and_changes_nothing(
        world: World, program: httpx.AsyncClient, road: dict[str, int], start: datetime) -> None:
    old = utc_now() - timedelta(days=40)
    drive(world, road, old, "WA", "XA")
    drive(world, road, start, "ZB", "YB")
    await state_reason(program, purpose="administrative")
    told = await journeys(program, **{"from": iso_ms(old - timedelta(days=1))})
    assert told["withheld"]["reason"] == "never"
    [journey] = told["journeys"]
    assert (journey["begins"], journey["gap_minutes"]) == ("first", None), "the older journey leaves no trace in it"
    assert (await journeys(program))["withheld"] is None


@pytest.mark.parametrize(("parameters", "says"), [
    ({"plate": ""}, "one plate"), ({"plate": "3ABC*"}, "one plate"), ({"plate": "3ABC123,3ABC124"}, "one plate"),
    ({"plate": PLATE, "alike": "much"}, "write a level"),
    ({"plate": PLATE, "from": "2026-11-02T10:00", "until": "2026-11-02T09:00"}, "later than from"),
    ({"plate": PLATE, "camera": "WA"}, "no filter camera"),
])
async def test_a_question_that_cannot_be_understood_is_refused(
        asker: httpx.AsyncClient, road: dict[str, int], parameters: dict[str, str], says: str) -> None:
    answer = await asker.get("/journeys", params=parameters)
    assert answer.status_code == 422, answer.text
    assert says in answer.json()["message"]


async def test_a_plate_that_nobody_read_has_no_journeys(asker: httpx.AsyncClient, road: dict[str, int]) -> None:
    told = await journeys(asker)
    assert (told["journeys"], told["cut"], told["withheld"]) == ([], False, None)


MISREAD = "3A8C123"


async def test_a_look_alike_on_the_way_at_the_right_time_is_probably_the_vehicle(
        world: World, asker: httpx.AsyncClient, road: dict[str, int], start: datetime) -> None:
    drive(world, road, start, "WA", "XA")
    world.add_read(PLATE, start + timedelta(minutes=15), road["ZA"])
    misread = world.add_read(MISREAD, start + timedelta(minutes=10), road["YA"], confidence=0.7)
    [exact] = (await journeys(asker))["journeys"]
    assert [passed["camera"] for passed in exact["legs"][1]["passed"]] == ["YA"]
    told = await journeys(asker, alike="likely")
    [journey] = told["journeys"]
    [probable] = [read for read in journey["reads"] if read["kind"] == "probable"]
    assert (probable["read_id"], probable["plate"]) == (str(misread), MISREAD)
    assert probable["probability"] > max(0.95, probable["on_plate_alone"])
    assert "B read as 8 at place 3" in probable["why"]
    assert "on the way between two passages" in probable["why"]
    assert [leg["passed"] for leg in journey["legs"]] == [[], [], []]
    assert world.audit("journeys-asked")[-1]["result_count"] == 4


async def test_a_look_alike_that_cannot_be_the_vehicle_is_ruled_out_and_says_why(
        world: World, asker: httpx.AsyncClient, road: dict[str, int], start: datetime) -> None:
    exact = drive(world, road, start, "WA", "XA")
    elsewhere = world.add_read(MISREAD, start + timedelta(minutes=5, seconds=20), road["ZA"], confidence=0.3)
    told = await journeys(asker, alike="possible")
    assert [[read["kind"] for read in journey["reads"]] for journey in told["journeys"]] == [["exact", "exact"]]
    [out] = told["ruled_out"]
    assert (out["read"]["read_id"], out["because"]) == (str(elsewhere), str(exact[1]))
    assert "too far to be at both" in out["read"]["why"]


async def test_a_look_alike_that_is_seen_day_after_day_elsewhere_is_another_vehicle(
        world: World, asker: httpx.AsyncClient, road: dict[str, int], start: datetime) -> None:
    drive(world, road, start, "WA", "XA")
    for day in range(1, 5):
        world.add_read(MISREAD, start - timedelta(days=day, hours=9), road["ZB"], confidence=0.95)
    told = await journeys(asker, alike="certain")
    assert (len(told["journeys"]), told["ruled_out"]) == (1, [])


async def test_the_page_grants_the_pictures_of_what_it_shows_and_chooses_the_journey_of_a_read(
        world: World, browser: httpx.AsyncClient, road: dict[str, int], start: datetime) -> None:
    early = world.add_read(PLATE, start, road["WA"], images=3, make="Volkswagen", model="Golf", colour="grey")
    late = world.add_read(PLATE, start + timedelta(hours=5), road["WA"], images=3)
    page = (await browser.get("/journeys", params={"plate": PLATE})).text
    assert 'data-journey="1" open' in page, "the newest is shown first"
    assert "Volkswagen Golf" in page
    assert "voor het eerst in de zone" in page
    chosen = (await browser.get("/journeys", params={"plate": PLATE, "journey": str(early)})).text
    assert 'data-journey="0" open' in chosen
    [picture] = re.findall(f'data-overview="(/reads/{late}/images/overview[^"]+)"', chosen)
    assert (await browser.get(picture)).status_code == 404, "granted; there is none in the store"
    assert (await browser.get(picture[:-4])).status_code == 403
    assert [row["read_ids"] for row in world.audit("journeys-asked")] == [[early, late]] * 2


async def test_no_more_pictures_are_granted_than_one_page_shows(
        world: World, browser: httpx.AsyncClient, road: dict[str, int], start: datetime) -> None:
    for number in range(MOST_PICTURED + 5):
        world.add_read(PLATE, start + timedelta(minutes=10 * number), road["WA"], images=1)
    page = (await browser.get("/journeys", params={"plate": PLATE})).text
    assert len(re.findall(r"<img class=\"stage-crop\"", page)) == MOST_PICTURED


async def test_a_vehicle_of_which_older_passages_may_be_seen_is_not_there_for_the_first_time(
        world: World, browser: httpx.AsyncClient, road: dict[str, int], start: datetime) -> None:
    world.add_read(PLATE, start - timedelta(days=9), road["WA"])
    world.add_read(PLATE, start, road["WA"])
    page = (await browser.get("/journeys", params={"plate": PLATE})).text
    assert "was hier al eerder" in page
    assert "voor het eerst in de zone" not in page
