"""Every page of the application with somebody who may see it, listed from the routes: a new one is not forgotten."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute
from playwright.sync_api import Browser, BrowserContext

from search.access import API, SESSION_COOKIE
from search.doors import Door, door_of
from search.pages.rendering import LANGUAGE_COOKIE
from services.roles import ALLOWED, Role
from tests.browser.conftest import Site
from tests.integration.search.things import make_things
from tests.integration.search.walking import Hands, Persona, address, plausible_values, walk

QUESTIONS = {
    "/reads": ("plate=3ABC123", "plate=3ABC123&level=possible", "plate=9ZZZ999", "plate=%3F%3F%3F", "from=nonsense"),
    "/journeys": ("plate=3ABC123", "plate=9ZZZ999"),
    "/audit": ("action=reads-searched",),
    "/audit/plates": ("plate=3ABC123&reason=Klacht+van+de+betrokkene",),
}
"""Questions that show more of a page than its address alone does."""
_OF_ALL = (Role.investigator, Role.dispatcher, Role.dpo, *Role)
"""Who looks at a page, the first who may: those who use it most."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One page, and who sees it; nobody for what is open to all."""

    path: str
    persona: Persona | None


def find_pages(app: FastAPI, site: Site) -> list[Shown]:
    """Add one of everything and return every page that answers with HTML to whoever may see it."""
    values = plausible_values(make_things(site.world))
    hands, guests = Hands(site.world), dict[Role, Persona]()
    found = []
    with httpx.Client(base_url=site.url, timeout=30) as client:
        for route in (route for route, method in walk(app) if method == "GET" and not route.path.startswith(API)):
            role = _role_of(route)
            persona = None if role is None else guests.get(role) or guests.setdefault(role, hands.persona(role))
            path = address(route, values)
            asked = (path, *(f"{path}?{question}" for question in QUESTIONS.get(route.path, ())))
            found += [Shown(one, persona) for one in asked if _is_page(client, one, persona)]
    return [shown for shown in found if shown.path.startswith(chosen_pages())]


def chosen_pages() -> tuple[str, ...]:
    """Return how the addresses begin that are looked at: all, unless ZONESCHILD_TEST_PAGES names some."""
    return tuple(os.environ.get("ZONESCHILD_TEST_PAGES", "/").split(","))


def unknown_questions(app: FastAPI) -> set[str]:
    """Return the paths of QUESTIONS that are no route."""
    return set(QUESTIONS) - {route.path for route, _ in walk(app)}


def _role_of(route: APIRoute) -> Role | None:
    door = door_of(route)
    if not isinstance(door, Door):
        return Role.investigator if route.path != "/login" else None
    return next(role for role in _OF_ALL if door.act in ALLOWED[role])


def _is_page(client: httpx.Client, path: str, persona: Persona | None) -> bool:
    """Tell whether this is a whole page: no file, no stream, no piece of one, no redirect."""
    headers = {"Cookie": f"{SESSION_COOKIE}={persona.cookie}"} if persona else {}
    with client.stream("GET", path, headers=headers) as answer:
        if not answer.headers.get("content-type", "").startswith("text/html") or answer.is_redirect:
            return False
        return b"<html" in answer.read()[:200]


def open_contexts(browser: Browser, site: Site, language: str, pages: list[Shown],
                  **options: object) -> Iterator[tuple[BrowserContext, list[Shown]]]:
    """Yield a browser for each person with the pages that they look at, in one language."""
    for persona in dict.fromkeys(shown.persona for shown in pages):
        context = browser.new_context(base_url=site.url, **options)  # type: ignore[arg-type]
        given = {LANGUAGE_COOKIE: language, **({SESSION_COOKIE: persona.cookie or ""} if persona else {})}
        context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in given.items()])
        yield context, [shown for shown in pages if shown.persona is persona]
        context.close()
