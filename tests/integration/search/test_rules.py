"""What the DPO confirms of the gate's rules."""

from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from search.gate.wording import FIXED, RULES
from services.clock import iso_ms, utc_now
from tests.integration.search.auditing import logged_in
from tests.integration.search.conftest import REASON
from tests.integration.search.world import World

DOCUMENT = "Advies DPO 2026/3 van 12 november 2026"


@pytest_asyncio.fixture
async def dpo(app: FastAPI, world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with logged_in(app, world, "ilse.dpo", "dpo") as client:
        yield client


async def test_every_rule_and_every_point_that_cannot_be_set_stands_on_the_page(
        app: FastAPI, dpo: httpx.AsyncClient) -> None:
    page = unescape((await dpo.get("/rules")).text)
    dutch = app.state.program.pages.languages["nl"]
    for described in RULES.values():
        assert dutch.say(described.title) in page
    for title, _ in FIXED:
        assert dutch.say(title) in page
    assert "nog door niemand" in page


async def test_a_rule_is_confirmed_on_the_basis_of_a_document(world: World, dpo: httpx.AsyncClient) -> None:
    answer = await dpo.post("/rules", data={"name": "window_cameras", "value": "12", "document": DOCUMENT})
    assert (answer.status_code, answer.headers["location"]) == (303, "/rules#window_cameras")
    page = (await dpo.get("/rules")).text
    card = page.split('id="window_cameras"')[1].split("</article>")[0]
    assert "<strong>12</strong>" in card
    assert DOCUMENT in card
    assert "door Ilse Dpo op" in card
    row = world.audit("rule-confirmed")[-1]
    assert row["filters"] == {"name": "window_cameras", "value": 12, "before": 10000, "document": DOCUMENT}
    assert row["question"] == f"Meeste camera's zonder nummerplaat: 12, op grond van {DOCUMENT}"


async def test_a_rule_holds_at_once(
        world: World, dpo: httpx.AsyncClient, asker: httpx.AsyncClient) -> None:
    asked = {"camera": "BRE01A", "from": iso_ms(utc_now() - timedelta(hours=20))}
    assert (await asker.get("/reads", params=asked)).status_code == 200
    await dpo.post("/rules", data={"name": "window_hours", "value": "6", "document": DOCUMENT})
    assert (await asker.get("/reads", params=asked)).json()["code"] == "needs-approval"
    await dpo.post("/rules", data={"name": "window_hours", "value": "24", "document": DOCUMENT})
    assert (await asker.get("/reads", params=asked)).status_code == 200


async def test_other_authorities_are_off_until_they_are_confirmed(
        world: World, dpo: httpx.AsyncClient, program: httpx.AsyncClient) -> None:
    stated = {**REASON, "purpose": "other-authority"}
    assert (await program.post("/consultations", json=stated)).status_code == 422
    await dpo.post("/rules", data={"name": "other_authorities", "value": "yes", "document": DOCUMENT})
    assert (await program.post("/consultations", json=stated)).status_code == 201


@pytest.mark.parametrize("form", [
    {"name": "window_hours", "value": "0", "document": DOCUMENT}, {"name": "window_hours", "value": "6 OR 1=1",
                                                                   "document": DOCUMENT},
    {"name": "sample_size", "value": "4", "document": DOCUMENT}, {"name": "audit_years", "value": "9",
                                                                  "document": DOCUMENT},
    {"name": "offence_threshold", "value": "maybe", "document": DOCUMENT}, {"name": "window_hours", "value": "6"},
    {"name": "window_hours", "value": "6", "document": " x  "}, {"name": "nothing", "value": "1", "document": DOCUMENT},
    {"name": "window_hours", "value": "6", "document": "x" * 301}, {}])
async def test_what_is_out_of_bounds_or_rests_on_nothing_is_refused_with_a_sentence(
        world: World, dpo: httpx.AsyncClient, form: dict[str, str]) -> None:
    before = world.run("SELECT name, value FROM gate_settings ORDER BY name")
    answer = await dpo.post("/rules", data=form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert world.run("SELECT name, value FROM gate_settings ORDER BY name") == before
    assert world.audit("rule-confirmed") == []


async def test_nobody_but_the_dpo_confirms_a_rule(app: FastAPI, world: World) -> None:
    for role in ("auditor", "technical-administrator", "tecint"):
        async with logged_in(app, world, f"x.{role}", role) as client:
            answer = await client.post("/rules", data={"name": "window_hours", "value": "24", "document": DOCUMENT})
            assert answer.status_code == 403
    assert world.audit("rule-confirmed") == []
