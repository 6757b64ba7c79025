"""The audit's own expiry: whole days beyond ten years, by the owner alone, told by a sealed row that verify accepts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.audit import Action, Actor, Entry, Trail
from services.audit_chain import Sealer
from services.audit_expiry import audit_cut_off, expire_audit
from services.audit_verifying import verify
from services.clock import ZONE
from services.database import transaction
from services.gate_rules import Rules
from tests.integration.services.audit_zone import KEY, heads_in, superuser_url, write_rows

ALLOW = "SET zoneschild.audit_expiry = 'on'"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, database: Any) -> None:
    """The owner's environment at the console."""
    monkeypatch.setenv("ZONESCHILD_AUDIT_KEY", KEY.decode())
    monkeypatch.setenv("ZONESCHILD_DATABASE_URL", database.owner_url)


async def write_old_rows(engine: AsyncEngine, ages: list[timedelta]) -> None:
    """Write rows as the product wrote them so long ago: the database's clock is moved for them."""
    now = datetime.now(UTC)
    async with transaction(engine) as connection:
        for age in ages:
            await connection.execute(text(f"""
                CREATE OR REPLACE FUNCTION lock_audit_head() RETURNS TABLE
                    (audit_id bigint, link_seal bytea, at timestamptz) LANGUAGE sql AS $$
                SELECT newest.audit_id, newest.link_seal, timestamptz '{(now - age).isoformat()}'
                FROM (SELECT) AS once LEFT JOIN LATERAL (
                    SELECT audit.audit_id, audit.link_seal FROM audit ORDER BY audit.audit_id DESC LIMIT 1
                ) AS newest ON true $$"""))
            await Trail(KEY).record(connection, Actor("an.peeters", "investigator", "10.0.0.7", 1),
                                    Entry(Action.reads_searched, "Passages: nummerplaat 1-XKV-482"))
        await connection.execute(text("""
            CREATE OR REPLACE FUNCTION lock_audit_head() RETURNS TABLE
                (audit_id bigint, link_seal bytea, at timestamptz) LANGUAGE sql AS $$
            SELECT newest.audit_id, newest.link_seal, clock_timestamp()
            FROM (SELECT) AS once LEFT JOIN LATERAL (
                SELECT audit.audit_id, audit.link_seal FROM audit ORDER BY audit.audit_id DESC LIMIT 1
            ) AS newest ON true $$"""))


def years(count: float) -> timedelta:
    return timedelta(days=365.25 * count)


async def findings(engine: AsyncEngine, folder: Path | None = None) -> tuple[str, ...]:
    async with engine.connect() as connection:
        return (await verify(connection, Sealer(KEY), heads_in(folder) if folder else None, None)).wrong


async def test_rows_older_than_ten_years_leave_and_the_chain_holds(owner_engine: AsyncEngine, owner: Any) -> None:
    await write_old_rows(owner_engine, [years(12), years(11), years(10.02), years(9.9), years(1), timedelta(0)])
    assert await expire_audit(owner_engine, datetime.now(UTC)) == 3
    rows = owner.execute("SELECT audit_id, action, filters FROM audit ORDER BY audit_id").fetchall()
    assert [row["audit_id"] for row in rows] == [4, 5, 6, 7]
    assert rows[-1]["action"] == "audit-expired"
    assert sorted(rows[-1]["filters"]) == ["before", "link", "up_to"]
    assert await findings(owner_engine) == ()
    assert await expire_audit(owner_engine, datetime.now(UTC)) == 0
    with pytest.raises(DBAPIError, match="append-only"):  # whatever a command's clock says: the database has its own
        await expire_audit(owner_engine, datetime.now(UTC) + years(2))


async def test_more_than_expired_that_goes_is_named(owner_engine: AsyncEngine, owner: Any, database: Any,
                                                    postgres_server: str) -> None:
    await write_old_rows(owner_engine, [years(12), years(11), years(9), years(8), years(1)])
    await expire_audit(owner_engine, datetime.now(UTC))
    with psycopg.connect(superuser_url(postgres_server, database), autocommit=True) as superuser:
        superuser.execute("ALTER TABLE audit DISABLE TRIGGER USER")
        superuser.execute("DELETE FROM audit WHERE audit_id = 3")
    (sentence,) = await findings(owner_engine)
    assert sentence.startswith("rows 1 to 3 were removed from the beginning (before 20")


async def test_the_newest_row_stays_whatever_its_age(owner_engine: AsyncEngine, owner: Any) -> None:
    await write_old_rows(owner_engine, [years(13), years(12), years(11)])
    assert await expire_audit(owner_engine, datetime.now(UTC)) == 2
    assert [row["audit_id"] for row in owner.execute("SELECT audit_id FROM audit ORDER BY 1")] == [3, 4]
    assert await findings(owner_engine) == ()


async def test_a_row_that_is_young_keeps_what_comes_after_it(owner_engine: AsyncEngine, owner: Any) -> None:
    """Where a clock was wrong, the table still begins where it is told to: no hole is made."""
    await write_old_rows(owner_engine, [years(12), years(2), years(12), years(1)])
    assert await expire_audit(owner_engine, datetime.now(UTC)) == 1
    assert await findings(owner_engine) == ()


async def test_copies_of_rows_that_have_expired_raise_no_alarm(owner_engine: AsyncEngine, tmp_path: Path) -> None:
    await write_old_rows(owner_engine, [years(12), years(11), years(9)])
    async with owner_engine.connect() as connection:
        await heads_in(tmp_path).copy(connection)
    await expire_audit(owner_engine, datetime.now(UTC))
    await write_rows(owner_engine, 3, 1, heads_in(tmp_path))
    assert await findings(owner_engine, tmp_path) == ()


async def test_the_dpo_may_keep_it_longer_and_never_shorter(owner_engine: AsyncEngine, owner: Any) -> None:
    await write_old_rows(owner_engine, [years(14), years(11), years(1)])
    owner.execute("INSERT INTO users (username, display_name, role) VALUES ('lien', 'Lien', 'dpo')")
    for value, removed in (("13", 1), ("1", 1), ("0", 0)):
        owner.execute("INSERT INTO gate_settings SELECT 'audit_years', %s::jsonb, 'advies', user_id, now() FROM users "
                      "ON CONFLICT (name) DO UPDATE SET value = excluded.value", [value])
        assert await expire_audit(owner_engine, datetime.now(UTC)) == removed


@pytest.mark.parametrize(("who", "age", "allowed", "goes"), [
    ("owner", years(11), True, True), ("owner", years(9.99), True, False), ("owner", years(11), False, False),
    ("superuser", years(11), True, False), ("search", years(11), True, False)])
async def test_the_trigger_lets_go_of_ten_years_for_the_owner_alone(
        owner_engine: AsyncEngine, database: Any, postgres_server: str, who: str, age: timedelta, allowed: bool,
        goes: bool) -> None:
    await write_old_rows(owner_engine, [age, timedelta(0)])
    url = {"owner": database.owner_url, "search": database.search_url,
           "superuser": superuser_url(postgres_server, database)}[who]
    with psycopg.connect(url, autocommit=True) as connection:
        if allowed:
            connection.execute(ALLOW)
        if goes:
            assert connection.execute("DELETE FROM audit WHERE audit_id = 1").rowcount == 1
        else:
            with pytest.raises(psycopg.Error, match=r"append-only|permission denied"):
                connection.execute("DELETE FROM audit WHERE audit_id = 1")
        for statement in ("UPDATE audit SET question = ''", "TRUNCATE audit"):
            with pytest.raises(psycopg.Error, match=r"append-only|permission denied"):
                connection.execute(statement)


@pytest.mark.parametrize(("now", "expected"), [
    (datetime(2036, 2, 29, 12, tzinfo=UTC), datetime(2026, 2, 28, tzinfo=ZONE)),
    (datetime(2036, 2, 29, 23, 30, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=ZONE)),
    (datetime(2036, 6, 1, 22, 30, tzinfo=UTC), datetime(2026, 6, 2, tzinfo=ZONE))])
def test_the_cut_off_is_the_beginning_of_the_day_ten_years_ago_in_brussels(now: datetime, expected: datetime) -> None:
    assert audit_cut_off(Rules(), now) == expected
