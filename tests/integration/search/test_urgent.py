"""At three in the morning: an incident's number opens a day, and owes a PV."""

from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from services.clock import utc_now
from tests.integration.search.conftest import REASON, plates, state_reason
from tests.integration.search.world import PASSWORD, World

URGENT = {"purpose": "judicial-traffic", "file_number": "INC 2026/88121", "reason": "Vluchtmisdrijf, fietser gekwetst",
          "urgent": "true"}


async def _open(program: httpx.AsyncClient, **changes: object) -> str:
    answer = await program.post("/consultations", json={**URGENT, "urgent": True, **changes})
    assert answer.status_code == 201, answer.text
    program.headers["Consultation"] = answer.json()["consultation_id"]
    return str(answer.json()["consultation_id"])


async def test_one_form_leads_to_the_passages_of_the_plate_in_it(world: World, visitor: httpx.AsyncClient) -> None:
    world.add_user("tom.wouters", "dispatcher", "Tom Wouters")
    world.add_read("3ABC123", utc_now() - timedelta(hours=1), 1)
    answer = await visitor.post("/login", data={"username": "tom.wouters", "password": PASSWORD})
    for _ in range(3):
        if answer.status_code == 303:
            answer = await visitor.get(answer.headers["location"])
    page = answer.text
    assert page.index('id="urgent-heading"') < page.index('name="file_kind"'), "the urgent form comes first"
    answer = await visitor.post("/consultations", data={**URGENT, "plate": "3-abc-123"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/reads?plate=3-abc-123")
    page = (await visitor.get("/reads?plate=3-abc-123")).text
    assert "3-ABC-123" in page
    assert "Het incident is voorbij" in page
    assert "1 PV volgt nog" in page


async def test_for_other_roles_the_urgent_form_comes_second(world: World, browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/consultations/new")).text
    assert page.index('id="urgent-heading"') > page.index('name="file_kind"')


async def test_what_is_wrong_is_said_in_the_urgent_form_which_keeps_the_rest(
        world: World, browser: httpx.AsyncClient) -> None:
    page = await browser.post("/consultations", data={**URGENT, "reason": "dringend onderzoek", "plate": "3ABC123"})
    assert page.status_code == 422
    assert 'id="line-problem"' in page.text
    assert 'value="INC 2026/88121"' in page.text
    assert 'value="3ABC123"' in page.text
    assert '<option value="judicial-traffic" selected>' in page.text


@pytest.mark.parametrize(("age", "seen"), [
    (timedelta(hours=23, minutes=59), True), (timedelta(hours=24, minutes=1), False), (timedelta(days=20), False),
])
async def test_it_reaches_back_twenty_four_hours_and_no_further(
        world: World, program: httpx.AsyncClient, age: timedelta, seen: bool) -> None:
    world.add_read("3ABC123", utc_now() - age, 1)
    await _open(program)
    answer = await program.get("/reads", params={"plate": "3ABC123"})
    assert plates(answer) == (["3ABC123"] if seen else [])
    assert answer.json()["withheld"]["reason"] == "urgent"


async def test_a_decision_of_the_procureur_opens_nothing_more_under_it(
        world: World, program: httpx.AsyncClient) -> None:
    world.add_read("3ABC123", utc_now() - timedelta(days=40), 1)
    other = world.add_user("els.maes", "investigator", "Els Maes")
    world.run("INSERT INTO prosecutor_decisions (reference, file_number, magistrate, decided_on, reasons, "
              "offence_of_a_year, since, until, expires_at, document, document_name, document_sha256, registered_by, "
              "registered_at, compared_by, compared_at) VALUES ('D1', %s, 'M', current_date, 'r', true, "
              "now() - interval '90 days', now(), now() + interval '9 days', 'x', 'x', 'x', 1, now(), %s, now())",
              URGENT["file_number"], other)
    await _open(program)
    assert plates(await program.get("/reads", params={"plate": "3ABC123"})) == []
    await state_reason(program, file_number=URGENT["file_number"], file_kind="incident")
    assert plates(await program.get("/reads", params={"plate": "3ABC123"})) == ["3ABC123"]


async def test_it_overrides_neither_role_nor_four_eyes_nor_audit(
        world: World, program: httpx.AsyncClient, app: FastAPI) -> None:
    world.confirm(window_hours=6, window_cameras=1)
    app.state.program.rules.forget()
    answer = await program.post("/consultations", json={**URGENT, "urgent": True, "purpose": "access-request"})
    assert answer.status_code == 422
    consultation_id = await _open(program)
    answer = await program.get("/reads")
    assert (answer.status_code, answer.json()["code"]) == (403, "needs-approval")
    row = world.audit()[-1]
    assert (row["action"], str(row["consultation_id"])) == ("denied", consultation_id)
    opened = world.audit("consultation-opened")[-1]["filters"]
    assert isinstance(opened, dict)
    assert (opened["origin"], opened["file_kind"]) == ("urgent", "incident")


async def test_it_ends_with_the_incident(world: World, browser: httpx.AsyncClient) -> None:
    await browser.post("/consultations", data=URGENT)
    assert "Het incident is voorbij" in (await browser.get("/cameras")).text
    await browser.post("/consultations/end")
    assert (await browser.get("/reads?plate=3ABC123")).status_code == 303
    page = (await browser.get("/consultations/new")).text
    assert "Het incident is voorbij" not in page
    assert "1 PV volgt nog" in page, "it owes its PV all the same"


async def test_it_lasts_a_day_at_most(world: World, program: httpx.AsyncClient, app: FastAPI) -> None:
    await _open(program)
    ((hours,),) = world.run("SELECT extract(epoch FROM expires_at - opened_at) / 3600 FROM consultations")
    assert float(str(hours)) == app.state.program.settings.consultation_hours <= 24


async def test_the_pv_is_owed_within_seventy_two_hours_and_its_number_can_be_given(
        world: World, browser: httpx.AsyncClient) -> None:
    await browser.post("/consultations", data=URGENT)
    ((consultation_id, owes),) = world.run(
        "SELECT consultation_id, pv_due_at - opened_at FROM consultations WHERE origin = 'urgent'")
    assert owes == timedelta(hours=72)
    page = (await browser.get("/consultations/owed")).text
    assert "INC 2026/88121" in page
    address = f"/consultations/{consultation_id}/pv"
    for number, said in (("", "Geef het nummer van het PV"), ("inc 2026/88121", "Dit is het nummer van het incident"),
                         ("zonder cijfers", "met cijfers")):
        answer = await browser.post(address, data={"pv_number": number})
        assert answer.status_code == 422
        assert said in answer.text
    answer = await browser.post(address, data={"pv_number": " GE.12.L1.004600/2026 "})
    assert (answer.status_code, answer.headers["location"]) == (303, "/consultations/owed")
    page = (await browser.get("/consultations/owed")).text
    assert "INC 2026/88121" not in page.split("<main")[1]
    assert "volgt nog" not in page
    row = world.audit("pv-given")[-1]
    assert row["filters"] == {"pv_number": "GE.12.L1.004600/2026", "file_number": "INC 2026/88121"}
    assert row["question"] == "PV GE.12.L1.004600/2026 voor de dringende raadpleging van incident INC 2026/88121"
    assert row["decision"] == {"late": False}
    assert (await browser.post(address, data={"pv_number": "GE.12.L1.004601/2026"})).status_code == 404


async def test_a_program_gives_the_number_too_and_nobody_gives_another_ones(
        world: World, app: FastAPI, program: httpx.AsyncClient) -> None:
    consultation_id = await _open(program)
    listed = (await program.get("/consultations/owed")).json()["items"]
    assert [(item["consultation_id"], item["incident"]) for item in listed] == [(consultation_id, "INC 2026/88121")]
    world.add_user("els.maes", "dispatcher", "Els Maes")
    headers = {"Authorization": f"Bearer {world.add_token('els.maes', utc_now() + timedelta(days=1))}"}
    address = f"/consultations/{consultation_id}/pv"
    given = {"pv_number": "GE.12.L1.004600/2026"}
    assert (await program.get("/consultations/owed", headers=headers)).json() == {"items": []}
    assert (await program.post(address, headers=headers, json=given)).status_code == 404
    answer = await program.post(address, json={"pv_number": "kort"})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-question")
    world.run("UPDATE consultations SET pv_due_at = now() - interval '1 second'")
    assert (await program.post(address, json=given)).status_code == 200
    assert world.audit("pv-given")[-1]["decision"] == {"late": True}
    assert (await program.get("/consultations/owed")).json() == {"items": []}


async def test_an_ordinary_consultation_owes_nothing(world: World, asker: httpx.AsyncClient) -> None:
    assert (await asker.get("/consultations/owed")).json() == {"items": []}
    address = f"/consultations/{asker.headers['Consultation']}/pv"
    answer = await asker.post(address, json={"pv_number": REASON["file_number"]})
    assert answer.status_code == 404
