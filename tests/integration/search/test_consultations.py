"""Stating why before asking."""

import httpx
import pytest

from tests.integration.search.conftest import REASON
from tests.integration.search.world import PASSWORD, World


async def test_a_consultation_is_opened_over_the_api(world: World, program: httpx.AsyncClient) -> None:
    answer = await program.post("/consultations", json=REASON)
    assert answer.status_code == 201
    told = answer.json()
    assert sorted(told) == ["consultation_id", "expires_at", "file_number", "purpose"]
    assert (told["purpose"], told["file_number"]) == ("judicial-crime", "GE.11.L1.004512/2026")
    row = world.audit()[-1]
    assert row["action"] == "consultation-opened"
    assert row["question"] == ("Gerechtelijk: onderzoek naar een misdrijf; dossier GE.11.L1.004512/2026; "
                               "reden: Reeks inbraken te Bree")
    assert str(row["consultation_id"]) == told["consultation_id"]


@pytest.mark.parametrize(("change", "hint"), [
    ({"purpose": "curiosity"}, "purpose must be one of"), ({"file_number": " x "}, "file_number"),
    ({"reason": "x         x"}, "reason"), ({"reason": "Reeks inbraken\0 te Bree"}, "character"),
])
async def test_an_incomplete_reason_is_refused(
        world: World, program: httpx.AsyncClient, change: dict[str, str], hint: str) -> None:
    answer = await program.post("/consultations", json={**REASON, **change})
    assert answer.status_code == 422
    assert hint in answer.json()["message"]
    assert world.run("SELECT count(*) FROM consultations") == [(0,)]


async def test_a_field_that_is_missing_is_named(program: httpx.AsyncClient) -> None:
    answer = await program.post("/consultations", json={"purpose": "judicial-crime"})
    assert answer.json() == {"code": "bad-question", "message": "file_number: Field required"}


async def test_the_form_keeps_what_was_written_and_says_what_is_missing(
        world: World, visitor: httpx.AsyncClient) -> None:
    await visitor.post("/login", data={"username": "an.peeters", "password": PASSWORD})
    answer = await visitor.post("/consultations", data={**REASON, "reason": "kort", "next": "/reads?plate=3ABC123"})
    assert answer.status_code == 422
    assert "Zeg in uw eigen woorden waarom u dit opzoekt" in answer.text
    assert 'value="GE.11.L1.004512/2026"' in answer.text
    assert 'value="/reads?plate=3ABC123"' in answer.text


async def test_the_open_consultation_stands_on_every_page_until_it_is_ended(
        world: World, browser: httpx.AsyncClient) -> None:
    for path in ("/reads", "/cameras", "/gateways"):
        page = (await browser.get(path)).text
        assert "GE.11.L1.004512/2026" in page
        assert "Gerechtelijk: onderzoek naar een misdrijf" in page
    assert (await browser.post("/consultations/end")).headers["location"] == "/consultations/new"
    assert "Er is geen raadpleging open" in (await browser.get("/cameras")).text
    assert world.audit()[-1]["action"] == "consultation-ended"


async def test_opening_another_one_ends_the_first(world: World, browser: httpx.AsyncClient) -> None:
    await browser.post("/consultations", data={**REASON, "file_number": "NOT-2026-77"})
    assert [row["action"] for row in world.audit()][-2:] == ["consultation-ended", "consultation-opened"]
    assert world.run("SELECT file_number FROM consultations WHERE ended_at IS NULL") == [("NOT-2026-77",)]


async def test_reasons_never_stand_in_an_address(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/consultations", data={**REASON, "next": "/reads?plate=3ABC123"})
    assert answer.headers["location"] == "/reads?plate=3ABC123"
