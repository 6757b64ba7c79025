"""The life of a refused message, in a real browser: seen, understood, opened under a consultation, mended, replayed."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from ingest import writer
from ingest.decode import Decoder, Window
from ingest.replays import Replayer
from ingest.rows import Batch
from services.clock import utc_now
from services.database import open_engine, transaction
from services.identity import Identity
from services.images import ImageStore
from services.registry import load_gateways
from services.settings import IngestSettings
from tests.browser.conftest import Site
from tests.browser.test_an_investigation import state_reason
from tests.ingest_samples import incoming, read
from tests.integration.search.world import KEY, PASSWORD

PHONE = {"width": 360, "height": 780}


class Ingest:
    """What ingest does, in a thread of its own: the browser's loop is not to be shared."""

    def __init__(self, database_url: str, images: str) -> None:
        self.settings = IngestSettings(database_url=database_url, identity_key=KEY, images_url=images)

    def refuse(self, camera: str, plate: str) -> None:
        """Store what comes of a message of a camera that nobody registered."""
        self._run(self._store(camera, plate))

    def replay(self) -> None:
        """Replay what was asked for."""
        self._run(self._replay())

    @staticmethod
    def _run(work: Coroutine[Any, Any, None]) -> None:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, work).result()

    async def _store(self, camera: str, plate: str) -> None:
        engine, now, identity = open_engine(self.settings, connections=1), utc_now(), Identity(KEY)
        async with transaction(engine) as connection:
            decoder = Decoder(identity, await load_gateways(connection), Window.at(now))
            message = incoming(read(now - timedelta(seconds=3), camera=camera, plate=plate), "anpr/v1/bree/reads", now)
            await writer.store(connection, identity, Batch.of(decoder.decode(message)))
        await engine.dispose()

    async def _replay(self) -> None:
        engine = open_engine(self.settings, connections=2)
        assert await Replayer(self.settings, engine, ImageStore.open(self.settings.images_url)).replay_some()
        await engine.dispose()


@pytest.fixture
def ingest(database: Any, site: Site, tmp_path: Any) -> Ingest:
    return Ingest(database.ingest_url, f"file:{tmp_path / 'images'}")


def log_in(page: Page, site: Site, role: str) -> None:
    site.world.add_user(f"user.{role}", role, role.title())
    page.goto("/login")
    page.get_by_label("Gebruikersnaam").fill(f"user.{role}")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Aanmelden").click()


def test_tecint_sees_why_and_opens_it_and_an_integrator_mends_it_and_has_it_processed_again(
        page: Page, site: Site, ingest: Ingest) -> None:
    ingest.refuse("N73-4", "7-XKV-938")
    log_in(page, site, "tecint")
    page.get_by_text("Meer", exact=True).click()
    page.get_by_role("link", name="Gateways").click()
    page.get_by_role("link", name="bree").click()
    expect(page.get_by_text("De gateway heeft geen camera met die naam")).to_be_visible()
    page.get_by_role("link", name="Bekijken").click()
    page.locator("table.rejects a").click()
    expect(page.get_by_role("heading", name="Onbekende camera")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("XKV")
    refused = page.url

    page.get_by_role("link", name="Bericht openen").click()
    expect(page.get_by_role("heading", name="Een raadpleging openen")).to_be_visible()
    state_reason(page)
    expect(page.locator("pre.message")).to_contain_text('"camera": "N73-4"')
    expect(page.locator("pre.message")).to_contain_text("7-XKV-938")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Downloaden").click()
    assert downloading.value.suggested_filename.endswith(".mqtt")
    assert downloading.value.path().read_bytes().startswith(b"topic: anpr/v1/bree/reads\n\n{")

    site.world.run("INSERT INTO gateway_cameras SELECT gateway_id, 'N73-4', camera_id FROM gateways, cameras "
                   "WHERE gateways.name = 'bree' AND code = 'BRE01A'")
    page.context.clear_cookies()
    log_in(page, site, "integrator")
    page.goto(refused)
    expect(page.get_by_role("link", name="Bericht openen")).to_have_count(0)
    page.get_by_role("button", name="Opnieuw verwerken").click()
    expect(page.get_by_role("status")).to_contain_text("1 afgekeurd bericht wacht")
    ingest.replay()
    expect(page.get_by_text("aanvaard, onder het tijdstip waarop het binnenkwam")).to_be_visible(timeout=8000)
    expect(page.get_by_role("button", name="Opnieuw verwerken")).to_have_count(0)
    assert site.world.run("SELECT plate FROM reads WHERE plate = '7XKV938'") == [("7XKV938",)]
    actions = [row["action"] for row in site.world.audit()]
    assert [actions.count(action) for action in ("denied", "reject-opened", "replay-asked")] == [1, 2, 1]
    log = site.log.read_text()
    assert "GET /gateways/{name}/rejects/{digest}/message 200" in log
    assert not any(text in log for text in ("XKV", refused.rsplit("/", 1)[-1]))


def test_a_technical_administrator_has_it_processed_again_without_seeing_a_plate(
        page: Page, site: Site, ingest: Ingest) -> None:
    ingest.refuse("N73-4", "7-XKV-938")
    page.set_viewport_size(PHONE)
    log_in(page, site, "technical-administrator")
    for address in ("/gateways", "/gateways/bree"):
        page.goto(address)
        expect(page.locator("main")).not_to_contain_text("XKV")
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"], address
    expect(page.get_by_role("link", name="Bekijken")).to_have_count(0)
    page.get_by_role("button", name="Opnieuw verwerken").click()
    ingest.replay()
    assert site.world.run("SELECT replay_outcome FROM rejects") == [("refused",)]


def test_trial_passages_are_masked_until_one_is_opened(page: Page, site: Site) -> None:
    site.world.run("UPDATE gateways SET state = 'proef' WHERE name = 'bree'")
    site.world.add_trial(utc_now() - timedelta(seconds=20), plate="7XKV938", plate_raw="7-XKV-938")
    log_in(page, site, "tecint")
    page.goto("/gateways/bree")
    expect(page.locator("main")).to_contain_text("9AAA999")
    expect(page.locator("main")).not_to_contain_text("XKV")
    page.get_by_role("link", name="Openen", exact=True).click()
    state_reason(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("7-XKV-938")
    assert site.world.audit()[-1]["action"] == "trial-opened"


def test_the_pages_of_a_gateway_work_without_scripts(plain: Page, site: Site, ingest: Ingest) -> None:
    ingest.refuse("N73-4", "7-XKV-938")
    log_in(plain, site, "camera-manager")
    plain.goto("/gateways/bree/rejects")
    plain.get_by_role("link", name="Onbekende camera").first.click()
    plain.get_by_role("button", name="Alle met deze reden opnieuw verwerken").click()
    expect(plain.get_by_role("status")).to_be_visible()
    assert "reason=unknown-camera" in plain.url
