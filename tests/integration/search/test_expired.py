"""What has expired is found by no question any more, by a search process that has shown it before."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services import retention
from services.clock import utc_now
from services.database import open_engine
from services.images import ImageStore, Kind
from services.retention_rule import expiry_of
from services.settings import StoreSettings
from tests.integration.search.conftest import plates
from tests.integration.search.world import World, draw_plate, put_image

PLATE = "7XKV938"


@pytest.fixture
async def owner_engine(database: Any) -> AsyncIterator[AsyncEngine]:
    """The owner's engine, as expiry uses it."""
    engine = open_engine(StoreSettings(database_url=database.owner_url), connections=2)
    yield engine
    await engine.dispose()


async def test_what_a_process_has_shown_it_shows_no_more_once_it_has_expired(
        world: World, asker: httpx.AsyncClient, browser: httpx.AsyncClient, images: Path,
        owner_engine: AsyncEngine) -> None:
    captured_at = utc_now() - timedelta(hours=2)
    read_id = world.add_read(PLATE, captured_at, 1, images=int(Kind.plate))
    put_image(images, read_id, Kind.plate, draw_plate(PLATE))
    questions = [f"/reads?plate={PLATE}", "/reads?plate=7XK*", "/reads?plate=*V938"]
    for question in questions:
        assert plates(await asker.get(question)) == [PLATE]
    picture = (await asker.get(f"/reads/{read_id}")).json()["images"]["plate"]
    assert (await asker.get(f"http://zone{picture}")).status_code == 200
    assert PLATE[1:4] in (await browser.get(f"/reads/{read_id}")).text

    await retention.expire(owner_engine, ImageStore.open(f"file:{images}"), expiry_of(captured_at) + timedelta(hours=1))

    for question in questions:
        answer = await asker.get(question)
        assert plates(answer) == []
    assert (await asker.get(f"/reads/{read_id}")).status_code == 404
    assert (await asker.get(f"http://zone{picture}")).status_code == 404
