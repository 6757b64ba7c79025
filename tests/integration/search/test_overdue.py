"""A PV that never comes: superior and DPO are told, once, whoever does the telling."""

import asyncio
import logging
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from search.program import Program
from search.telling import telling
from services.audit import Trail
from services.clock import utc_now
from services.database import open_engine, transaction
from services.overdue import tell_overdue
from services.settings import SearchSettings
from tests.integration.search.conftest import plates
from tests.integration.search.test_urgent import URGENT
from tests.integration.search.world import AUDIT_KEY, PASSWORD, World


async def _tell(app: FastAPI) -> int:
    program: Program = app.state.program
    async with transaction(program.engine) as connection:
        return await tell_overdue(connection, program.trail, utc_now())


def _told(world: World) -> list[tuple[object, ...]]:
    return world.run("SELECT username, kind FROM notices JOIN users USING (user_id) ORDER BY username")


@pytest.fixture
async def owing(world: World, program: httpx.AsyncClient) -> World:
    """A zone in which An Peeters owes a PV; two TECINT, a DPO and an auditor are there too."""
    for username, role in (("kim.tecint", "tecint"), ("luc.tecint", "tecint"), ("dpo.carma", "dpo"),
                           ("aud.itor", "auditor")):
        world.add_user(username, role, username)
    world.run("DELETE FROM gate_settings")
    world.run("DELETE FROM users WHERE username = 'dpo.of.rules'")
    answer = await program.post("/consultations", json={**URGENT, "urgent": True})
    program.headers["Consultation"] = answer.json()["consultation_id"]
    return world


def _age(world: World, age: timedelta) -> None:
    world.run("UPDATE consultations SET opened_at = now() - %s, pv_due_at = now() - %s + interval '72 hours'", age, age)


@pytest.mark.parametrize(("age", "told"), [
    (timedelta(hours=71, minutes=59), 0), (timedelta(hours=72, seconds=1), 1),
])
async def test_nobody_is_told_before_seventy_two_hours_and_everybody_after(
        owing: World, app: FastAPI, age: timedelta, told: int) -> None:
    _age(owing, age)
    assert await _tell(app) == told
    assert len(_told(owing)) == 4 * told
    assert len(owing.audit("overdue-told")) == told


async def test_the_superior_and_every_dpo_are_told_and_the_officer_knows(owing: World, app: FastAPI) -> None:
    owing.run("UPDATE users SET superior_id = (SELECT user_id FROM users WHERE username = 'kim.tecint') "
              "WHERE username = 'an.peeters'")
    _age(owing, timedelta(hours=80))
    assert await _tell(app) == 1
    assert _told(owing) == [("an.peeters", "own-pv-overdue"), ("dpo.carma", "pv-overdue"),
                            ("kim.tecint", "pv-overdue")]
    row = owing.audit("overdue-told")[-1]
    assert row["username"] == "zoneschild"
    assert row["question"] == ("Geen PV-nummer binnen de termijn voor de dringende raadpleging van an.peeters, "
                               "incident INC 2026/88121; op de hoogte gebracht: dpo.carma, kim.tecint")
    assert isinstance(row["filters"], dict)
    assert row["filters"]["told"] == ["dpo.carma", "kim.tecint"]


@pytest.mark.parametrize("superior", ["", "UPDATE users SET disabled_at = now() WHERE username = 'aud.itor'"])
async def test_without_a_superior_those_who_approve_questions_are_told(
        owing: World, app: FastAPI, superior: str) -> None:
    if superior:
        owing.run("UPDATE users SET superior_id = (SELECT user_id FROM users WHERE username = 'aud.itor') "
                  "WHERE username = 'an.peeters'")
        owing.run(superior)
    _age(owing, timedelta(hours=80))
    await _tell(app)
    assert [username for username, kind in _told(owing) if kind == "pv-overdue"] == [
        "dpo.carma", "kim.tecint", "luc.tecint"]


async def test_it_is_told_once(owing: World, app: FastAPI) -> None:
    _age(owing, timedelta(hours=80))
    assert [await _tell(app) for _ in range(3)] == [1, 0, 0]
    assert len(owing.audit("overdue-told")) == 1


async def test_a_number_that_was_given_late_or_in_time_is_not_told_of(
        owing: World, app: FastAPI, program: httpx.AsyncClient) -> None:
    _age(owing, timedelta(hours=80))
    address = f"/consultations/{program.headers['Consultation']}/pv"
    assert (await program.post(address, json={"pv_number": "GE.12.L1.004600/2026"})).status_code == 200
    assert await _tell(app) == 0
    assert _told(owing) == []


async def test_processes_that_tell_at_the_same_time_tell_once(owing: World, settings: SearchSettings) -> None:
    owing.run("INSERT INTO consultations (user_id, opened_at, expires_at, purpose, file_number, reason, origin, "
              "pv_due_at) SELECT user_id, opened_at, expires_at, purpose, file_number || ' ' || number, reason, "
              "origin, pv_due_at FROM consultations, generate_series(1, 19) AS number")
    _age(owing, timedelta(hours=80))
    engines = [open_engine(settings, connections=1) for _ in range(4)]

    async def tell(engine: Any) -> int:
        async with transaction(engine) as connection:
            return await tell_overdue(connection, Trail(AUDIT_KEY), utc_now())

    counts = await asyncio.gather(*map(tell, engines))
    for engine in engines:
        await engine.dispose()
    assert sum(counts) == 20
    assert len(owing.audit("overdue-told")) == 20
    assert owing.run("SELECT count(*) FROM notices WHERE kind = 'own-pv-overdue'") == [(20,)]


async def test_search_tells_by_itself_and_goes_on_after_a_failure_without_saying_what_it_was_about(
        owing: World, app: FastAPI, caplog: pytest.LogCaptureFixture) -> None:
    _age(owing, timedelta(hours=80))
    owing.run("REVOKE INSERT ON notices FROM zoneschild_search")
    with caplog.at_level(logging.INFO):
        async with telling(app.state.program, timedelta(milliseconds=50)):
            for _ in range(100):
                await asyncio.sleep(0.05)
                if caplog.records:
                    break
            assert owing.audit("overdue-told") == []
            owing.run("GRANT INSERT ON notices TO zoneschild_search")
            for _ in range(100):
                await asyncio.sleep(0.05)
                if owing.audit("overdue-told"):
                    break
    assert len(owing.audit("overdue-told")) == 1
    ours = [record.getMessage() for record in caplog.records if record.name == "search.telling"]
    assert ours[0] == "what is overdue could not be told: ProgrammingError"
    assert "INC 2026" not in caplog.text
    assert "an.peeters" not in caplog.text


async def test_whoever_is_told_reads_it_among_their_notices(
        owing: World, app: FastAPI, visitor: httpx.AsyncClient) -> None:
    _age(owing, timedelta(hours=80))
    await _tell(app)
    await visitor.post("/login", data={"username": "dpo.carma", "password": PASSWORD})
    page = (await visitor.get("/notices")).text
    assert "An Peeters opende op" in page
    assert "incident INC 2026/88121" in page
    ((notice_id,),) = owing.run("SELECT notice_id FROM notices JOIN users USING (user_id) WHERE username = 'dpo.carma'")
    assert 'class="count"' in page
    answer = await visitor.post(f"/notices/{notice_id}/open")
    assert (answer.status_code, answer.headers["location"]) == (303, "/notices")
    assert 'class="count"' not in (await visitor.get("/notices")).text
    assert owing.audit("notices-seen")[-1]["filters"] == {"notices": [notice_id]}


async def test_the_officer_goes_on_searching_and_sees_what_is_owed(
        owing: World, app: FastAPI, program: httpx.AsyncClient, visitor: httpx.AsyncClient) -> None:
    owing.add_read("3ABC123", utc_now() - timedelta(hours=1), 1)
    _age(owing, timedelta(hours=80))
    await _tell(app)
    assert plates(await program.get("/reads", params={"plate": "3ABC123"})) == ["3ABC123"]
    await visitor.post("/login", data={"username": "an.peeters", "password": PASSWORD})
    page = (await visitor.get("/consultations/owed")).text
    assert "weten dat het te laat is" in page
    assert "PV van uw dringende raadpleging voor incident INC 2026/88121" in (await visitor.get("/notices")).text
