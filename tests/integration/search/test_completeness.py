"""Until when each camera's reads are complete, from what the database knows; on the page Cameras and in the API."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from search.cameras.completeness import complete_until, silent_between
from services.clock import to_milliseconds, utc_now
from services.database import open_engine, transaction
from services.settings import StoreSettings
from tests.integration.search.world import World

HOUR = timedelta(hours=1)


@pytest.fixture
async def engine(database: Any) -> AsyncIterator[AsyncEngine]:
    """Search's engine."""
    made = open_engine(StoreSettings(database_url=database.search_url), connections=1)
    yield made
    await made.dispose()


@pytest.fixture
def now(world: World) -> datetime:
    """This moment; the first camera declares, the second does not, a third has never been heard."""
    now = to_milliseconds(utc_now())
    world.add_camera("BRE03A")
    world.run("INSERT INTO camera_states (camera_id, last_captured_at, complete_until) VALUES (1, %s, %s), (2, %s, %s)",
              now, now - HOUR, now - 2 * HOUR, None)
    world.run("INSERT INTO camera_silences VALUES (1, %s, %s, 'rhythm'), (2, %s, %s, 'heartbeat')",
              now - 30 * HOUR, now - 29 * HOUR, now - 2 * HOUR, None)
    return now


async def test_what_a_gateway_declares_goes_before_an_estimate(engine: AsyncEngine, now: datetime) -> None:
    async with transaction(engine) as connection:
        found = await complete_until(connection)
    assert [(one.code, one.complete_until, str(one.basis), one.silent_since, one.silent_by) for one in found] == [
        ("BRE01A", now - HOUR, "declared", None, None),
        ("BRE02A", now - 2 * HOUR, "estimated", now - 2 * HOUR, "heartbeat"),
        ("BRE03A", None, "unknown", None, None)]


async def test_only_the_cameras_that_were_asked_for_are_told_of(engine: AsyncEngine, now: datetime) -> None:
    async with transaction(engine) as connection:
        assert [one.code for one in await complete_until(connection, [2, 3])] == ["BRE02A", "BRE03A"]
        assert await complete_until(connection, []) == []


async def test_an_estimate_does_not_rest_on_a_read_that_may_not_be_seen(engine: AsyncEngine, now: datetime) -> None:
    async with transaction(engine) as connection:
        found = await complete_until(connection, [2], earliest=now - HOUR)
    assert [(one.complete_until, str(one.basis)) for one in found] == [(None, "unknown")]


async def test_silences_of_a_period_are_those_that_overlap_it(engine: AsyncEngine, now: datetime) -> None:
    async with transaction(engine) as connection:
        async def codes(since: float, until: float, *cameras: int) -> list[str]:
            found = await silent_between(connection, cameras or None, now - since * HOUR, now - until * HOUR)
            return [one.code for one in found]

        assert await codes(48, 0) == ["BRE01A", "BRE02A"]
        assert await codes(48, 0, 2) == ["BRE02A"]
        assert await codes(29.5, 10) == ["BRE01A"]
        assert await codes(29, 2) == []
        assert await codes(1, 0) == ["BRE02A"]


async def test_it_takes_one_statement(engine: AsyncEngine, now: datetime) -> None:
    statements: list[str] = []
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    async with transaction(engine) as connection:
        await complete_until(connection)
    assert len(statements) == 1


async def test_a_silent_camera_is_shown_as_such(
        world: World, now: datetime, program: httpx.AsyncClient, browser: httpx.AsyncClient) -> None:
    items = (await program.get("/cameras")).json()["items"]
    assert [item["silent_by"] for item in items] == [None, "heartbeat", None]
    assert datetime.fromisoformat(items[1]["silent_since"]) == now - 2 * HOUR
    page = (await browser.get("/cameras")).text
    assert page.count('title="Ze stuurt geen levenstekens meer."') == 1
    world.run("UPDATE camera_silences SET until = now()")
    assert "Ze stuurt geen levenstekens meer." not in (await browser.get("/cameras")).text
