"""The outbox: the mover's events become deliveries to the channels that want them, once each and in their order."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services import retention
from services.clock import utc_now
from services.database import transaction
from services.hits import outbox
from services.images import ImageStore
from tests.integration.services.hits_world import HitsWorld


@pytest.fixture
def world(owner: Any) -> HitsWorld:
    return HitsWorld(owner)


async def queue(engine: AsyncEngine, *event_ids: int, **later: float) -> int:
    async with transaction(engine) as connection:
        return await outbox.queue(connection, event_ids, utc_now() + timedelta(**later))


def queued(world: HitsWorld) -> list[tuple[int, int]]:
    return [(row["channel_id"], row["event_id"])
            for row in world.run("SELECT channel_id, event_id FROM hit_deliveries ORDER BY delivery_id")]


async def test_without_a_channel_that_listens_nothing_is_queued(world: HitsWorld, ingest_engine: AsyncEngine) -> None:
    event = world.add_event(world.add_hit())
    assert await queue(ingest_engine, event) == 0
    world.add_channel("uit", enabled=False)
    world.add_channel("nog niet", agreed_at=None, agreed_by=None)
    assert await queue(ingest_engine, event) == 0
    assert queued(world) == []


async def test_an_event_is_queued_once_for_each_channel_that_wants_it(
        world: HitsWorld, ingest_engine: AsyncEngine) -> None:
    first, second = world.add_channel("een"), world.add_channel("twee", list_ids=[world.list_id])
    world.add_channel("andere lijst", list_ids=[world.add_list("andere")])
    world.add_channel("andere groep", audience_id=4)
    event = world.add_event(world.add_hit())
    assert await queue(ingest_engine, event) == 2
    await queue(ingest_engine, event)
    assert queued(world) == [(first, event), (second, event)]


async def test_events_of_a_hit_are_queued_in_the_order_of_their_numbers(
        world: HitsWorld, ingest_engine: AsyncEngine) -> None:
    channel = world.add_channel("alles", events=["raised", "claimed", "ended"])
    hit = world.add_hit()
    events = [world.add_event(hit, kind) for kind in ("raised", "claimed", "ended")]
    await queue(ingest_engine, *reversed(events))
    assert queued(world) == [(channel, event) for event in events]


async def test_the_end_of_a_hit_reaches_who_was_told_of_it_and_nobody_else(
        world: HitsWorld, ingest_engine: AsyncEngine) -> None:
    told = world.add_channel("begin", events=["raised"])
    world.add_channel("nooit", events=["claimed"])
    hit = world.add_hit()
    await queue(ingest_engine, world.add_event(hit))
    ended = world.add_event(hit, "ended")
    await queue(ingest_engine, ended)
    assert queued(world)[1:] == [(told, ended)]
    other = world.add_hit("3QRS456")
    both = [world.add_event(other, "raised"), world.add_event(other, "withdrawn")]
    await queue(ingest_engine, *both)
    assert queued(world)[2:] == [(told, event) for event in both], "of one batch too"


async def test_r11_a_discreet_hit_is_queued_for_its_named_group_alone(
        world: HitsWorld, ingest_engine: AsyncEngine) -> None:
    own = world.add_channel("eigen", audience_id=world.NAMED)
    world.add_channel("meldkamer")
    event = world.add_event(world.add_hit(audience_id=world.NAMED, discreet=True))
    await queue(ingest_engine, event)
    assert queued(world) == [(own, event)]
    world.run("UPDATE audiences SET roles = '{tecint}' WHERE audience_id = %s", world.NAMED)
    await queue(ingest_engine, world.add_event(world.add_hit("3XYZ987", audience_id=world.NAMED, discreet=True)))
    assert queued(world) == [(own, event)]


async def test_r1_deliveries_expire_with_their_hits_and_tests_of_channels_by_themselves(
        world: HitsWorld, owner_engine: AsyncEngine, tmp_path: Path) -> None:
    channel, now = world.add_channel("een"), utc_now()
    kept, gone = world.add_hit(), world.add_hit("3XYZ987", seen_at=now - timedelta(days=400))
    for hit in (kept, gone):
        world.add("hit_deliveries", "delivery_id", channel_id=channel, event_id=world.add_event(hit), hit_id=hit)
    for age in (1, 400):
        world.add("hit_deliveries", "delivery_id", channel_id=channel, made_at=now - timedelta(days=age))
    await retention.expire(owner_engine, ImageStore.open(f"file:{tmp_path}"), now)
    left = world.run("SELECT hit_id FROM hit_deliveries ORDER BY delivery_id")
    assert [row["hit_id"] for row in left] == [kept, None]
