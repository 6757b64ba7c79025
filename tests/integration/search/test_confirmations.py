"""What a picture shows: kept on the audited path, learned from, and the preview of a level."""

import asyncio
from datetime import timedelta

import httpx
from fastapi import FastAPI

from services.clock import utc_now
from services.database import open_engine
from services.lookalikes.command import learn_from_reads
from services.lookalikes.model import SHIPPED
from services.settings import StoreSettings
from tests.integration.search.world import World, new_read_id

KEPT = "SELECT plate_read, plate_shown, camera_id, confidence FROM confirmations"


async def test_a_program_and_a_person_say_what_the_picture_shows(
        world: World, asker: httpx.AsyncClient, browser: httpx.AsyncClient) -> None:
    read_id = world.add_read("3A8C123", utc_now() - timedelta(hours=1), 1, confidence=0.5)
    answer = await asker.post(f"/reads/{read_id}/confirmation", json={"plate": "3-abc-123"})
    assert answer.json() == {"plate": "3ABC123", "right": False}
    assert world.run(KEPT) == [("3A8C123", "3ABC123", 1, 0.5)]
    assert "Wat toont het beeld?" in (await browser.get(f"/reads/{read_id}")).text
    answer = await browser.post(f"/reads/{read_id}/confirmation", data={"plate": "3A8C123"})
    assert answer.headers["location"] == f"/reads/{read_id}?confirmed=1"
    assert world.run(KEPT) == [("3A8C123", "3A8C123", 1, 0.5)]


async def test_every_confirmation_leaves_its_trace(world: World, asker: httpx.AsyncClient) -> None:
    read_id = world.add_read("3A8C123", utc_now() - timedelta(hours=1), 1)
    await asker.post(f"/reads/{read_id}/confirmation", json={"plate": "3ABC123"})
    row = world.audit("reading-confirmed")[0]
    assert (row["filters"], row["read_ids"]) == ({"read_id": str(read_id), "plate": "3ABC123"}, [read_id])
    assert row["question"] == f"Passage {read_id}: het beeld toont 3ABC123"


async def test_without_a_consultation_nothing_is_kept(world: World, program: httpx.AsyncClient) -> None:
    read_id = world.add_read("3A8C123", utc_now() - timedelta(hours=1), 1)
    answer = await program.post(f"/reads/{read_id}/confirmation", json={"plate": "3ABC123"})
    assert answer.status_code == 403
    assert world.run(KEPT) == []
    assert [row["action"] for row in world.audit("denied")] == ["denied"]


async def test_a_read_that_may_not_be_seen_cannot_be_confirmed(world: World, asker: httpx.AsyncClient) -> None:
    old = world.add_read("3A8C123", utc_now() - timedelta(days=40), 1)
    unread = world.add_read(None, utc_now() - timedelta(hours=1), 1)
    for read_id in (old, unread, new_read_id(utc_now())):
        answer = await asker.post(f"/reads/{read_id}/confirmation", json={"plate": "3ABC123"})
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    good = world.add_read("3A8C123", utc_now() - timedelta(hours=1), 1)
    assert (await asker.post(f"/reads/{good}/confirmation", json={"plate": "-"})).status_code == 422
    assert world.run(KEPT) == []


async def test_learning_keeps_sums_and_no_plate_and_search_takes_them_over(
        world: World, app: FastAPI, database: object) -> None:
    await asyncio.to_thread(_drive, world)
    engine = open_engine(StoreSettings(database_url=world.owner_url), connections=1)
    sentence = await learn_from_reads(engine, utc_now())
    again = await learn_from_reads(engine, utc_now())
    await engine.dispose()
    assert sentence == again
    assert "learned from 2 corrected and confirmed reads and 4 texts of the dictionary" in sentence
    kept = {(what, which): amount for what, which, amount in world.run(
        "SELECT what, which, amount FROM lookalike_evidence WHERE camera_id = 0")}
    assert kept["edit", "alike:B:8"] >= 2
    assert not [which for _, which in kept if "3ABC123" in which or "3A8C123" in which]
    model = await app.state.program.model()
    assert await app.state.program.model() is model
    assert dict(model.confusions.written["B"])["8"] > dict(SHIPPED.confusions.written["B"])["8"]


def _drive(world: World) -> None:
    now = utc_now()
    for number in range(25):
        world.add_read("3ABC123", now - timedelta(days=2, minutes=number), 1, confidence=0.95)
    world.add_read("6WJT427", now - timedelta(days=2), 1)
    world.add_read("3A8C123", now - timedelta(days=1), 1, confidence=0.4)
    corrected = world.add_read("4A8C123", now - timedelta(days=3), 1, superseded=True)
    world.add_read("4ABC123", now - timedelta(days=3), 1, read_id=corrected)
    world.run("INSERT INTO confirmations SELECT read_id, 1, captured_at, camera_id, confidence, plate, '3ABC123', "
              "now() FROM reads WHERE plate = '3A8C123'")


async def test_a_level_shows_what_it_accepts_before_anything_is_searched(
        asker: httpx.AsyncClient, browser: httpx.AsyncClient, world: World) -> None:
    before = len(world.audit())
    answer = (await asker.get("/lookalikes", params={"plate": "3-ABC-123", "level": "certain"})).json()
    assert (answer["plate"], answer["least"]) == ("3ABC123", 0.9)
    assert {"text": "3A8C123", "why": "B read as 8 at place 3"}.items() <= answer["items"][1].items()
    assert all(item["probability"] >= 0.9 for item in answer["items"])
    page = (await browser.get("/lookalikes", params={"plate": "3ABC123", "level": "possible"})).text
    assert "B gelezen als 8 op plaats 3" in page
    assert "3 op plaats 1 niet gelezen" in page
    assert len(world.audit()) == before, "no reads were looked at"


async def test_a_preview_that_cannot_be_understood_is_refused(
        asker: httpx.AsyncClient, browser: httpx.AsyncClient) -> None:
    assert (await asker.get("/lookalikes", params={"plate": "3ABC123", "level": "sure"})).status_code == 422
    assert (await asker.get("/lookalikes", params={"plate": "-"})).status_code == 422
    assert (await browser.get("/lookalikes", params={"plate": "-"})).status_code == 422
