"""The alerts behind hits, over the API: those of one's own groups alone, page by page, each in the audit before."""

from datetime import timedelta

import pytest
from fastapi import FastAPI

from services.clock import utc_now
from tests.integration.search.hits_world import Officer, Room
from tests.integration.search.world import World


@pytest.fixture
def room(world: World, app: FastAPI) -> Room:
    return Room(world, app)


@pytest.fixture
def tom(room: Room) -> Officer:
    return room.officer("tom.wouters", "dispatcher")


async def test_each_read_of_a_hit_is_listed_and_was_in_the_audit_before(room: Room, tom: Officer) -> None:
    hit = room.raise_hit()
    again = room.see(hit.hit_id, hit.entry_id, "3ABC123", at=utc_now(), matched_as="alike", probability=0.25)
    answer = (await tom.get("/api/v1/alerts")).json()
    assert [(one["read_id"], one["hit_id"], one["entry_id"], one["matched_as"]) for one in answer["items"]] == [
        (str(again), hit.hit_id, hit.entry_id, "alike"), (str(hit.read_id), hit.hit_id, hit.entry_id, "exact")]
    assert (answer["items"][0]["probability"], answer["items"][0]["camera"], answer["next"]) == (0.25, "BRE01A", None)
    (row,) = room.world.audit("hits-shown")
    assert (row["username"], row["filters"], row["read_ids"]) == (
        "tom.wouters", {"hits": [hit.hit_id]}, sorted([hit.read_id, again]))


async def test_pages_hold_every_alert_once(room: Room, tom: Officer) -> None:
    reads = [str(room.raise_hit(f"3AAA00{number}").read_id) for number in range(5)]
    found, after = [], ""
    while True:
        answer = (await tom.get(f"/api/v1/alerts?limit=2&after={after}")).json()
        found += [one["read_id"] for one in answer["items"]]
        if (after := answer["next"]) is None:
            break
    assert found == reads[::-1]


async def test_a_mark_that_is_none_of_ours_is_refused(room: Room, tom: Officer) -> None:
    room.raise_hit()
    assert (await tom.get("/api/v1/alerts?after=12")).status_code == 422


async def test_what_was_withdrawn_or_raised_longer_ago_is_not_listed(room: Room, tom: Officer) -> None:
    old, gone, fresh = (room.raise_hit(f"3AAA00{number}") for number in range(3))
    room.world.run("UPDATE alerts SET withdrawn_at = now() WHERE read_id = %s", gone.read_id)
    room.world.run("UPDATE alerts SET raised_at = %s WHERE read_id = %s", utc_now() - timedelta(hours=80), old.read_id)
    for asked in ("", "?since=2020-01-01T00:00:00Z"):
        items = (await tom.get(f"/api/v1/alerts{asked}")).json()["items"]
        assert [one["read_id"] for one in items] == [str(fresh.read_id)]


async def test_a_discreet_one_is_listed_for_its_group_alone(room: Room, tom: Officer) -> None:
    karin = room.officer("karin.bos", "tecint")
    group = room.followed.add_group("stil", karin.user_id)
    hit = room.raise_hit("4XYZ987", category="discreet-check", audience_id=group, discreet=True)
    assert (await tom.get("/api/v1/alerts")).json() == {"items": [], "next": None}
    assert room.world.audit("hits-shown") == []
    (item,) = (await karin.get("/api/v1/alerts")).json()["items"]
    assert item["hit_id"] == hit.hit_id
    assert "4XYZ987" not in str(room.world.audit("hits-shown"))
