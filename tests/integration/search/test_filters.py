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
    ("3ABC12[34]", {"3ABC123", "3ABC124"}),
    ("[34]???123", {"3ABC123", "4XYZ123"}),
    ("?????23", {"3ABC123", "4XYZ123"}),
    ("*[XB]*", {"3ABC123", "3ABC124", "3ABC999", "4XYZ123"}),
    ("3A[XYZ]C*", set()),
])
async def test_wildcards_stand_for_characters(
        world: World, asker: httpx.AsyncClient, now: datetime, pattern: str, found: set[str]) -> None:
    for minute, plate in enumerate(("3ABC123", "3ABC124", "3ABC999", "4XYZ123", None)):
        world.add_read(plate, now - minute * timedelta(minutes=1), 1)
    answer = plates(await asker.get("/reads", params={"plate": pattern}))
    assert set(answer) == found
    assert len(answer) == len(found)


async def test_a_pattern_that_stands_for_too_many_plates_is_held_against_the_reads(
        world: World, asker: httpx.AsyncClient, now: datetime) -> None:
    world.run("INSERT INTO plates SELECT '3AAA' || lpad(n::text, 4, '0'), current_date, '' "
              "FROM generate_series(1, 3500) n")
    world.add_read("3AAA0007", now - HOUR, 1)
    world.add_read("4BBB007", now - HOUR, 1)
    world.add_read(None, now - HOUR, 1)
    assert plates(await asker.get("/reads", params={"plate": "*A*0*"})) == ["3AAA0007"]
    assert plates(await asker.get("/reads", params={"plate": "*A*0[67]"})) == ["3AAA0007"]
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
    ({"camera": "NOPE01"}, "there is no camera of NOPE01"),
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


async def _found(asker: httpx.AsyncClient, **asked: str | list[str]) -> set[str | None]:
    return set(plates(await asker.get("/reads", params=asked)))


async def test_the_vehicle_and_its_passage_are_filtered_by_what_the_camera_says(
        world: World, asker: httpx.AsyncClient, now: datetime) -> None:
    van: dict[str, object] = {"make": "FORD", "model": "Transit", "colour": "red", "vehicle_type": "van", "lane": 2,
                              "speed_kmh": 91.5, "confidence": 0.6, "direction": "away", "late": True}
    world.add_read("3ABC123", now - HOUR, 1, **van)
    world.add_read("4XYZ123", now - HOUR, 1, colour="blue", vehicle_type="car", lane=1, speed_kmh=50, confidence=0.99,
                   direction="towards", country="NL")
    world.add_read("5DEF456", now - HOUR, 1)
    for asked in ({"make": "Ford"}, {"model": "transit"}, {"type": "van"}, {"lane": "2,3"}, {"speed": "90-"},
                  {"confidence": "-0.8"}, {"direction": "away"}, {"late": "yes"},
                  {"colour": "red", "colour_unknown": "no"}):
        assert await _found(asker, **asked) == {"3ABC123"}, asked
    assert await _found(asker, colour="red") == {"3ABC123", "5DEF456"}
    assert await _found(asker, country="nl") == {"4XYZ123"}
    assert await _found(asker, late="no") == {"4XYZ123", "5DEF456"}


async def test_an_answer_says_how_many_of_its_reads_have_no_colour(
        world: World, asker: httpx.AsyncClient, now: datetime) -> None:
    world.add_read("3ABC123", now - HOUR, 1, colour="red")
    world.add_read("4XYZ123", now - HOUR, 1)
    assert (await asker.get("/reads", params={"colour": "red"})).json()["without_colour"] == 1
    assert (await asker.get("/reads")).json()["without_colour"] is None


async def test_passages_with_and_without_a_plate_are_told_apart(
        world: World, asker: httpx.AsyncClient, now: datetime) -> None:
    world.add_read("3ABC123", now - HOUR, 1)
    world.add_read(None, now - HOUR, 1)
    assert await _found(asker, read="yes") == {"3ABC123"}
    assert await _found(asker, read="no") == {None}


async def test_the_first_time_in_the_zone_is_that_of_the_period_that_may_be_seen(
        world: World, asker: httpx.AsyncClient, now: datetime) -> None:
    world.add_read("3ABC123", now - 60 * 24 * HOUR, 1)  # older than a month: as if it had never been
    first = world.add_read("3ABC123", now - 3 * HOUR, 1)
    world.add_read("3ABC123", now - 2 * HOUR, 1)
    world.add_read(None, now - HOUR, 1)
    answer = await asker.get("/reads", params={"first": "yes"})
    assert [item["read_id"] for item in answer.json()["items"]] == [str(first)]
    assert len(plates(await asker.get("/reads", params={"first": "no"}))) == 1


async def test_every_night_means_the_clocks_of_brussels_and_belongs_to_its_evening(
        world: World, asker: httpx.AsyncClient, now: datetime) -> None:
    friday = now.astimezone(ZONE).replace(hour=23, minute=30, second=0, microsecond=0)
    friday -= timedelta(days=(friday.weekday() - 4) % 7 or 7)
    for plate, hours in (("3AAA111", 0), ("3BBB222", 3), ("3CCC333", 12), ("3DDD444", 24)):
        world.add_read(plate, friday + timedelta(hours=hours), 1)
    assert await _found(asker, hours="22-05") == {"3AAA111", "3BBB222", "3DDD444"}
    assert await _found(asker, hours="22-05", weekday="fri") == {"3AAA111", "3BBB222"}
    assert await _found(asker, weekday="sat") == {"3BBB222", "3CCC333", "3DDD444"}
    assert await _found(asker, hours="08:00-12:00") == {"3CCC333"}


async def test_places_are_those_where_the_cameras_stood(
        world: World, asker: httpx.AsyncClient, now: datetime) -> None:
    world.run("UPDATE cameras SET municipality = 'Bree', road = 'N73', site = 'BRE01', lat = 51.14, lon = 5.6, "
              "heading_deg = 85 WHERE code = 'BRE01A'")
    world.run("UPDATE cameras SET municipality = 'Genk', road = 'N76', lat = 50.97, lon = 5.5, heading_deg = 180 "
              "WHERE code = 'BRE02A'")
    world.run("UPDATE camera_places SET since = '2000-01-01T00:00Z' WHERE until IS NULL AND NOT EXISTS (SELECT FROM "
              "camera_places AS other WHERE other.camera_id = camera_places.camera_id AND other.until IS NOT NULL)")
    world.run("DELETE FROM camera_places WHERE until IS NOT NULL")
    world.run("UPDATE camera_places SET since = '2000-01-01T00:00Z'")
    world.add_read("3ABC123", now - HOUR, 1)
    world.add_read("4XYZ123", now - HOUR, 2)
    for asked in ({"municipality": "bree"}, {"road": "N73"}, {"site": "BRE01"}, {"heading": "e"},
                  {"area": "5.55,51.1;5.65,51.1;5.65,51.2"}, {"camera": "BRE01A"}):
        assert await _found(asker, **asked) == {"3ABC123"}, asked
    assert await _found(asker, municipality="Bree,Genk") == {"3ABC123", "4XYZ123"}
    assert await _found(asker, municipality="Bree", road="N76") == set()


async def test_an_older_read_of_a_camera_that_was_moved_stays_where_it_was(
        world: World, asker: httpx.AsyncClient, now: datetime) -> None:
    world.run("UPDATE camera_places SET until = %s WHERE camera_id = 1", now - 2 * HOUR)
    world.run("INSERT INTO camera_places (camera_id, since, name, municipality) VALUES (1, %s, 'Genk N75', 'Genk')",
              now - 2 * HOUR)
    world.run("UPDATE camera_places SET municipality = 'Bree' WHERE until IS NOT NULL")
    world.add_read("3ABC123", now - 3 * HOUR, 1)
    world.add_read("4XYZ123", now - HOUR, 1)
    assert await _found(asker, municipality="Bree") == {"3ABC123"}
    answer = await asker.get("/reads", params={"municipality": "Genk"})
    assert [(item["plate"], item["camera"]["name"]) for item in answer.json()["items"]] == [("4XYZ123", "Genk N75")]


@pytest.mark.parametrize("asked", [{"camera": "XXX"}, {"municipality": "Antwerpen"}, {"road": "E19"}, {"site": "?"}])
async def test_a_place_that_nobody_knows_is_named(asker: httpx.AsyncClient, asked: dict[str, str]) -> None:
    answer = await asker.get("/reads", params=asked)
    assert answer.status_code == 422
    assert next(iter(asked.values())) in answer.text
