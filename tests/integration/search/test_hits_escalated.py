"""Hits that nobody takes: told once, at the minute that their priority says, to whoever can still act."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from services.audit import Trail
from services.clock import utc_now
from services.database import open_engine, transaction
from services.hits.escalation import AFTER, escalate_unclaimed
from services.settings import SearchSettings
from tests.integration.search.hits_world import Room
from tests.integration.search.world import AUDIT_KEY, World

NOW = utc_now()
SECOND = timedelta(seconds=1)


@pytest.fixture
def room(world: World, app: FastAPI, images: Path) -> Iterator[Room]:
    return Room(world, app)


@pytest_asyncio.fixture
async def engine(settings: SearchSettings) -> AsyncIterator[AsyncEngine]:
    made = open_engine(settings, connections=4)
    yield made
    await made.dispose()


async def escalate(engine: AsyncEngine, now: object = NOW) -> int:
    async with transaction(engine) as connection:
        return await escalate_unclaimed(connection, Trail(AUDIT_KEY), now)  # type: ignore[arg-type]


async def test_each_priority_has_its_minute_and_is_told_once(room: Room, engine: AsyncEngine) -> None:
    room.officer("karin.bos", "tecint")
    for priority, after in AFTER.items():
        hit = room.raise_hit(f"3AAA00{priority}", priority=priority, at=NOW).hit_id
        assert await escalate(engine, NOW + after - SECOND) == 0, priority
        assert await escalate(engine, NOW + after) == 1, priority
        assert await escalate(engine, NOW + after + SECOND) == 0, priority
        assert room.events(hit) == ["raised", "escalated"]


async def test_of_several_processes_one_tells(room: Room, engine: AsyncEngine) -> None:
    karin = room.officer("karin.bos", "tecint")
    room.raise_hit(at=NOW)
    told = await asyncio.gather(*(escalate(engine, NOW + timedelta(minutes=3)) for _ in range(4)))
    assert sorted(told) == [0, 0, 0, 1]
    assert room.world.run("SELECT user_id FROM notices") == [(karin.user_id,)]
    page = (await karin.get("/notices")).text
    assert "binnen 2 minuten" in page
    assert "3-ABC-123" not in page


async def test_tecint_and_whoever_is_on_call_are_told_and_without_them_the_group(
        room: Room, engine: AsyncEngine) -> None:
    tom = room.officer("tom.wouters", "dispatcher")
    room.officer("els.maes", "investigator")
    room.raise_hit("3AAA001", at=NOW)
    await escalate(engine, NOW + timedelta(minutes=3))
    karin, ann = room.officer("karin.bos", "tecint"), room.officer("ann.smets", "dispatcher")
    room.world.run("UPDATE users SET on_call_since = now() WHERE user_id = %s", ann.user_id)
    room.raise_hit("3AAA002", at=NOW)
    await escalate(engine, NOW + timedelta(minutes=3))
    told = room.world.run("SELECT user_id FROM notices ORDER BY notice_id")
    assert told == [(tom.user_id,), (karin.user_id,), (ann.user_id,)]


async def test_what_somebody_has_or_what_ended_or_came_late_is_not_told(room: Room, engine: AsyncEngine) -> None:
    tom = room.officer("tom.wouters", "dispatcher")
    held, ended = room.raise_hit("3AAA001", at=NOW).hit_id, room.raise_hit("3AAA002", at=NOW).hit_id
    for hit in (held, ended):
        await tom.step(hit, "claim")
    await tom.step(ended, "end", disposition="misread")
    room.raise_hit("3AAA003", at=NOW, late=True)
    assert await escalate(engine, NOW + timedelta(hours=3)) == 0
    assert room.world.audit("hits-escalated") == []


async def test_what_was_let_go_after_its_time_is_told_at_once(room: Room, engine: AsyncEngine) -> None:
    tom = room.officer("tom.wouters", "dispatcher")
    hit = room.raise_hit(at=NOW).hit_id
    await tom.step(hit, "claim")
    assert await escalate(engine, NOW + timedelta(minutes=10)) == 0
    await tom.step(hit, "release")
    assert await escalate(engine, NOW + timedelta(minutes=10)) == 1


async def test_the_audit_says_whom_it_told_without_a_plate(room: Room, engine: AsyncEngine) -> None:
    room.officer("karin.bos", "tecint")
    hit = room.raise_hit(at=NOW).hit_id
    await escalate(engine, NOW + timedelta(minutes=2))
    (row,) = room.world.audit("hits-escalated")
    assert row["username"] == "zoneschild"
    assert row["filters"] == {"hit": hit, "minutes": 2, "told": ["karin.bos"]}
