"""Follow-up is reviewed by list, entry, camera and level, of one's own groups alone (R11)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncConnection

from services.clock import utc_now
from services.database import open_engine, transaction
from services.hits.reviewing import Reviewed, review
from services.hits.reviewing_rule import By, Noise
from services.settings import StoreSettings
from tests.integration.search.followed_world import DISPATCH, Followed
from tests.integration.search.world import World

NOW = utc_now()


@pytest.fixture
def followed(world: World) -> Followed:
    return Followed(world)


@pytest_asyncio.fixture
async def connection(database: Any) -> AsyncIterator[AsyncConnection]:
    """The database as search sees it."""
    engine = open_engine(StoreSettings(database_url=database.search_url), connections=1)
    async with transaction(engine) as opened:
        yield opened
    await engine.dispose()


def ended(followed: Followed, entry_id: int, disposition: str | None, **columns: Any) -> int:
    """Add a hit of ten minutes ago, with one alert, that ended so."""
    alert = {name: columns.pop(name) for name in ("camera_id", "matched_as", "probability", "captured_at")
             if name in columns}
    raised = NOW - timedelta(minutes=10)
    hit_id = followed.add_hit(raised_at=raised, state="ended" if disposition else "open", disposition=disposition,
                              ended_at=NOW if disposition else None, **columns)
    shared = {name: columns[name] for name in ("audience_id", "discreet") if name in columns}
    followed.add_alert(hit_id, entry_id, **alert, **shared)
    return hit_id


def claimed(after_s: float, **columns: Any) -> dict[str, Any]:
    return {"claimed_by": 1, "claimed_at": NOW - timedelta(minutes=10) + timedelta(seconds=after_s), **columns}


async def ask(connection: AsyncConnection, by: By, *mine: int) -> list[Reviewed]:
    return await review(connection, by, mine or (DISPATCH,), NOW - timedelta(days=1), utc_now())


async def test_each_hit_counts_once_for_its_list_whatever_number_of_reads(
        followed: Followed, connection: AsyncConnection) -> None:
    stolen = followed.add_list()
    entry_id, other_id = followed.add_entry(stolen), followed.add_entry(stolen)
    confirmed = {"confirmed_at": NOW, "dispatched_at": NOW - timedelta(minutes=8), "dispatched_by": 1}
    intercepted = ended(followed, entry_id, "intercepted", **claimed(20), **confirmed)
    followed.add_alert(intercepted, other_id)
    followed.add_alert(intercepted, entry_id)
    ended(followed, entry_id, "misread", **claimed(40, escalated_at=NOW))
    ended(followed, entry_id, "lapsed", escalated_at=NOW)
    (found,) = await ask(connection, By.list)
    figures = found.figures
    assert (found.name, figures.alerts, figures.hits) == ("Gestolen", 5, 3)
    assert (figures.taken, figures.taken_in_time, figures.lapsed) == (2, 1, 1)
    assert (figures.intercepted, figures.misread, figures.precision) == (1, 1, 0.5)
    assert (figures.to_claim, figures.to_dispatch) == (timedelta(seconds=20), timedelta(minutes=2))
    by_entry = {row.key: row.figures.hits for row in await ask(connection, By.entry)}
    assert by_entry == {str(entry_id): 3, str(other_id): 1}


async def test_cameras_are_told_by_code_and_look_alikes_by_level(
        followed: Followed, connection: AsyncConnection) -> None:
    entry_id = followed.add_entry(followed.add_list())
    ended(followed, entry_id, None, camera_id=2)
    for probability in (0.95, 0.6, 0.2, 0.05):
        ended(followed, entry_id, "misread", plate=f"3A8C1{probability}", matched_as="alike", probability=probability)
    assert {row.key: (row.name, row.figures.hits) for row in await ask(connection, By.camera)} == {
        "BRE01A": ("Bree N73 Peerderbaan", 4), "BRE02A": ("Bree N76 Meeuwerkiezel", 1)}
    assert {row.key: row.figures.misread for row in await ask(connection, By.level)} == {
        "exact": 0, "certain": 1, "likely": 1, "possible": 1, "unlikely": 1}


async def test_what_other_groups_see_counts_nowhere(followed: Followed, connection: AsyncConnection) -> None:
    group = followed.add_group("schaduw", 1)
    stolen = followed.add_list()
    discreet_id = followed.add_entry(stolen, discreet=True, audience_id=group)
    ended(followed, followed.add_entry(stolen), None)
    ended(followed, discreet_id, "observed", audience_id=group, discreet=True, **claimed(5))
    for by in By:
        found = await ask(connection, by)
        assert [row.figures.hits for row in found] == [1]
        assert [row.figures.observed for row in found] == [0]
    (both,) = await ask(connection, By.list, DISPATCH, group)
    assert (both.figures.hits, both.figures.observed) == (2, 1)


async def test_a_period_holds_what_was_captured_in_it(followed: Followed, connection: AsyncConnection) -> None:
    entry_id = followed.add_entry(followed.add_list())
    ended(followed, entry_id, None, captured_at=NOW - timedelta(days=2))
    assert await ask(connection, By.list) == []


async def test_a_list_that_nobody_takes_is_named(followed: Followed, connection: AsyncConnection) -> None:
    entry_id = followed.add_entry(followed.add_list())
    hit_ids = [ended(followed, entry_id, "lapsed") for _ in range(20)]
    (found,) = await ask(connection, By.list)
    assert found.noise is not None
    assert (found.noise.why, found.noise.cases) == (Noise.untaken, len(hit_ids))


async def test_alerts_behind_which_there_is_no_hit_are_counted_as_alerts(
        followed: Followed, connection: AsyncConnection) -> None:
    followed.add_alert(None, followed.add_entry(followed.add_list(state="action")))
    (found,) = await ask(connection, By.list)
    assert (found.figures.alerts, found.figures.hits, found.figures.follow_up) == (1, 0, None)
