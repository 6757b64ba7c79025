"""Reads that are found by what they look like, or by what somebody remembers, on a real database."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from services.clock import to_milliseconds, utc_now
from tests.integration.search.world import World

HOUR = timedelta(hours=1)


@pytest.fixture
def now() -> datetime:
    return to_milliseconds(utc_now())


async def _items(asker: httpx.AsyncClient, **asked: str) -> dict[str, Any]:
    answer = await asker.get("/reads", params=asked)
    assert answer.status_code == 200, answer.text
    return {item["plate"]: item for item in answer.json()["items"]}


async def test_a_misread_is_found_beside_the_plate_with_its_probability_and_why(
        world: World, asker: httpx.AsyncClient, now: datetime) -> None:
    for hours in range(1, 6):
        world.add_read("3ABC123", now - hours * HOUR, 1, confidence=0.97)
    world.add_read("3A8C123", now - 6 * HOUR, 1, confidence=0.55)
    world.add_read("7XYZ999", now - 6 * HOUR, 1, confidence=0.97)
    found = await _items(asker, plate="3-ABC-123", alike="likely")
    assert set(found) == {"3ABC123", "3A8C123"}
    assert found["3ABC123"]["probability"] is None
    assert found["3A8C123"]["probability"] > 0.5
    assert found["3A8C123"]["why"] == "B read as 8 at place 3"
    assert set(await _items(asker, plate="3-ABC-123")) == {"3ABC123"}


async def test_a_misread_of_longer_than_a_month_ago_tells_nothing(
        world: World, asker: httpx.AsyncClient, now: datetime) -> None:
    world.add_read("3ABC123", now - HOUR, 1)
    world.add_read("3A8C123", now - 60 * 24 * HOUR, 1, confidence=0.55)
    assert set(await _items(asker, plate="3ABC123", alike="0.01")) == {"3ABC123"}


async def test_what_is_remembered_in_the_wrong_order_is_found(
        world: World, asker: httpx.AsyncClient, now: datetime) -> None:
    world.add_read("3ABC123", now - HOUR, 1)
    world.add_read("7XYZ999", now - HOUR, 1)
    found = await _items(asker, witness="ABC 132")
    assert set(found) == {"3ABC123"}
    assert "3 not remembered" in found["3ABC123"]["why"]


async def test_something_with_k_and_7_is_held_against_the_reads(
        world: World, asker: httpx.AsyncClient, now: datetime) -> None:
    world.add_read("3AKC127", now - HOUR, 1)
    world.add_read("3AKC123", now - HOUR, 1)
    world.add_read(None, now - HOUR, 1)
    assert set(await _items(asker, witness="K7")) == {"3AKC127"}


async def test_the_page_shows_how_probable_and_why(world: World, browser: httpx.AsyncClient, now: datetime) -> None:
    for hours in range(1, 6):
        world.add_read("3ABC123", now - hours * HOUR, 1, confidence=0.97)
    world.add_read("3A8C123", now - HOUR, 1, confidence=0.55)
    page = await browser.get("/reads", params={"plate": "3ABC123", "alike": "likely"})
    assert page.status_code == 200
    assert "B gelezen als 8 op plaats 3" in page.text
    assert "gelijkende platen vanaf een kans van 0.5" in page.text


async def test_the_search_leads_to_what_a_level_accepts_and_back(
        world: World, browser: httpx.AsyncClient, now: datetime) -> None:
    world.add_read("3ABC123", now - HOUR, 1)
    page = await browser.get("/reads", params={"plate": "3ABC123"})
    assert "/reads?plate=3ABC123&amp;alike=0.5" in page.text
    assert 'formaction="/lookalikes"' in page.text
    asked = {"plate": "3-ABC-123", "alike": "0.1", "from": "", "colour": "red"}
    preview = await browser.get("/lookalikes", params=asked)
    assert preview.status_code == 200
    assert "3A8C123" in preview.text
    assert "/reads?plate=3ABC123&amp;alike=0.1" in preview.text
    assert world.run("SELECT count(*) FROM audit WHERE action = 'reads-searched'") == [(1,)]
