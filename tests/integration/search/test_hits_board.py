"""The board: open hits of one's own groups, the urgent and fresh first; one hit; the handover; pictures."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from services.clock import utc_now
from tests.integration.search.hits_world import Room
from tests.integration.search.world import World


@pytest.fixture
def room(world: World, app: FastAPI, images: Path) -> Iterator[Room]:
    return Room(world, app, images)


def order(page: str) -> list[str]:
    return re.findall(r'id="hit-(\d+)"', page)


async def test_hits_stand_by_priority_sureness_and_freshness_with_the_late_apart(room: Room) -> None:
    now = utc_now()
    tom = room.officer("tom.wouters", "dispatcher", "Tom Wouters")
    old = room.raise_hit("3AAA001", at=now - timedelta(minutes=5))
    second = room.raise_hit("3AAA002", priority=2, category="recent-offence")
    possible = room.raise_hit("3AAA003", matched_as="alike", probability=0.4)
    late = room.raise_hit("3AAA004", at=now - timedelta(hours=3), late=True)
    fresh = room.raise_hit("3AAA005", at=now - timedelta(seconds=5))
    page = (await tom.get("/hits")).text
    assert order(page) == [str(one.hit_id) for one in (fresh, old, possible, second, late)]
    assert page.index('id="late"') < page.index(f'id="hit-{late.hit_id}"')
    assert "≈" in page
    assert "40 %" in page


async def test_a_card_says_what_whoever_acts_on_it_needs(room: Room) -> None:
    tom = room.officer("tom.wouters", "dispatcher")
    hit = room.raise_hit("3ABC123")
    room.see(hit.hit_id, hit.entry_id, "3ABC123", at=utc_now() - timedelta(minutes=4), camera_id=2)
    page = (await tom.get("/hits")).text
    for text in ("3-ABC-123", "Onderscheppen", "dader gevlucht met 3ABC123", "GE.11.L1.004512/2026", "Parket Limburg",
                 "Bree N73 Peerderbaan", "richting Peer", "Bree N76 Meeuwerkiezel", "Niemand heeft hem", "Ik neem op",
                 "3, Arthur, Brussel, Carolina, 1, 2, 3"):
        assert text in page, text
    assert f"/hits/{hit.hit_id}/pictures/{hit.read_id}/plate" in page


async def test_a_late_hit_says_how_late_it_is_and_makes_no_noise(room: Room) -> None:
    tom = room.officer("tom.wouters", "dispatcher")
    at = utc_now() - timedelta(hours=3)
    hit = room.raise_hit(at=at, late=True)
    room.world.run("UPDATE alerts SET received_at = captured_at + interval '3 hours' WHERE hit_id = %s", hit.hit_id)
    page = (await tom.get("/hits")).text
    assert "3 uur te laat" in page
    assert "data-noisy" not in page


async def test_only_a_sure_one_on_time_that_nobody_has_makes_noise(room: Room) -> None:
    tom = room.officer("tom.wouters", "dispatcher")
    loud = room.raise_hit("3AAA001")
    room.raise_hit("3AAA002", matched_as="alike", probability=0.4)
    held = room.raise_hit("3AAA003")
    await tom.step(held.hit_id, "claim")
    page = (await tom.get("/hits")).text
    noisy = re.findall(r'<article[^>]*data-hit="(\d+)"[^>]*data-noisy', page)
    assert noisy == [str(loud.hit_id)]


async def test_a_withdrawn_read_is_shown_no_more_nor_its_pictures(room: Room) -> None:
    tom = room.officer("tom.wouters", "dispatcher")
    hit = room.raise_hit()
    picture = f"/hits/{hit.hit_id}/pictures/{hit.read_id}/plate"
    answer = await tom.get(picture)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    room.world.run("UPDATE alerts SET withdrawn_at = now() WHERE hit_id = %s", hit.hit_id)
    assert (await tom.get(picture)).status_code == 404
    assert str(hit.read_id) not in (await tom.get("/hits")).text


async def test_pictures_of_an_expired_read_and_of_another_hit_are_not_there(room: Room) -> None:
    tom = room.officer("tom.wouters", "dispatcher")
    old = room.raise_hit("3AAA001", at=utc_now() - timedelta(days=366))
    hit, other = room.raise_hit("3AAA002"), room.raise_hit("3AAA003")
    for hit_id, read_id, kind in ((old.hit_id, old.read_id, "plate"), (hit.hit_id, other.read_id, "plate"),
                                  (hit.hit_id, hit.read_id, "nothing")):
        assert (await tom.get(f"/hits/{hit_id}/pictures/{read_id}/{kind}")).status_code == 404
    assert (await tom.get(f"/hits/{old.hit_id}")).status_code == 404


async def test_a_picture_that_no_page_showed_leaves_a_row_of_its_own_and_others_none(room: Room) -> None:
    tom = room.officer("tom.wouters", "dispatcher")
    hit = room.raise_hit()
    picture = f"/hits/{hit.hit_id}/pictures/{hit.read_id}/plate"
    await tom.get(picture)
    await tom.get(picture)
    assert len(room.world.audit("hits-shown")) == 1
    assert room.world.audit("hits-shown")[0]["read_ids"] == [hit.read_id]


async def test_the_handover_shows_what_is_open_and_what_ended_how_and_by_whom(room: Room) -> None:
    tom = room.officer("tom.wouters", "dispatcher", "Tom Wouters")
    open_, ended, before = (room.raise_hit(f"3AAA00{number}") for number in range(3))
    for hit in (ended, before):
        await tom.step(hit.hit_id, "claim")
        await tom.step(hit.hit_id, "end", disposition="misread", remark="een B is een 8")
    room.world.run("UPDATE hits SET ended_at = now() - interval '10 hours' WHERE hit_id = %s", before.hit_id)
    page = (await tom.get("/hits/handover")).text
    assert "3-AAA-000" in page
    assert "3-AAA-001" in page
    assert "3-AAA-002" not in page
    assert "Foute lezing" in page
    assert "een B is een 8" in page
    assert "3-AAA-002" in (await tom.get("/hits/handover?hours=12")).text
    assert room.world.audit("hits-shown")[0]["filters"] == {"hits": [open_.hit_id, ended.hit_id]}


async def test_what_a_page_shows_is_in_the_audit_by_number_alone(room: Room) -> None:
    tom = room.officer("tom.wouters", "dispatcher")
    hit = room.raise_hit()
    await tom.get("/hits")
    await tom.get(f"/hits/{hit.hit_id}")
    rows = room.world.audit("hits-shown")
    assert [row["filters"] for row in rows] == [{"hits": [hit.hit_id]}] * 2
    assert all(row["read_ids"] == [hit.read_id] for row in rows)
    assert "3ABC123" not in str(rows)


async def test_the_consultation_of_a_hit_needs_no_typing_and_sees_that_vehicle_around_it(room: Room) -> None:
    tom = room.officer("tom.wouters", "dispatcher")
    at = utc_now() - timedelta(minutes=1)
    hit = room.raise_hit(at=at)
    near = room.world.add_read("3ABC123", at - timedelta(hours=20), 1)
    far = room.world.add_read("3ABC123", at - timedelta(hours=30), 1)
    answer = await tom.post(f"/hits/{hit.hit_id}/consultation")
    assert answer.headers["location"] == "/reads?plate=3ABC123"
    page = (await tom.get("/reads?plate=3ABC123")).text
    assert str(near) in page
    assert str(far) not in page
    opened = room.world.audit("consultation-opened")[-1]["filters"]
    assert isinstance(opened, dict)
    assert (opened["origin"], opened["purpose"], opened["hit"]) == ("alert", "judicial-crime", hit.hit_id)


async def test_a_hit_whose_purpose_is_not_the_roles_opens_no_consultation(room: Room) -> None:
    ann = room.officer("ann.smets", "traffic")
    hit = room.raise_hit(category="seizure", audience_id=4, priority=3)
    assert (await ann.post(f"/hits/{hit.hit_id}/consultation")).status_code == 403
    assert "/consultation\"" not in (await ann.get(f"/hits/{hit.hit_id}")).text


async def test_ingest_that_stands_still_is_said_on_the_page_itself(room: Room) -> None:
    tom = room.officer("tom.wouters", "dispatcher")
    room.raise_hit()
    assert 'data-alarm="ingest" hidden' in (await tom.get("/hits")).text
    room.world.run("UPDATE hit_mover SET at = now() - interval '6 seconds'")
    assert 'data-alarm="ingest"><strong>' in (await tom.get("/hits")).text
