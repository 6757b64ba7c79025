"""What maps are drawn on: roads and names, the operator's base map, and the drawing that works without either."""

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from search.program import Program
from services.gate import decide
from services.settings import SearchSettings
from tests.integration.search.world import World


@pytest.fixture
def located(world: World) -> World:
    """Two cameras that have a place."""
    world.run("UPDATE cameras SET lat = 51.14, lon = 5.59, municipality = 'Bree', heading_deg = 90 WHERE camera_id = 1")
    world.run("UPDATE cameras SET lat = 50.97, lon = 5.50, municipality = 'Genk' WHERE camera_id = 2")
    return world


async def test_roads_and_names_may_be_kept_at_the_address_that_pages_name(
        located: World, browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/cameras")).text
    address = page.split('data-roads="')[1].split('"')[0]
    answer = await browser.get(address)
    assert {feature["properties"].get("name") for feature in answer.json()["features"]} == {None, "Bree", "Genk"}
    assert "immutable" in answer.headers["cache-control"]
    assert (await browser.get("/map/roads.json?v=older")).headers["cache-control"] == "no-store"


async def test_the_drawing_leads_to_each_camera_by_its_name(located: World, browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/cameras")).text
    drawing = page.split('<svg class="map-drawing"')[1].split("</svg>")[0]
    assert 'href="/cameras/BRE01A"' in drawing
    assert 'aria-label="BRE01A Bree N73 Peerderbaan' in drawing


async def test_without_places_the_page_says_so(world: World, browser: httpx.AsyncClient) -> None:
    world.run("UPDATE cameras SET lat = NULL, lon = NULL")
    assert "Nog geen camera heeft een plaats op de kaart." in (await browser.get("/cameras")).text


async def test_nobody_gets_roads_without_logging_in(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.get("/map/roads.json")).status_code == 303


async def test_a_part_of_the_base_map_is_handed_out(
        app: FastAPI, settings: SearchSettings, browser: httpx.AsyncClient, tmp_path: Path) -> None:
    answer = await browser.get("/map/tiles.pmtiles")
    assert answer.status_code == 404
    assert "Er is geen basiskaart" in answer.text
    assert "data-tiles" not in (await browser.get("/cameras")).text

    tiles = tmp_path / "zone.pmtiles"
    tiles.write_bytes(bytes(range(200)))
    program = app.state.program
    app.state.program = Program.start(settings.model_copy(update={"map_file": tiles}), decide)
    part = await browser.get("/map/tiles.pmtiles", headers={"Range": "bytes=10-13"})
    assert (part.status_code, part.content) == (206, bytes(range(10, 14)))
    assert "data-tiles" in (await browser.get("/cameras")).text
    await app.state.program.boards.stop()
    await app.state.program.engine.dispose()
    app.state.program = program
