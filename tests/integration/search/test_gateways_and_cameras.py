"""Gateways and cameras: registering, and counts that are no reads."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from services.clock import local_day, utc_now
from tests.integration.search.world import PASSWORD, World

BODY = {"synthetic": True, "settings": {"linger_ms": 20},
        "cameras": [{"source_id": "cam1", "name": "Een camera", "lat": 51.1412, "lon": 5.5975}]}


@pytest_asyncio.fixture
async def integrator(app: FastAPI, world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A gateway's maker, as a program with a token."""
    world.add_user("els.wouters", "integrator", "Els Wouters")
    token = world.add_token("els.wouters", utc_now() + timedelta(days=1))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone/api/v1",
                                 headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


async def test_a_gateway_is_registered_and_added_to(world: World, integrator: httpx.AsyncClient) -> None:
    first = await integrator.put("/gateways/sim-1", json=BODY)
    assert first.status_code == 200, first.text
    nothing = dict.fromkeys(
        ("stored", "late", "doubled", "superseded", "trial", "ignored", "rejected", "heartbeats"), 0)
    assert first.json() == {
        "name": "sim-1", "synthetic": True, "state": "live", "profile": "canonical", "decoding": {},
        "settings": {"linger_ms": 20}, **nothing, "today": nothing, "rejected_by_reason": {}, "last_message_at": None,
        "cameras": [{"source_id": "cam1", "code": "sim-1:cam1", "name": "Een camera", "lat": 51.1412, "lon": 5.5975}]}
    assert (await integrator.put("/gateways/sim-1", json=BODY)).json() == first.json()
    more = {"settings": {"profile": "bpost"}, "cameras": [{"source_id": "cam2", "name": "Nog een"}]}
    second = (await integrator.put("/gateways/sim-1", json=more)).json()
    assert second["settings"] == {"linger_ms": 20, "profile": "bpost"}
    assert [camera["source_id"] for camera in second["cameras"]] == ["cam1", "cam2"]
    assert (await integrator.get("/gateways/sim-1")).json() == second
    rows = world.audit("gateway-changed")
    assert len(rows) == 3
    assert isinstance(rows[0]["filters"], dict)
    assert rows[0]["filters"]["name"] == "sim-1"


async def test_counts_are_summed_over_days_and_rejects_by_reason(world: World, program: httpx.AsyncClient) -> None:
    for day in ("2026-11-01", "2026-11-02"):
        world.run("INSERT INTO gateway_days VALUES (1, %s, 10, 2, 1, 3, 60)", day)
    for number, reason in enumerate(("unknown-camera", "unknown-camera", "not-json")):
        world.run("INSERT INTO rejects VALUES (%s, now(), now() + interval '1 day', 1, 't', %s, 'd', 'e', 'body')",
                  bytes([number]), reason)
    world.run("INSERT INTO rejects VALUES ('old', now(), now() - interval '1 day', 1, 't', 'gone', 'd', 'e', 'body')")
    told = (await program.get("/gateways/bree")).json()
    assert (told["stored"], told["doubled"], told["superseded"], told["rejected"], told["heartbeats"]) == (
        20, 4, 2, 6, 120)
    assert told["rejected_by_reason"] == {"unknown-camera": 2, "not-json": 1}


@pytest.mark.parametrize(("name", "body"), [
    ("Upper", BODY), ("x" * 64, BODY), ("sim-1", {"cameras": [{"source_id": "", "name": "x"}]}),
    ("sim-1", {"cameras": [{"source_id": "a", "name": "x", "lat": 91}]}), ("sim-1", {"settings": {"a": "\0"}}),
])
async def test_a_gateway_that_cannot_be_is_refused(
        world: World, integrator: httpx.AsyncClient, name: str, body: dict[str, object]) -> None:
    assert (await integrator.put(f"/gateways/{name}", json=body)).status_code == 422
    assert world.audit("gateway-changed") == []


async def test_an_investigator_registers_no_gateway(world: World, program: httpx.AsyncClient) -> None:
    assert (await program.put("/gateways/sim-1", json=BODY)).status_code == 403
    assert [row["action"] for row in world.audit()] == ["denied"]
    assert world.run("SELECT FROM gateways WHERE name = 'sim-1'") == []


async def test_an_unknown_gateway_is_not_found(program: httpx.AsyncClient, browser: httpx.AsyncClient) -> None:
    answer = await program.get("/gateways/nowhere")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert (await browser.get("/gateways/nowhere")).status_code == 404


async def test_nobody_sees_gateways_or_cameras_without_logging_in(visitor: httpx.AsyncClient) -> None:
    for path in ("/api/v1/gateways/bree", "/api/v1/cameras"):
        assert (await visitor.get(path)).status_code == 401
    for path in ("/gateways", "/gateways/bree", "/cameras"):
        assert (await visitor.get(path)).headers["location"].startswith("/login")
    assert (await visitor.put("/api/v1/gateways/bree", json=BODY)).status_code == 401


async def test_the_pages_show_the_same_figures_and_masked_rejects(world: World, visitor: httpx.AsyncClient) -> None:
    world.add_user("els.wouters", "integrator", "Els Wouters")
    await visitor.post("/login", data={"username": "els.wouters", "password": PASSWORD})
    today = local_day(utc_now())
    world.run("INSERT INTO gateway_days VALUES (1, %s, 12345, 2, 1, 3, 60)", today)
    world.run("INSERT INTO gateway_days VALUES (1, %s, 6789, 2, 1, 3, 60)", today - timedelta(days=13))
    world.run("INSERT INTO gateway_days VALUES (1, %s, 9876, 2, 1, 3, 60)", today - timedelta(days=14))
    world.run("INSERT INTO gateway_reject_days VALUES (1, %s, 'unknown-camera', 77)", today)
    world.run("INSERT INTO rejects VALUES ('a', now(), now() + interval '1 day', 1, 't', 'unknown-camera', "
              "'no camera of that name', '{\"plate\":\"9-AAA-999\"}', 'body')")
    assert "12.345" in (await visitor.get("/gateways")).text
    page = (await visitor.get("/gateways/bree")).text
    assert ("12.345" in page, "6.789" in page, "9.876" in page) == (True, True, False)
    assert "geef ze de camera onder de naam die ze gebruikt" in page
    assert "no camera of that name" in page
    assert f'href="/gateways/bree/rejects?reason=unknown-camera&amp;day={today}">77<' in page
    assert "9-AAA-999" in (await visitor.get("/gateways/bree/rejects")).text


async def test_a_gateways_page_shows_how_its_messages_are_read_and_whether_it_is_live(
        world: World, browser: httpx.AsyncClient, program: httpx.AsyncClient) -> None:
    decoding = {"time_zone": "Europe/Lisbon", "countries": {"3": "BE"}, "mapping": {"name": "<own>", "messages": []}}
    world.run("UPDATE gateways SET state = 'proef', profile = 'mapping', decoding = %s WHERE name = 'bree'",
              json.dumps(decoding))
    page = (await browser.get("/gateways/bree")).text
    for shown in ("Tijdzone", "Europe/Lisbon", "<code>3</code> → <code>BE</code>", "Een eigen mapping", "proef"):
        assert shown in page
    assert "<own>" not in page
    told = (await program.get("/gateways/bree")).json()
    assert (told["state"], told["profile"], told["decoding"]) == ("proef", "mapping", decoding)


async def test_a_gateways_last_message_is_the_latest_of_whatever_it_sent(
        world: World, program: httpx.AsyncClient) -> None:
    assert (await program.get("/gateways/bree")).json()["last_message_at"] is None
    moments = [f"2026-11-0{day}T10:00:00Z" for day in (1, 2, 3, 4)]
    told = []
    for statement, moment in zip((
            "INSERT INTO camera_states (camera_id, last_received_at) VALUES (1, %s)",
            "UPDATE camera_states SET heartbeat_at = %s",
            "INSERT INTO trial_reads VALUES (DEFAULT, 1, %s, now(), 'd', '{}')",
            "INSERT INTO rejects VALUES ('a', %s, now(), 1, 't', 'r', 'd', 'e', 'body')"), moments, strict=True):
        world.run(statement, moment)
        told.append((await program.get("/gateways/bree")).json()["last_message_at"])
    assert told == moments


async def test_cameras_are_listed_with_the_state_of_their_feed(world: World, program: httpx.AsyncClient,
                                                               browser: httpx.AsyncClient) -> None:
    world.run("INSERT INTO camera_states (camera_id, last_captured_at, complete_until) VALUES (1, now(), now())")
    items = (await program.get("/cameras")).json()["items"]
    assert [(item["code"], item["complete_until"] is not None) for item in items] == [
        ("BRE01A", True), ("BRE02A", False)]
    page = (await browser.get("/cameras")).text
    assert 'href="/reads?camera=BRE01A"' in page
    assert "2 camera&#39;s" in page or "2 camera's" in page


async def test_cameras_are_listed_with_the_last_that_was_measured_of_their_clocks(
        world: World, program: httpx.AsyncClient, browser: httpx.AsyncClient) -> None:
    for since, offset_ms in (("2026-11-01", 0), ("2026-11-02", -1500)):
        world.run("INSERT INTO camera_clocks VALUES (1, %s, '2026-11-03', %s, 40)", since, offset_ms)
    items = (await program.get("/cameras")).json()["items"]
    assert [(item["clock_offset_ms"], item["clock_class"]) for item in items] == [(-1500, "excluded"), (None, None)]
    page = (await browser.get("/cameras")).text
    assert "1,5 s achter" in page
    assert "niet gemeten" in page
    world.run("INSERT INTO camera_clocks VALUES (1, '2026-11-04', '2026-11-05', 250, 40)")
    assert (await program.get("/cameras")).json()["items"][0]["clock_class"] == "flagged"
    assert "0,2 s voor" in (await browser.get("/cameras")).text
