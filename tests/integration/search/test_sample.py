"""The monthly sample of consultations."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from services.clock import local_day, utc_now
from services.sampling import Month
from tests.integration.search.auditing import add_consultation, add_question, logged_in
from tests.integration.search.world import World

MONTH = Month(local_day(utc_now()).replace(day=1)).previous


@pytest_asyncio.fixture
async def dpo(app: FastAPI, world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with logged_in(app, world, "ilse.dpo", "dpo") as client:
        yield client


def within(days: float) -> datetime:
    return MONTH.begins + timedelta(days=days)


def ask_much(world: World) -> dict[str, UUID]:
    """Let one officer ask thirty times and another once; a third opens a consultation and asks nothing."""
    once, never = world.add_user("eens", name="Eens"), world.add_user("nooit", name="Nooit")
    for number in range(30):
        add_question(world, add_consultation(world, 1, within(1 + number / 2), f"PV.{number}"), within(1 + number / 2))
    seldom = add_consultation(world, once, within(20), "PV.777", reason="Eenmalige zoeking naar een grijze bestelwagen")
    add_question(world, seldom, within(20), ["1XKV482"])
    return {"seldom": seldom, "silent": add_consultation(world, never, within(20), "PV.888")}


async def test_everybody_who_asked_is_in_the_sample_and_it_is_the_same_again(
        world: World, dpo: httpx.AsyncClient) -> None:
    ids = ask_much(world)
    page = (await dpo.get("/audit/sample")).text
    assert page.count('<article class="card case"') == 20
    assert f'id="c-{ids["seldom"]}"' in page
    assert str(ids["silent"]) not in page
    assert "Eenmalige zoeking naar een grijze bestelwagen" in page
    again = (await dpo.get("/audit/sample", params={"month": str(MONTH)})).text
    assert page.split("<article")[1:] == again.split("<article")[1:]
    row = world.audit()[-1]
    assert (row["action"], row["filters"], row["result_count"]) == ("sample-consulted", {"month": str(MONTH)}, 20)


async def test_another_last_row_draws_another_sample(world: World, dpo: httpx.AsyncClient) -> None:
    ask_much(world)
    before = drawn_in((await dpo.get("/audit/sample")).text)
    add_question(world, add_consultation(world, 1, within(27), "PV.999"), within(27))
    assert drawn_in((await dpo.get("/audit/sample")).text) != before


def drawn_in(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('id="c-')[1:]]


async def test_the_size_is_a_rule_and_a_larger_sample_only_adds(world: World, dpo: httpx.AsyncClient) -> None:
    ask_much(world)
    before = drawn_in((await dpo.get("/audit/sample")).text)
    answer = await dpo.post("/rules", data={"name": "sample_size", "value": "25", "document": "Nota DPO 2026/7"})
    assert answer.status_code == 303
    after = drawn_in((await dpo.get("/audit/sample")).text)
    assert (len(after), after[:20]) == (25, before)


async def test_a_month_that_is_not_over_is_not_drawn(world: World, dpo: httpx.AsyncClient) -> None:
    add_question(world, add_consultation(world, 1, utc_now()), utc_now())
    page = (await dpo.get("/audit/sample", params={"month": str(MONTH.following)})).text
    assert "Deze maand is niet voorbij" in page
    assert "<article" not in page


@pytest.mark.parametrize("month", ["november", "2026-13", "0000-01", "9999-12", "2026-11-01", "\0"])
async def test_what_is_no_month_is_said_to_be_none(dpo: httpx.AsyncClient, month: str) -> None:
    answer = await dpo.get("/audit/sample", params={"month": month})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


async def test_a_finding_is_kept_shown_and_audited(world: World, dpo: httpx.AsyncClient) -> None:
    seldom = ask_much(world)["seldom"]
    form = {"month": str(MONTH), "consultation_id": str(seldom), "finding": "to-discuss", "remark": " Dossier? "}
    assert (await dpo.post("/audit/sample", data=form)).status_code == 303
    row = world.audit()[-1]
    assert (row["action"], row["consultation_id"]) == ("sample-reviewed", seldom)
    assert row["filters"] == {"month": str(MONTH), "finding": "to-discuss", "remark": "Dossier?"}
    page = (await dpo.get("/audit/sample")).text
    assert "Te bespreken" in page
    assert "Dossier?</textarea>" in page
    assert (await dpo.post("/audit/sample", data={**form, "finding": "in-order"})).status_code == 303
    assert world.run("SELECT finding FROM sample_reviews") == [("in-order",)]


async def test_only_what_was_drawn_is_reviewed_and_nobody_reviews_themselves(
        world: World, dpo: httpx.AsyncClient) -> None:
    ids = ask_much(world)
    form = {"month": str(MONTH), "consultation_id": str(ids["seldom"]), "finding": "in-order"}
    for change, status in (({"consultation_id": str(ids["silent"])}, 404), ({"month": "2001-01"}, 404),
                           ({"finding": "fine"}, 422), ({"consultation_id": "1"}, 422), ({"month": "x"}, 422),
                           ({"month": str(MONTH.following)}, 404), ({"remark": "x" * 2001}, 422)):
        assert (await dpo.post("/audit/sample", data={**form, **change})).status_code == status, change
    world.run("UPDATE consultations SET user_id = (SELECT user_id FROM users WHERE username = 'ilse.dpo') "
              "WHERE consultation_id = %s", ids["seldom"])
    assert (await dpo.post("/audit/sample", data=form)).status_code == 403
    assert world.run("SELECT count(*) FROM sample_reviews") == [(0,)]
