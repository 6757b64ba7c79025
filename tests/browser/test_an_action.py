"""An ANPR-actie from start to report on a tablet whose network goes away in the middle, and by keyboard alone."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from services.clock import ZONE, utc_now
from tests.browser.conftest import Site
from tests.browser.test_accounts import log_in
from tests.integration.search.actions_world import Scene

NO_NETWORK = "ERR_INTERNET_DISCONNECTED"
SMALLEST_PX = 60


@pytest.fixture
def scene(site: Site) -> Scene:
    """A zone in which Vera of the traffic service works, and ingest hands alerts over."""
    site.world.add_user("vera.claes", "traffic", "Vera Claes")
    site.world.run("UPDATE hit_mover SET at = now() + interval '1 hour'")
    return Scene(site.world)


@pytest.fixture
def tablet(chromium: Browser, site: Site) -> Iterator[BrowserContext]:
    """A tablet; what it complains of besides the missing network fails the test."""
    context = chromium.new_context(base_url=site.url, viewport={"width": 1024, "height": 768}, has_touch=True)
    complaints: list[str] = []
    context.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context
    context.close()
    assert [text for text in complaints if NO_NETWORK not in text] == []


def start_action(page: Page) -> int:
    """Make an action as the traffic service does, open its board and return its number."""
    until = (utc_now() + timedelta(hours=2)).astimezone(ZONE)
    page.goto("/actions")
    page.get_by_role("link", name="Nieuwe actie").click()
    page.get_by_label("Naam").fill("N715 Eksel")
    page.get_by_label("Nummer van het dossier of operatieorder").fill("HA.21.L3.1/2026")
    page.get_by_label("Eindigt", exact=False).first.fill(f"{until:%d/%m/%Y %H:%M}")
    page.get_by_label("Ploegen, één per regel").fill("Alfa\nBravo")
    page.get_by_label("Verzekering").check()
    page.get_by_label("BRE01A, Vroegst, min").fill("2")
    page.get_by_label("BRE01A, Laatst, min").fill("4")
    page.get_by_role("button", name="De actie aanmaken").click()
    page.get_by_role("link", name="Bord langs de weg").click()
    expect(page.get_by_text("Geen voertuig op komst.")).to_be_visible()
    return int(page.url.split("/")[-2])


def car(page: Page, plate: str) -> Locator:
    """Return the card of a vehicle."""
    return page.locator("article.car").filter(has_text=plate)


def tap(page: Page, plate: str, button: str) -> None:
    """Tap as a person does who has seen the vehicle: what comes within 0.4 s of its appearing meant another one."""
    page.wait_for_timeout(450)
    car(page, plate).get_by_role("button", name=button).tap()


def small_targets(page: Page) -> list[str]:
    """Return what can be tapped on a board and is too small for gloves."""
    found: list[str] = page.evaluate(
        """least => [...document.querySelectorAll("#board a, #board button")].filter(one => one.offsetParent)
           .filter(one => one.getBoundingClientRect().height < least || one.getBoundingClientRect().width < least)
           .map(one => one.textContent)""", SMALLEST_PX)
    return found


def test_an_action_goes_from_start_to_report_although_the_network_goes_away(
        tablet: BrowserContext, site: Site, scene: Scene) -> None:
    list_id, page = scene.add_list("Verzekering"), tablet.new_page()
    log_in(page, "vera.claes")
    action, vera = start_action(page), scene.number("SELECT user_id FROM users WHERE username = 'vera.claes'")
    for plate in ("1ABC234", "2XYZ345", "1KLM678"):
        scene.see(action, scene.add_entry(list_id, plate, vera))
    expect(car(page, "1-ABC-234").locator(".when")).to_have_text(re.compile(r"over [12]\W[34] min"))
    expect(page.get_by_text("nog 1 voertuig op komst")).to_be_visible()
    assert small_targets(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1024

    tablet.set_offline(True)
    tap(page, "1-ABC-234", "Alfa")
    tap(page, "1-ABC-234", "Gestopt, PV")
    expect(car(page, "1-ABC-234")).to_contain_text("Alfa · Gestopt, PV")
    expect(car(page, "1-ABC-234")).to_contain_text("wacht op verzending")
    expect(page.locator("#offline")).to_contain_text("Geen verbinding sinds")
    expect(page.locator("#queued")).to_have_text("2 te verzenden")
    assert "1ABC234" not in page.evaluate("JSON.stringify(localStorage)"), "no plate stays on a tablet"
    assert site.world.audit("action-handled") == []

    tablet.set_offline(False)
    expect(page.locator("#queued")).to_be_hidden()
    expect(page.locator("#offline")).to_be_hidden()
    expect(car(page, "1-ABC-234")).not_to_contain_text("wacht op verzending")
    expect(car(page, "1-KLM-678")).to_be_visible()
    assert [row["question"].split(": ")[1] for row in site.world.audit("action-handled")] == [
        "ploeg Alfa neemt het", "Gestopt, PV"]

    page.goto(f"/actions/{action}")
    page.get_by_role("button", name="De actie beëindigen").click()
    figures = page.locator(".figures")
    expect(figures.locator("div").filter(has_text="Controles")).to_contain_text("1")
    expect(figures.locator("div").filter(has_text="Voertuigen")).to_contain_text("3")
    page.get_by_role("link", name="Met de voertuigen van uw groepen").click()
    expect(page.get_by_role("row").filter(has_text="1-ABC-234")).to_contain_text("Gestopt, PV")


def test_what_was_tapped_outlives_the_page(tablet: BrowserContext, site: Site, scene: Scene) -> None:
    list_id, page = scene.add_list("Verzekering"), tablet.new_page()
    log_in(page, "vera.claes")
    vera = scene.number("SELECT user_id FROM users WHERE username = 'vera.claes'")
    action = scene.add_action([list_id], vera)
    scene.see(action, scene.add_entry(list_id, "1ABC234", vera))
    page.goto(f"/actions/{action}/board")
    tablet.set_offline(True)
    tap(page, "1-ABC-234", "Niet gezien")
    expect(page.locator("#queued")).to_have_text("1 te verzenden")
    page.close()
    tablet.set_offline(False)
    again = tablet.new_page()
    again.goto(f"/actions/{action}/board")
    expect(car(again, "1-ABC-234")).to_contain_text("Niet gezien")
    expect(again.locator("#queued")).to_be_hidden()
    assert site.world.run("SELECT outcome FROM action_vehicles") == [("not-seen",)]


def test_a_vehicle_is_handled_by_keyboard_alone_and_taken_back(
        tablet: BrowserContext, site: Site, scene: Scene) -> None:
    list_id, page = scene.add_list("Verzekering"), tablet.new_page()
    log_in(page, "vera.claes")
    vera = scene.number("SELECT user_id FROM users WHERE username = 'vera.claes'")
    action = scene.add_action([list_id], vera, teams=("Alfa", "Bravo"))
    page.set_viewport_size({"width": 800, "height": 1280})
    page.goto(f"/actions/{action}/board")
    scene.see(action, scene.add_entry(list_id, "1ABC234", vera))
    expect(car(page, "1-ABC-234")).to_be_visible()
    page.keyboard.press("j")
    expect(car(page, "1-ABC-234")).to_be_focused()
    page.keyboard.press("2")
    expect(car(page, "1-ABC-234").locator(".chosen")).to_have_text("Bravo")
    page.keyboard.press("f")
    expect(car(page, "1-ABC-234").locator(".chosen")).to_have_text("Bravo · Gestopt, PV")
    page.wait_for_function("document.querySelector('#queued').hidden")
    page.keyboard.press("j")
    page.keyboard.press("u")
    expect(car(page, "1-ABC-234").locator(".chosen")).to_have_text("Bravo")
    page.keyboard.press("s")
    expect(car(page, "1-ABC-234").locator(".chosen")).to_have_text("Bravo · Takeling")
    page.wait_for_function("document.querySelector('#queued').hidden")
    assert site.world.run("SELECT outcome FROM action_vehicles") == [("seized",)]
    assert small_targets(page) == []


def test_a_tablet_without_scripts_works_with_forms(chromium: Browser, site: Site, scene: Scene) -> None:
    list_id = scene.add_list("Verzekering")
    vera = scene.number("SELECT user_id FROM users WHERE username = 'vera.claes'")
    action = scene.add_action([list_id], vera)
    scene.see(action, scene.add_entry(list_id, "1ABC234", vera))
    context = chromium.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    log_in(page, "vera.claes")
    page.goto(f"/actions/{action}/board")
    page.get_by_role("button", name="Alfa").click()
    page.get_by_role("button", name="Gestopt, PV").click()
    expect(car(page, "1-ABC-234")).to_contain_text("Alfa · Gestopt, PV")
    context.close()
