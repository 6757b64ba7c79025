"""Every page in light and dark, wide and narrow, in three languages: nobody is shut out by how it is made."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page

from search.app import create_app
from search.pages.language import DUTCH, ENGLISH, FRENCH
from services.settings import SearchSettings
from tests.browser.conftest import Site
from tests.browser.every_page import Shown, chosen_pages, find_pages, open_contexts, unknown_questions
from tests.browser.guarding import Guard
from tests.browser.judging import OF_COLOUR, bring_judge, find_violations, sticks_out
from tests.integration.search.world import AUDIT_KEY, KEY

NARROW, WIDE, WALL = ({"width": 360, "height": 740}, {"width": 1280, "height": 800}, {"width": 2560, "height": 1440})
NO_TOUCH_YET = "The AudioContext was not allowed to start"
"""What Chromium says of a board that nobody has touched; the board says it too."""
REFUSED = "Failed to load resource: the server responded with a status of 4"
"""What Chromium says of a page that is a refusal, and is meant to be one."""


@pytest.fixture(scope="module")
def routes() -> FastAPI:
    """The application, for the list of its routes."""
    return create_app(SearchSettings(database_url="postgresql://nobody@localhost/nothing", identity_key=KEY,
                                     audit_key=AUDIT_KEY))


@pytest.fixture
def pages(routes: FastAPI, site: Site, guard: Guard) -> list[Shown]:
    """Every page, with one of everything that it can show."""
    guard.allow(REFUSED, NO_TOUCH_YET)
    return find_pages(routes, site)


def look_at(browser: Browser, site: Site, pages: list[Shown], language: str) -> Iterator[tuple[Page, str]]:
    """Show each page to who may see it; yields it with its name."""
    for context, theirs in open_contexts(browser, site, language, pages, viewport=WIDE):
        bring_judge(context)
        page = context.new_page()
        for shown in theirs:
            page.goto(shown.path)
            yield page, f"{language} {shown.path}"


def judge(page: Page, name: str, language: str) -> Iterator[str]:
    """Yield what is wrong with the page that is shown; colours do not change with the language."""
    yield from (f"{name}: {line}" for line in find_violations(page, but=() if language == DUTCH else OF_COLOUR))
    if language == DUTCH:
        page.emulate_media(color_scheme="dark")
        yield from (f"{name}, dark: {line}" for line in find_violations(page, *OF_COLOUR))
        page.emulate_media(color_scheme="light")
    for size in (NARROW, WALL, WIDE):
        page.set_viewport_size(size)
        if by := sticks_out(page):
            yield f"{name}, {size['width']} px wide: sticks out by {by} px"


@pytest.mark.timeout(900)
def test_no_page_shuts_anybody_out_in_light_or_dark_in_any_language_nor_scrolls_sideways(
        routes: FastAPI, chromium: Browser, site: Site, pages: list[Shown]) -> None:
    paths = {shown.path.partition("?")[0] for shown in pages}
    assert unknown_questions(routes) == set()
    if chosen_pages() == ("/",):
        assert {"/login", "/reads", "/journeys", "/hits", "/watchlists", "/actions", "/audit", "/cameras"} <= paths
        assert len(paths) > 50
    found = [line for language in (DUTCH, FRENCH, ENGLISH)
             for page, name in look_at(chromium, site, pages, language)
             for line in judge(page, name, language)]
    assert not found, "\n".join(found)
