"""An audit with rows of every shape, copies of its head and anchors, for the tests that break it."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from services.audit import Action, Actor, Entry, Trail
from services.audit_heads import HeadsFile
from services.database import reading, transaction

KEY = b"the key with which the test's audit is sealed"
QUESTIONS = ("Passages: nummerplaat 3ABC12?", "Passages: café ✓ 'aanhaling' \"dubbel\"", "", "x" * 400)


def any_uuid(rng: random.Random) -> UUID:
    return UUID(int=rng.getrandbits(128))


def any_entry(rng: random.Random) -> Entry:
    """Return an entry of any shape that the product writes."""
    filters: dict[str, Any] = {"plate": ["3ABC12?"], "limit": rng.randrange(100), "share": rng.random(), "whole": 2.0,
                               "nothing": None, "nested": {"é": [1, {"a": True}], "a": []}, "tiny": 1e-9}
    return Entry(rng.choice([Action.reads_searched, Action.read_opened, Action.denied]), rng.choice(QUESTIONS), filters,
                 {"withheld": rng.random() < 0.5, "earliest": "2026-10-26T00:00:00.000Z"},
                 any_uuid(rng) if rng.random() < 0.7 else None, rng.choice([None, 0, 7]),
                 [any_uuid(rng) for _ in range(rng.randrange(4))])


async def write_rows(engine: AsyncEngine, count: int, seed: int, heads: HeadsFile | None = None) -> None:
    """Write rows, one a transaction, and copy the head after every third and after the last."""
    rng, trail = random.Random(seed), Trail(KEY)
    actor = Actor("an.peeters", "investigator", "10.0.0.7", 1)
    for number in range(count):
        async with transaction(engine) as connection:
            await trail.record(connection, actor, any_entry(rng))
        if heads is not None and (number % 3 == 0 or number == count - 1):
            async with reading(engine) as connection:
                assert await heads.copy(connection)


def long_ago(years: int, days: int = 0) -> datetime:
    """Return an instant so many years and days ago."""
    now = datetime.now(UTC)
    return now.replace(year=now.year - years, day=min(now.day, 28)) - timedelta(days=days)


def superuser_url(server: str, database: Any) -> str:
    """Return the superuser's address of a test's database."""
    return server.rsplit("/", 1)[0] + f"/{database.name}"


def heads_in(folder: Path) -> HeadsFile:
    return HeadsFile(folder / "heads.jsonl", KEY)
