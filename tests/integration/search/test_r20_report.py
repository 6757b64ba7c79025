"""R20: what is kept of a plate, and who asked about it, for the person it belongs to."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest_asyncio
from fastapi import FastAPI

from services.clock import utc_now
from tests.integration.search.auditing import logged_in, with_token
from tests.integration.search.conftest import state_reason
from tests.integration.search.world import World

REQUEST = {"purpose": "access-request", "file_number": "INZAGE-2026-014",
           "reason": "Verzoek om inzage van de houder, ontvangen op 20 november"}
DAY = timedelta(days=1)


@pytest_asyncio.fixture
async def dpo(app: FastAPI, world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with logged_in(app, world, "ilse.dpo", "dpo") as client:
        answer = await client.post("/consultations", data=REQUEST)
        assert answer.status_code == 303, answer.text
        yield client


async def test_r20_the_report_holds_every_passage_of_the_year_and_leaves_a_row(
        world: World, dpo: httpx.AsyncClient) -> None:
    now = utc_now()
    ids = [world.add_read("3ABC123", now - days * DAY, 1, make="Volkswagen", colour="grey") for days in (1, 33, 300)]
    world.add_read("3ABC123", now - 2 * DAY, 1, superseded=True)
    world.add_read("9XYZ999", now - DAY, 1)
    page = (await dpo.get("/audit/plates", params={"plate": "3-ABC-123"})).text
    assert "4 passages worden bewaard" in page
    assert "Volkswagen" in page
    assert "9-XYZ-999" not in page
    assert "vervangen door een betere lezing" in page
    row = world.audit()[-1]
    assert (row["action"], row["username"], row["result_count"]) == ("plate-reported", "ilse.dpo", 4)
    assert set(ids) <= set(row["read_ids"])
    assert row["decision"]["purpose"] == "access-request"


async def test_r20_the_report_says_who_asked_and_names_persons_on_the_page_alone(
        world: World, asker: httpx.AsyncClient, dpo: httpx.AsyncClient) -> None:
    read_id = world.add_read("3ABC123", utc_now() - DAY, 1)
    await asker.get("/reads", params={"plate": "3ABC123"})
    await asker.get(f"/reads/{read_id}")
    await asker.get("/reads", params={"plate": "9XYZ999"})
    page = (await dpo.get("/audit/plates", params={"plate": "3ABC123"})).text
    assert "2 keer vroeg iemand ernaar" in page
    assert "an.peeters" in page
    answer = await dpo.get("/audit/plates.csv", params={"plate": "3ABC123"})
    sheet = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [row["kind"] for row in sheet] == ["passage", "question", "question", "question"]
    assert sheet[-1]["file_number"] == "GE.11.L1.004512/2026"
    assert (sheet[-1]["role"], sheet[-1]["purpose"]) == ("investigator", "judicial-crime")
    assert "an.peeters" not in answer.text
    assert "ABC" not in answer.headers["content-disposition"]
    assert world.audit()[-1]["filters"]["as_file"] == "csv"


async def test_r20_after_expiry_the_report_shows_nothing_of_a_read(world: World, dpo: httpx.AsyncClient) -> None:
    read_id = world.add_read("3ABC123", utc_now() - 366 * DAY, 1, make="Trabant")
    page = (await dpo.get("/audit/plates", params={"plate": "3ABC123", "from": "2020-01-01"})).text
    assert "0 passages worden bewaard" in page
    assert "Trabant" not in page
    assert str(read_id) not in page


async def test_r20_the_report_needs_a_consultation_for_an_access_request(
        app: FastAPI, world: World) -> None:
    async with logged_in(app, world, "els.dpo", "dpo") as client:
        answer = await client.get("/audit/plates", params={"plate": "3ABC123"})
        assert (answer.status_code, answer.headers["location"][:18]) == (303, "/consultations/new")
        answer = await client.post("/consultations", data={**REQUEST, "purpose": "judicial-crime"})
        assert answer.status_code == 422


async def test_r20_the_dpo_asks_for_one_plate_and_for_nothing_else(world: World, dpo: httpx.AsyncClient) -> None:
    for plate in ("3ABC*", "3ABC123,9XYZ999", "", "?"):
        answer = await dpo.get("/audit/plates", params={"plate": plate})
        assert answer.status_code == 422, plate
        assert 'role="alert"' in answer.text
    for path in ("/reads?plate=3ABC123", "/reads", "/journeys?plate=3ABC123"):
        assert (await dpo.get(path)).status_code == 403
        assert world.audit()[-1]["action"] == "denied"


async def test_r20_nobody_else_reports_a_plate(app: FastAPI, world: World) -> None:
    for role in ("auditor", "investigator", "tecint", "technical-administrator"):
        async with logged_in(app, world, f"x.{role}", role) as client:
            for path in ("/audit/plates?plate=3ABC123", "/audit/plates.csv?plate=3ABC123"):
                assert (await client.get(path)).status_code == 403, role


async def test_r20_a_program_of_the_dpo_gets_the_same_report(app: FastAPI, world: World) -> None:
    world.add_read("3ABC123", utc_now() - DAY, 1, country="BE")
    async with with_token(app, world, "inzage", "dpo") as client:
        assert (await client.get("/audit/plates", params={"plate": "3ABC123"})).status_code == 403
        await state_reason(client, **REQUEST)
        told = (await client.get("/audit/plates", params={"plate": "3ABC123"})).json()
    assert told["complete"] is True
    assert [(read["plate"], read["camera"], read["pictures"]) for read in told["reads"]] == [("3ABC123", "BRE01A", 0)]
    assert told["questions"][0]["action"] == "denied"


async def test_r20_no_picture_is_in_the_report(world: World, dpo: httpx.AsyncClient) -> None:
    world.add_read("3ABC123", utc_now() - DAY, 1, images=3)
    page = (await dpo.get("/audit/plates", params={"plate": "3ABC123"})).text
    assert "<img" not in page
    assert ">2</td>" in page
