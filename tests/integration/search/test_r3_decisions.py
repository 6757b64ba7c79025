"""R3: judicial purpose beyond a month needs a decision that somebody else compared with its document."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import psycopg
import pytest
import pytest_asyncio
from fastapi import FastAPI
from psycopg.errors import CheckViolation, InsufficientPrivilege, RaiseException

from services.clock import utc_now
from tests.integration.search.conftest import REASON, plates, state_reason
from tests.integration.search.decisions_world import (
    DAY,
    GROUPS,
    add_decision,
    compare,
    fields,
    log_in,
    register,
    registered,
)
from tests.integration.search.world import World

PLATE = {"plate": "3ABC123"}


@pytest.fixture
def old_read(world: World) -> str:
    """A read of 33 days ago."""
    return str(world.add_read("3ABC123", utc_now() - 33 * DAY, 1))


@pytest_asyncio.fixture
async def colleague(app: FastAPI, world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which Bart Maes is logged in: somebody else."""
    world.add_user("bart.maes", "tecint", "Bart Maes")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone") as client:
        yield await log_in(client, "bart.maes")


async def sees(asker: httpx.AsyncClient) -> bool:
    """Tell whether the read of 33 days ago is among the answers."""
    return plates(await asker.get("/reads", params=PLATE)) == ["3ABC123"]


async def test_a_read_of_thirty_three_days_is_unlocked_by_a_decision_that_a_colleague_compared(
        old_read: str, browser: httpx.AsyncClient, colleague: httpx.AsyncClient, asker: httpx.AsyncClient,
        world: World) -> None:
    assert not await sees(asker)
    decision_id = await registered(browser, reference="PDK-77/2026")
    assert not await sees(asker)
    await compare(colleague, decision_id)
    answer = (await asker.get("/reads", params=PLATE)).json()
    assert [item["read_id"] for item in answer["items"]] == [old_read]
    assert "PDK-77/2026" in answer["withheld"]["message"]
    assert (await asker.get(f"/reads/{old_read}")).status_code == 200
    assert world.audit("reads-searched")[-1]["decision"]["decisions"] == ["PDK-77/2026"]  # type: ignore[index]


@pytest.mark.parametrize("changes", [
    {"plates": ["4XYZ789"]}, {"plates": []}, {"cameras": [2]}, {"file_number": "GE.11.L1.000001/2026"},
    {"compared_by": None, "compared_at": None}, {"refused_because": "andere nummerplaat"},
    {"expires_at": utc_now() - timedelta(seconds=1)}, {"offence_of_a_year": False},
])
async def test_it_stays_closed_under_a_decision_that_is_about_something_else_or_does_not_hold(
        old_read: str, asker: httpx.AsyncClient, world: World, changes: dict[str, Any]) -> None:
    add_decision(world, utc_now() - 100 * DAY, utc_now(), **changes)
    assert not await sees(asker)
    assert (await asker.get(f"/reads/{old_read}")).status_code == 404


@pytest.mark.parametrize(("since", "until"), [(100, 33.01), (32.99, 0)])
async def test_it_stays_closed_under_a_decision_about_another_time(
        old_read: str, asker: httpx.AsyncClient, world: World, since: float, until: float) -> None:
    add_decision(world, utc_now() - since * DAY, utc_now() - until * DAY)
    assert not await sees(asker)


@pytest.mark.parametrize("stated", [{"purpose": "administrative"}, {"file_number": "GE.11.L1.999999/2026"}])
async def test_it_stays_closed_to_another_purpose_and_another_file(
        old_read: str, program: httpx.AsyncClient, world: World, stated: dict[str, str]) -> None:
    add_decision(world, utc_now() - 100 * DAY, utc_now())
    await state_reason(program, **stated)
    assert not await sees(program)


async def test_it_stays_closed_to_an_urgent_consultation(
        old_read: str, program: httpx.AsyncClient, world: World) -> None:
    add_decision(world, utc_now() - 100 * DAY, utc_now(), file_number="INC-2026-4711")
    answer = await program.post("/consultations", json={**REASON, "file_number": "INC-2026-4711", "urgent": True})
    program.headers["Consultation"] = answer.json()["consultation_id"]
    assert not await sees(program)


async def test_a_disappearance_is_no_offence_so_its_decision_opens_nothing_while_the_threshold_is_on(
        old_read: str, program: httpx.AsyncClient, world: World) -> None:
    add_decision(world, utc_now() - 100 * DAY, utc_now(), offence_of_a_year=False)
    await state_reason(program, purpose="judicial-missing")
    assert not await sees(program)


async def test_a_lesser_offence_is_enough_once_the_dpo_has_confirmed_that(
        old_read: str, app: FastAPI, asker: httpx.AsyncClient, world: World) -> None:
    world.confirm(offence_threshold=False)
    app.state.program.rules.forget()
    add_decision(world, utc_now() - 100 * DAY, utc_now(), offence_of_a_year=False)
    assert await sees(asker)


async def test_a_revocation_counts_from_the_next_question_on(
        old_read: str, browser: httpx.AsyncClient, asker: httpx.AsyncClient, world: World) -> None:
    decision_id = add_decision(world, utc_now() - 100 * DAY, utc_now())
    assert await sees(asker)
    answer = await browser.post(f"/decisions/{decision_id}/revoke", data={"because": "Onderzoek is afgesloten"})
    assert answer.status_code == 303
    assert not await sees(asker)
    again = await browser.post(f"/decisions/{decision_id}/revoke", data={"because": "Onderzoek is afgesloten"})
    assert again.status_code == 422


async def test_it_expires_while_the_consultation_is_open(
        old_read: str, asker: httpx.AsyncClient, world: World) -> None:
    decision_id = add_decision(world, utc_now() - 100 * DAY, utc_now())
    assert await sees(asker)
    with pytest.raises(RaiseException, match="does not change"):  # not even the owner makes it last longer, or shorter
        world.run("UPDATE prosecutor_decisions SET expires_at = now() WHERE decision_id = %s", decision_id)
    world.run("DELETE FROM prosecutor_decisions")
    add_decision(world, utc_now() - 100 * DAY, utc_now(), expires_at=utc_now())
    assert not await sees(asker)


async def test_whoever_registered_it_does_not_compare_it(
        browser: httpx.AsyncClient, asker: httpx.AsyncClient, world: World, old_read: str) -> None:
    decision_id = await registered(browser)
    await browser.get(f"/decisions/{decision_id}/document")
    for form in ({"verdict": "agree", "seen": GROUPS}, {"verdict": "refuse", "because": "het klopt toch niet"}):
        assert (await browser.post(f"/decisions/{decision_id}/compare", data=form)).status_code == 403
    assert not await sees(asker)
    assert [row["decision"]["refused"] for row in world.audit("denied")] == ["own", "own"]  # type: ignore[index]
    assert "vergelijkt ze niet" in (await browser.get(f"/decisions/{decision_id}/compare")).text
    with pytest.raises(CheckViolation):
        world.run("UPDATE prosecutor_decisions SET compared_by = registered_by, compared_at = now()")


async def test_every_part_is_ticked_and_the_document_opened_before_it_counts_as_compared(
        browser: httpx.AsyncClient, colleague: httpx.AsyncClient) -> None:
    decision_id = await registered(browser)
    address = f"/decisions/{decision_id}/compare"
    unopened = await colleague.post(address, data={"verdict": "agree", "seen": GROUPS})
    assert (unopened.status_code, "Open eerst het document" in unopened.text) == (422, True)
    await colleague.get(f"/decisions/{decision_id}/document")
    for missing in GROUPS:
        ticked = [group for group in GROUPS if group != missing]
        answer = await colleague.post(address, data={"verdict": "agree", "seen": ticked})
        assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
        assert answer.text.count(" checked") == len(GROUPS) - 1
    page = (await colleague.get(address)).text
    assert page.count('name="seen"') == len(GROUPS)
    assert (await colleague.post(address, data={"verdict": "agree", "seen": GROUPS})).status_code == 303
    assert (await colleague.post(address, data={"verdict": "agree", "seen": GROUPS})).status_code == 422


async def test_a_mistaken_registration_is_refused_with_words_and_registered_anew(
        browser: httpx.AsyncClient, colleague: httpx.AsyncClient, asker: httpx.AsyncClient, old_read: str,
        world: World) -> None:
    decision_id = await registered(browser, reference="PDK-5/2026", plates="3ABC124")
    assert (await register(browser, reference="PDK-5/2026")).status_code == 422
    address = f"/decisions/{decision_id}/compare"
    assert (await colleague.post(address, data={"verdict": "refuse", "because": "nee"})).status_code == 422
    why = "In het document staat 3ABC123"
    assert (await colleague.post(address, data={"verdict": "refuse", "because": why})).status_code == 303
    assert why in (await browser.get(f"/decisions/{decision_id}")).text
    await compare(colleague, await registered(browser, reference="PDK-5/2026"))
    assert await sees(asker)
    assert world.audit("decision-refused")[0]["filters"]["because"] == why  # type: ignore[index]


@pytest.mark.parametrize("statement", [
    "UPDATE prosecutor_decisions SET plates = NULL", "UPDATE prosecutor_decisions SET expires_at = now()",
    "UPDATE prosecutor_decisions SET document = ''", "UPDATE prosecutor_decisions SET registered_by = 1",
    "DELETE FROM prosecutor_decisions",
])
async def test_the_programs_change_nothing_of_what_was_registered(
        world: World, database: Any, statement: str) -> None:
    add_decision(world, utc_now() - 100 * DAY, utc_now())
    with psycopg.connect(database.search_url) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(statement)


@pytest.mark.parametrize("change", [
    "compared_by = NULL, compared_at = NULL", "refused_because = 'toch niet'", "compared_at = now()",
])
async def test_what_was_compared_is_revoked_at_most_and_stays_revoked(
        world: World, database: Any, change: str) -> None:
    add_decision(world, utc_now() - 100 * DAY, utc_now())
    with psycopg.connect(database.search_url, autocommit=True) as connection:
        with pytest.raises(RaiseException):
            connection.execute(f"UPDATE prosecutor_decisions SET {change}")
        connection.execute("UPDATE prosecutor_decisions SET revoked_by = 1, revoked_at = now(), revoked_because = 'x'")
        with pytest.raises(RaiseException):
            connection.execute("UPDATE prosecutor_decisions "
                               "SET revoked_by = NULL, revoked_at = NULL, revoked_because = NULL")


async def test_all_that_is_done_with_a_decision_stands_in_the_audit(
        browser: httpx.AsyncClient, colleague: httpx.AsyncClient, world: World) -> None:
    decision_id = await registered(browser, reference="PDK-9/2026")
    await compare(colleague, decision_id)
    await colleague.post(f"/decisions/{decision_id}/revoke", data={"because": "Onderzoek is afgesloten"})
    rows = [row for row in world.audit() if str(row["action"]).startswith("decision-")]
    assert [(row["action"], row["username"]) for row in rows] == [
        ("decision-registered", "an.peeters"), ("decision-document-opened", "bart.maes"),
        ("decision-compared", "bart.maes"), ("decision-revoked", "bart.maes")]
    assert str(rows[0]["question"]).startswith(
        "beslissing PDK-9/2026 van de procureur des Konings: passages van 3ABC123 aan alle camera's, van ")
    for row in rows:
        assert row["filters"]["decision_id"] == decision_id  # type: ignore[index]
        assert len(row["filters"]["document_sha256"]) == 64  # type: ignore[index]


async def test_programs_register_and_read_decisions_and_compare_none(
        asker: httpx.AsyncClient, world: World) -> None:
    answer = await asker.post("/decisions", data=fields(cameras=["BRE01A", "BRE02A"], all_cameras=None),
                              files={"document": ("b.pdf", b"%PDF-1.4\n")})
    assert answer.status_code == 201, answer.text
    item = answer.json()
    assert (item["state"], item["cameras"], item["plates"]) == ("waiting", ["BRE01A", "BRE02A"], ["3ABC123"])
    address = f"/decisions/{item['decision_id']}"
    assert (await asker.get(address)).json() == item
    assert (await asker.get("/decisions")).json()["items"] == [item]
    assert (await asker.get("/decisions", params={"file": "PV 1"})).json() == {"items": [], "next": None}
    assert (await asker.get(f"{address}/document")).content == b"%PDF-1.4\n"
    assert (await asker.post(f"{address}/compare", data={})).status_code == 404
    revoked = await asker.post(f"{address}/revocation", json={"because": "Onderzoek is afgesloten"})
    assert (revoked.status_code, revoked.json()["state"]) == (200, "revoked")


async def test_the_list_goes_on_and_says_how_each_stands(
        browser: httpx.AsyncClient, asker: httpx.AsyncClient, world: World) -> None:
    since, until = utc_now() - 100 * DAY, utc_now()
    add_decision(world, since, until)
    add_decision(world, since, until, expires_at=until)
    add_decision(world, since, until, refused_because="nee")
    add_decision(world, since, until, compared_by=None, compared_at=None)
    add_decision(world, since, until, revoked_by=1, revoked_at=until, revoked_because="x", offence_of_a_year=False)
    first = (await asker.get("/decisions", params={"limit": 2})).json()
    rest = (await asker.get("/decisions", params={"before": first["next"]})).json()
    states = [item["state"] for item in first["items"] + rest["items"]]
    assert states == ["revoked", "waiting", "refused", "expired", "in-force"]
    page = (await browser.get("/decisions")).text
    for text in ("ingetrokken", "wacht op vergelijking", "geweigerd", "verlopen", "geldig", "tot en met"):
        assert text in page


async def test_a_page_on_which_something_is_withheld_leads_to_registering(
        old_read: str, browser: httpx.AsyncClient, world: World) -> None:
    page = (await browser.get("/reads", params=PLATE)).text
    assert '<a href="/decisions/new">Een beslissing registreren</a>' in page
    assert REASON["file_number"] in (await browser.get("/decisions/new")).text
    world.run("UPDATE users SET role = 'traffic' WHERE username = 'an.peeters'")
    world.run("UPDATE consultations SET purpose = 'judicial-traffic'")
    page = (await browser.get("/reads", params=PLATE)).text
    assert "daarvoor is een beslissing" in page
    assert "/decisions" not in page
