"""R4 costs nothing where there is no decision, and with one no week before the earliest permitted is looked into."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy import event

from services.clock import monday_of, utc_now
from tests.integration.search.decisions_world import DAY, add_decision
from tests.integration.search.world import World

_WEEK = re.compile(r"reads_(\d{4})_(\d\d)_(\d\d)")


class Statements(list[tuple[str, Any]]):
    """The statements on reads that the application ran, with their values."""

    def on_reads(self) -> tuple[str, Any]:
        """Return the last one."""
        return next((text, values) for text, values in reversed(self) if "FROM reads" in text)


@pytest.fixture
def statements(app: FastAPI) -> Iterator[Statements]:
    """What the application asks the database."""
    heard = Statements()
    engine = app.state.program.engine.sync_engine

    def note(_connection: Any, _cursor: Any, text: str, values: Any, _context: Any, _many: bool) -> None:
        heard.append((text, values))

    event.listen(engine, "before_cursor_execute", note)
    yield heard
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def reads(world: World) -> None:
    """A read of two plates in every week of a year."""
    for weeks in range(52):
        for plate in ("3ABC123", "4XYZ789"):
            world.add_read(plate, utc_now() - weeks * 7 * DAY - timedelta(hours=1), 1)


def explain(url: str, statement: tuple[str, Any], plan_cache: str) -> str:
    """Return the plan of a statement as it was run, with the settings of search."""
    options = (f"-c plan_cache_mode={plan_cache} -c enable_hashjoin=off -c enable_mergejoin=off -c enable_seqscan=off "
               "-c timezone=UTC -c jit=off")
    with psycopg.connect(url, options=options) as connection:
        rows = connection.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) {statement[0]}",
                                  statement[1]).fetchall()
    return "\n".join(row[0] for row in rows)


def weeks_in(plan: str) -> set[date]:
    """Return the Mondays of the weeks that a plan really looked into."""
    executed = "\n".join(line for line in plan.splitlines() if "never executed" not in line)
    return {date(*map(int, found)) for found in _WEEK.findall(executed)}


def monday(days_ago: float) -> date:
    """Return the Monday of the week of some days ago."""
    return monday_of(utc_now() - days_ago * DAY)


@pytest.mark.parametrize(("params", "plan_cache"), [
    ({"plate": "3ABC123"}, "force_generic_plan"), ({"plate": "3*"}, "force_custom_plan"), ({}, "force_custom_plan")])
async def test_no_week_before_the_earliest_is_looked_into(
        reads: None, world: World, database: Any, asker: httpx.AsyncClient, statements: Statements,
        params: dict[str, str], plan_cache: str) -> None:
    add_decision(world, utc_now() - 100 * DAY, utc_now() - 80 * DAY)
    answer = await asker.get("/reads", params=params)
    assert answer.status_code == 200, answer.text
    plan = explain(database.search_url, statements.on_reads(), plan_cache)
    weeks = weeks_in(plan)
    assert min(weeks) >= monday(100), plan
    assert not [week for week in weeks if monday(78) < week < monday(33)], "nothing is open there either"


@pytest.mark.parametrize("params", [{"plate": "3ABC123"}, {"plate": "3*"}, {"by": "vehicle"}, {"first": "yes"}])
async def test_without_a_decision_a_question_is_the_same_statement_as_ever(
        reads: None, asker: httpx.AsyncClient, statements: Statements, params: dict[str, str], world: World) -> None:
    await asker.get("/reads", params=params)
    plain, _ = statements.on_reads()
    assert plain.count("reads.captured_at >= ") == 2, "the month, and the stretch that is looked through"
    add_decision(world, utc_now() - 100 * DAY, utc_now() - 80 * DAY)
    await asker.get("/reads", params=params)
    assert statements.on_reads()[0] != plain
    world.run("DELETE FROM prosecutor_decisions")
    await asker.get("/reads", params=params)
    assert statements.on_reads()[0] == plain


async def test_one_plate_within_its_decision_is_found_by_the_primary_key(
        reads: None, world: World, database: Any, asker: httpx.AsyncClient, statements: Statements) -> None:
    add_decision(world, utc_now() - 100 * DAY, utc_now())
    await asker.get("/reads", params={"plate": "3ABC123"})
    plan = explain(database.search_url, statements.on_reads(), "force_generic_plan")
    assert "Seq Scan on reads" not in plan
    assert "_pkey" in plan


def test_the_tests_own_eyes_see_a_week() -> None:
    assert weeks_in("->  Index Scan using reads_2026_01_05_pkey on reads_2026_01_05 (never executed)\n"
                    "->  Index Scan using reads_2026_01_12_pkey on reads_2026_01_12 (actual rows=1 loops=1)") == {
        date(2026, 1, 12)}
