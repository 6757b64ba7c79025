"""One vehicle on the zone's own roads, in a real browser: its journeys, and how they are played."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from services.clock import utc_now
from simulator.network import load_network
from tests.browser.conftest import Site
from tests.browser.test_an_investigation import log_in, state_reason
from tests.browser.warming import ROOT
from tests.integration.search.roads_world import add_silence
from tests.integration.search.world import AUDIT_KEY, World

PLATE = "7KLM204"


def route_past_several_cameras() -> Sequence[str]:
    network = load_network()
    codes = sorted(network.cameras)
    return next(route for code in codes for other in codes if 6 <= len(route := network.route(code, other)) <= 8)


CODES = route_past_several_cameras()


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


@pytest.fixture
def journeys(site: Site, road: dict[str, int], page: Page) -> Page:
    """The page of a vehicle that drove past six cameras or more, one of them silent, and came back nine hours later."""
    start = (utc_now() - timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    drive(site.world, road, CODES, start, frozenset({CODES[2]}))
    add_silence(site.world, road[CODES[2]], start + timedelta(minutes=1), start + timedelta(minutes=40))
    site.world.add_read(PLATE, start + timedelta(hours=9), road[CODES[-1]])
    log_in(page)
    state_reason(page)
    page.get_by_role("link", name="Ritten").click()
    page.get_by_label("Nummerplaat").fill(PLATE)
    page.get_by_role("button", name="Toon ritten").click()
    expect(page.locator("#map")).to_have_attribute("data-idle", "true", timeout=30_000)
    return page


def test_the_journeys_of_a_vehicle_stand_on_the_map_with_the_camera_that_was_silent(journeys: Page) -> None:
    page = journeys
    expect(page.get_by_role("heading", level=2, name="Ritten van nummerplaat 7KLM204")).to_be_visible()
    expect(page.locator("details.journey")).to_have_count(2)
    journey = page.locator("details.journey").last
    expect(journey).not_to_have_attribute("open", "")
    journey.locator("summary").click()
    expect(journey.locator(".stage")).to_have_count(len(CODES) - 1)
    expect(journey.get_by_text("was stil van")).to_have_count(1)
    expect(page.locator("details.journey[open]")).to_have_count(1)
    drawn = page.locator("g.route.chosen")
    expect(drawn.locator(".passed.silent")).to_have_count(1)
    expect(drawn.locator(".way.drove")).to_have_count(len(CODES) - 2)
    with page.expect_download() as download:
        page.get_by_role("link", name="gpx").click()
    assert download.value.suggested_filename == "ritten.gpx"
    journey.locator(".stage-read").first.click()
    expect(page.get_by_role("link", name="Ritten van dit voertuig")).to_be_visible()


def test_a_journey_is_played_and_gone_through_by_keys_and_the_address_names_the_passage(journeys: Page) -> None:
    page = journeys
    page.locator("details.journey").last.locator("summary").click()
    stages = page.locator("details.journey[open] .stage")
    expect(stages.first).to_have_attribute("aria-current", "step")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("ArrowRight")
    expect(stages.nth(1)).to_have_attribute("aria-current", "step")
    assert page.url.endswith(f"journey={stages.nth(1).get_attribute('data-read')}")
    expect(page.locator("#hand .hand-where")).to_have_text(stages.nth(1).locator(".stage-place").inner_text())
    page.keyboard.press("ArrowLeft")
    expect(stages.first).to_have_attribute("aria-current", "step")

    before = page.locator(".live-vehicle").get_attribute("style")
    page.locator("input[name=speed][value='300']").check()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pauzeren")).to_be_visible()
    expect(page.locator("#map-said")).to_have_text(re.compile(" later$"), timeout=30_000)
    expect(page.locator("details.journey").first).to_have_attribute("open", "")
    assert page.locator(".live-vehicle").get_attribute("style") != before
    expect(page.get_by_role("button", name="Afspelen")).to_be_visible(timeout=20_000)

    page.goto(page.url.rpartition("&")[0] + f"&journey={stages_of_the_oldest(page)[2]}")
    expect(page.locator("details.journey[open] .stage").nth(2)).to_have_attribute("aria-current", "step")


def stages_of_the_oldest(page: Page) -> list[str]:
    return page.locator("details.journey").last.locator(".stage").evaluate_all(
        "stages => stages.map(stage => stage.dataset.read)")


RECKONED = """async (address) => {
  const { advance, placeAt, prepare, shareOf } = await import(address);
  const minutes = (number) => number * 60000;
  const line = [[5, 51], [5.1, 51]];
  const leg = (verdict, stop) => ({ verdict, stop, pieces: [], line, later: "30 min later", unread: [] });
  const read = (t) => ({ t: minutes(t), at: [5, 51] });
  const journeys = prepare({ pieces: {}, journeys: [
    { reads: [read(0), read(10), read(50)], legs: [leg("drove", 0), leg("stopped", minutes(30))], later: "" },
    { reads: [read(242)], legs: [], later: "3 u 12 later" }] });
  const [first] = journeys;
  return {
    half: placeAt(first, minutes(5)).at[0],
    shares: [10, 12.5, 15, 30, 45, 47.5, 50].map((minute) => shareOf(first.legs[1], minutes(minute))),
    standing: placeAt(first, minutes(30)).standing,
    jumps: [[14, 2], [49, 2]].map(([from, passed]) => {
      const { journey, t, said } = advance(journeys, { journey: 0, t: minutes(from) }, minutes(passed), true);
      return [journey, t / 60000, said];
    }),
    plods: advance(journeys, { journey: 0, t: minutes(49) }, minutes(2), false).t / 60000,
    over: advance(journeys, { journey: 1, t: minutes(242) }, 1, true).over,
  };
}"""


def test_what_moves_is_reckoned_in_the_vehicles_own_time(journeys: Page) -> None:
    module = journeys.locator("script[src*='scripts/playback.js']").get_attribute("src") or ""
    reckoned = journeys.evaluate(RECKONED, module.replace("playback.js", "moving.js"))
    assert reckoned["half"] == pytest.approx(5.05)
    assert reckoned["shares"] == pytest.approx([0, 0.25, 0.5, 0.5, 0.5, 0.75, 1])
    assert reckoned["standing"] is True
    assert reckoned["jumps"] == [[0, 45, "30 min later"], [1, 242, "3 u 12 later"]]
    assert (reckoned["plods"], reckoned["over"]) == (51, True)


def test_without_webgl_the_drawing_shows_and_moves_the_same(journeys: Page) -> None:
    page = journeys
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.reload()
    expect(page.get_by_role("img", name="Kaart van de rit")).to_be_visible()
    page.locator("details.journey").last.locator("summary").click()
    vehicle = page.locator(".drawn-vehicle")
    expect(vehicle).to_be_visible()
    before = vehicle.get_attribute("transform") or ""
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("ArrowRight")
    expect(vehicle).not_to_have_attribute("transform", before)
    assert page.locator("g.map-roads").evaluate("roads => roads.getBBox().width > 0"), "the zone's roads lie below"


def test_without_scripts_every_journey_is_written_out(journeys: Page, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False, storage_state=journeys.context.storage_state())
    page = context.new_page()
    page.goto(journeys.url)
    for journey in (0, 1):
        expect(page.locator("details.journey").nth(journey).locator(".stage").first).to_be_visible()
    expect(page.get_by_role("img", name="Kaart van de rit")).to_be_visible()
    expect(page.locator("#player")).to_be_hidden()
    page.locator("details.journey").last.locator(".stage-number").nth(1).click()
    expect(page.locator("details.journey").last).to_have_attribute("open", "")
    context.close()
