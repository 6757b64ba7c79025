"""A real search process on a real database with invented reads, and a real Chromium in front of it."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from deploy.browser import find_chromium
from deploy.processes import free_port
from services.clock import utc_now
from services.images import Kind
from tests.browser.guarding import Guard
from tests.browser.warming import WarmSearch
from tests.integration.search.world import AUDIT_KEY, KEY, World, draw_overview, draw_plate, put_image


@dataclass(frozen=True, slots=True)
class Site:
    """Where search answers, and where it writes what it has to say."""

    url: str
    log: Path
    world: World
    process: psutil.Process


@pytest.fixture
def world(database: Any, tmp_path: Path) -> Iterator[World]:
    """Sixty passages of invented vehicles, each with pictures."""
    with World.of(database.owner_url) as made:
        _fill(made, tmp_path / "images")
        yield made


def _fill(made: World, images: Path) -> None:
    made.add_user()
    made.confirm(window_hours=8784, window_cameras=10_000)
    cameras = [made.add_camera("BRE01A", "Bree N73 Peerderbaan"), made.add_camera("GNK01A", "Genk N75", "Genk", "N75")]
    pictures = {text: (draw_plate(text), draw_overview(text)) for text in ("3-ABC-123", "4-XYZ-987")}
    for number in range(60):
        text = "4-XYZ-987" if number % 3 else "3-ABC-123"
        read_id = made.add_read(text, utc_now() - timedelta(minutes=7 * number + 1), cameras[number % 2], images=3,
                                confidence=0.9, make="Volkswagen", model="Golf", colour="grey", vehicle_type="car",
                                direction="towards", plate_raw=text)
        put_image(images, read_id, Kind.plate, pictures[text][0])
        put_image(images, read_id, Kind.overview, pictures[text][1])


@pytest.fixture(scope="session")
def warm_search() -> Iterator[WarmSearch]:
    """What starts search quickly, again and again."""
    warm = WarmSearch()
    yield warm
    warm.close()


@pytest.fixture
def site(world: World, database: Any, tmp_path: Path, warm_search: WarmSearch) -> Iterator[Site]:
    """`python -m search` as it runs in production, on a free port."""
    port, log = free_port(), tmp_path / "search.log"
    environment = {**os.environ, "ZONESCHILD_DATABASE_URL": database.search_url, "ZONESCHILD_SEARCH_PORT": str(port),
                   "ZONESCHILD_IDENTITY_KEY": KEY.decode(), "ZONESCHILD_AUDIT_KEY": AUDIT_KEY.decode(),
                   "ZONESCHILD_IMAGES_URL": f"file:{tmp_path / 'images'}", "ZONESCHILD_SECOND_FACTOR": "offered"}
    process = warm_search.start(environment, log)
    try:
        _wait_until_it_answers(f"http://127.0.0.1:{port}/health", process, log)
        yield Site(f"http://127.0.0.1:{port}", log, world, process)
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_it_answers(url: str, process: psutil.Process, log: Path) -> None:
    for _ in range(300):
        assert process.is_running(), log.read_text()
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError(f"search did not start:\n{log.read_text()}")


@pytest.fixture(scope="module")
def guard() -> Guard:
    """What all pages of the file's browser ask for and complain of."""
    return Guard()


@pytest.fixture(scope="module")
def chromium(guard: Guard) -> Iterator[Browser]:
    """One Chromium for the tests of a file; longer, its event loop would stand in the way of asynchronous tests."""
    with sync_playwright() as playwright:
        arguments = [] if os.geteuid() else ["--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=str(find_chromium()), args=arguments)
        browser.on("context", guard.watch)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def guarded(guard: Guard, request: pytest.FixtureRequest) -> Iterator[Guard]:
    """Whatever a test opens: at its end nothing may have come from elsewhere and nothing complained."""
    guard.forget()
    site = request.getfixturevalue("site") if "site" in request.fixturenames else None
    yield guard
    if site is not None and "chromium" in request.fixturenames:
        assert guard.asked
        assert guard.findings(site.url) == []


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    """A page in a browser of its own."""
    context = chromium.new_context(base_url=site.url, viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


@pytest.fixture
def plain(chromium: Browser, site: Site) -> Iterator[Page]:
    """A page in a browser of its own that runs no scripts."""
    context = chromium.new_context(base_url=site.url, java_script_enabled=False)
    yield context.new_page()
    context.close()
