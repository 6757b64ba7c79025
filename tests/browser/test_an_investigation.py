"""An investigator at work, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.integration.search.world import PASSWORD

SHOWN = "image => image.complete && image.naturalWidth > 0"


def log_in(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Gebruikersnaam").fill("an.peeters")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Aanmelden").click()


def state_reason(page: Page) -> None:
    page.get_by_label("Gerechtelijk: onderzoek naar een misdrijf").check()
    page.get_by_label("Dossiernummer").fill("GE.11.L1.004512/2026")
    page.get_by_label("Reden").fill("Reeks inbraken te Bree")
    page.get_by_role("button", name="Raadpleging openen").click()


@pytest.fixture
def investigator(page: Page) -> Page:
    log_in(page)
    state_reason(page)
    expect(page.get_by_role("heading", name="Wat zoekt u?")).to_be_visible()
    return page


def test_from_the_log_in_to_the_pictures_of_a_passage(investigator: Page, site: Site) -> None:
    page = investigator
    expect(page.get_by_label("Raadpleging").first).to_contain_text("GE.11.L1.004512/2026")
    page.get_by_label("Zoek", exact=True).fill("3-abc-12?")
    page.keyboard.press("Enter")
    rows = page.locator("a.row")
    expect(rows).to_have_count(20)
    assert page.url == f"{site.url}/reads?plate=3ABC12%3F", "empty filters do not stand in the address"
    crop = page.locator("td.crop img").first
    expect(crop).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert crop.evaluate(SHOWN)

    rows.first.click()
    for name in ("Overzicht", "Uitsnede van de nummerplaat"):
        picture = page.get_by_role("img", name=name)
        expect(picture).to_be_visible()
        assert picture.evaluate(SHOWN)
    expect(page.get_by_role("heading", level=1)).to_contain_text("3-ABC-123")

    page.get_by_role("button", name="fr").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.get_by_role("img", name="Vue d'ensemble")).to_be_visible()


def test_older_passages_are_added_below_without_leaving_the_page(investigator: Page, site: Site) -> None:
    page = investigator
    page.get_by_role("button", name="7 dagen").click()
    rows = page.locator("a.row")
    expect(rows).to_have_count(50)
    page.get_by_role("link", name="Oudere passages").click()
    expect(rows).to_have_count(60)
    links = [row.get_attribute("href") for row in rows.all()]
    assert len(set(links)) == 60
    assert "after=" not in page.url
    assert len(site.world.audit("reads-searched")) == 2


def test_the_pages_work_without_scripts(plain: Page) -> None:
    log_in(plain)
    state_reason(plain)
    plain.get_by_role("button", name="7 dagen").click()
    expect(plain.locator("a.row")).to_have_count(50)
    plain.get_by_role("link", name="Oudere passages").click()
    expect(plain.locator("a.row")).to_have_count(10)
    plain.get_by_role("link", name="Terug naar de nieuwste passages").click()
    expect(plain.locator("a.row")).to_have_count(50)


def test_the_keyboard_leads_through_the_rows(investigator: Page) -> None:
    page = investigator
    page.get_by_role("button", name="7 dagen").click()
    expect(page.locator("a.row")).to_have_count(50)
    page.wait_for_load_state()  # the keys are heard once the scripts have run
    page.keyboard.press("/")
    expect(page.get_by_label("Zoek", exact=True)).to_be_focused()
    page.keyboard.type("jk")
    expect(page.get_by_label("Zoek", exact=True)).to_have_value("jk")
    page.get_by_label("Zoek", exact=True).fill("")
    page.locator("h2").first.click()
    for key in "jjk":
        page.keyboard.press(key)
    expect(page.locator("a.row").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("img", name="Overzicht")).to_be_visible()


def test_cameras_are_chosen_from_their_municipality(investigator: Page, site: Site) -> None:
    page = investigator
    page.get_by_text("Filters", exact=True).click()
    page.locator("details.cameras > summary").click()
    page.get_by_text("Genk 1").click()
    page.get_by_label("GNK01A").check()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Filters toepassen").click()
    expect(page.locator("a.row")).to_have_count(30)
    assert page.url == f"{site.url}/reads?camera=GNK01A"


def test_a_moment_is_written_the_belgian_way_in_any_browser(investigator: Page) -> None:
    page = investigator
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Van", exact=True).fill("1/1/2020 8:30")
    page.get_by_role("button", name="Filters toepassen").click()
    expect(page.get_by_role("heading", name="Passages: van 01/01/2020 08:30")).to_be_visible()
    expect(page.get_by_label("Van", exact=True)).to_have_value("01/01/2020 08:30")
    expect(page.get_by_text("procureur des Konings")).to_be_visible()


def test_ending_the_consultation_closes_the_passages(investigator: Page, site: Site) -> None:
    page = investigator
    page.get_by_role("button", name="Raadpleging beëindigen").click()
    page.goto("/reads?plate=3ABC123")
    expect(page.get_by_role("heading", name="Een raadpleging openen")).to_be_visible()
    state_reason(page)
    expect(page.locator("a.row")).to_have_count(20)
    assert [row["action"] for row in site.world.audit()][-3:] == ["denied", "consultation-opened", "reads-searched"]


def test_the_process_writes_no_plate_reason_or_password_to_its_log(investigator: Page, site: Site) -> None:
    page = investigator
    page.goto("/reads?plate=3ABC123")
    page.locator("a.row").first.click()
    page.wait_for_load_state("networkidle")
    log = site.log.read_text()
    assert "GET /reads 200" in log
    assert "GET /reads/{read_id}/images/{kind} 200" in log
    for secret in ("3ABC123", "3-ABC-123", "inbraken", PASSWORD, "grant=", page.url.rsplit("/", 1)[-1]):
        assert secret not in log
