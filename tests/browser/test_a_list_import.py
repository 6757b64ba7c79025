"""A list from outside, from the file to what is watched for: errors seen first, taken by a second person."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from services.clock import utc_now
from tests.browser.conftest import Site
from tests.browser.guarding import Guard
from tests.browser.judging import find_violations
from tests.browser.test_accounts import log_in
from tests.integration.search.followed_world import Followed

LINES = ("source_key;plate", "K1;3-QXA-001", "K2;!", "K3;3-QXA-003", "K1;3-QXA-004", "K5;3-QXA-005")
UNTIL = f"{utc_now() + timedelta(days=90):%d/%m/%Y} 12:00"


@pytest.fixture
def people(site: Site) -> Site:
    """A list of stolen vehicles, and two people of the technical and intelligence service who keep it."""
    Followed(site.world).add_list(name="Gestolen voertuigen", legal_basis="WPA art. 44/11",
                                  authority="Federale politie")
    for username in ("kim.smets", "luc.baert"):
        site.world.add_user(username, "tecint", username.replace(".", " ").title())
    return site


@pytest.fixture
def colleague(chromium: Browser, people: Site) -> Iterator[Page]:
    """Another browser, in which Luc is logged in."""
    context = chromium.new_context(base_url=people.url)
    page = context.new_page()
    log_in(page, "luc.baert")
    yield page
    context.close()


def open_deliveries(page: Page) -> None:
    """Go to the deliveries of the one list by the links that are there."""
    page.get_by_role("link", name="Lijsten").first.click()
    page.get_by_role("main").get_by_role("link", name="Gestolen voertuigen").first.click()
    page.get_by_role("link", name="Leveringen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Leveringen van Gestolen voertuigen")


def fill_in(page: Page, rows: str) -> None:
    """Fill in a whole list as CSV of which its sender says that it has `rows` lines."""
    page.get_by_label("de volledige lijst, als CSV").check()
    page.get_by_label("Bestand (CSV of ZIP)").set_input_files(
        {"name": "lijst.csv", "mimeType": "text/csv", "buffer": "\n".join((*LINES, "")).encode()})
    page.get_by_label("Aantal regels van een CSV, zoals de afzender het meldt").fill(rows)
    if not page.get_by_label("Wat te doen").is_visible():
        page.get_by_text("Wat geldt waar een regel niets zegt").click()
    for label, text in (("Wat te doen", "Onderscheppen"), ("Reden", "Gestolen te Bree, aangifte door de eigenaar"),
                        ("Dossiernummer", "BR.11.L1.001234/2026"), ("Gevraagd door", "INP Peeters"), ("Tot", UNTIL)):
        page.get_by_role("main").get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Bekijken").click()


def count_of(page: Page, label: str) -> Locator:
    """Return the figure beside a label."""
    return page.locator("dt", has_text=label).locator("xpath=following-sibling::dd[1]")


def test_a_file_with_errors_is_looked_at_and_a_colleague_takes_what_is_right(
        people: Site, page: Page, colleague: Page, guarded: Guard) -> None:
    guarded.allow("status of 422")
    log_in(page, "kim.smets")
    open_deliveries(page)
    fill_in(page, "6")
    expect(page.get_by_role("alert")).to_contain_text("Het aantal regels klopt niet")
    assert people.world.run("SELECT FROM watch_deliveries") == []

    fill_in(page, "5")
    expect(page.get_by_role("heading", name="Wat ze zou doen")).to_be_visible()
    expect(count_of(page, "Nieuw")).to_have_text("3")
    expect(count_of(page, "Geweigerde regels")).to_have_text("2")
    refused = page.get_by_role("table").last.locator("tbody tr")
    expect(refused).to_have_count(2)
    expect(refused.nth(1)).to_contain_text("Haar source_key staat al in een eerdere regel.")
    with page.expect_download() as download:
        page.get_by_role("link", name="Allemaal, als CSV").click()
    assert len(download.value.path().read_text(encoding="utf-8-sig").splitlines()) == 3
    expect(page.get_by_text("Wie ze indiende, neemt ze niet over")).to_be_visible()
    assert find_violations(page) == []
    assert people.world.run("SELECT count(*) FROM watch_entries") == [(0,)]

    open_deliveries(colleague)
    colleague.get_by_role("table").get_by_role("link").first.click()
    colleague.get_by_role("button", name="Overnemen").click()
    expect(colleague.get_by_role("heading", name="Wat ze deed")).to_be_visible()
    assert people.world.run("SELECT plate FROM watch_entries WHERE matched ORDER BY 1") == [
        ("3QXA001",), ("3QXA003",), ("3QXA005",)]
    assert [row["username"] for row in people.world.audit("watchlist-delivered")] == ["luc.baert"]


def test_pasted_plates_are_looked_at_in_the_same_way(people: Site, page: Page, colleague: Page) -> None:
    log_in(page, "kim.smets")
    open_deliveries(page)
    page.get_by_label("geplakte nummerplaten").check()
    page.get_by_label("Nummerplaten, één per regel").fill("3-QXB-001\n3QXB002\n!!\n")
    page.get_by_text("Wat geldt waar een regel niets zegt").click()
    for label, text in (("Wat te doen", "Onderscheppen"), ("Reden", "Gestolen te Bree, aangifte door de eigenaar"),
                        ("Dossiernummer", "BR.11.L1.001234/2026"), ("Gevraagd door", "INP Peeters"), ("Tot", UNTIL)):
        page.get_by_role("main").get_by_label(label, exact=True).fill(text)
    page.keyboard.press("Enter")
    expect(count_of(page, "Nieuw")).to_have_text("2")
    expect(count_of(page, "Geweigerde regels")).to_have_text("1")
    colleague.goto(page.url.removeprefix(people.url))
    colleague.get_by_role("button", name="Overnemen").click()
    expect(colleague.get_by_role("heading", name="Wat ze deed")).to_be_visible()
    assert people.world.run("SELECT plate FROM watch_entries ORDER BY 1") == [("3QXB001",), ("3QXB002",)]
