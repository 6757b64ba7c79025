"""What people say of a hit's image is kept as a confirmation of its last read, and learned from at night."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from services.clock import utc_now
from services.database import open_engine, transaction
from services.hits.teaching import teach
from services.lookalikes.rows import find_labelled
from services.settings import StoreSettings
from tests.integration.search.followed_world import Followed
from tests.integration.search.world import World

KEPT = "SELECT read_id, user_id, plate_read, plate_shown, camera_id, confidence FROM confirmations"


@pytest.fixture
def followed(world: World) -> Followed:
    return Followed(world)


@pytest_asyncio.fixture
async def engine(database: Any) -> AsyncIterator[AsyncEngine]:
    """The database as search sees it: what it may not write, it cannot."""
    made = open_engine(StoreSettings(database_url=database.search_url), connections=1)
    yield made
    await made.dispose()


async def say(engine: AsyncEngine, hit_id: int, *, right: bool, shown: str | None = None, user_id: int = 1) -> bool:
    async with transaction(engine) as connection:
        return await teach(connection, hit_id, user_id, right=right, shown=shown, now=utc_now())


async def test_a_confirmed_hit_says_that_its_last_read_was_right(followed: Followed, engine: AsyncEngine) -> None:
    entry_id, hit_id = followed.add_entry(followed.add_list()), followed.add_hit()
    followed.add_alert(hit_id, entry_id, captured_at=utc_now() - timedelta(minutes=9))
    last = followed.add_alert(hit_id, entry_id, camera_id=2, confidence=0.75)
    assert await say(engine, hit_id, right=True)
    assert followed.world.run(KEPT) == [(last, 1, "3ABC123", "3ABC123", 2, 0.75)]


async def test_who_says_otherwise_later_replaces_what_they_said_and_a_colleague_stands_beside_it(
        followed: Followed, engine: AsyncEngine) -> None:
    colleague = followed.world.add_user("jan.claes")
    hit_id = followed.add_hit()
    followed.add_alert(hit_id, followed.add_entry(followed.add_list()))
    await say(engine, hit_id, right=True)
    await say(engine, hit_id, right=False, shown="3-A8C-123")
    await say(engine, hit_id, right=True, user_id=colleague)
    assert [(row[1], row[3]) for row in followed.world.run(KEPT + " ORDER BY user_id")] == [
        (1, "3A8C123"), (colleague, "3ABC123")]


async def test_a_misread_of_which_nobody_typed_what_it_shows_teaches_that_it_is_wrong(
        followed: Followed, engine: AsyncEngine) -> None:
    hit_id = followed.add_hit()
    followed.add_alert(hit_id, followed.add_entry(followed.add_list()))
    assert await say(engine, hit_id, right=False)
    async with transaction(engine) as connection:
        labelled = await find_labelled(connection, utc_now() - timedelta(days=1))
    assert [(one.plate, one.read, one.by_person) for one in labelled] == [("?", "3ABC123", True)]


@pytest.mark.parametrize(("right", "shown", "kept"), [
    (True, None, "3ABC123"), (False, None, None), (False, "3A8C123", "3A8C123")])
async def test_of_a_look_alike_the_image_that_shows_the_entrys_plate_says_that_it_was_misread(
        followed: Followed, engine: AsyncEngine, right: bool, shown: str | None, kept: str | None) -> None:
    hit_id = followed.add_hit(plate="3A8C123", matched_as="alike", probability=0.6)
    followed.add_alert(hit_id, followed.add_entry(followed.add_list(), "3ABC123"), plate="3A8C123",
                       matched_as="alike", probability=0.6)
    assert await say(engine, hit_id, right=right, shown=shown) is (kept is not None)
    assert [row[3] for row in followed.world.run(KEPT)] == ([kept] if kept else [])


@pytest.mark.parametrize("case", ["discreet", "withdrawn", "no image"])
async def test_what_is_discreet_withdrawn_or_was_never_seen_teaches_nothing(
        followed: Followed, engine: AsyncEngine, case: str) -> None:
    entry_id = followed.add_entry(followed.add_list(), discreet=case == "discreet")
    hit_id = followed.add_hit(discreet=case == "discreet")
    followed.add_alert(hit_id, entry_id, images=0 if case == "no image" else 3,
                       withdrawn_at=utc_now() if case == "withdrawn" else None)
    assert not await say(engine, hit_id, right=True)
    assert followed.world.run(KEPT) == []


async def test_without_an_image_the_team_that_stood_before_the_vehicle_teaches(
        followed: Followed, engine: AsyncEngine) -> None:
    hit_id = followed.add_hit(dispatched_at=utc_now())
    followed.add_alert(hit_id, followed.add_entry(followed.add_list()), images=0)
    assert await say(engine, hit_id, right=True)
