"""R7: everything leaves a row: who, role, when, purpose, reason, decision, query, count, opened ids, export, denial."""

from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from services.clock import utc_now
from tests.integration.search.auditing import logged_in
from tests.integration.search.conftest import REASON
from tests.integration.search.world import World


async def test_r7_a_question_leaves_who_when_why_what_and_how_many(world: World, asker: httpx.AsyncClient) -> None:
    read_id = world.add_read("3ABC123", utc_now() - timedelta(hours=1), 1)
    await asker.get("/reads", params={"plate": "3ABC123"})
    ((at, username, role, address),) = world.run(
        "SELECT at, username, role, client_address FROM audit WHERE action = 'reads-searched'")
    assert abs(utc_now() - at) < timedelta(minutes=1)
    assert (username, role, bool(address)) == ("an.peeters", "investigator", True)
    row = world.audit("reads-searched")[0]
    assert row["filters"]["plate"] == ["3ABC123"]
    assert (row["decision"]["purpose"], row["result_count"], row["read_ids"]) == ("judicial-crime", 1, [read_id])
    ((file_number, reason),) = world.run("SELECT file_number, reason FROM consultations WHERE consultation_id = %s",
                                         row["consultation_id"])
    assert (file_number, reason) == (REASON["file_number"], REASON["reason"])


async def test_r7_a_denial_leaves_a_row_and_no_answer(world: World, program: httpx.AsyncClient) -> None:
    assert (await program.get("/reads", params={"plate": "3ABC123"})).status_code == 403
    row = world.audit()[-1]
    assert (row["action"], row["decision"]["refused"]) == ("denied", "no-consultation")
    assert row["filters"]["plate"] == ["3ABC123"]


@pytest.mark.parametrize("path", ["/reads?plate=3ABC123", "/journeys?plate=3ABC123", "/journeys.csv?plate=3ABC123"])
async def test_r7_when_the_audit_fails_nothing_is_answered(
        world: World, asker: httpx.AsyncClient, path: str) -> None:
    world.add_read("3ABC123", utc_now() - timedelta(hours=1), 1)
    world.run("REVOKE INSERT ON audit FROM zoneschild_search")
    try:
        answer = await asker.get(path)
    finally:
        world.run("GRANT INSERT ON audit TO zoneschild_search")
    assert answer.status_code == 500
    assert "3ABC123" not in answer.text


async def test_r7_looking_at_the_audit_without_a_trace_is_impossible(app: FastAPI, world: World) -> None:
    async with logged_in(app, world, "ilse.dpo", "dpo") as client:
        world.run("REVOKE INSERT ON audit FROM zoneschild_search")
        try:
            for path in ("/audit", "/audit.csv", "/audit.jsonl", "/audit/rows/1", "/audit/behaviour", "/audit/sample"):
                assert (await client.get(path)).status_code == 500, path
        finally:
            world.run("GRANT INSERT ON audit TO zoneschild_search")


async def test_r7_the_rows_outlive_the_reads(world: World, asker: httpx.AsyncClient, app: FastAPI) -> None:
    read_id = world.add_read("3ABC123", utc_now() - timedelta(hours=1), 1)
    await asker.get(f"/reads/{read_id}")
    world.run("DELETE FROM reads")
    async with logged_in(app, world, "leen.audit", "auditor") as client:
        page = (await client.get("/audit", params={"action": "read-opened"})).text
    assert str(read_id) in page
