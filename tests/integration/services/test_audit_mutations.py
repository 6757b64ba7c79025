"""A thousand random mutations of the audit by a superuser, all of them found; and no alarm where nothing was done."""

import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.audit_chain import Sealer
from services.audit_heads import HeadsFile
from services.audit_verifying import Report, verify
from services.database import open_engine
from services.settings import StoreSettings
from tests.integration.services.audit_mutations import COLUMNS, MUTATIONS
from tests.integration.services.audit_zone import KEY, heads_in, superuser_url, write_rows

SEED = 20261126
ROUNDS = 1_000
ROWS = 60
PAST_THE_TRIGGERS = ("ALTER TABLE audit DISABLE TRIGGER USER", "SET LOCAL session_replication_role = replica",
                     "SET LOCAL session_replication_role = replica",
                     "DROP FUNCTION refuse_audit_change CASCADE")
HARMLESS = ("UPDATE audit SET question = question", "CLUSTER audit USING audit_at", "ANALYZE audit",
            "CREATE INDEX anything ON audit (role)", "ALTER TABLE audit ADD COLUMN more int",
            "UPDATE audit SET filters = filters::text::jsonb WHERE audit_id % 2 = 0",
            "SET LOCAL timezone = 'Asia/Tokyo'")


@dataclass(frozen=True, slots=True)
class Zone:
    """An audit of ROWS rows, the superuser's way to it, and the copies of its head."""

    superuser: AsyncEngine
    heads: HeadsFile

    async def check(self, connection: AsyncConnection) -> Report:
        return await verify(connection, Sealer(KEY), self.heads, None)


@pytest.fixture
async def zone(database: Any, postgres_server: str, tmp_path: Path) -> AsyncIterator[Zone]:
    """The audit, written as the product writes it, and a copy of the table that the mutations may use."""
    engine = open_engine(StoreSettings(database_url=superuser_url(postgres_server, database)), connections=1)
    made = Zone(engine, heads_in(tmp_path))
    await write_rows(engine, ROWS, SEED, made.heads)
    async with engine.begin() as connection:
        await connection.execute(text(f"CREATE TABLE old_audit AS SELECT {COLUMNS} FROM audit"))
        await connection.execute(text("SET lc_messages = 'C'"))
    yield made
    await engine.dispose()


async def mutated(zone: Zone, number: int) -> tuple[str, bool, Report]:
    """Mutate the table once, verify, and take the mutation back; tell which it was and whether it changed anything."""
    rng = random.Random(f"{SEED} {number}")
    mutation = MUTATIONS[number % len(MUTATIONS)]
    async with zone.superuser.connect() as connection:
        await connection.execute(text(rng.choice(PAST_THE_TRIGGERS)))
        await mutation(connection, rng)
        changed = await connection.execute(text(
            f"SELECT EXISTS ((SELECT {COLUMNS} FROM audit EXCEPT ALL SELECT {COLUMNS} FROM old_audit) UNION ALL "
            f"(SELECT {COLUMNS} FROM old_audit EXCEPT ALL SELECT {COLUMNS} FROM audit))"))
        touched = bool(changed.scalar_one())
        report = await zone.check(connection)
        await connection.rollback()
    return mutation.__name__, touched, report


@pytest.mark.timeout(900)
async def test_a_thousand_mutations_are_a_thousand_findings(zone: Zone) -> None:
    print(f"seed {SEED}")
    found: Counter[str] = Counter()
    missed = []
    for number in range(ROUNDS):
        name, touched, report = await mutated(zone, number)
        assert touched, f"round {number}: {name} changed nothing, and so proves nothing"
        found[name] += not report.sound
        if report.sound:
            missed.append((number, name))
    assert missed == []
    assert sum(found.values()) == ROUNDS
    async with zone.superuser.connect() as connection:
        assert (await zone.check(connection)).wrong == ()
    print(f"{sum(found.values())} of {ROUNDS} found, in {len(found)} kinds")


@pytest.mark.parametrize("statement", HARMLESS)
async def test_what_changes_nothing_raises_no_alarm(zone: Zone, statement: str) -> None:
    async with zone.superuser.connect() as connection:
        await connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        await connection.execute(text(statement))
        assert (await zone.check(connection)).wrong == ()
        await connection.rollback()


async def test_rows_that_are_added_by_the_product_raise_no_alarm(zone: Zone) -> None:
    for seed in range(20):
        await write_rows(zone.superuser, 5, seed, zone.heads if seed % 2 else None)
        async with zone.superuser.connect() as connection:
            report = await zone.check(connection)
        assert report.wrong == ()
        assert report.last.audit_id == ROWS + 5 * (seed + 1)


@pytest.mark.parametrize(("statement", "sentence"), [
    ("UPDATE audit SET question = 'x' WHERE audit_id = 7", "row 7 was changed (20"),
    ("DELETE FROM audit WHERE audit_id IN (7, 8, 9)", "rows 7 to 9 were removed (after 20"),
    ("DELETE FROM audit WHERE audit_id <= 4", "rows 1 to 4 were removed from the beginning (before 20"),
    ("DELETE FROM audit WHERE audit_id > 50", "rows 51 to 60 were cut from the end (after 20"),
    ("UPDATE audit SET username = 'x', content_seal = link_seal, link_seal = content_seal WHERE audit_id = 9",
     "row 9 was not written by Zoneschild, or changed and sealed anew without the key (20"),
    ("UPDATE audit SET audit_id = 61 WHERE audit_id = 20", "row 61 was moved (20"),
])
async def test_a_sentence_names_the_rows_and_their_times(zone: Zone, statement: str, sentence: str) -> None:
    async with zone.superuser.connect() as connection:
        await connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        await connection.execute(text(statement))
        report = await zone.check(connection)
        await connection.rollback()
    assert any(line.startswith(sentence) for line in report.wrong), report.wrong
