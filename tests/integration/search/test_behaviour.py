"""Behaviour to review, and colleagues' plates, which nobody can read."""

import logging
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from services.clock import utc_now
from tests.integration.search.auditing import add_consultation, add_question, logged_in
from tests.integration.search.world import World

DAY = timedelta(days=1)


@pytest_asyncio.fixture
async def dpo(app: FastAPI, world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with logged_in(app, world, "ilse.dpo", "dpo") as client:
        yield client


def look_up_an_ex_partner(world: World, user_id: int, times: int = 14) -> None:
    now = utc_now()
    for number in range(times):
        at = now - (29 - 2 * number) * DAY
        add_question(world, add_consultation(world, user_id, at, f"IN.{48210 + 37 * number}"), at, ["1XKV482"])


async def test_the_officer_who_looked_up_an_ex_partner_stands_at_the_top(world: World, dpo: httpx.AsyncClient) -> None:
    bart = world.add_user("bart", "investigator", "Bart Lemmens")
    look_up_an_ex_partner(world, bart)
    for number in range(30):
        at = utc_now() - number * DAY
        add_question(world, add_consultation(world, 1, at, f"PV.{number}"), at, [f"1ABC{number:03}"])
    page = (await dpo.get("/audit/behaviour")).text
    first = page.split("<tbody>")[1].split("</tr>")[0]
    assert "Bart Lemmens" in first
    assert "nummerplaat 1XKV482: 14 vragen in 14 raadplegingen onder 14 dossiernummers" in first
    assert "<strong>14</strong>" in first
    assert "An Peeters" not in page.split("<h2 id=\"rules\"")[0].split("<section")[1]
    link = first.split('href="')[1].split('"')[0].replace("&amp;", "&")
    rows = (await dpo.get(link)).text
    assert rows.count("/audit/consultations/") == 14


async def test_the_review_is_audited_with_its_period(world: World, dpo: httpx.AsyncClient) -> None:
    assert (await dpo.get("/audit/behaviour", params={"from": "2026-01-01", "until": "2026-02-01"})).status_code == 200
    row = world.audit()[-1]
    assert (row["action"], row["username"]) == ("behaviour-reviewed", "ilse.dpo")
    assert row["filters"] == {"from": "2025-12-31T23:00:00.000Z", "until": "2026-01-31T23:00:00.000Z"}


@pytest.mark.parametrize("asked", [{"from": "2020-01-01", "until": "2026-01-01"}, {"from": "soon"},
                                   {"from": "2026-02-01", "until": "2026-01-01"}, {"until": "0001-01-01T00:00"},
                                   {"from": "0001-01-01T00:00", "until": "0001-01-02T00:00"}])
async def test_a_period_that_is_none_or_too_long_is_said_to_be(dpo: httpx.AsyncClient, asked: dict[str, str]) -> None:
    answer = await dpo.get("/audit/behaviour", params=asked)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


async def test_a_colleagues_plate_that_is_looked_up_stands_out_without_being_said(
        world: World, dpo: httpx.AsyncClient) -> None:
    bart = world.add_user("bart", "investigator", "Bart Lemmens")
    for plate, username in (("1-AAN-001", "an.peeters"), ("1BRT002", "bart"), ("1XXX003", "")):
        answer = await dpo.post("/audit/colleagues", data={"plate": plate, "username": username})
        assert answer.status_code == 303, answer.text
    consultation = add_consultation(world, bart, utc_now())
    for plate in ("1AAN001", "1BRT002", "1XXX003"):
        add_question(world, consultation, utc_now(), plate)
    page = (await dpo.get("/audit/behaviour", params={"until": "2099-01-01", "from": "2098-12-01"})).text
    assert "Er valt niets op" in page
    page = (await dpo.get("/audit/behaviour")).text
    for text in ("een nummerplaat van An Peeters", "een eigen nummerplaat", "een nummerplaat van een collega"):
        assert text in page
    assert "1AAN001" not in page


async def test_no_plate_of_a_colleague_is_kept_shown_or_logged(
        world: World, dpo: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await dpo.post("/audit/colleagues", data={"plate": "1-QZX-987", "username": "an.peeters"})
        await dpo.post("/audit/colleagues", data={"plate": "1-QZX-987", "username": "an.peeters"})
        page = (await dpo.get("/audit/colleagues")).text
    assert "An Peeters" in page
    assert "1 nummerplaat" in page
    tables = [str(name) for (name,) in world.run(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'")]
    assert "colleague_plates" in tables
    for table in tables:
        kept = str(world.run(f"SELECT * FROM {table}"))
        assert "QZX" not in kept, table
    assert "QZX" not in page
    assert "QZX" not in caplog.text
    row = world.audit("colleague-plate-added")[-1]
    assert row["filters"] == {"username": "an.peeters"}
    assert row["question"] == "een nummerplaat van An Peeters wordt voortaan bewaard"


async def test_a_plate_is_kept_once_and_removed_again(world: World, dpo: httpx.AsyncClient) -> None:
    await dpo.post("/audit/colleagues", data={"plate": "1QZX987"})
    again = await dpo.post("/audit/colleagues", data={"plate": "1-qzx-987"})
    assert again.status_code == 422
    assert "Deze nummerplaat staat al in de lijst" in again.text
    for wrong in ({"plate": ""}, {"plate": "1QZ*"}, {"plate": "1ABC234", "username": "nobody"}):
        assert (await dpo.post("/audit/colleagues", data=wrong)).status_code == 422
    name = (await dpo.get("/audit/colleagues")).text.split('name="name" value="')[1].split('"')[0]
    for unknown in ("", "00", "zz", "\0"):
        assert (await dpo.post("/audit/colleagues/remove", data={"name": unknown})).status_code == 303
    assert world.run("SELECT count(*) FROM colleague_plates") == [(1,)]
    await dpo.post("/audit/colleagues/remove", data={"name": name})
    assert world.run("SELECT count(*) FROM colleague_plates") == [(0,)]
    assert len(world.audit("colleague-plate-removed")) == 1


async def test_the_auditor_reviews_behaviour_and_keeps_no_plates(app: FastAPI, world: World) -> None:
    async with logged_in(app, world, "leen.audit", "auditor") as client:
        assert (await client.get("/audit/behaviour")).status_code == 200
        assert (await client.post("/audit/colleagues", data={"plate": "1QZX987"})).status_code == 403
