"""R5: nothing is shown without a purpose, a file and a reason in words that say something."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from services.clock import utc_now
from services.gate import PURPOSES
from services.roles import Role
from tests.integration.search.conftest import REASON, plates, state_reason
from tests.integration.search.world import PASSWORD, World


@pytest_asyncio.fixture
async def officer(world: World, visitor: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which An Peeters is logged in and has stated nothing."""
    await visitor.post("/login", data={"username": "an.peeters", "password": PASSWORD})
    yield visitor


@pytest.mark.parametrize("reason", [
    "controle voertuig", "onderzoek onderzoek onderzoek", "aaaaaaaaaaaaaa", "GE.11.L1.004512/2026",
    "nazicht nummerplaat i.k.v. dossier", "contrôle d'un véhicule", "xxxxx yyyyy zzzzz",
])
async def test_words_that_fit_any_question_open_nothing_and_the_page_says_what_would_help(
        world: World, officer: httpx.AsyncClient, program: httpx.AsyncClient, reason: str) -> None:
    page = await officer.post("/consultations", data={**REASON, "reason": reason})
    assert page.status_code == 422
    assert "Zeg wat er gebeurd is en wie of wat u zoekt" in page.text
    assert 'role="alert"' in page.text
    answer = await program.post("/consultations", json={**REASON, "reason": reason})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-question")
    assert "say what happened" in answer.json()["message"]
    assert world.run("SELECT count(*) FROM consultations") == [(0,)]


async def test_a_time_that_is_up_closes_everything_and_the_same_statement_is_offered_again(
        world: World, browser: httpx.AsyncClient) -> None:
    world.add_read("3ABC123", utc_now() - timedelta(hours=1), 1)
    assert "3-ABC-123" in (await browser.get("/reads?plate=3ABC123")).text
    world.run("UPDATE consultations SET expires_at = now() - interval '1 second'")
    answer = await browser.get("/reads?plate=3ABC123")
    assert answer.status_code == 303
    page = (await browser.get(answer.headers["location"])).text
    assert "is om. Open ze opnieuw" in page
    assert 'value="GE.11.L1.004512/2026"' in page
    assert ">Reeks inbraken te Bree</textarea>" in page
    assert 'value="judicial-crime" required checked' in page
    assert 'value="/reads?plate=3ABC123"' in page


async def test_a_consultation_that_was_ended_or_lies_days_back_is_not_offered_as_it_was(
        world: World, browser: httpx.AsyncClient) -> None:
    days_back = "ended_at = NULL, opened_at = now() - interval '4 days', expires_at = now() - interval '73 hours'"
    for changes in ("ended_at = now()", days_back):
        world.run(f"UPDATE consultations SET {changes}")
        page = (await browser.get("/consultations/new")).text
        assert "Reeks inbraken te Bree" not in page
        assert "is om. Open ze opnieuw" not in page


async def test_ones_own_recent_files_can_be_chosen_and_the_reason_is_stated_again(
        world: World, browser: httpx.AsyncClient) -> None:
    user_id = world.add_user("els.maes", "investigator", "Els Maes")
    world.run("INSERT INTO consultations (user_id, opened_at, expires_at, purpose, file_number, reason) VALUES "
              "(%s, now(), now() + interval '1 hour', 'judicial-crime', 'BIJ-ELS-1', 'Iets van Els')", user_id)
    (own,), = world.run("SELECT consultation_id FROM consultations WHERE user_id = 1")
    (hers,), = world.run("SELECT consultation_id FROM consultations WHERE user_id = %s", user_id)
    await browser.post("/consultations", data={**REASON, "file_number": "NOT-2026-77", "file_kind": "note"})
    await browser.post("/consultations/end")
    page = (await browser.get("/consultations/new?next=%2Fcameras")).text
    assert f"/consultations/new?like={own}&amp;next=/cameras" in page
    assert "Notitie NOT-2026-77" in page
    assert "BIJ-ELS-1" not in page
    chosen = (await browser.get(f"/consultations/new?like={own}&next=%2Fcameras")).text
    assert 'value="GE.11.L1.004512/2026"' in chosen
    assert 'value="judicial-crime" required checked' in chosen
    assert "Reeks inbraken te Bree" not in chosen
    for like in (hers, "not-an-id"):
        assert "BIJ-ELS-1" not in (await browser.get(f"/consultations/new?like={like}")).text


@pytest.mark.parametrize("role", Role)
async def test_the_page_offers_the_purposes_of_ones_role_and_no_other(
        world: World, visitor: httpx.AsyncClient, role: Role) -> None:
    world.add_user("wim.smeets", role, "Wim Smeets")
    await visitor.post("/login", data={"username": "wim.smeets", "password": PASSWORD})
    page = await visitor.get("/consultations/new")
    asking = {code for code, purpose in PURPOSES.items() if role in purpose.roles and not purpose.confirmed_by}
    if not asking:
        assert page.status_code == 403
        return
    offered = {code for code in PURPOSES if f'name="purpose" value="{code}"' in page.text}
    assert offered == asking
    for code in PURPOSES.keys() - asking:
        refused = await visitor.post("/consultations", data={**REASON, "purpose": code})
        assert refused.status_code == 422
        assert 'id="purpose-problem"' in refused.text


async def test_a_purpose_that_the_dpo_has_not_confirmed_is_neither_offered_nor_taken(
        world: World, officer: httpx.AsyncClient, program: httpx.AsyncClient, app: FastAPI) -> None:
    assert "other-authority" not in (await officer.get("/consultations/new")).text
    answer = await program.post("/consultations", json={**REASON, "purpose": "other-authority"})
    assert answer.status_code == 422
    world.confirm(other_authorities=True)
    app.state.program.rules.forget()
    assert "other-authority" in (await officer.get("/consultations/new")).text
    assert (await program.post("/consultations", json={**REASON, "purpose": "other-authority"})).status_code == 201


@pytest.mark.parametrize(("again", "flags"), [
    ("Reeks inbraken te Bree", ["same-reason"]),
    ("te Bree: REEKS inbraken!", ["same-reason"]),
    ("Reeks inbraken te Bree, vandaag", ["near-reason"]),
    ("Vluchtmisdrijf met gekwetste fietser", []),
])
async def test_the_same_words_under_another_file_are_noted_in_the_audit_alone(
        world: World, program: httpx.AsyncClient, again: str, flags: list[str]) -> None:
    await state_reason(program)
    answer = await program.post("/consultations", json={**REASON, "file_number": "NOT-2026-77", "reason": again})
    assert answer.status_code == 201
    assert "reason" not in answer.text
    assert world.audit("consultation-opened")[-1]["decision"] == {"flags": flags}
    assert world.run("SELECT flags FROM consultations ORDER BY opened_at DESC LIMIT 1") == [(flags,)]


async def test_the_same_words_are_noted_for_ninety_days_and_of_the_same_officer_alone(
        world: World, program: httpx.AsyncClient) -> None:
    await state_reason(program)
    world.run("UPDATE consultations SET opened_at = now() - interval '89 days 23 hours'")
    await state_reason(program, file_number="NOT-2026-77")
    assert world.audit("consultation-opened")[-1]["decision"] == {"flags": ["same-reason"]}
    world.run("UPDATE consultations SET opened_at = now() - interval '90 days 1 hour'")
    await state_reason(program, file_number="NOT-2026-78")
    assert world.audit("consultation-opened")[-1]["decision"] == {"flags": []}
    world.run("UPDATE consultations SET opened_at = now(), user_id = %s", world.add_user("els.maes"))
    await state_reason(program, file_number="NOT-2026-79")
    assert world.audit("consultation-opened")[-1]["decision"] == {"flags": []}


async def test_the_same_file_again_is_nothing_remarkable(world: World, program: httpx.AsyncClient) -> None:
    await state_reason(program)
    await state_reason(program)
    assert world.audit("consultation-opened")[-1]["decision"] == {"flags": []}


async def test_nothing_is_shown_under_a_consultation_that_is_not_open(
        world: World, asker: httpx.AsyncClient) -> None:
    world.add_read("3ABC123", utc_now() - timedelta(hours=1), 1)
    assert plates(await asker.get("/reads")) == ["3ABC123"]
    world.run("UPDATE consultations SET expires_at = now() + interval '1 minute'")
    assert plates(await asker.get("/reads")) == ["3ABC123"]
    world.run("UPDATE consultations SET expires_at = now() - interval '1 millisecond'")
    answer = await asker.get("/reads")
    assert (answer.status_code, answer.json()["code"]) == (403, "no-consultation")
