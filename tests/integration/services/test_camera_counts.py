"""Reads of the last hour are counted by camera and five minutes, again and again, so that the count is right."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.camera_counts import LOCK, SLOT, count_reads, slot_of
from services.clock import monday_of, utc_now
from services.database import transaction

NOW = slot_of(utc_now() - timedelta(minutes=10)) + timedelta(minutes=3)


@pytest.fixture
def camera_id(owner: Any) -> int:
    """A camera."""
    return int(owner.execute("INSERT INTO cameras (code, name) VALUES ('BRE01A', 'x') RETURNING camera_id"
                             ).fetchone()["camera_id"])


def read(owner: Any, camera_id: int, captured_at: datetime) -> None:
    owner.execute("SELECT ensure_reads_week(%s)", [monday_of(captured_at)])
    owner.execute("INSERT INTO reads (captured_at, received_at, read_id, camera_id, gateway_id, plate) "
                  "VALUES (%s, %s, gen_random_uuid(), %s, 0, '3ABC123')", [captured_at, captured_at, camera_id])


async def count(engine: AsyncEngine, now: datetime = NOW) -> None:
    async with transaction(engine) as connection:
        assert await count_reads(connection, now)


def counted(owner: Any) -> list[tuple[datetime, int]]:
    return [(row["slot"], row["reads"]) for row in owner.execute("SELECT slot, reads FROM camera_counts ORDER BY slot")]


async def test_reads_are_counted_by_five_minutes(owner: Any, ingest_engine: AsyncEngine, camera_id: int) -> None:
    for minutes in (1, 2, 6, 61, 90):
        read(owner, camera_id, NOW - timedelta(minutes=minutes))
    await count(ingest_engine)
    since = slot_of(NOW)
    assert counted(owner) == [(since - 12 * SLOT, 1), (since - SLOT, 1), (since, 2)]


async def test_what_comes_late_and_what_is_replaced_is_counted_right(
        owner: Any, ingest_engine: AsyncEngine, camera_id: int) -> None:
    read(owner, camera_id, NOW - timedelta(minutes=20))
    await count(ingest_engine)
    for seconds in (1, 2):
        read(owner, camera_id, NOW - timedelta(minutes=20, seconds=seconds))
    owner.execute("UPDATE reads SET superseded = true WHERE captured_at = %s", [NOW - timedelta(minutes=20)])
    await count(ingest_engine)
    assert [number for _, number in counted(owner)] == [2]


async def test_counts_are_kept_for_two_hours(owner: Any, ingest_engine: AsyncEngine, camera_id: int) -> None:
    read(owner, camera_id, NOW - timedelta(minutes=1))
    await count(ingest_engine)
    await count(ingest_engine, NOW + timedelta(minutes=100))
    assert len(counted(owner)) == 1
    await count(ingest_engine, NOW + timedelta(minutes=130))
    assert counted(owner) == []


async def test_one_process_counts_at_a_time(owner: Any, ingest_engine: AsyncEngine, camera_id: int) -> None:
    read(owner, camera_id, NOW)
    with owner.transaction():
        owner.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        async with transaction(ingest_engine) as connection:
            assert not await count_reads(connection, NOW)
    assert counted(owner) == []
