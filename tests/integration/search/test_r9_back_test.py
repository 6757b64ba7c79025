"""R9: holding an entry or a list against past reads is a search, under the gate; of many plates it shows sums alone."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest_asyncio
from fastapi import FastAPI

from services.clock import ZONE, utc_now
from tests.integration.search.conftest import state_reason
from tests.integration.search.watching import Watchers, discreet, good, log_in, open_watchers
from tests.integration.search.world import World


@pytest_asyncio.fixture
async def watchers(app: FastAPI, world: World) -> AsyncIterator[Watchers]:
    async with open_watchers(app, world) as opened:
        yield opened


async def agree(world: World, watchers: Watchers, refused: httpx.Response) -> None:
    """Have the question that was refused asked for, and agreed to by luc from his own session."""
    approval_id = refused.json()["approval_id"]
    assert (await watchers["kim"].post(f"/approvals/{approval_id}/ask", json={})).status_code == 200
    luc = await log_in(watchers.browsers["luc"], "luc")
    answer = await luc.post(f"/approvals/{approval_id}/decide", data={"agreed": "true"})
    assert answer.status_code == 303, answer.text


async def test_without_a_consultation_nothing_is_tried(watchers: Watchers, world: World) -> None:
    entry_id = await watchers.add("jan")
    answer = await watchers["jan"].get(f"/entries/{entry_id}/back-test")
    assert (answer.status_code, answer.json()["code"]) == (403, "no-consultation")
    assert world.audit("entry-tried") == []
    assert world.audit("denied")[-1]["question"] == (
        "wat signalering 1 van lijst Gestolen in de zone: 3ABC123, dossier GE.11.L1.004512/2026 in 7 dagen gemeld zou "
        "hebben")


async def test_one_plate_tells_hits_by_day_and_camera_and_texts_near_it(watchers: Watchers, world: World) -> None:
    now = utc_now()
    for age, camera in ((timedelta(hours=1), 1), (timedelta(days=2), 2), (timedelta(days=2, hours=1), 2),
                        (timedelta(days=8), 1)):
        world.add_read("3ABC123", now - age, camera)
    world.add_read("3ABC123", now - timedelta(hours=2), 1, superseded=True)
    world.add_read("3A8C123", now - timedelta(hours=1), 1)
    world.add_read("9ZZZ999", now - timedelta(hours=1), 1)
    entry_id = await watchers.add("jan")
    await state_reason(watchers["jan"])
    answer = await watchers["jan"].get(f"/entries/{entry_id}/back-test", params={"days": 7})
    assert answer.status_code == 200, answer.text
    tried = answer.json()
    assert (tried["hits"], tried["withheld"], tried["hits_a_day"]) == (3, False, 0.43)
    assert {one["camera"]: one["hits"] for one in tried["cameras"]} == {"BRE01A": 1, "BRE02A": 2}
    assert len(tried["days"]) == 8
    assert sum(one["hits"] for one in tried["days"]) == 3
    assert [one["text"] for one in tried["misreads"]] == ["3A8C123"]
    (row,) = world.audit("entry-tried")
    assert (row["result_count"], row["read_ids"]) == (3, [])


async def test_area_and_hours_of_the_entry_count(watchers: Watchers, world: World) -> None:
    seen = (utc_now() - timedelta(days=1)).astimezone(ZONE).replace(minute=30)
    world.add_read("3ABC123", seen, 1)
    world.add_read("3ABC123", seen + timedelta(hours=1), 1)
    world.add_read("3ABC123", seen, 2)
    entry_id = await watchers.add("jan", **good(
        cameras=["BRE01A"], days=[seen.weekday()], first_hour=seen.hour, last_hour=(seen.hour + 1) % 24 or 24))
    await state_reason(watchers["jan"])
    assert (await watchers["jan"].get(f"/entries/{entry_id}/back-test")).json()["hits"] == 1


async def test_what_the_gate_withholds_is_not_counted_and_said(watchers: Watchers, world: World) -> None:
    world.add_read("3ABC123", utc_now() - timedelta(hours=3), 1)
    world.add_read("3ABC123", utc_now() - timedelta(days=3), 1)
    entry_id = await watchers.add("jan")
    answer = await watchers["jan"].post("/consultations", json={
        "purpose": "judicial-crime", "file_number": "INC 2026/7", "urgent": True, "reason": "Aanrijding te Bree"})
    assert answer.status_code == 201, answer.text
    watchers["jan"].headers["Consultation"] = answer.json()["consultation_id"]
    tried = (await watchers["jan"].get(f"/entries/{entry_id}/back-test")).json()
    assert (tried["hits"], tried["withheld"]) == (1, True)


async def test_a_pattern_waits_for_a_second_person_and_shows_sums_alone(watchers: Watchers, world: World) -> None:
    for number in range(3):
        world.add_read(f"3ABC12{number}", utc_now() - timedelta(hours=number + 1), 1)
    entry_id = await watchers.add("kim", **good(plate="3ABC12?"))
    await state_reason(watchers["kim"])
    refused = await watchers["kim"].get(f"/entries/{entry_id}/back-test")
    assert (refused.status_code, refused.json()["code"]) == (403, "needs-approval")
    await agree(world, watchers, refused)
    answer = await watchers["kim"].get(f"/entries/{entry_id}/back-test")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["hits"], answer.json()["misreads"]) == (3, [])
    assert not any(f"3ABC12{number}" in answer.text for number in range(3))


async def test_a_list_waits_for_a_second_person_and_leaves_out_what_is_discreet(
        watchers: Watchers, world: World) -> None:
    world.add_read("3ABC123", utc_now() - timedelta(hours=1), 1)
    world.add_read("3ABC124", utc_now() - timedelta(hours=1), 2)
    world.add_read("7XKV938", utc_now() - timedelta(hours=1), 2)
    await watchers.add("jan")
    await watchers.add("jan", **good(plate="3ABC124", cameras=["BRE01A"]))
    await watchers.add("jan", **discreet())
    await state_reason(watchers["kim"])
    refused = await watchers["kim"].get("/watchlists/gestolen/back-test")
    assert refused.json()["code"] == "needs-approval"
    await agree(world, watchers, refused)
    answer = await watchers["kim"].get("/watchlists/gestolen/back-test")
    assert (answer.json()["hits"], answer.json()["cameras"]) == (1, [{"camera": "BRE01A", "hits": 1}])
    assert "3ABC123" not in answer.text
    assert (await watchers["kim"].get("/watchlists/gestolen/back-test?days=2")).json()["code"] == "needs-approval"


async def test_trying_has_its_pages(watchers: Watchers, world: World) -> None:
    world.add_read("3ABC123", utc_now() - timedelta(hours=1), 1)
    world.add_read("3A8C123", utc_now() - timedelta(hours=1), 1)
    entry_id = await watchers.add("jan")
    jan = await log_in(watchers.browsers["jan"], "jan")
    page = f"/watchlists/entries/{entry_id}/try"
    assert (await jan.get(page)).headers["location"].startswith("/consultations/new")
    await jan.post("/consultations", data={"purpose": "judicial-crime", "file_number": "GE.11.L1.004512/2026",
                                           "reason": "Reeks inbraken te Bree"})
    for code, said in (("nl", "1 hit"), ("fr", "1 hit"), ("en", "1 hit")):
        jan.cookies.set("zoneschild_language", code)
        answer = await jan.get(page, params={"days": 30})
        assert answer.status_code == 200, answer.text
        assert said in answer.text
        assert "3A8C123" in answer.text
    assert (await jan.get("/watchlists/gestolen/try")).status_code == 403
