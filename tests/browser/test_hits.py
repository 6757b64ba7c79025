"""The board in a browser: from publish to "onderschept" by the keyboard alone; tabs; silence that is not quiet."""

import base64
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from playwright.sync_api import Browser, BrowserContext, Page, expect

from services.clock import iso_ms, utc_now
from tests.browser.conftest import Site
from tests.browser.guarding import Guard
from tests.browser.warming import ROOT
from tests.integration.search.followed_world import Followed
from tests.integration.search.world import KEY, PASSWORD, draw_overview, draw_plate

_NUMBERS = itertools.count(40)


@dataclass(frozen=True, slots=True)
class Intake:
    """A running ingest and a gateway that publishes to it."""

    process: "subprocess.Popen[bytes]"
    client: mqtt.Client

    def publish(self, plate: str, **members: Any) -> None:
        """Publish one read with its pictures, captured now, and wait until the broker has it."""
        pictures = {"plate": draw_plate(plate), "overview": draw_overview(plate)}
        message = {"camera": "BRE01A", "captured_at": iso_ms(utc_now()), "plate": plate, "country": "BE",
                   "confidence": 0.97, "direction": "towards",
                   "images": [{"kind": kind, "data": base64.b64encode(content).decode()}
                              for kind, content in pictures.items()], **members}
        self.client.publish("anpr/v1/bree/reads", json.dumps(message), qos=1).wait_for_publish(10)


@pytest.fixture
def intake(site: Site, database: Any, broker: Any, tmp_path: Path) -> Iterator[Intake]:
    """Ingest on the site's database, as it runs in production."""
    log = tmp_path / "ingest.log"
    environment = {**os.environ, "ZONESCHILD_DATABASE_URL": database.ingest_url,
                   "ZONESCHILD_BROKER_URL": broker.url_for("ingest"), "ZONESCHILD_IDENTITY_KEY": KEY.decode(),
                   "ZONESCHILD_IMAGES_URL": f"file:{tmp_path / 'images'}",
                   "ZONESCHILD_INGEST_NUMBER": str(next(_NUMBERS) % 64)}
    with log.open("wb") as stderr:
        process = subprocess.Popen([sys.executable, "-m", "ingest"], cwd=ROOT, env=environment, stderr=stderr)
    parts = urlsplit(broker.url_for("simulator"))
    client = mqtt.Client(CallbackAPIVersion.VERSION2, f"board-{os.getpid()}-{next(_NUMBERS)}")
    client.username_pw_set(parts.username, parts.password)
    try:
        for _ in range(300):
            assert process.poll() is None, log.read_text()
            if "connected to the broker" in log.read_text():
                break
            time.sleep(0.1)
        client.connect(str(parts.hostname), parts.port or 1883)
        client.loop_start()
        yield Intake(process, client)
    finally:
        client.disconnect()
        client.loop_stop()
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.terminate()
            process.wait(20)


@pytest.fixture
def context(chromium: Browser, site: Site, guarded: Guard) -> Iterator[BrowserContext]:
    """A browser in which Tom Wouters, dispatcher, is logged in; boards that nobody has touched may be silent."""
    guarded.allow("The AudioContext was not allowed to start")
    site.world.add_user("tom.wouters", "dispatcher", "Tom Wouters")
    opened = chromium.new_context(base_url=site.url, viewport={"width": 1280, "height": 900})
    page = opened.new_page()
    page.goto("/login")
    page.get_by_label("Gebruikersnaam").fill("tom.wouters")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Incidentnummer")).to_be_visible()
    page.close()
    yield opened
    opened.close()


def open_board(context: BrowserContext) -> Page:
    """Open the board in a tab, and wait until it is connected."""
    page = context.new_page()
    page.goto("/hits")
    expect(page.locator("#pulse")).to_have_class(re.compile("alive"))
    return page


def watch_for(site: Site, plate: str) -> None:
    """Enter a plate as stolen."""
    followed = Followed(site.world)
    followed.add_entry(followed.add_list(), plate, reason="Carjacking in de Kerkstraat te Bree")


def test_a_hit_from_publish_to_intercepted_by_the_keyboard_alone(
        context: BrowserContext, site: Site, intake: Intake) -> None:
    watch_for(site, "3XKV042")
    page = open_board(context)
    expect(page.get_by_role("heading", name="Geen open hits")).to_be_visible()
    started = time.monotonic()
    intake.publish("3-XKV-042")
    card = page.locator("article.hit")
    expect(card).to_be_visible()
    print(f"publish to board: {time.monotonic() - started:.2f} s")
    expect(card).to_contain_text("Carjacking in de Kerkstraat")
    for picture in (card.locator(".hit-crop"), card.locator(".hit-scene")):
        expect(picture).to_have_js_property("complete", value=True)
        assert picture.evaluate("image => image.naturalWidth") > 100
    for key, state in (("c", "U hebt hem"), ("v", "bevestigd op het beeld"), ("d", "ploeg onderweg"),
                       ("i", "Onderschept")):
        page.keyboard.press(key)
        expect(card.locator(".hit-state")).to_contain_text(state)
    assert site.world.run("SELECT disposition FROM hits") == [("intercepted",)]
    expect(page.get_by_role("heading", name="Geen open hits")).to_be_visible(timeout=10_000)
    kinds = [kind for (kind,) in site.world.run("SELECT kind FROM hit_events ORDER BY event_id")]
    assert kinds == ["raised", "claimed", "confirmed", "dispatched", "ended"]


def test_twelve_tabs_hear_of_each_hit_once_over_one_connection(
        context: BrowserContext, site: Site, intake: Intake) -> None:
    for number in range(3):
        watch_for(site, f"3XKV00{number}") if number == 0 else Followed(site.world).add_entry(1, f"3XKV00{number}")
    pages = [open_board(context) for _ in range(12)]
    for number in range(3):
        intake.publish(f"3-XKV-00{number}")
    for page in pages:
        expect(page.locator("article.hit")).to_have_count(3)
    rows = site.world.run("SELECT count(*) FROM audit WHERE action = 'hits-shown'")
    assert rows[0][0] in (1, 2, 3), "one for each tick, not for each tab"


def test_ingest_that_stands_still_and_a_server_that_is_gone_are_seen_within_ten_seconds(
        context: BrowserContext, site: Site, intake: Intake) -> None:
    page = open_board(context)
    expect(page.locator("#alarm")).to_be_hidden()
    started = time.monotonic()
    intake.process.send_signal(signal.SIGSTOP)
    expect(page.get_by_text("ER KOMEN GEEN PASSAGES BINNEN")).to_be_visible(timeout=10_000)
    print(f"ingest still: seen after {time.monotonic() - started:.1f} s")
    intake.process.send_signal(signal.SIGCONT)
    expect(page.locator("#alarm")).to_be_hidden(timeout=10_000)
    started = time.monotonic()
    site.process.send_signal(signal.SIGSTOP)
    try:
        expect(page.get_by_text("GEEN VERBINDING")).to_be_visible(timeout=10_000)
        print(f"connection lost: seen after {time.monotonic() - started:.1f} s")
    finally:
        site.process.send_signal(signal.SIGCONT)
    expect(page.locator("#alarm")).to_be_hidden(timeout=20_000)


def test_a_log_in_that_ends_is_said(context: BrowserContext, site: Site, intake: Intake) -> None:
    page = open_board(context)
    site.world.run("DELETE FROM sessions")
    expect(page.get_by_text("AFGEMELD")).to_be_visible(timeout=10_000)


def test_blocked_sound_is_said_and_a_touch_unblocks_it(context: BrowserContext, site: Site, intake: Intake) -> None:
    page = open_board(context)
    expect(page.locator("#sound-off")).to_be_visible()
    page.get_by_role("button", name="Geluid aanzetten").click()
    expect(page.locator("#sound-off")).to_be_hidden()


def test_a_tab_that_nobody_looks_at_counts_what_came(context: BrowserContext, site: Site, intake: Intake) -> None:
    watch_for(site, "3XKV042")
    board = open_board(context)
    other = context.new_page()
    other.goto("/cameras")
    other.bring_to_front()
    board.evaluate("() => Object.defineProperty(document, 'hidden', {value: true})")
    intake.publish("3-XKV-042")
    expect(board.locator("article.hit")).to_be_visible()
    expect(board).to_have_title("(1) Hits · Zoneschild")
