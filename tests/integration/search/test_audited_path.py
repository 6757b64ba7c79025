"""No reads without a reason, no answer without a trace."""

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant

import search.program
from search.answers import Permitted, find_answers
from search.app import create_app
from search.doors import Door, door_of, routes_of
from services.clock import utc_now
from services.roles import Act
from services.settings import SearchSettings
from tests.integration.search.conftest import REASON, plates
from tests.integration.search.world import World

SHOWS_READS = {Act.ask_reads, Act.confirm_readings, Act.open_rejects, Act.report_plates}
"""Acts whose routes return reads; a route behind one of them goes through the audited path, unless it is named here."""

NO_READS = {
    "/lookalikes": "what a level accepts, worked out without looking at reads",
    "/api/v1/lookalikes": "the same",
    "/approvals": "questions in words, without their answers",
    "/approvals/{approval_id}/ask": "asks a colleague",
    "/api/v1/approvals": "questions in words, without their answers",
    "/api/v1/approvals/{approval_id}/ask": "asks a colleague",
    "/hits/{hit_id}/consultation": "opens a consultation and goes to the reads",
    "/reads/understood": "what a text in the box asks for, worked out without looking at reads",
    "/saved": "questions by name, without answers",
    "/saved/{saved_id}/remove": "removes such a question",
    "/api/v1/saved-searches": "questions by name, without answers",
    "/api/v1/saved-searches/{saved_id}": "removes such a question",
    "/reads/{read_id}/images/{kind}": "a picture that an audited answer granted (test_pictures.py)",
}


def _needs(dependant: Dependant, call: object) -> bool:
    return dependant.call is call or any(_needs(inner, call) for inner in dependant.dependencies)


def test_every_route_that_may_return_reads_depends_on_the_audited_path(app: FastAPI) -> None:
    routes = list(routes_of(app.routes))
    assert {"/reads", "/api/v1/reads", "/api/v1/reads/{read_id}", "/reads/{read_id}"} <= {r.path for r in routes}
    assert set(NO_READS) <= {route.path for route in routes}, "the list names a route that is no more"
    for route in routes:
        door = door_of(route)
        shows = isinstance(door, Door) and door.act in SHOWS_READS and route.path not in NO_READS
        assert shows == _needs(route.dependant, find_answers), route.path


def audited(app: FastAPI, act: Act) -> set[str]:
    """Return the routes behind an act that go through the audited path."""
    return {route.path for route in routes_of(app.routes)
            if _needs(route.dependant, find_answers) and door_of(route) == Door(act)}


def _audited(app: FastAPI) -> list[str]:
    """Return the routes that search reads; rejects, trials, confirmations and reports have tests of their own."""
    return sorted(path for path in audited(app, Act.ask_reads) if not path.endswith(("/try", "/back-test")))


async def test_each_of_them_refuses_without_a_consultation_and_leaves_a_trace_with_one(
        app: FastAPI, world: World, visitor: httpx.AsyncClient, program: httpx.AsyncClient) -> None:
    read_id = world.add_read("3ABC123", utc_now() - timedelta(hours=1), 1)
    await visitor.post("/login", data={"username": "an.peeters", "password": "correct horse battery"})
    for path in _audited(app):
        address = path.format(read_id=read_id, kind="csv").removeprefix("/api/v1")
        client = program if path.startswith("/api") else visitor
        answer = await client.get(address, params={} if "{read_id}" in path else {"plate": "3ABC123"})
        if client is program:
            assert (answer.status_code, answer.json()["code"]) == (403, "no-consultation")
        else:
            assert answer.status_code == 303
            assert answer.headers["location"].startswith(f"/consultations/new?next=%2F{address.split('/')[1]}")
        assert world.audit()[-1]["action"] == "denied"
        assert "3ABC123" not in answer.text

    program.headers["Consultation"] = (await program.post("/consultations", json=REASON)).json()["consultation_id"]
    await visitor.post("/consultations", data=REASON)
    for path in _audited(app):
        rows = len(world.audit())
        address = path.format(read_id=read_id, kind="csv").removeprefix("/api/v1")
        client = program if path.startswith("/api") else visitor
        answer = await client.get(address, params={} if "{read_id}" in path else {"plate": "3ABC123"})
        assert answer.status_code == 200
        assert "3ABC123" in answer.text
        assert len(world.audit()) == rows + 1
        assert world.audit()[-1]["read_ids"] == [read_id]


def test_reads_are_queried_with_what_the_audited_path_hands_out_and_nothing_else() -> None:
    with pytest.raises(TypeError, match=r"Answers\.ask"):
        Permitted(object(), None, None)  # type: ignore[arg-type]


async def test_the_row_holds_the_question_in_words_and_in_full(world: World, asker: httpx.AsyncClient) -> None:
    ids = [world.add_read("3ABC123", utc_now() - timedelta(hours=hours), 1) for hours in (1, 2)]
    await asker.get("/reads", params={"plate": "3-abc-12?", "camera": "BRE01A", "limit": 10})
    row = world.audit("reads-searched")[-1]
    assert row["question"] == "Passages: nummerplaat 3ABC12?, camera BRE01A"
    assert row["filters"] == {"plate": ["3ABC12?"], "camera": ["BRE01A"], "limit": 10}
    assert row["username"] == "an.peeters"
    assert str(row["consultation_id"]) == asker.headers["Consultation"]
    assert row["result_count"] == 2
    assert row["read_ids"] == ids
    decision = row["decision"]
    assert isinstance(decision, dict)
    assert decision["purpose"] == "judicial-crime"
    assert decision["withheld"] is True


async def test_a_question_that_finds_nothing_leaves_a_trace_too(world: World, asker: httpx.AsyncClient) -> None:
    await asker.get("/reads", params={"plate": "9ZZZ999"})
    await asker.get(f"/reads/{UUID('01a20712-28a9-87ab-97e2-441ce3994200')}")
    assert [row["result_count"] for row in world.audit()[-2:]] == [0, 0]


async def test_no_answer_leaves_when_the_audit_cannot_be_written(
        world: World, asker: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    world.add_read("3ABC123", utc_now() - timedelta(hours=1), 1)
    world.run("REVOKE INSERT ON audit FROM zoneschild_search")
    with caplog.at_level(logging.DEBUG):
        answer = await asker.get("/reads", params={"plate": "3ABC123"})
    assert (answer.status_code, answer.json()["code"]) == (500, "error")
    assert "3ABC123" not in answer.text
    assert "InsufficientPrivilege" not in answer.text
    ours = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("http"))
    assert "3ABC123" not in ours
    assert "ProgrammingError" in ours
    assert world.audit("reads-searched") == []


async def test_a_question_that_takes_too_long_is_refused_and_leaves_a_trace(
        world: World, settings: SearchSettings, asker: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch,
        database: Any) -> None:
    monkeypatch.setattr(search.program, "ANSWER_WITHIN_MS", 300)
    impatient = create_app(settings)
    with _locked(database.owner_url, "reads"):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(impatient), base_url="http://zone/api/v1",
                                     headers=asker.headers) as client:
            answer = await client.get("/reads", params={"plate": "*A*"})
    await impatient.state.program.engine.dispose()
    assert (answer.status_code, answer.json()["code"]) == (422, "too-broad")
    row = world.audit()[-1]
    assert row["action"] == "reads-searched"
    assert row["result_count"] is None
    assert isinstance(row["decision"], dict)
    assert row["decision"]["refused"] == "too-broad"


class _locked:  # noqa: N801 - reads as a verb in `with`
    """Another session that holds a table as long as the block lasts, as a slow question would be held up."""

    def __init__(self, url: str, table: str) -> None:
        self._connection = psycopg.connect(url)
        self._connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        self._connection.rollback()
        self._connection.close()


async def test_somebody_elses_or_an_ended_consultation_opens_nothing(
        world: World, program: httpx.AsyncClient) -> None:
    world.add_user("els.maes", "dispatcher", "Els Maes")
    for values in ("1, now() - interval '9 hours', now() - interval '1 hour', NULL",
                   "1, now(), now() + interval '1 hour', now()", "2, now(), now() + interval '1 hour', NULL"):
        (consultation_id,), = world.run(
            "INSERT INTO consultations (user_id, opened_at, expires_at, ended_at, purpose, file_number, reason) "
            f"VALUES ({values}, 'judicial-crime', 'file', 'a reason') RETURNING consultation_id")
        answer = await program.get("/reads", headers={"Consultation": str(consultation_id)})
        assert answer.status_code == 403
    assert (await program.get("/reads", headers={"Consultation": "not-an-id"})).status_code == 403


async def test_search_can_neither_change_nor_remove_an_audit_row(
        world: World, visitor: httpx.AsyncClient, database: Any) -> None:
    await visitor.post("/login", data={"username": "an.peeters", "password": "not hers"})
    assert world.audit("login-refused")
    for statement in ("UPDATE audit SET username = 'nobody'", "DELETE FROM audit", "TRUNCATE audit"):
        with psycopg.connect(database.search_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)
        with psycopg.connect(database.owner_url) as connection, pytest.raises(psycopg.errors.RaiseException):
            connection.execute(statement)


async def test_two_askers_do_not_share_a_consultation(
        world: World, app: FastAPI, asker: httpx.AsyncClient) -> None:
    world.add_user("els.maes", "dispatcher", "Els Maes")
    other = world.add_token("els.maes", utc_now() + timedelta(days=1))
    world.add_read("3ABC123", utc_now() - timedelta(hours=1), 1)
    assert plates(await asker.get("/reads")) == ["3ABC123"]
    assert (await asker.get("/reads", headers={"Authorization": f"Bearer {other}"})).status_code == 403


@pytest.mark.parametrize("role", ["camera-manager", "dpo", "auditor", "technical-administrator"])
async def test_a_role_that_sees_no_plates_gets_none_and_the_attempt_is_kept(
        world: World, app: FastAPI, visitor: httpx.AsyncClient, role: str) -> None:
    world.add_read("3ABC123", utc_now() - timedelta(hours=1), 1)
    user_id = world.add_user("wim", role, "Wim Smeets")
    token = world.add_token("wim", utc_now() + timedelta(days=1))
    (consultation_id,), = world.run(
        "INSERT INTO consultations (user_id, opened_at, expires_at, purpose, file_number, reason) VALUES "
        "(%s, now(), now() + interval '1 hour', 'judicial-crime', 'file', 'a reason') RETURNING consultation_id",
        user_id)
    headers = {"Authorization": f"Bearer {token}", "Consultation": str(consultation_id)}
    answer = await visitor.get("/api/v1/reads", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert world.audit()[-1]["action"] == "denied"
    # The DPO states reasons too, for access requests alone.
    refused = 422 if role == "dpo" else 403
    assert (await visitor.post("/api/v1/consultations", headers=headers, json=REASON)).status_code == refused
    assert (await visitor.get("/api/v1/cameras", headers=headers)).status_code == 200

    await visitor.post("/login", data={"username": "wim", "password": "correct horse battery"})
    assert (await visitor.get("/")).headers["location"] == "/overview"
    assert 'href="/reads' not in (await visitor.get("/cameras")).text
    for path in ("/reads", "/reads?plate=3ABC123", "/journeys?plate=3ABC123"):
        page = await visitor.get(path)
        assert page.status_code == 403
        assert "Uw rol mag dit niet doen" in page.text
    assert (await visitor.post("/consultations", data=REASON)).status_code == refused
