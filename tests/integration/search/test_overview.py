"""The overview: each role sees its own part, its numbers are right, and what is discreet counts for its group alone."""

import re
from datetime import datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from services.camera_counts import SLOT, slot_of
from services.clock import local_day, utc_now
from services.roles import Role
from tests.integration.search.hits_world import Room
from tests.integration.search.world import PASSWORD, World

INVESTIGATION = 3
PARTS = {"hits": 'id="ov-hits"', "reads": 'id="ov-reads"', "waits": 'id="ov-waits"', "cameras": 'id="ov-cameras"'}


@pytest.fixture
def room(world: World, app: FastAPI) -> Room:
    """Hits, and officers with browsers."""
    return Room(world, app)


def text_of(page: str, part: str) -> str:
    """Return the words of one part of the page."""
    html = re.search(rf'<section [^>]*id="ov-{part}".*?</section>', page, re.DOTALL)
    assert html, part
    return " ".join(re.sub(r"<[^>]+>", " ", html[0]).split())


def count(world: World, camera_id: int, slot: datetime, reads: int) -> None:
    world.run("INSERT INTO camera_counts VALUES (%s, %s, %s)", camera_id, slot, reads)


@pytest.mark.parametrize("role", Role)
async def test_each_role_sees_its_own_parts(room: Room, role: Role) -> None:
    officer = room.officer("some.body", role)
    page = await officer.get("/overview")
    assert page.status_code == 200
    sees_hits = role in {Role.investigator, Role.tecint, Role.dispatcher, Role.traffic}
    shown = {part for part, mark in PARTS.items() if mark in page.text}
    assert shown == (PARTS.keys() if sees_hits else PARTS.keys() - {"hits"})


async def test_gateways_are_named_to_whoever_may_see_them(room: Room) -> None:
    for role, told in ((Role.camera_manager, True), (Role.auditor, False)):
        page = (await room.officer(f"some.{role}", role).get("/overview")).text
        assert ("Gateway bree: nooit gehoord" in text_of(page, "waits")) == told, role


async def test_reads_of_the_hour_stand_beside_what_is_usual(world: World, room: Room) -> None:
    running = slot_of(utc_now())
    count(world, 1, running - SLOT, 30)
    count(world, 2, running - 12 * SLOT, 12)
    count(world, 2, running, 5000)
    world.run("INSERT INTO camera_rhythms SELECT 1, hour, 1200 FROM generate_series(0, 167) AS hour")
    shown = text_of((await room.officer("dis.patch", "dispatcher").get("/overview")).text, "reads")
    assert "42 in een uur" in shown
    assert "gewoonlijk 1.200" in shown
    assert "minder dan gewoonlijk" in shown


async def test_a_camera_that_is_off_is_not_missed(world: World, room: Room) -> None:
    world.run("INSERT INTO camera_rhythms SELECT 1, hour, 1200 FROM generate_series(0, 167) AS hour")
    world.run("UPDATE cameras SET live_since = NULL WHERE camera_id = 1")
    page = (await room.officer("dis.patch", "dispatcher").get("/overview")).text
    assert "wat gewoon is, is nog niet bekend" in text_of(page, "reads")


async def test_a_silent_camera_stands_first_and_on_the_map(world: World, room: Room) -> None:
    world.add_camera("GEN01A", "Genk N75", "Genk")
    world.run("INSERT INTO camera_silences VALUES (3, now() - interval '2 hours', NULL, 'rhythm')")
    page = (await room.officer("dis.patch", "dispatcher").get("/overview")).text
    shown = text_of(page, "cameras")
    assert shown.index("Genk") < shown.index("Bree")
    assert "al 2 uur stil" in shown
    assert 'class="mark silent" data-code="GEN01A"' in page
    assert 'href="/cameras?state=silent"' in page


async def test_open_hits_are_counted_by_priority_and_age(room: Room) -> None:
    now = utc_now()
    room.raise_hit("1AAA111", category="stolen-vehicle", priority=1)
    room.raise_hit("1AAA112", category="stolen-vehicle", priority=1, at=now - timedelta(minutes=10))
    room.raise_hit("1AAA113", category="recent-offence", priority=2, at=now - timedelta(hours=2), state="claimed",
                   claimed_at=now)
    room.raise_hit("1AAA114", category="recent-offence", priority=2, late=True)
    page = (await room.officer("dis.patch", "dispatcher").get("/overview")).text
    shown = text_of(page, "hits")
    assert shown.startswith("Open hits 3 ")
    assert "P1 1 1 vrij 1 1 vrij · P2 · · 1 " in shown
    assert "De oudste heeft al 10 minuten niemand." in shown
    assert "Nog 1 kwam te laat" in shown
    assert "1AAA111" not in page


async def test_a_discreet_hit_counts_for_its_group_alone(room: Room) -> None:
    room.raise_hit("1AAA111", category="discreet-check", audience_id=INVESTIGATION, discreet=True, priority=1)
    theirs = (await room.officer("in.vest", "investigator").get("/overview")).text
    others = (await room.officer("dis.patch", "dispatcher").get("/overview")).text
    assert text_of(theirs, "hits").startswith("Open hits 1 ")
    assert text_of(others, "hits").startswith("Open hits 0 ")
    assert "Geen open hits" in text_of(others, "hits")


async def test_ingest_that_stands_still_is_said_aloud(world: World, room: Room) -> None:
    officer = room.officer("dis.patch", "dispatcher")
    world.run("UPDATE hit_mover SET at = clock_timestamp(), broker_connected = true")
    assert "Passages komen binnen" in (await officer.get("/overview")).text
    world.run("UPDATE hit_mover SET broker_connected = false")
    assert "Ingest is de broker kwijt" in (await officer.get("/overview")).text
    world.run("UPDATE hit_mover SET at = now() - interval '1 minute', broker_connected = true")
    assert "Ingest staat stil sinds" in (await officer.get("/overview")).text


async def test_what_waits_is_told_with_where_it_leads(world: World, room: Room) -> None:
    today = local_day(utc_now())
    officer = room.officer("some.tecint", "tecint")
    assert "Er wacht niets." in text_of((await officer.get("/overview")).text, "waits")
    world.run("INSERT INTO gateway_days (gateway_id, day, stored, rejected, late) VALUES (1, %s, 9, 7, 3)", today)
    world.run("INSERT INTO camera_states (camera_id, last_captured_at, last_received_at, heartbeat_at) "
              "VALUES (1, now() - interval '2 hours', now(), now())")
    page = (await officer.get("/overview")).text
    shown = text_of(page, "waits")
    assert "Gateway bree haalt in: 1 camera, 2 uur achter" in shown
    assert "7 berichten werden vandaag geweigerd" in shown
    assert "3 passages kwamen vandaag laat" in shown


async def test_the_fragment_is_the_same_without_what_is_around_it(room: Room) -> None:
    officer = room.officer("dis.patch", "dispatcher")
    fragment = await officer.get("/overview/now")
    assert fragment.headers["content-type"].startswith("text/html")
    assert "<html" not in fragment.text
    assert all(mark in fragment.text for mark in PARTS.values())


async def test_the_overview_leaves_no_row_in_the_audit(world: World, room: Room) -> None:
    room.raise_hit()
    await room.officer("dis.patch", "dispatcher").get("/overview")
    assert world.audit() == []


@pytest.mark.parametrize(("role", "first"), [
    (Role.investigator, "/reads"), (Role.tecint, "/reads"), (Role.traffic, "/reads"), (Role.dispatcher, "/reads"),
    (Role.camera_manager, "/overview"), (Role.technical_administrator, "/overview"), (Role.dpo, "/overview"),
    (Role.auditor, "/overview"), (Role.integrator, "/overview"),
])
async def test_who_watches_over_the_zone_begins_with_its_overview(room: Room, role: Role, first: str) -> None:
    assert (await room.officer("some.body", role).get("/")).headers["location"] == first


async def test_the_list_of_cameras_narrows_to_a_state_and_a_municipality(
        world: World, visitor: httpx.AsyncClient) -> None:
    world.add_camera("GEN01A", "Genk N75", "Genk")
    world.run("INSERT INTO camera_silences VALUES (2, now() - interval '2 hours', NULL, 'heartbeat')")
    await visitor.post("/login", data={"username": "an.peeters", "password": PASSWORD})

    async def codes(query: str) -> list[str]:
        page = (await visitor.get(f"/cameras{query}")).text
        return re.findall(r'<a class="row" href="[^"]*" data-code="([^"]+)"', page)

    assert await codes("") == ["BRE02A", "BRE01A", "GEN01A"]
    assert await codes("?state=silent") == ["BRE02A"]
    assert await codes("?municipality=Genk") == ["GEN01A"]
    assert await codes("?state=silent&municipality=Genk") == []
    assert (await visitor.get("/cameras?state=tired")).status_code == 422


async def test_a_cameras_page_shows_its_week_and_its_silences(world: World, browser: httpx.AsyncClient) -> None:
    world.run("INSERT INTO camera_rhythms SELECT 1, hour, hour FROM generate_series(0, 167) AS hour")
    world.run("INSERT INTO camera_silences "
              "VALUES (1, now() - interval '5 hours', now() - interval '2 hours', 'rhythm')")
    page = (await browser.get("/cameras/BRE01A")).text
    assert "het drukst op zondag om 23:00 met 167 per uur" in page
    assert 'class="shade-6"' in page
    assert "passages die uitbleven" in page
    assert 'href="/reads?camera=BRE01A"' in page
    other = (await browser.get("/cameras/BRE02A")).text
    assert "Ze was niet stil." in other


async def test_a_quiet_gateway_stands_out_and_can_be_picked(world: World, browser: httpx.AsyncClient) -> None:
    world.run("INSERT INTO gateways (name) VALUES ('as')")
    world.run("INSERT INTO camera_states (camera_id, heartbeat_at) VALUES (1, now())")
    page = (await browser.get("/gateways")).text
    assert page.index("/gateways/as") < page.index("/gateways/bree")
    assert "/gateways/bree" not in (await browser.get("/gateways?state=quiet")).text
    assert (await browser.get("/gateways?state=tired")).status_code == 422
