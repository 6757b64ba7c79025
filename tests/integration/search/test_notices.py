"""Notices: one's own, counted in the head of every page, and gone from there once seen."""

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import event

from tests.integration.search.world import World


@pytest.fixture
def told(world: World) -> list[int]:
    """Three notices for An Peeters and one for Els Maes; the numbers of hers, then his."""
    other = world.add_user("els.maes", "tecint", "Els Maes")
    return [int(str(world.run(
        "INSERT INTO notices (user_id, kind, subject, address, made_at) VALUES (%s, 'approval-asked', "
        "jsonb_build_object('approval_id', 'x', 'officer', 'Jan Claes', 'file', %s::text), '/approvals', now()) "
        "RETURNING notice_id", user_id, file)[0][0])) for user_id, file in (
            (1, "F-1"), (1, "F-2"), (1, "<b>F-3</b>"), (other, "VAN-ELS-4"))]


async def test_the_head_of_every_page_counts_what_is_new(
        told: list[int], world: World, browser: httpx.AsyncClient) -> None:
    for path in ("/cameras", "/reads", "/notices", "/consultations/new"):
        assert '<strong class="count">3<' in (await browser.get(path)).text, path
    page = (await browser.get("/notices")).text
    assert "Jan Claes vraagt een tweede persoon voor dossier F-1" in page
    assert "&lt;b&gt;F-3&lt;/b&gt;" in page
    assert "VAN-ELS-4" not in page
    assert (await browser.post(f"/notices/{told[0]}/open")).headers["location"] == "/approvals"
    assert '<strong class="count">2<' in (await browser.get("/cameras")).text
    assert (await browser.post("/notices/seen")).headers["location"] == "/notices"
    assert 'class="count"' not in (await browser.get("/cameras")).text
    assert world.run("SELECT count(*) FROM notices WHERE seen_at IS NULL") == [(1,)]
    assert [row["result_count"] for row in world.audit("notices-seen")] == [1, 2]


async def test_nobody_opens_another_ones(told: list[int], world: World, browser: httpx.AsyncClient) -> None:
    for number in (told[3], 0, 2**63, 2**70):
        assert (await browser.post(f"/notices/{number}/open")).status_code == 404
    assert (await browser.post("/notices/nonsense/open")).status_code == 422
    assert world.audit("notices-seen") == []


async def test_seeing_them_again_leaves_no_second_row(
        told: list[int], world: World, browser: httpx.AsyncClient) -> None:
    for _ in range(2):
        assert (await browser.post(f"/notices/{told[0]}/open")).status_code == 303
    assert len(world.audit("notices-seen")) == 1


async def test_counting_costs_a_search_no_statement_of_its_own(
        told: list[int], app: FastAPI, browser: httpx.AsyncClient) -> None:
    statements: list[str] = []
    engine = app.state.program.engine.sync_engine
    await browser.get("/reads?plate=3ABC123")

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    await browser.get("/reads?plate=3ABC123")
    event.remove(engine, "before_cursor_execute", note)
    counting = [statement for statement in statements if "notices" in statement]
    assert len(counting) == 1
    assert "FROM users" in counting[0], "it is counted by the statement that finds the session"
