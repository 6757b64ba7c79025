"""`python -m services storage`: every table and index counted once, every read, and what leaves next."""

import argparse
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services import storage_commands
from services.clock import ZONE, midnight, monday_of, utc_now
from services.retention_rule import cut_off, expiry_of

Storage = Callable[..., Awaitable[str]]


@pytest.fixture
def now(owner: Any) -> datetime:
    """This moment, with reads of this week and of the week of the cut-off."""
    now = utc_now()
    limit = cut_off(now)
    for monday in {monday_of(now), monday_of(limit), monday_of(limit + timedelta(hours=2))}:
        owner.execute("SELECT ensure_reads_week(%s)", [monday])
    moments = [now, now, limit - timedelta(minutes=1), limit + timedelta(hours=1), limit + timedelta(hours=2)]
    for moment in moments:
        owner.execute("INSERT INTO reads (captured_at, received_at, read_id, camera_id, gateway_id, plate) "
                      "VALUES (%s, %s, gen_random_uuid(), 1, 0, '3ABC123')", [moment, moment])
    return now


@pytest.fixture
def storage(owner_engine: AsyncEngine) -> Storage:
    """The command: words as they are typed → what is said."""
    parser = argparse.ArgumentParser()
    storage_commands.add_arguments(parser)

    async def run(*words: str) -> str:
        return await storage_commands.run(parser.parse_args(words), owner_engine)

    return run


async def test_reads_are_counted_week_by_week_with_each_index(owner: Any, storage: Storage, now: datetime) -> None:
    told = json.loads(await storage("--json"))
    assert told["reads"] == 5
    this_week = next(week for week in told["weeks"] if week["monday"] == monday_of(now).isoformat())
    assert this_week["rows"] == 2
    assert {"reads_pkey", "reads_camera", "reads_captured", "reads_superseded"} <= set(this_week["index_bytes"])
    ends = midnight(monday_of(now) + timedelta(days=7))
    assert datetime.fromisoformat(this_week["expires_at"]) == expiry_of(ends)


async def test_what_has_expired_and_what_expires_within_a_day_is_counted(storage: Storage, now: datetime) -> None:
    told = json.loads(await storage("--json"))
    assert (told["overdue_reads"], told["reads_of_next_day"]) == (1, 2)


async def test_every_byte_of_every_table_is_told_once(owner: Any, storage: Storage, now: datetime) -> None:
    told = json.loads(await storage("--json"))
    assert sum(one["bytes"] for one in told["weeks"] + told["tables"]) == owner.execute(
        "SELECT sum(pg_total_relation_size(oid))::bigint AS n FROM pg_class "
        "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace").fetchone()["n"]
    per_read = told["bytes_per_read"]
    assert per_read["all"] == pytest.approx(sum(per_read.values()) - per_read["all"], abs=0.5)


async def test_people_read_tables_and_when_the_next_week_leaves(storage: Storage, now: datetime) -> None:
    said = await storage()
    limit = cut_off(now)
    assert "older than the cut-off and still there: 1 reads" in said
    ends = midnight(monday_of(limit + timedelta(hours=2)) + timedelta(days=7))
    leaves = expiry_of(ends if monday_of(limit) == monday_of(limit + timedelta(hours=2)) else midnight(
        monday_of(limit) + timedelta(days=7)))
    assert f"next week that leaves whole: on {leaves.astimezone(ZONE):%Y-%m-%d %H:%M}" in said
    assert len({len(line) for line in said.splitlines() if line.startswith("2")}) == 1, "the weeks stand in columns"


async def test_an_empty_store_can_be_measured(storage: Storage) -> None:
    assert json.loads(await storage("--json"))["reads"] == 0
    assert "cut-off" in await storage()
