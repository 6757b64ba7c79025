"""What the search finds, on a real database."""

from datetime import datetime, timedelta

import httpx
import pytest

from services.clock import ZONE, iso_ms, to_milliseconds, utc_now
from tests.integration.search.conftest import plates
from tests.integration.search.world import World

HOUR = timedelta(hours=1)


@pytest.fixture
def now() -> datetime:
    return to_milliseconds(utc_now())


@pytest.mark.parametrize("written", ["3ABC123", "3-abc-123", " 3 ABC 123 ", "3.abc.123"])
async def test_a_plate_is_found_however_it_is_written(
        world: World, asker: httpx.AsyncClient, now: datetime, written: str) -> None:
    world.add_read("3-ABC-123", now - HOUR, 1)
    world.add_read("3-ABC-124", now - HOUR, 1)
    assert plates(await asker.get("/reads", params={"plate": written})) == ["3ABC123"]


@pytest.mark.parametrize(("pattern", "found"), [
    ("3ABC12?", {"3ABC123", "3ABC124"}),
    ("3ABC*", {"3ABC123", "3ABC124", "3ABC999"}),
    ("*123", {"3ABC123", "4XYZ123"}),
    ("?ABC12?", {"3ABC123", "3ABC124"}),
    ("3ABC123, 4XYZ*", {"3ABC123", "4XYZ123"}),
    ("*Q*", set()),
])
async def test_wildcards_stand_for_characters(
        world: World, asker: httpx.AsyncClient, now: datetime, pattern: str, found: set[str]) -> None:
    for minute, plate in enumerate(("3ABC123", "3ABC124", "3ABC999", "4XYZ123", None)):
        world.add_read(plate, now - minute * timedelta(minutes=1), 1)
    answer = plates(await asker.get("/reads", params={"plate": pattern}))
    assert set(answer) == found
    assert len(answer) == len(found)


async def test_a_wildcard_that_stands_for_too_many_plates_is_held_against_the_reads(
        world: World, asker: httpx.AsyncClient, now: datetime) -> None:
    world.run("INSERT INTO plates SELECT '3AAA' || lpad(n::text, 4, '0'), current_date, '' "
              "FROM generate_series(1, 1500) n")
    world.add_read("3AAA0007", now - HOUR, 1)
    world.add_read("4BBB007", now - HOUR, 1)
    world.add_read(None, now - HOUR, 1)
    assert plates(await asker.get("/reads", params={"plate": "*A*0*"})) == ["3AAA0007"]
    assert set(plates(await asker.get("/reads", params={"plate": ["????????", "4BBB007"]}))) == {"4BBB007", "3AAA0007"}
    assert None not in plates(await asker.get("/reads", params={"plate": "*?"}))


async def test_from_is_included_and_until_is_not(world: World, asker: httpx.AsyncClient, now: datetime) -> None:
    for hours in (3, 2, 1):
        world.add_read(f"3AAA00{hours}", now - hours * HOUR, 1)
    answer = await asker.get("/reads", params={"from": iso_ms(now - 2 * HOUR), "until": iso_ms(now - HOUR)})
    assert plates(answer) == ["3AAA002"]


async def test_local_moments_are_those_of_brussels(world: World, asker: httpx.AsyncClient, now: datetime) -> None:
    world.add_read("3ABC123", now - HOUR, 1)
    around = [(now - HOUR).astimezone(ZONE) + timedelta(minutes=minutes) for minutes in (-2, 2)]
    from_, until = (moment.strftime("%Y-%m-%dT%H:%M") for moment in around)
    assert plates(await asker.get("/reads", params={"from": from_, "until": until})) == ["3ABC123"]
    belgian = around[0].strftime("%d/%m/%Y %H:%M")
    assert plates(await asker.get("/reads", params={"from": belgian, "until": until})) == ["3ABC123"]
    assert plates(await asker.get("/reads", params={"until": from_})) == []


async def test_cameras_are_asked_by_code(world: World, asker: httpx.AsyncClient, now: datetime) -> None:
    world.add_read("3AAA001", now - HOUR, 1)
    world.add_read("3AAA002", now - HOUR, 2)
    assert plates(await asker.get("/reads", params={"camera": "BRE02A"})) == ["3AAA002"]
    assert len(plates(await asker.get("/reads", params={"camera": ["BRE01A", "BRE02A"]}))) == 2


async def test_the_newest_come_first_and_superseded_ones_not_at_all(
        world: World, asker: httpx.AsyncClient, now: datetime) -> None:
    world.add_read("3AAA001", now - 2 * HOUR, 1)
    read_id = world.add_read("3AAA00Z", now - HOUR, 1, superseded=True)
    world.add_read("3AAA002", now - HOUR, 1, read_id=read_id)
    world.add_read("3AAA003", now, 1)
    assert plates(await asker.get("/reads")) == ["3AAA003", "3AAA002", "3AAA001"]


async def test_an_unread_passage_has_no_plate(world: World, asker: httpx.AsyncClient, now: datetime) -> None:
    world.add_read(None, now - HOUR, 1)
    assert plates(await asker.get("/reads")) == [None]


@pytest.mark.parametrize(("params", "hint"), [
    ({"camera": "NOPE01"}, "there is no camera NOPE01"),
    ({"plates": "3ABC123"}, "there is no filter plates"),
    ({"plate": "*"}, "plate: write letters"),
    ({"plate": "A" * 40}, "plate: write letters"),
    ({"plate": ",".join(f"3AAA{n:03}" for n in range(51))}, "at most 50 plates"),
    ({"from": "yesterday"}, "from: write a moment"),
    ({"from": "0001-01-01T00:00:00+14:00"}, "from: write a moment"),
    ({"from": "31/02/2026 10:00"}, "from: write a moment"),
    ({"from": "2026-11-02T00:00", "until": "2026-11-01T00:00"}, "until: must be later"),
    ({"limit": "0"}, "limit: Input should be greater"),
    ({"limit": "501"}, "limit: Input should be less"),
    ({"after": "nonsense"}, "after: take this value"),
    ({"after": "A" * 48}, "after: take this value"),
    ({"after": "é"}, "after: take this value"),
])
async def test_a_filter_that_cannot_be_understood_is_explained(
        asker: httpx.AsyncClient, params: dict[str, str], hint: str) -> None:
    answer = await asker.get("/reads", params=params)
    assert answer.status_code == 422
    assert answer.json()["code"] == "bad-question"
    assert hint in answer.json()["message"]


@pytest.mark.parametrize("text", [
    "'; DROP TABLE reads; --", "3ABC' OR '1'='1", "%", "_%", "\\", "x\0y",
    "' UNION SELECT password_hash FROM users --"])
async def test_what_looks_like_sql_is_a_plate_like_any_other(
        world: World, asker: httpx.AsyncClient, now: datetime, text: str) -> None:
    world.add_read("3ABC123", now - HOUR, 1)
    for key in ("plate", "camera", "from", "after"):
        answer = await asker.get("/reads", params={key: text})
        assert answer.status_code == 422 or plates(answer) == []
    assert plates(await asker.get("/reads", params={"plate": "3ABC123"})) == ["3ABC123"]
