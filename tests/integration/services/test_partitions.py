"""The weeks of `reads`: from Monday to Monday in Brussels, made once, while everybody goes on working."""

import asyncio
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from services.clock import ZONE, midnight, monday_of, utc_now
from services.partitions import Weeks


def bounds(owner: Any) -> dict[str, tuple[datetime, datetime]]:
    owner.execute("SET timezone = 'UTC'")
    rows = owner.execute("SELECT relname, pg_get_expr(relpartbound, oid) AS bound FROM pg_class "
                         "WHERE relispartition AND relkind = 'r'").fetchall()
    return {row["relname"]: tuple(datetime.fromisoformat(found).astimezone(UTC)
                                  for found in re.findall(r"'([^']+)'", row["bound"])) for row in rows}


def mondays_of_a_year() -> list[date]:
    return [monday_of(utc_now()) - timedelta(days=7 * week) for week in range(-3, 53)]


async def test_every_week_of_a_year_goes_from_midnight_to_midnight_in_brussels(owner: Any, ingest_engine: Any) -> None:
    mondays = mondays_of_a_year()
    await Weeks(ingest_engine).ensure(mondays)
    assert bounds(owner) == {f"reads_{monday:%Y_%m_%d}": (midnight(monday), midnight(monday + timedelta(days=7)))
                             for monday in mondays}
    lengths = {ends - begins for begins, ends in bounds(owner).values()}
    assert lengths == {timedelta(days=7), timedelta(days=7, hours=1), timedelta(days=7, hours=-1)}  # both changes


@pytest.mark.parametrize("shift", [timedelta(days=-410), timedelta(days=42)])
async def test_a_week_outside_the_window_is_refused(ingest_engine: Any, owner: Any, shift: timedelta) -> None:
    with pytest.raises(Exception, match="outside the retention window"):
        await Weeks(ingest_engine).ensure([monday_of(utc_now() + shift)])
    assert bounds(owner) == {}


async def test_a_day_that_is_no_monday_is_refused(ingest_engine: Any) -> None:
    with pytest.raises(Exception, match="is not a Monday"):
        await Weeks(ingest_engine).ensure([monday_of(utc_now()) + timedelta(days=1)])


async def test_two_processes_may_make_the_same_weeks_at_once(owner: Any, ingest_engine: Any, owner_engine: Any) -> None:
    mondays = mondays_of_a_year()[:10]
    await asyncio.gather(*(Weeks(engine).ensure(mondays) for engine in (ingest_engine, owner_engine, ingest_engine)))
    assert len(bounds(owner)) == 10


async def test_a_week_is_made_while_a_question_and_a_store_are_under_way(database: Any, owner: Any,
                                                                         ingest_engine: Any) -> None:
    this, last = monday_of(utc_now()), monday_of(utc_now()) - timedelta(days=7)
    await Weeks(ingest_engine).ensure([this])
    with psycopg.connect(database.search_url) as search, psycopg.connect(database.ingest_url) as writing:
        search.execute("SELECT count(*) FROM reads")
        writing.execute("INSERT INTO reads (captured_at, received_at, read_id, camera_id, gateway_id, plate) "
                        "VALUES (now(), now(), gen_random_uuid(), 1, 1, '3ABC123')")
        async with asyncio.timeout(3):  # both transactions stay open
            await Weeks(ingest_engine).ensure([last])
        assert search.execute("SELECT count(*) FROM reads").fetchone() == (0,)
    assert len(bounds(owner)) == 2


async def test_a_week_has_the_indexes_and_no_leftover_check(owner: Any, ingest_engine: Any) -> None:
    monday = monday_of(utc_now())
    await Weeks(ingest_engine).ensure([monday])
    indexes = owner.execute("SELECT indexdef FROM pg_indexes WHERE tablename = %s",
                            [f"reads_{monday:%Y_%m_%d}"]).fetchall()
    assert len(indexes) == 4
    assert owner.execute("SELECT count(*) AS n FROM pg_constraint WHERE conname = 'bounds'").fetchone()["n"] == 0
    parents = owner.execute("SELECT count(*) AS n FROM pg_inherits JOIN pg_class ON oid = inhparent "
                            "WHERE relkind = 'I'").fetchone()
    assert parents["n"] == 4  # each is part of the index of the whole


async def test_a_known_week_is_not_asked_for_again_until_it_is_forgotten(owner: Any, ingest_engine: Any) -> None:
    monday, weeks = monday_of(utc_now()), Weeks(ingest_engine)
    await weeks.ensure([monday])
    owner.execute(f"DROP TABLE reads_{monday:%Y_%m_%d}")
    await weeks.ensure([monday])
    assert bounds(owner) == {}
    weeks.forget()
    await weeks.ensure([monday])
    assert len(bounds(owner)) == 1


def test_a_connection_in_another_time_zone_makes_the_same_week(owner: Any, as_ingest: Any) -> None:
    as_ingest.execute("SET timezone = 'Pacific/Auckland'")
    monday = datetime.now(ZONE).date() - timedelta(days=datetime.now(ZONE).weekday())
    as_ingest.execute("SELECT ensure_reads_week(%s)", [monday])
    assert bounds(owner) == {f"reads_{monday:%Y_%m_%d}": (midnight(monday), midnight(monday + timedelta(days=7)))}
