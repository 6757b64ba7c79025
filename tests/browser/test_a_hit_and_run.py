"""A hit-and-run: a red van, half a plate, Bree, yesterday between 20 and 23 o'clock, to the one passage that it was."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from services.clock import ZONE, utc_now
from services.images import Kind
from tests.browser.conftest import Site
from tests.browser.judging import find_violations
from tests.browser.test_an_investigation import SHOWN, log_in, state_reason
from tests.integration.search.world import World, draw_overview, draw_plate, put_image

RED_BGR = (35, 30, 170)
TOLD = "rode bestelwagen 4PV* Bree gisteren 20-23u"


def yesterday_at(hour: int, minute: int) -> datetime:
    """Return an instant of yesterday by the clock of Brussels."""
    day = utc_now().astimezone(ZONE) - timedelta(days=1)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


def add_read(world: World, images: Path, plate: str, at: datetime, camera_id: int, **looks: str) -> None:
    """Add a passage with its pictures."""
    read_id = world.add_read(plate, at, camera_id, images=3, confidence=0.93, plate_raw=plate, direction="towards",
                             **looks)
    put_image(images, read_id, Kind.plate, draw_plate(plate))
    put_image(images, read_id, Kind.overview, draw_overview(plate, RED_BGR))


@pytest.fixture
def evening(site: Site, tmp_path: Path) -> Site:
    """Yesterday evening: the van in Bree, and each of what was told once without the rest."""
    cameras = {str(code): int(str(number)) for code, number in site.world.run("SELECT code, camera_id FROM cameras")}
    van = {"colour": "red", "vehicle_type": "van", "make": "Renault", "model": "Trafic"}
    for plate, hour, camera, looks in (
            ("4-PVB-689", 21, "BRE01A", van), ("4-PVC-102", 21, "BRE01A", van | {"colour": "blue"}),
            ("4-PVD-455", 21, "GNK01A", van), ("5-KLM-689", 21, "BRE01A", van), ("4-PVF-777", 18, "BRE01A", van),
            ("4-PVG-008", 22, "BRE01A", van | {"vehicle_type": "car"})):
        add_read(site.world, tmp_path / "images", plate, yesterday_at(hour, 10), cameras[camera], **looks)
    return site


def test_what_the_witness_told_leads_to_the_one_passage(evening: Site, page: Page) -> None:
    log_in(page)
    state_reason(page)
    expect(page.get_by_label("Zoek", exact=True)).to_be_focused()
    page.keyboard.type(TOLD)
    expect(page.locator("#q-panel")).to_contain_text("rood")
    page.keyboard.press("Enter")

    asked = page.get_by_role("list", name="Wat er gevraagd wordt")
    for chip in ("4PV*", "rood", "bestelwagen", "Bree"):
        expect(asked).to_contain_text(chip)
    expect(page.get_by_role("alert")).to_have_count(0)
    rows = page.locator("a.row")
    expect(rows).to_have_count(1)
    assert find_violations(page) == []

    page.locator("main").click(position={"x": 2, "y": 2})
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("4-PVB-689")
    picture = page.get_by_role("img", name="Overzicht").first
    expect(picture).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert picture.evaluate(SHOWN)
    assert find_violations(page) == []
    searched, opened = (evening.world.audit(action)[-1] for action in ("reads-searched", "read-opened"))
    assert searched["result_count"] == 1
    assert opened["read_ids"] == searched["read_ids"]
