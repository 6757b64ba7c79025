"""Search in this process, on a real database, asked over HTTP as a browser or a program would."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from search.app import create_app
from search.program import Program
from services.clock import utc_now
from services.gate import decide
from services.settings import SearchSettings
from tests.integration.search.world import AUDIT_KEY, KEY, PASSWORD, World

Answer = Callable[..., Awaitable[httpx.Response]]
REASON = {"purpose": "judicial-crime", "file_number": "GE.11.L1.004512/2026", "reason": "Reeks inbraken te Bree"}


@pytest.fixture
def world(database: Any) -> Iterator[World]:
    """The owner's hands on the test's database, with a user and two cameras."""
    with World.of(database.owner_url) as made:
        made.add_user()
        made.confirm(window_hours=8784, window_cameras=10_000)
        made.add_camera("BRE01A", "Bree N73 Peerderbaan")
        made.add_camera("BRE02A", "Bree N76 Meeuwerkiezel")
        yield made


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """The folder in which pictures lie."""
    return tmp_path / "images"


@pytest.fixture
def settings(database: Any, images: Path) -> SearchSettings:
    """Search's settings, with its own database role."""
    return SearchSettings(database_url=database.search_url, identity_key=KEY, audit_key=AUDIT_KEY,
                          images_url=f"file:{images}", second_factor="offered")


@pytest.fixture(scope="session")
def routes() -> FastAPI:
    """The application that tests share: FastAPI works out what a route takes when it is first asked, once an app."""
    return create_app(SearchSettings(database_url="postgresql://nobody@localhost/nothing", identity_key=KEY,
                                     audit_key=AUDIT_KEY))


@pytest_asyncio.fixture
async def app(routes: FastAPI, world: World, settings: SearchSettings) -> AsyncIterator[FastAPI]:
    """The application with a program of the test's own; its connections are closed before the database goes."""
    routes.state.program, shared = Program.start(settings, decide), list(routes.router.routes)
    yield routes
    await routes.state.program.boards.stop()
    await routes.state.program.engine.dispose()
    routes.router.routes[:] = shared  # without what the test added


@pytest_asyncio.fixture
async def visitor(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which nobody is logged in."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone") as client:
        yield client


@pytest_asyncio.fixture
async def browser(visitor: httpx.AsyncClient) -> httpx.AsyncClient:
    """A browser in which An Peeters is logged in and has a consultation open."""
    answer = await visitor.post("/login", data={"username": "an.peeters", "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    answer = await visitor.post("/consultations", data=REASON)
    assert answer.status_code == 303, answer.text
    return visitor


@pytest_asyncio.fixture
async def program(app: FastAPI, world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A program that speaks for An Peeters with a token; it has stated no reason yet."""
    token = world.add_token("an.peeters", utc_now() + timedelta(days=1))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone/api/v1",
                                 headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


async def state_reason(client: httpx.AsyncClient, **changes: str) -> str:
    """Open a consultation over the API, use it from now on, and return its id."""
    answer = await client.post("/consultations", json={**REASON, **changes})
    assert answer.status_code == 201, answer.text
    client.headers["Consultation"] = answer.json()["consultation_id"]
    return str(answer.json()["consultation_id"])


@pytest_asyncio.fixture
async def asker(program: httpx.AsyncClient) -> httpx.AsyncClient:
    """The same program with a consultation open."""
    await state_reason(program)
    return program


def plates(answer: httpx.Response) -> list[str | None]:
    """Return the plates of an API answer, in order."""
    assert answer.status_code == 200, answer.text
    return [item["plate"] for item in answer.json()["items"]]
