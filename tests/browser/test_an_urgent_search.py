"""A dispatcher at three in the morning: from the log-in to the passages with the keyboard, without a mouse."""

import time

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.guarding import Guard
from tests.integration.search.world import PASSWORD


def _type(page: Page, *keys: str) -> None:
    """Type texts and press keys (in angle brackets), and nothing else."""
    for key in keys:
        if key.startswith("<"):
            page.keyboard.press(key.strip("<>"))
        else:
            page.keyboard.type(key)


def test_from_the_log_in_to_the_passages_with_two_forms_and_the_keyboard(
        page: Page, site: Site, guarded: Guard) -> None:
    site.world.add_user("tom.wouters", "dispatcher", "Tom Wouters")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url.removeprefix(site.url)}")
            if request.is_navigation_request() else None)
    page.goto("/")
    started = time.monotonic()
    expect(page.get_by_label("Gebruikersnaam")).to_be_focused()
    _type(page, "tom.wouters", "<Tab>", PASSWORD, "<Enter>")
    expect(page.get_by_label("Incidentnummer")).to_be_focused()
    _type(page, "2026/88121", "<Tab>", "<ArrowDown>", "<ArrowDown>", "<Tab>", "vluchtmisdrijf, fietser gekwetst",
          "<Tab>", "3abc123", "<Enter>")
    expect(page.locator("a.row").first).to_be_visible()
    print(f"log-in to result: {time.monotonic() - started:.1f} s, typing included")

    assert [step for step in sent if step.startswith("POST")] == ["POST /login", "POST /consultations"]
    assert page.url == f"{site.url}/reads?plate=3abc123"
    bar = page.get_by_label("Raadpleging").first
    expect(bar).to_contain_text("Dringend")
    expect(bar).to_contain_text("Gerechtelijk: verkeersmisdrijf of vluchtmisdrijf")
    expect(bar).to_contain_text("1 PV volgt nog")
    opened = site.world.audit("consultation-opened")[-1]["filters"]
    assert isinstance(opened, dict)
    assert (opened["origin"], opened["purpose"], opened["file_number"]) == ("urgent", "judicial-traffic", "2026/88121")

    guarded.allow("status of 403")  # a picture that is still on its way when the consultation that granted it ends
    page.get_by_role("button", name="Het incident is voorbij").click()
    expect(page.get_by_label("Incidentnummer")).to_be_focused()
    page.get_by_role("link", name="1 PV volgt nog").click()
    page.get_by_label("Nummer van het PV").fill("GE.12.L1.004600/2026")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Er moet niets meer volgen")).to_be_visible()


def test_the_urgent_form_works_without_scripts_in_one_submit(plain: Page, site: Site) -> None:
    site.world.add_user("tom.wouters", "dispatcher", "Tom Wouters")
    plain.set_viewport_size({"width": 390, "height": 800})
    plain.goto("/login")
    plain.get_by_label("Gebruikersnaam").fill("tom.wouters")
    plain.get_by_label("Wachtwoord").fill(PASSWORD)
    plain.keyboard.press("Enter")
    plain.get_by_label("Incidentnummer").fill("2026/88121")
    plain.get_by_label("Waarvoor").select_option("judicial-traffic")
    plain.get_by_label("Wat er gebeurd is, in één regel").fill("vluchtmisdrijf, fietser gekwetst")
    plain.get_by_label("Gezochte nummerplaat").fill("3-abc-123")
    plain.get_by_role("button", name="Meteen zoeken").click()
    expect(plain.locator("a.row").first).to_be_visible()
    width = plain.locator("body").evaluate("body => body.scrollWidth")
    assert width <= 390, "nothing sticks out on a telephone"
