"""R3: what a decision opens for one plate, or at one camera, says nothing of the others."""

from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from services.clock import iso_ms, utc_now
from services.gate import Decision, Scope
from services.lookalikes.model import SHIPPED
from tests.integration.search.conftest import plates
from tests.integration.search.decisions_world import add_decision
from tests.integration.search.test_lookalikes import Investigator
from tests.integration.search.world import World

DAY = timedelta(days=1)
PLATE, MISREAD = "3ABC123", "3A8C123"
"""A plate, and a text that is read in its stead."""


def pass_by(world: World, plate: str, days: float, camera_id: int = 1, times: int = 1) -> list[str]:
    """Let a vehicle pass some days ago; return its reads' ids."""
    return [str(world.add_read(plate, utc_now() - days * DAY - timedelta(minutes=number), camera_id))
            for number in range(times)]


@pytest.fixture
def on_the_plate(world: World) -> None:
    """A decision on PLATE for days 100 to 40 ago."""
    add_decision(world, utc_now() - 100 * DAY, utc_now() - 40 * DAY, (PLATE,))


@pytest.mark.usefixtures("on_the_plate")
async def test_no_look_alike_of_another_plate_is_shown_from_the_decisions_time(
        world: World, asker: httpx.AsyncClient) -> None:
    pass_by(world, PLATE, 60, times=40)
    pass_by(world, MISREAD, 60)
    assert set(plates(await asker.get("/reads", params={"plate": PLATE, "alike": "possible"}))) == {PLATE}
    pass_by(world, PLATE, 5, times=40)
    recent, = pass_by(world, MISREAD, 5.5)
    found = (await asker.get("/reads", params={"plate": PLATE, "alike": "possible", "limit": "200"})).json()["items"]
    assert [item["read_id"] for item in found if item["plate"] == MISREAD] == [recent]


async def test_a_months_misreads_are_not_judged_by_the_reads_of_a_year(app: FastAPI, world: World) -> None:
    pass_by(world, PLATE, 60, times=60)
    pass_by(world, PLATE, 5, times=10)
    pass_by(world, MISREAD, 5, times=2)
    scope = Scope(utc_now() - 100 * DAY, utc_now() - 40 * DAY, frozenset({PLATE}))
    decision = Decision(1, "PDK/2026/114", scope, utc_now() + DAY, offence_of_a_year=True)
    engine = app.state.program.engine
    without = await Investigator(engine).alikes(0.01, SHIPPED)
    under_it = await Investigator(engine, (decision,)).alikes(0.01, SHIPPED)
    assert under_it.asked_reads == without.asked_reads == 10
    assert under_it.items == without.items


@pytest.mark.usefixtures("on_the_plate")
async def test_a_witness_is_not_told_of_other_plates_of_the_decisions_time(
        world: World, asker: httpx.AsyncClient) -> None:
    pass_by(world, "3ABC128", 60)
    pass_by(world, PLATE, 60)
    assert plates(await asker.get("/reads", params={"witness": "3ABC12?"})) == [PLATE]


@pytest.mark.usefixtures("on_the_plate")
async def test_journeys_show_the_plate_in_the_decisions_time_and_nobody_else(
        world: World, asker: httpx.AsyncClient) -> None:
    own, = pass_by(world, PLATE, 60)
    pass_by(world, MISREAD, 60.01, 2)
    answer = await asker.get("/journeys", params={
        "plate": PLATE, "alike": "possible", "from": iso_ms(utc_now() - 70 * DAY), "until": iso_ms(utc_now())})
    assert answer.status_code == 200, answer.text
    assert own in answer.text
    assert MISREAD not in answer.text


@pytest.mark.usefixtures("on_the_plate")
async def test_another_plates_first_time_is_that_of_the_month(world: World, asker: httpx.AsyncClient) -> None:
    pass_by(world, "4DEF456", 60)
    first, = pass_by(world, "4DEF456", 5)
    old, = pass_by(world, PLATE, 60)
    pass_by(world, PLATE, 5)
    found = (await asker.get("/reads", params={"plate": f"4DEF456,{PLATE}", "first": "yes"})).json()["items"]
    assert {item["read_id"] for item in found} == {first, old}


async def test_the_newest_of_a_vehicle_is_the_newest_that_may_be_seen(world: World, asker: httpx.AsyncClient) -> None:
    add_decision(world, utc_now() - 100 * DAY, utc_now() - 40 * DAY, (PLATE,), (1,))
    seen, = pass_by(world, PLATE, 60, 1)
    pass_by(world, PLATE, 50, 2)
    found = (await asker.get("/reads", params={"plate": PLATE, "by": "vehicle"})).json()["items"]
    assert [item["read_id"] for item in found] == [seen]


@pytest.mark.usefixtures("on_the_plate")
async def test_one_read_is_opened_when_it_is_the_plates_and_its_trace_says_nothing_was_withheld(
        world: World, asker: httpx.AsyncClient) -> None:
    own, = pass_by(world, PLATE, 60)
    other, = pass_by(world, "4DEF456", 60)
    assert (await asker.get(f"/reads/{own}")).status_code == 200
    refused = await asker.get(f"/reads/{other}")
    assert refused.status_code == 404
    assert "may not be shown" in refused.json()["message"]
    traces = [row["decision"]["withheld"] for row in world.audit("read-opened")]  # type: ignore[index]
    assert traces == [False, True]


async def test_a_refused_message_of_the_decisions_time_stays_closed(world: World, app: FastAPI) -> None:
    world.add_user("tine.claes", "tecint", "Tine Claes")
    add_decision(world, utc_now() - 100 * DAY, utc_now() - 40 * DAY, (PLATE,))
    digest = world.add_reject(b"topic: a\n\n{}", utc_now() - DAY, captured_at=utc_now() - 60 * DAY)
    token = world.add_token("tine.claes", utc_now() + DAY)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone/api/v1",
                                 headers={"Authorization": f"Bearer {token}"}) as tecint:
        opened = await tecint.post("/consultations", json={
            "purpose": "judicial-crime", "file_number": "GE.11.L1.004512/2026", "reason": "Reeks inbraken te Bree"})
        tecint.headers["Consultation"] = opened.json()["consultation_id"]
        answer = await tecint.get(f"/gateways/bree/rejects/{digest}")
    assert answer.status_code == 404
    assert "may not be shown" in answer.json()["message"]


@pytest.mark.parametrize(("pattern", "status"), [("3AB*", 200), ("3A*", 403), ("*1*", 403)])
async def test_r19_a_character_or_two_do_not_pass_for_a_vehicle(
        app: FastAPI, world: World, asker: httpx.AsyncClient, pattern: str, status: int) -> None:
    world.run("DELETE FROM gate_settings")
    app.state.program.rules.forget()
    for number in range(3, 13):
        world.add_camera(f"BRE{number:02}A")
    pass_by(world, PLATE, 0.01)
    answer = await asker.get("/reads", params={"plate": pattern, "from": iso_ms(utc_now() - timedelta(hours=1))})
    assert answer.status_code == status
