"""Writers at the same time, some rolled back, some ended by force, keep one chain without a gap."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.audit import Actor, Trail
from services.audit_chain import Sealer
from services.audit_verifying import verify
from services.database import open_engine, transaction
from services.settings import StoreSettings
from tests.integration.services.audit_zone import KEY, any_entry, superuser_url

SEED = 20261126
WRITERS, ROWS = 8, 100


class RolledBackError(Exception):
    """What a writer raises after its row, so that it goes."""


@pytest.fixture
async def engine(database: Any) -> AsyncIterator[AsyncEngine]:
    """Search's engine."""
    made = open_engine(StoreSettings(database_url=database.search_url), connections=WRITERS + 1)
    yield made
    await made.dispose()


async def write(engine: AsyncEngine, number: int) -> int:
    """Write ROWS rows that stay, whatever is rolled back or ended between; return how many were committed for sure."""
    rng, trail, kept = random.Random(f"{SEED} {number}"), Trail(KEY), 0
    actor = Actor(f"writer-{number}", "investigator", "10.0.0.7", number)
    while kept < ROWS:
        try:
            async with transaction(engine) as connection:
                await trail.record(connection, actor, any_entry(rng))
                if rng.random() < 0.2:
                    raise RolledBackError
            kept += 1
        except (RolledBackError, DBAPIError):
            continue
    return kept


async def end_some(url: str, name: str, ending: asyncio.Event) -> int:
    """End one of the writers' connections every 30 ms."""
    rng, ended = random.Random(SEED), 0
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        while not ending.is_set():
            found = await (await connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = %s AND usename = 'zoneschild_search'",
                [name])).fetchall()
            if found:
                await connection.execute("SELECT pg_terminate_backend(%s)", [rng.choice(found)[0]])
                ended += 1
            await asyncio.sleep(0.03)
    return ended


async def test_eight_writers_keep_one_gapless_chain(engine: AsyncEngine, database: Any, postgres_server: str,
                                                    owner: Any) -> None:
    ending = asyncio.Event()
    killer = asyncio.create_task(end_some(superuser_url(postgres_server, database), database.name, ending))
    kept = await asyncio.gather(*(write(engine, number) for number in range(WRITERS)))
    ending.set()
    assert await killer > 5
    assert kept == [ROWS] * WRITERS
    (row,) = owner.execute("SELECT count(*), min(audit_id), max(audit_id) FROM audit").fetchall()
    assert row["count"] == row["max"] >= WRITERS * ROWS
    assert row["min"] == 1
    backwards = owner.execute("SELECT count(*) FROM (SELECT at - lag(at) OVER (ORDER BY audit_id) AS gap FROM audit) "
                              "AS gaps WHERE gap < interval '0'").fetchone()
    assert backwards["count"] == 0
    async with engine.connect() as connection:
        report = await verify(connection, Sealer(KEY), None, None)
    assert (report.wrong, report.last.audit_id) == ((), row["max"])


async def test_a_writer_that_is_rolled_back_leaves_its_number_to_the_next(engine: AsyncEngine, owner: Any) -> None:
    trail, actor = Trail(KEY), Actor("an.peeters", "investigator", "", 1)
    async with engine.connect() as connection:
        await trail.record(connection, actor, any_entry(random.Random(1)))
        await connection.rollback()
    async with transaction(engine) as connection:
        await trail.record(connection, actor, any_entry(random.Random(2)))
    assert [row["audit_id"] for row in owner.execute("SELECT audit_id FROM audit").fetchall()] == [1]
