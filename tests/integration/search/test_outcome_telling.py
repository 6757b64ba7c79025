"""Whoever asked for an entry hears what came of a hit on it, unless it is discreet and not theirs (R11)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from services.clock import utc_now
from services.database import open_engine, transaction
from services.hits.following import Disposition
from services.hits.outcome_telling import tell_outcome
from services.settings import StoreSettings
from tests.integration.search.followed_world import DISPATCH, Followed
from tests.integration.search.world import World

TOLD = "SELECT user_id, kind, subject, address FROM notices ORDER BY notice_id"


@pytest.fixture
def followed(world: World) -> Followed:
    return Followed(world)


@pytest.fixture
def requester(world: World) -> int:
    return world.add_user("mia.jans", name="Mia Jans")


@pytest_asyncio.fixture
async def engine(database: Any) -> AsyncIterator[AsyncEngine]:
    """The database as search sees it."""
    made = open_engine(StoreSettings(database_url=database.search_url), connections=1)
    yield made
    await made.dispose()


async def tell(engine: AsyncEngine, hit_id: int) -> int:
    async with transaction(engine) as connection:
        return await tell_outcome(connection, hit_id, Disposition.intercepted, utc_now())


async def test_each_requester_is_told_once_whatever_number_of_reads(
        followed: Followed, requester: int, engine: AsyncEngine) -> None:
    entry_id = followed.add_entry(followed.add_list(), requested_by=requester)
    hit_id = followed.add_hit(ended_by=1, ended_at=utc_now())
    for _ in range(3):
        followed.add_alert(hit_id, entry_id)
    assert await tell(engine, hit_id) == 1
    assert followed.world.run(TOLD) == [(requester, "entry-seen", {
        "entry": entry_id, "file": "GE.11.L1.004512/2026", "what": "intercepted"}, f"/watchlists/entries/{entry_id}")]


@pytest.mark.parametrize("case", ["nobody", "said it themselves", "shut out", "withdrawn"])
async def test_nobody_is_told_who_has_no_account_or_said_it_or_when_nothing_was_seen(
        followed: Followed, requester: int, engine: AsyncEngine, case: str) -> None:
    entry_id = followed.add_entry(followed.add_list(), requested_by=None if case == "nobody" else requester)
    hit_id = followed.add_hit(ended_by=requester if case == "said it themselves" else None, ended_at=utc_now())
    followed.add_alert(hit_id, entry_id, withdrawn_at=utc_now() if case == "withdrawn" else None)
    if case == "shut out":
        followed.world.run("UPDATE users SET disabled_at = now() WHERE user_id = %s", requester)
    assert await tell(engine, hit_id) == 0
    assert followed.world.run(TOLD) == []


@pytest.mark.parametrize("belongs", [True, False])
@pytest.mark.parametrize("since_the_hit", [True, False])
async def test_of_a_discreet_entry_a_requester_hears_only_in_its_group(
        followed: Followed, requester: int, engine: AsyncEngine, belongs: bool, since_the_hit: bool) -> None:
    group = followed.add_group("discreet", 1, *([requester] if belongs else []))
    group_of_hit = group if not since_the_hit or belongs else DISPATCH
    entry_id = followed.add_entry(followed.add_list(), requested_by=requester, discreet=True, audience_id=group)
    hit_id = followed.add_hit(discreet=not since_the_hit, audience_id=group_of_hit, ended_at=utc_now())
    followed.add_alert(hit_id, entry_id, discreet=not since_the_hit)
    assert await tell(engine, hit_id) == int(belongs)
