"""Setting up a second factor and logging in with it, in a real browser under the strict policy."""

import itertools
from datetime import timedelta

import cv2
import numpy as np
import pyotp
from playwright.sync_api import Page, expect

from services.clock import utc_now
from tests.browser.conftest import Site
from tests.integration.search.world import PASSWORD


def log_in(page: Page, username: str) -> None:
    page.goto("/login")
    page.get_by_label("Gebruikersnaam").fill(username)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Aanmelden").click()


def scan(page: Page) -> str:
    """Read the QR code from the screen, as a telephone would."""
    for size in itertools.islice(itertools.cycle((3, 2, 4, 5)), 40):  # a telephone too looks again, from elsewhere
        picture = page.locator(".qr").screenshot(scale="css")
        seen = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
        address, *_rest = cv2.QRCodeDetector().detectAndDecode(cv2.resize(seen, None, fx=size, fy=size))
        if address:
            return str(address)
        page.wait_for_timeout(250)
    raise AssertionError("no QR code was seen")


def test_a_telephone_scans_the_second_factor_and_its_codes_let_in(page: Page, site: Site) -> None:
    log_in(page, "an.peeters")
    page.goto("/account")
    page.get_by_role("link", name="Een tweede factor instellen").click()
    codes = pyotp.parse_uri(scan(page))
    assert isinstance(codes, pyotp.TOTP)
    page.get_by_label("Code", exact=True).fill(codes.now())
    page.get_by_role("button", name="Instellen").click()
    expect(page.get_by_text("Met een wachtwoord en een tweede factor.")).to_be_visible()
    page.locator("details.who summary").click()
    page.get_by_role("button", name="Afmelden").click()
    log_in(page, "an.peeters")
    expect(page.get_by_role("heading", name="Uw code")).to_be_visible()
    page.get_by_label("Code", exact=True).fill(codes.at(utc_now() + timedelta(seconds=30)))
    page.get_by_role("button", name="Aanmelden").click()
    expect(page.get_by_role("heading", name="Uw code")).to_be_hidden()
    page.goto("/account")
    expect(page.get_by_role("heading", name="Uw account")).to_be_visible()


def test_an_administrator_adds_somebody_on_a_telephone(page: Page, site: Site) -> None:
    site.world.add_user("tom.bos", "technical-administrator", "Tom Bos")
    page.set_viewport_size({"width": 390, "height": 800})
    log_in(page, "tom.bos")
    page.goto("/users")
    page.get_by_label("Gebruikersnaam").fill("els.maes")
    page.get_by_label("Naam", exact=True).fill("Els Maes")
    page.get_by_label("Rol").select_option("dispatcher")
    page.get_by_role("button", name="Toevoegen").click()
    expect(page.get_by_role("heading", name="Tijdelijk wachtwoord")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
