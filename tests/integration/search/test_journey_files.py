"""Journeys as files and as a page: what stands in them, and what never does."""

import csv
import io
from datetime import datetime, timedelta

import httpx
import pytest
from defusedxml import ElementTree

from services.clock import utc_now
from tests.integration.search.roads_world import PLATE, add_road, add_silence, drive
from tests.integration.search.world import World

GPX = "{http://www.topografix.com/GPX/1/1}"


@pytest.fixture
def start(world: World) -> datetime:
    """A journey that passes a silent camera, and one back."""
    begins = (utc_now() - timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
    road = add_road(world)
    drive(world, road, begins, "WA", "XA")
    world.add_read(PLATE, begins + timedelta(minutes=16), road["ZA"])
    add_silence(world, road["YA"], begins + timedelta(minutes=2), begins + timedelta(minutes=31))
    drive(world, road, begins + timedelta(hours=4), "ZB", "YB")
    return begins


async def export(client: httpx.AsyncClient, kind: str) -> httpx.Response:
    answer = await client.get(f"/journeys.{kind}", params={"plate": PLATE})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == f'attachment; filename="ritten.{kind}"'
    assert "geen bewijswaarde" in answer.text
    assert "speed" not in answer.text
    assert "km/h" not in answer.text
    return answer


async def test_geojson_has_a_line_along_the_road_for_each_leg_and_a_point_for_each_read(
        start: datetime, asker: httpx.AsyncClient) -> None:
    answer = await export(asker, "geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    features = answer.json()["features"]
    lines = [feature for feature in features if feature["geometry"]["type"] == "LineString"]
    points = [feature for feature in features if feature["geometry"]["type"] == "Point"]
    assert [(line["properties"]["from"], line["properties"]["to"], len(line["geometry"]["coordinates"]))
            for line in lines] == [("WA", "XA", 2), ("XA", "ZA", 3), ("ZB", "YB", 2)]
    assert [unread["camera"] for unread in lines[1]["properties"]["not_read_by"]] == ["YA"]
    assert lines[1]["properties"]["not_read_by"][0]["why"] == "silent"
    assert len(points) == 5
    lon, lat = points[0]["geometry"]["coordinates"]
    assert (round(lon, 2), round(lat, 2)) == (5.5, 51.0), "longitude first"


async def test_gpx_has_a_track_for_each_journey_and_a_way_point_for_each_read(
        start: datetime, asker: httpx.AsyncClient) -> None:
    root = ElementTree.fromstring((await export(asker, "gpx")).content)
    assert (root.tag, root.attrib["version"]) == (f"{GPX}gpx", "1.1")
    assert [child.tag for child in root] == [f"{GPX}metadata", *[f"{GPX}wpt"] * 5, f"{GPX}trk", f"{GPX}trk"]
    first, second = root.findall(f"{GPX}trk")
    assert len(first.findall(f".//{GPX}trkpt")) == 4, "three reads and the bend where nothing was read"
    assert len(first.findall(f".//{GPX}trkpt/{GPX}time")) == 3
    assert len(second.findall(f".//{GPX}trkpt")) == 2


async def test_csv_has_a_line_for_each_read_and_no_formula(
        world: World, start: datetime, asker: httpx.AsyncClient) -> None:
    world.run("UPDATE cameras SET road = '=1+1' WHERE code = 'WA'")
    world.run("DELETE FROM camera_places WHERE until IS NOT NULL")
    world.run("UPDATE camera_places SET since = '2000-01-01T00:00Z'")
    rows = list(csv.DictReader(io.StringIO((await export(asker, "csv")).text)))
    assert [(row["journey"], row["camera"], row["verdict"], row["not_read_by"]) for row in rows] == [
        ("1", "WA", "", ""), ("1", "XA", "drove", ""), ("1", "ZA", "drove", "YA"), ("2", "ZB", "", ""),
        ("2", "YB", "drove", "")]
    assert rows[0]["road"] == "'=1+1"
    assert all(row["note"].startswith("geen bewijswaarde") for row in rows)


async def test_a_file_leaves_a_trace_of_its_own(world: World, start: datetime, asker: httpx.AsyncClient) -> None:
    await export(asker, "csv")
    [row] = world.audit("journeys-exported")
    assert str(row["question"]).endswith("; als csv-bestand")
    assert (row["filters"]["file"], row["result_count"]) == ("csv", 5)
    assert world.audit("journeys-asked") == []


async def test_a_file_of_another_kind_does_not_exist(start: datetime, asker: httpx.AsyncClient) -> None:
    assert (await asker.get("/journeys.exe", params={"plate": PLATE})).status_code == 422


async def test_the_page_shows_journeys_with_their_maps_and_names_the_silent_camera(
        start: datetime, browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/journeys", params={"plate": "3-abc-123"})).text
    assert "2 ritten, de nieuwste eerst" in page
    assert "camera Weg Y was stil van" in page
    assert page.count('<g class="route') == 2
    assert "Geen bewijswaarde" in page
    assert 'href="/journeys.gpx?plate=3ABC123&amp;from=' in page
    assert (await browser.get("/journeys.gpx", params={"plate": PLATE})).status_code == 200


async def test_the_page_asks_for_a_plate_and_says_what_is_wrong_with_one(
        start: datetime, browser: httpx.AsyncClient) -> None:
    assert "Welk voertuig?" in (await browser.get("/journeys")).text
    wrong = await browser.get("/journeys", params={"plate": "3ABC*"})
    assert wrong.status_code == 422
    assert "één nummerplaat" in wrong.text
    none = await browser.get("/journeys", params={"plate": "9ZZZ999"})
    assert "Dat bewijst niet dat het voertuig er niet was" in none.text


async def test_the_page_of_a_read_leads_to_its_journeys(
        world: World, start: datetime, browser: httpx.AsyncClient) -> None:
    read_id = world.run("SELECT read_id FROM reads ORDER BY captured_at LIMIT 1")[0][0]
    page = (await browser.get(f"/reads/{read_id}")).text
    assert "Ritten van dit voertuig" in page
    address = page.split('href="/journeys?')[1].split('"')[0].replace("&amp;", "&")
    assert (await browser.get(f"/journeys?{address}")).text.count('class="stage"') == 5


@pytest.mark.parametrize("kind", ["geojson", "gpx", "csv"])
async def test_r16_no_file_tells_a_speed(start: datetime, asker: httpx.AsyncClient, kind: str) -> None:
    answer = await export(asker, kind)
    assert "indicat" not in answer.text.lower()
