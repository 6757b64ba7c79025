"""The one box in a real browser: what it understands while one writes, its chips, its names, and without scripts."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site
from tests.browser.test_an_investigation import log_in, state_reason


@pytest.fixture
def box(page: Page) -> Locator:
    """The box, of somebody who has a consultation open."""
    log_in(page)
    state_reason(page)
    return page.get_by_label("Zoek", exact=True)


def test_while_one_writes_it_shows_what_it_will_ask(box: Locator, page: Page, site: Site) -> None:
    top = page.locator(".periods").bounding_box()
    box.press_sequentially("grijze auto 3abc123 olifant Bree")
    panel = page.locator("#q-panel")
    expect(panel.get_by_text("Kleur: grijs")).to_be_visible()
    expect(panel.get_by_text("in Bree", exact=True)).to_be_visible()
    expect(panel.locator(".not-understood")).to_have_text("Niet begrepen: olifant")
    expect(page.locator("#q-told")).to_contain_text("Kleur: grijs")
    assert page.locator(".periods").bounding_box() == top, "nothing moves"
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("a.row")).to_have_count(10)
    assert page.url.startswith(f"{site.url}/reads?plate=3ABC123&municipality=Bree&colour=grey&type=car&unread=olifant")
    expect(page.get_by_role("alert")).to_have_text("Niet begrepen: olifant")
    assert len(site.world.audit("reads-searched")) == 1, "writing asks nothing"


def test_a_name_is_chosen_with_the_arrows(box: Locator, page: Page, site: Site) -> None:
    box.press_sequentially("grijs Gen")
    names = page.get_by_role("listbox", name="Plaatsen")
    expect(names.get_by_role("option")).to_have_count(2)
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(names.get_by_role("option", name="Genk Gemeente")).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", "q-name-1")
    page.keyboard.press("Enter")
    expect(box).to_have_value("grijs Genk ")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.url}/reads?municipality=Genk&colour=grey")


def test_a_chip_leads_to_its_field_and_goes_with_its_cross(box: Locator, page: Page, site: Site) -> None:
    page.goto("/reads?municipality=Bree&colour=grey&hours=00:00-23:59")
    chips = page.get_by_role("list", name="Wat er gevraagd wordt")
    chips.get_by_text("Kleur: grijs").click()
    expect(page.get_by_label("grijs", exact=True)).to_be_focused()
    chips.get_by_text("in Bree").click()
    expect(page.get_by_label("Gemeente", exact=True)).to_be_focused()
    chips.get_by_label("Zonder: in Bree").click()
    expect(page).to_have_url(f"{site.url}/reads?hours=00%3A00-23%3A59&colour=grey")
    box.focus()
    page.keyboard.press("Backspace")
    expect(chips.get_by_label("Zonder: Kleur: grijs")).to_be_focused()
    page.keyboard.press("Backspace")
    expect(page).to_have_url(f"{site.url}/reads?hours=00%3A00-23%3A59")


def test_a_question_is_saved_and_found_beneath_the_box(box: Locator, page: Page, site: Site) -> None:
    page.goto("/reads?municipality=Bree")
    page.get_by_text("Deze zoekvraag bewaren").click()
    page.get_by_label("Naam", exact=True).fill("Alles in Bree")
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="Bewaarde zoekvragen")).to_contain_text("Alles in Bree")
    page.goto("/reads")
    page.get_by_role("link", name="Alles in Bree").click()
    expect(page).to_have_url(f"{site.url}/reads?municipality=Bree")


def test_it_works_without_scripts(plain: Page) -> None:
    log_in(plain)
    state_reason(plain)
    plain.get_by_label("Zoek", exact=True).fill("3ABC123 Genk")
    plain.keyboard.press("Enter")
    expect(plain.locator("a.row")).to_have_count(10)
    plain.get_by_text("Filters", exact=False).first.click()
    plain.get_by_label("Gemeente", exact=True).fill("Bree")
    plain.get_by_role("button", name="Filters toepassen").click()
    expect(plain.locator("li.chip")).to_have_text(["nummerplaat 3ABC123", "in Bree"])
    plain.get_by_label("Zonder: in Bree").click()
    expect(plain.locator("a.row")).to_have_count(20)
