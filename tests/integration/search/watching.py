"""People, a list and good entries, for the tests of watching: each person a program that speaks for them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from fastapi import FastAPI

from services.clock import utc_now
from tests.integration.search.world import PASSWORD, World

ROLES = {"jan": "investigator", "kim": "tecint", "luc": "tecint", "dora": "dispatcher", "fien": "dpo", "ada": "auditor"}
LIST = {"code": "gestolen", "name": "Gestolen in de zone", "category": "stolen-vehicle"}
SECRET_PLATE, SECRET_FILE, SECRET_WORDS = "7XKV938", "GEHEIM 77/2026", "Heimelijke opvolging van transporten"


def good(**changes: object) -> dict[str, Any]:
    """Return a good entry with changes."""
    return {"plate": "3-ABC-123", "country": "BE", "measure": "Onderscheppen",
            "reason": "Gestolen te Bree in de nacht van zondag", "legal_basis": "WPA art. 44/2",
            "authority": "PZ Kempen", "file_number": "GE.11.L1.004512/2026", "requester": "INP Peeters",
            "until": (utc_now() + timedelta(days=30)).isoformat(), **changes}


def discreet(**changes: object) -> dict[str, Any]:
    """Return a discreet entry of the group `two` that nobody else may know of."""
    return good(plate=SECRET_PLATE, file_number=SECRET_FILE, reason=SECRET_WORDS, measure="Niet tegenhouden",
                discreet=True, audience="two", **changes)


@dataclass(frozen=True, slots=True)
class Watchers:
    """A program for each person, by name; and browsers in which they are logged in."""

    programs: dict[str, httpx.AsyncClient]
    browsers: dict[str, httpx.AsyncClient]

    def __getitem__(self, name: str) -> httpx.AsyncClient:
        return self.programs[name]

    async def add(self, who: str = "jan", code: str = "gestolen", **entry: object) -> int:
        """Add an entry and return its number."""
        answer = await self[who].post(f"/watchlists/{code}/entries", json=entry or good())
        assert answer.status_code == 201, answer.text
        return int(answer.json()["entry"]["entry_id"])

    async def validate(self, who: str, entry_id: int, version: int = 1, *, agreed: bool = True,
                       because: str = "") -> httpx.Response:
        """Have somebody decide."""
        return await self[who].post(f"/entries/{entry_id}/validation", json={
            "version": version, "agreed": agreed, "because": because})


@asynccontextmanager
async def open_watchers(app: FastAPI, world: World) -> AsyncIterator[Watchers]:
    """Make the people, the group `two` of jan and kim, and the list `gestolen`."""
    numbers = {name: world.add_user(name, role, name.title()) for name, role in ROLES.items()}
    world.run("INSERT INTO audiences (code, name, user_ids) VALUES ('two', 'Twee', %s)",
              [numbers["jan"], numbers["kim"]])
    async with AsyncExitStack() as stack:
        programs, browsers = {}, {}
        for name in ROLES:
            token = world.add_token(name, utc_now() + timedelta(days=1))
            programs[name] = await stack.enter_async_context(httpx.AsyncClient(
                transport=httpx.ASGITransport(app), base_url="http://zone/api/v1",
                headers={"Authorization": f"Bearer {token}"}))
            browsers[name] = await stack.enter_async_context(httpx.AsyncClient(
                transport=httpx.ASGITransport(app), base_url="http://zone"))
        answer = await programs["kim"].post("/watchlists", json=LIST)
        assert answer.status_code == 201, answer.text
        yield Watchers(programs, browsers)


async def log_in(browser: httpx.AsyncClient, name: str) -> httpx.AsyncClient:
    """Log somebody in."""
    answer = await browser.post("/login", data={"username": name, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return browser
