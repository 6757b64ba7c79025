"""One vehicle's journeys on the zone's own roads, in a real browser."""

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from services.clock import utc_now
from simulator.network import load_network
from tests.browser.conftest import ROOT, Site
from tests.browser.test_an_investigation import log_in, state_reason
from tests.integration.search.roads_world import add_silence
from tests.integration.search.world import AUDIT_KEY, World

PLATE = "7KLM204"


@pytest.fixture
def road(world: World, database: Any) -> dict[str, int]:
    """The zone's cameras and roads, loaded by the product's own commands, and a vehicle that drove out and back."""
    world.run("DELETE FROM reads")
    world.run("DELETE FROM gateway_cameras")
    world.run("DELETE FROM camera_places")
    world.run("DELETE FROM camera_papers")
    world.run("DELETE FROM cameras")
    for words in (("cameras", "load", "simulator/data/zone_cameras.csv"),
                  ("network", "load", "simulator/data/zone_road_graph.csv", "simulator/data/zone_road_paths.geojson")):
        subprocess.run([sys.executable, "-m", "services", *words], cwd=ROOT, check=True, capture_output=True,
                       env={**os.environ, "ZONESCHILD_DATABASE_URL": database.owner_url,
                            "ZONESCHILD_AUDIT_KEY": AUDIT_KEY.decode()})
    return {str(code): int(str(number)) for code, number in world.run("SELECT code, camera_id FROM cameras")}


def drive(world: World, road: dict[str, int], codes: Sequence[str], start: datetime, but: frozenset[str]) -> None:
    """Let the vehicle pass these cameras in the roads' own time; those in `but` read nothing."""
    network, at = load_network(), start
    for before, here in zip((None, *codes), codes, strict=False):
        at += timedelta(minutes=1.1 * network.edge(before, here).minutes) if before else timedelta()
        if here not in but:
            world.add_read(PLATE, at, road[here])


def test_the_journeys_of_a_vehicle_stand_on_the_map_with_the_camera_that_was_silent(
        site: Site, road: dict[str, int], page: Page) -> None:
    start = (utc_now() - timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    codes = next(route for code in sorted(road) for other in sorted(road)
                 if 6 <= len(route := load_network().route(code, other)) <= 8)
    drive(site.world, road, codes, start, frozenset({codes[2]}))
    add_silence(site.world, road[codes[2]], start + timedelta(minutes=1), start + timedelta(minutes=40))
    site.world.add_read(PLATE, start + timedelta(hours=9), road[codes[-1]])
    log_in(page)
    state_reason(page)
    page.get_by_role("link", name="Ritten").click()
    page.get_by_label("Nummerplaat").fill(PLATE)
    page.get_by_role("button", name="Toon ritten").click()
    expect(page.get_by_role("heading", level=2)).to_contain_text("Ritten van nummerplaat 7KLM204")
    expect(page.locator("article.journey")).to_have_count(2)
    expect(page.get_by_text("was stil van")).to_have_count(1)
    journey = page.locator("article.journey").last
    expect(journey.get_by_role("img", name="Kaart van de rit")).to_be_visible()
    expect(journey.locator(".stage")).to_have_count(len(codes) - 1)
    lines = journey.locator("polyline.way")
    expect(lines).to_have_count(len(codes) - 2)
    assert all(lines.nth(number).evaluate("line => line.getTotalLength() > 0") for number in range(len(codes) - 2))
    assert journey.locator("use.roads").evaluate("roads => roads.getBBox().width > 0"), "the zone's roads lie below"
    with page.expect_download() as download:
        page.get_by_role("link", name="gpx").click()
    assert download.value.suggested_filename == "ritten.gpx"
    journey.get_by_role("link").first.click()
    expect(page.get_by_role("link", name="Ritten van dit voertuig")).to_be_visible()
