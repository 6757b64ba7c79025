"""R12: a camera goes live with its papers alone; neither a command nor a program's role gets past it."""

import argparse
import asyncio
import contextlib
import csv
from collections.abc import Awaitable, Callable, Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.invented_papers import INVENTED
from services import camera_commands, camera_papers
from services.clock import ZONE, local_day, midnight, utc_now
from services.database import transaction
from services.errors import BadQuestionError, NotFoundError, ZoneschildError
from services.papers_rule import COLUMNS
from services.registry import load_gateways

Run = Callable[..., Awaitable[str]]
DAY = timedelta(days=1)
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def camera_ids(owner: psycopg.Connection) -> dict[str, int]:
    """Two cameras of one gateway without papers."""
    owner.execute("INSERT INTO gateways (gateway_id, name) VALUES (7, 'bree')")
    made = {}
    for code in ("BRE01A", "BRE02A"):
        row = owner.execute("INSERT INTO cameras (code, name) VALUES (%s, %s) RETURNING camera_id", [code, code]
                            ).fetchone()
        made[code] = row["camera_id"]  # type: ignore[index,call-overload]
        owner.execute("INSERT INTO gateway_cameras VALUES (7, %s, %s)", [code, made[code]])
    return made


@pytest.fixture
def run(database: Any, camera_ids: dict[str, int], owner_engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`python -m services cameras`, in this process: words as they are typed → what is said."""
    monkeypatch.setenv("ZONESCHILD_DATABASE_URL", database.owner_url)
    monkeypatch.setenv("ZONESCHILD_AUDIT_KEY", "a" * 32)
    parser = argparse.ArgumentParser()
    camera_commands.add_arguments(parser)

    async def run(*words: str) -> str:
        return await camera_commands.run(parser.parse_args(words), owner_engine)
    return run


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    """Write a list of papers: of each code, with changes."""
    def write(codes: Iterable[str], **changes: str) -> str:
        file = tmp_path / "papers.csv"
        with file.open("w", newline="") as out:
            sheet = csv.DictWriter(out, ["code", *COLUMNS])
            sheet.writeheader()
            for code in codes:
                sheet.writerow({"code": code, **{name: getattr(INVENTED, name) for name in COLUMNS}, **changes})
        return str(file)
    return write


def live(owner: psycopg.Connection) -> list[str]:
    return [row["code"] for row in owner.execute(  # type: ignore[call-overload]
        "SELECT code FROM cameras WHERE live_since IS NOT NULL ORDER BY code")]


def audited(owner: psycopg.Connection) -> list[Any]:
    return owner.execute("SELECT action, filters, decision, role, username FROM audit ORDER BY audit_id").fetchall()


async def test_r12_a_camera_without_papers_does_not_go_live(run: Run, owner: psycopg.Connection) -> None:
    with pytest.raises(ZoneschildError, match="BRE01A has no papers"):
        await run("live", "BRE01A")
    assert live(owner) == []
    assert audited(owner) == []


async def test_r12_with_its_papers_it_goes_live_and_the_audit_has_both(
        run: Run, write: Callable[..., str], owner: psycopg.Connection) -> None:
    assert "1 cameras have their papers" in await run("papers", write(["BRE01A"]))
    assert "1 cameras went live" in await run("live", "BRE01A")
    assert live(owner) == ["BRE01A"]
    papers, going = audited(owner)
    assert (papers["action"], papers["filters"]["codes"]) == ("camera-papers-changed", ["BRE01A"])
    assert papers["filters"]["papers"]["BRE01A"]["council_decision"] == INVENTED.council_decision
    assert (going["action"], going["filters"]["codes"]) == ("camera-live", ["BRE01A"])


async def test_r12_all_takes_live_those_that_lack_nothing_and_names_the_others(
        run: Run, write: Callable[..., str], owner: psycopg.Connection) -> None:
    await run("papers", write(["BRE02A"]))
    assert await run("live", "--all") == ("1 cameras went live: ingest takes what it sees within two seconds; "
                                          "not live: BRE01A")
    assert live(owner) == ["BRE02A"]


async def test_r12_one_that_lacks_something_keeps_all_that_were_named_from_going_live(
        run: Run, write: Callable[..., str], owner: psycopg.Connection) -> None:
    await run("papers", write(["BRE01A"]))
    with pytest.raises(ZoneschildError, match="BRE02A has no papers"):
        await run("live", "BRE01A", "BRE02A")
    assert live(owner) == []


async def test_r12_a_pictogram_of_today_is_enough_and_one_of_tomorrow_is_not(
        run: Run, write: Callable[..., str], owner: psycopg.Connection) -> None:
    today = datetime.now(ZONE).date()
    await run("papers", write(["BRE01A"], pictogram_since=str(today + DAY)))
    with pytest.raises(ZoneschildError, match=f"its pictogram stands from {today + DAY} on"):
        await run("live", "BRE01A")
    await run("papers", write(["BRE01A"], pictogram_since=str(today)))
    await run("live", "BRE01A")
    assert live(owner) == ["BRE01A"]


async def test_r12_the_day_of_the_pictogram_begins_at_midnight_in_brussels(
        run: Run, write: Callable[..., str], owner_engine: AsyncEngine) -> None:
    standing_from = date(2026, 3, 30)  # the night before has 23 hours
    await run("papers", write(["BRE01A"], pictogram_since=str(standing_from)))
    async with transaction(owner_engine) as connection:
        assert await camera_papers.can_go_live(connection, midnight(standing_from) - timedelta(milliseconds=1)) == []
        assert await camera_papers.can_go_live(connection, midnight(standing_from)) == ["BRE01A"]


async def test_r12_a_live_camera_cannot_be_given_a_pictogram_that_is_yet_to_stand(
        run: Run, write: Callable[..., str], owner: psycopg.Connection) -> None:
    await run("papers", write(["BRE01A"]))
    await run("live", "BRE01A")
    with pytest.raises(BadQuestionError, match="take it off first"):
        await run("papers", write(["BRE01A"], pictogram_since=str(local_day(utc_now()) + DAY)))
    await run("off", "BRE01A", "--reason", "wegenwerken")
    await run("papers", write(["BRE01A"], pictogram_since=str(local_day(utc_now()) + DAY)))


async def test_r12_a_list_with_one_wrong_line_changes_nothing_and_says_which(
        run: Run, write: Callable[..., str], owner: psycopg.Connection) -> None:
    with pytest.raises(ZoneschildError, match="line 2: council_decided_on must not lie ahead"):
        await run("papers", write(["BRE01A"], council_decided_on=str(local_day(utc_now()) + DAY)))
    with pytest.raises(ZoneschildError, match="line 2: dpia_reference"):
        await run("papers", write(["BRE01A"], dpia_reference=""))
    with pytest.raises(ZoneschildError, match="line 3: code is empty, or there twice"):
        await run("papers", write(["BRE01A", "BRE01A"]))
    with pytest.raises(NotFoundError, match="there is no camera BRE99Z"):
        await run("papers", write(["BRE01A", "BRE99Z"]))
    assert owner.execute("SELECT FROM camera_papers").fetchall() == []
    assert audited(owner) == []


async def test_papers_that_are_put_again_change_nothing_and_leave_no_trace(
        run: Run, write: Callable[..., str], owner: psycopg.Connection) -> None:
    await run("papers", write(["BRE01A"]))
    assert "0 of them new or changed" in await run("papers", write(["BRE01A"]))
    assert len(audited(owner)) == 1


async def test_a_camera_is_taken_off_with_a_reason_and_the_time_is_kept(
        run: Run, write: Callable[..., str], owner: psycopg.Connection) -> None:
    await run("papers", write(["BRE01A"]))
    await run("live", "BRE01A")
    with pytest.raises(ZoneschildError, match="reason must have"):
        await run("off", "BRE01A", "--reason", "  ")
    await run("off", "BRE01A", "--reason", "besluit vervallen")
    assert live(owner) == []
    with pytest.raises(ZoneschildError, match="is not live"):
        await run("off", "BRE01A", "--reason", "nogmaals")
    off = audited(owner)[-1]
    assert (off["action"], off["decision"]) == ("camera-off", {"reason": "besluit vervallen"})
    (time,) = owner.execute("SELECT since, until FROM camera_off_times").fetchall()
    assert time["until"] is None  # type: ignore[call-overload]
    await run("live", "BRE01A")
    (time,) = owner.execute("SELECT since, until FROM camera_off_times").fetchall()
    assert time["since"] <= time["until"]  # type: ignore[call-overload]


async def test_ingest_learns_of_which_cameras_it_takes_nothing_and_when_they_were_off(
        run: Run, write: Callable[..., str], camera_ids: dict[str, int], ingest_engine: AsyncEngine) -> None:
    async def taken(code: str, moment: datetime) -> bool:
        async with transaction(ingest_engine) as connection:
            gateway = (await load_gateways(connection))["bree"]
        return gateway.may_take(camera_ids[code], int(moment.timestamp() * 1000))
    before = utc_now()
    assert not await taken("BRE01A", before)
    await run("papers", write(["BRE01A", "BRE02A"]))
    await run("live", "BRE01A")
    assert await taken("BRE01A", before)
    assert not await taken("BRE02A", before)
    await run("off", "BRE01A", "--reason", "proef")
    assert not await taken("BRE01A", before)
    await asyncio.sleep(0.002)  # reads have whole milliseconds
    during = utc_now()
    await run("live", "BRE01A")
    assert not await taken("BRE01A", during)
    assert await taken("BRE01A", before - DAY)
    assert await taken("BRE01A", utc_now() + timedelta(seconds=1))


async def test_a_list_of_cameras_with_papers_takes_new_ones_live_and_leaves_off_what_was_taken_off(
        run: Run, tmp_path: Path, owner: psycopg.Connection) -> None:
    file = tmp_path / "cameras.csv"
    head = ["id", "name", "municipality", *COLUMNS]
    file.write_text("\n".join([",".join(head), ",".join(
        ["BRE03A", "Peerderbaan", "Bree", *(str(getattr(INVENTED, name)) for name in COLUMNS)])]))
    assert await run("load", str(file)) == "1 cameras are registered, 1 went live"
    await run("off", "BRE03A", "--reason", "defect")
    assert await run("load", str(file)) == "1 cameras are registered, 0 went live"
    assert live(owner) == []


async def test_a_list_of_cameras_without_papers_takes_none_live(run: Run, owner: psycopg.Connection) -> None:
    said = await run("load", str(ROOT / "simulator/data/zone_cameras.csv"))
    assert said.startswith("92 cameras are registered; a new one goes live once it has its papers")
    assert live(owner) == []


async def test_the_invented_zone_has_papers_for_all_its_cameras_and_they_say_that_they_are_invented(
        run: Run, owner: psycopg.Connection) -> None:
    await run("load", str(ROOT / "simulator/data/zone_cameras.csv"))
    assert "92 cameras have their papers" in await run(
        "papers", str(ROOT / "simulator/data/zone_camera_papers.csv"))
    await run("live", "--all")
    assert len(live(owner)) == 92
    assert owner.execute("SELECT FROM camera_papers WHERE NOT (council_decision LIKE 'verzonnen%' AND "
                         "dpia_reference LIKE 'verzonnen%' AND register_entry LIKE 'verzonnen%')").fetchall() == []


GOES_LIVE = "UPDATE cameras SET live_since = now() WHERE code = 'BRE01A'"


def put(owner: psycopg.Connection, camera_id: int, **changes: object) -> None:
    values = {"camera_id": camera_id, **{name: getattr(INVENTED, name) for name in COLUMNS}, "changed_by": "x",
              **changes}
    owner.execute(f"INSERT INTO camera_papers ({', '.join(values)}) "
                  f"VALUES ({', '.join(['%s'] * len(values))})", list(values.values()))


@pytest.mark.parametrize("beforehand", [
    "SELECT 1",
    "SET TIME ZONE 'Pacific/Kiritimati'",  # where it is tomorrow already
    ("CREATE TEMP TABLE camera_papers AS SELECT camera_id, date '2020-01-01' AS council_decided_on, "
     "date '2020-01-01' AS dpia_made_on, date '2020-01-01' AS pictogram_since FROM cameras"),
])
def test_r12_no_role_of_a_program_gets_past_the_database(
        beforehand: str, owner: psycopg.Connection, as_search: psycopg.Connection, as_ingest: psycopg.Connection,
        camera_ids: dict[str, int]) -> None:
    put(owner, camera_ids["BRE01A"], pictogram_since=datetime.now(ZONE).date() + DAY)
    for role in (as_search, as_ingest, owner):
        with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
            role.execute(beforehand)
        with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.InsufficientPrivilege)):
            role.execute(GOES_LIVE)
    assert live(owner) == []


@pytest.mark.parametrize("forbidden", [
    "ALTER TABLE cameras DISABLE TRIGGER camera_papers_before_live",
    "SET session_replication_role = 'replica'",
    "DELETE FROM camera_papers",
    "UPDATE camera_papers SET camera_id = camera_id + 1",
    "UPDATE camera_papers SET pictogram_since = '2200-01-01'",
    "UPDATE camera_papers SET council_decision = ''",
    "UPDATE cameras SET live_since = now() + interval '1 day'",
    "INSERT INTO cameras (code, name, live_since) VALUES ('BRE04A', 'x', now())",
    "DELETE FROM camera_off_times",
    "INSERT INTO camera_off_times SELECT camera_id, now() FROM cameras",
])
def test_r12_a_programs_role_takes_no_papers_from_a_live_camera(
        forbidden: str, owner: psycopg.Connection, as_search: psycopg.Connection, as_ingest: psycopg.Connection,
        camera_ids: dict[str, int]) -> None:
    put(owner, camera_ids["BRE01A"])
    owner.execute(GOES_LIVE)
    for role in (as_search, as_ingest):
        with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.InsufficientPrivilege)):
            role.execute(forbidden)


def test_r12_two_who_change_the_halves_at_once_do_not_get_past_it_together(
        database: Any, owner: psycopg.Connection, camera_ids: dict[str, int]) -> None:
    put(owner, camera_ids["BRE01A"])
    with psycopg.connect(database.search_url) as first, psycopg.connect(database.search_url) as second:
        first.execute("UPDATE camera_papers SET pictogram_since = '2200-01-01'")
        second.execute("SET lock_timeout = '200ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            second.execute(GOES_LIVE)
