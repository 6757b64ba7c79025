"""Pictures: only for whom an answer granted them, and only while they may be seen."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from search.grants import Holder
from services.clock import utc_now
from services.images import Kind
from tests.integration.search.conftest import REASON
from tests.integration.search.world import PASSWORD, World, draw_plate, new_read_id, put_image

JPEG = draw_plate("3-ABC-123")


@pytest.fixture
def read_id(world: World, images: Path) -> UUID:
    made = world.add_read("3ABC123", utc_now() - timedelta(hours=1), 1, images=3)
    put_image(images, made, Kind.plate, JPEG)
    return made


async def _address(asker: httpx.AsyncClient, read_id: UUID, kind: str = "plate") -> str:
    return "http://zone" + (await asker.get(f"/reads/{read_id}")).json()["images"][kind]


async def test_an_answer_grants_its_pictures(read_id: UUID, asker: httpx.AsyncClient, world: World) -> None:
    listed = (await asker.get("/reads")).json()["items"][0]["images"]
    assert sorted(listed) == ["overview", "plate"]
    rows = len(world.audit())
    answer = await asker.get("http://zone" + listed["plate"])
    assert answer.status_code == 200
    assert answer.content == JPEG
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "no-store"
    assert len(world.audit()) == rows, "the answer's own row names the read already"
    assert world.audit("reads-searched")[-1]["read_ids"] == [read_id]


async def test_a_picture_that_waits_for_the_image_store_comes_from_the_spool(
        world: World, asker: httpx.AsyncClient, read_id: UUID) -> None:
    png = b"\x89PNG\r\n\x1a\n and so on"
    world.run("INSERT INTO image_spool (read_id, kind, captured_at, plate, content) "
              "VALUES (%s, 2, now(), '3ABC123', %s)", read_id, png)
    answer = await asker.get(await _address(asker, read_id, "overview"))
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, png, "image/png")


async def test_a_picture_that_is_nowhere_or_is_no_picture_is_not_found(
        world: World, asker: httpx.AsyncClient, read_id: UUID, images: Path) -> None:
    address = await _address(asker, read_id, "overview")
    assert (await asker.get(address)).status_code == 404
    drawing = await asker.get(address, headers={"Sec-Fetch-Dest": "image"})
    assert (drawing.status_code, drawing.headers["content-type"]) == (404, "image/svg+xml")
    put_image(images, read_id, Kind.overview, b"<html>not a picture</html>")
    assert (await asker.get(address)).status_code == 404


@pytest.mark.parametrize("spoil", [
    lambda _: "",
    lambda _: "nonsense",
    lambda grant: "A" * len(grant),
    lambda grant: ("B" if grant[0] != "B" else "C") + grant[1:],
    lambda grant: grant[:-1] + ("B" if grant[-1] != "B" else "C"),
    lambda grant: grant + "AAAA",
    lambda grant: "é" * len(grant),
])
async def test_a_forged_grant_shows_nothing(asker: httpx.AsyncClient, read_id: UUID, spoil: object) -> None:
    assert callable(spoil)
    address, grant = (await _address(asker, read_id)).split("?grant=")
    answer = await asker.get(address, params={"grant": spoil(grant)})
    assert answer.status_code == 403
    assert answer.content != JPEG


async def test_a_grant_holds_for_one_picture_of_one_read(
        asker: httpx.AsyncClient, world: World, read_id: UUID, images: Path) -> None:
    other = world.add_read("4XYZ123", utc_now() - timedelta(hours=1), 1, images=1)
    put_image(images, other, Kind.plate, JPEG)
    put_image(images, read_id, Kind.overview, JPEG)
    address = await _address(asker, read_id)
    assert (await asker.get(address.replace("/plate?", "/overview?"))).status_code == 403
    assert (await asker.get(address.replace(str(read_id), str(other)))).status_code == 403
    assert (await asker.get(address.replace("/plate?", "/face?"))).status_code == 404


async def test_a_grant_is_worth_nothing_to_somebody_else(
        world: World, asker: httpx.AsyncClient, visitor: httpx.AsyncClient, read_id: UUID) -> None:
    address = await _address(asker, read_id)
    world.add_user("els.maes", "dispatcher", "Els Maes")
    assert (await visitor.get(address)).status_code == 303, "nobody is logged in"
    await visitor.post("/login", data={"username": "els.maes", "password": PASSWORD})
    await visitor.post("/consultations", data=REASON)
    assert (await visitor.get(address)).status_code == 403


async def test_a_grant_expires_and_ends_with_its_consultation(
        app: FastAPI, world: World, asker: httpx.AsyncClient, read_id: UUID) -> None:
    holder, kind = Holder(1, UUID(asker.headers["Consultation"])), Kind.plate
    for age, status in ((timedelta(minutes=9), 200), (timedelta(minutes=11), 403)):
        grant = app.state.program.grants.grant(read_id, kind, holder, utc_now() - age)
        answer = await asker.get(f"http://zone/reads/{read_id}/images/plate", params={"grant": grant})
        assert answer.status_code == status
    address = await _address(asker, read_id)
    world.run("UPDATE consultations SET ended_at = now()")
    assert (await asker.get(address)).status_code == 403


async def test_after_a_year_a_picture_is_gone_even_when_it_still_lies_there(
        app: FastAPI, asker: httpx.AsyncClient, images: Path) -> None:
    old = new_read_id(utc_now() - timedelta(days=366))
    put_image(images, old, Kind.plate, JPEG)
    grant = app.state.program.grants.grant(old, Kind.plate, Holder(1, UUID(asker.headers["Consultation"])), utc_now())
    answer = await asker.get(f"http://zone/reads/{old}/images/plate", params={"grant": grant})
    assert answer.status_code == 404


async def test_the_page_shows_both_pictures(browser: httpx.AsyncClient, read_id: UUID) -> None:
    page = (await browser.get(f"/reads/{read_id}")).text
    for kind in ("plate", "overview"):
        assert f"/reads/{read_id}/images/{kind}?grant=" in page
