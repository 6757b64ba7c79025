"""A suspect's week: from a plate to where the vehicle drives, when, what the photo shows, and its stops as a list."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from services.clock import ZONE, utc_now
from services.images import Kind
from simulator.network import load_network
from tests.browser.conftest import Site
from tests.browser.judging import find_violations
from tests.browser.test_an_investigation import SHOWN, log_in, state_reason
from tests.browser.test_journeys import CODES, PLATE, drive, road
from tests.integration.search.world import draw_overview, draw_plate, put_image

__all__ = ["road"]
DAYS = 6


@pytest.fixture
def week(site: Site, road: dict[str, int], tmp_path: Path) -> Site:
    """Six mornings on the same road, and a stop of an hour on the last one; every passage has its pictures."""
    morning = (utc_now().astimezone(ZONE) - timedelta(days=1)).replace(hour=7, minute=5, second=0, microsecond=0)
    for day in range(DAYS - 1):
        drive(site.world, road, CODES, morning - timedelta(days=day + 1), frozenset())
    network, at = load_network(), morning
    for number, code in enumerate(CODES):
        at += timedelta(minutes=1.1 * network.edge(CODES[number - 1], code).minutes) if number else timedelta()
        at += timedelta(hours=1) if number == 3 else timedelta()
        site.world.add_read(PLATE, at, road[code], images=3, make="Audi", colour="black", vehicle_type="car")
    for (read_id,) in site.world.run("SELECT read_id FROM reads WHERE images > 0"):
        put_image(tmp_path / "images", read_id, Kind.plate, draw_plate(PLATE))  # type: ignore[arg-type]
        put_image(tmp_path / "images", read_id, Kind.overview, draw_overview(PLATE))  # type: ignore[arg-type]
    return site


def test_a_plate_leads_to_the_week_on_the_map_its_stops_and_its_photos(week: Site, page: Page) -> None:
    log_in(page)
    state_reason(page)
    page.get_by_label("Zoek", exact=True).fill(PLATE)
    page.keyboard.press("Enter")
    page.locator("a.row").first.click()
    page.get_by_role("link", name="Ritten van dit voertuig").click()
    expect(page.locator("details.journey").first).to_be_attached()
    page.locator("details.asks > summary").click()
    for label in ("Van", "Tot"):
        page.locator("details.asks").get_by_label(label, exact=True).fill("")
    page.get_by_role("button", name="Toon ritten").click()
    expect(page).not_to_have_url(re.compile("from="))
    expect(page.locator("#map")).to_have_attribute("data-idle", "true", timeout=60_000)
    journeys = page.locator("details.journey")
    expect(journeys.nth(DAYS - 1)).to_be_attached()
    newest = page.locator("details.journey[open]")
    expect(newest).to_have_count(1)
    expect(newest.locator(".stage").first).to_be_visible()
    expect(newest.locator(".between.remarkable").first).to_be_visible()
    photo = page.locator("#hand .hand-overview")
    expect(photo).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert photo.evaluate(SHOWN)

    page.evaluate("document.activeElement.blur()")
    before = page.locator("#hand .hand-where").inner_text()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#hand .hand-where")).not_to_have_text(before)
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pauzeren")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Afspelen")).to_be_visible()
    assert find_violations(page) == []
    assert "journeys-asked" in [row["action"] for row in week.world.audit()]
