"""The demo's story and its tour."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from search.program import Program
from services.gate import decide
from services.settings import SearchSettings
from tests.integration.search.world import PASSWORD, World

ROLE = {"username": "an.peeters", "name": "An Peeters", "role": "investigator", "title": {"nl": "Rechercheur"},
        "card": {"nl": "Zoekt."}}
STATED = {"purpose": "judicial-crime", "file_number": "GE.11.L1.004512/2026", "reason": "Vluchtmisdrijf te Bree"}
CASE = {"id": "red-van", "role": "an.peeters", "title": {"nl": "De rode bestelwagen"}, "text": {"nl": "Verzonnen."},
        "consultation": STATED,
        "looks": [{"label": {"nl": "Het bord"}, "path": "/hits"}]}
WHOSE = {"case": "red-van", "role": "an.peeters"}
STOPS = [{**WHOSE, "title": {"nl": "Eerst"}, "see": {"nl": "Kijk hier."}, "path": "/reads?plate=3ABC123",
          "consults": True},
         {**WHOSE, "title": {"nl": "Dan"}, "see": {"nl": "En daar."}, "path": "/cameras", "consults": False}]


@pytest_asyncio.fixture
async def told(app: FastAPI, settings: SearchSettings, tmp_path: Path) -> AsyncIterator[FastAPI]:
    """The application with a story of two stops."""
    story: dict[str, Any] = {"roles": [ROLE], "cases": [CASE], "tour": STOPS}
    (tmp_path / "story.json").write_text(json.dumps(story))
    (tmp_path / "logins.json").write_text(json.dumps({"password": PASSWORD}))
    before = app.state.program
    app.state.program = Program.start(settings.model_copy(update={"story_file": tmp_path / "story.json"}), decide)
    yield app
    await app.state.program.boards.stop()
    await app.state.program.engine.dispose()
    app.state.program = before


async def test_a_stop_leads_from_the_log_in_over_the_reason_to_the_page_and_its_words_go_along(
        told: FastAPI, world: World, visitor: httpx.AsyncClient) -> None:
    assert "Aanmelden als An Peeters" in (await visitor.get("/story/tour?step=1")).text
    answer = await visitor.post("/login", data={"username": "an.peeters", "password": PASSWORD,
                                                "next": "/story/tour?step=1"})
    assert answer.headers["location"] == "/story/tour?step=1"
    stop = (await visitor.get("/story/tour?step=1")).text
    assert "GE.11.L1.004512/2026" in stop
    answer = await visitor.post("/consultations", data={**STATED, "next": "/reads?plate=3ABC123"})
    assert answer.headers["location"] == "/reads?plate=3ABC123"
    page = (await visitor.get("/reads?plate=3ABC123")).text
    assert "Kijk hier." in page
    assert 'href="/story/tour?step=2"' in page


async def test_a_stop_without_a_reason_leads_straight_there(
        told: FastAPI, world: World, browser: httpx.AsyncClient) -> None:
    assert 'href="/cameras"' in (await browser.get("/story/tour?step=2")).text
    assert "En daar." in (await browser.get("/cameras")).text


async def test_the_tour_ends_when_one_says_so(told: FastAPI, world: World, browser: httpx.AsyncClient) -> None:
    await browser.get("/story/tour?step=2")
    assert (await browser.post("/story/tour/end")).headers["location"] == "/story"
    assert "En daar." not in (await browser.get("/cameras")).text
    assert (await browser.get("/story/tour?step=3")).headers["location"] == "/story", "there are two"


@pytest.mark.parametrize("cookie", ["", "x", "0", "99", "-1", "²", "1" * 400])
async def test_a_strange_cookie_means_no_tour(
        told: FastAPI, world: World, browser: httpx.AsyncClient, cookie: str) -> None:
    headers = {"Cookie": "; ".join([*(f"{name}={value}" for name, value in browser.cookies.items()),
                                    f"zoneschild_tour={cookie}"]).encode()}
    page = await browser.get("/cameras", headers=headers)
    assert page.status_code == 200
    assert 'class="tour"' not in page.text


async def test_without_a_story_there_is_no_tour(world: World, browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/story/tour")).status_code == 404
    assert (await browser.get("/story")).status_code == 404
