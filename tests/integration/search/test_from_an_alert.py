"""A consultation that an alert opened shows that vehicle around that alert, by whichever way it is asked."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from services.clock import iso_ms, utc_now
from services.consultations import Request, open_from_alert
from services.database import transaction
from services.gate import ALERT_REACH, Scope
from services.images import Kind
from tests.integration.search.conftest import plates
from tests.integration.search.world import World, draw_plate, put_image

ENTRY = Request("judicial-crime", "GE.11.L1.004512/2026", "Gestolen voertuig, feit van 3 november")


@dataclass(frozen=True, slots=True)
class Alerted:
    """A zone in which 3ABC123 gave an alert two days ago at BRE01A."""

    at: datetime
    seen: UUID
    """The alert's own read."""
    elsewhere: UUID
    """The same plate within the day, at the other camera."""
    hidden: dict[str, UUID]
    """Reads that it does not show."""


@pytest.fixture
def alerted(world: World, images: Path) -> Alerted:
    at = utc_now() - timedelta(days=2)
    pictured = {"images": 1, "confidence": 0.9}
    hidden = {
        "a day and a minute before": world.add_read("3ABC123", at - ALERT_REACH - timedelta(minutes=1), 1, **pictured),
        "a day and a minute after": world.add_read("3ABC123", at + ALERT_REACH + timedelta(minutes=1), 1, **pictured),
        "another plate": world.add_read("4XYZ987", at, 1, **pictured),
        "a plate that looks like it": world.add_read("3ABC128", at, 1, **pictured),
        "no plate": world.add_read(None, at, 1, images=1),
    }
    seen = world.add_read("3ABC123", at, 1, **pictured)
    elsewhere = world.add_read("3ABC123", at + timedelta(hours=23, minutes=59), 2, **pictured)
    for read_id in (seen, elsewhere, *hidden.values()):
        put_image(images, read_id, Kind.plate, draw_plate("3-ABC-123"))
    return Alerted(at, seen, elsewhere, hidden)


def around(alerted: Alerted, **more: object) -> Scope:
    return Scope(alerted.at - ALERT_REACH, alerted.at + ALERT_REACH, frozenset({"3ABC123"}), **more)  # type: ignore[arg-type]


async def _open(app: FastAPI, client: httpx.AsyncClient, scope: Scope) -> None:
    async with transaction(app.state.program.engine) as connection:
        opened = await open_from_alert(connection, 1, ENTRY, scope, 8, utc_now())
    client.headers["Consultation"] = str(opened.consultation_id)


@pytest_asyncio.fixture
async def opened(app: FastAPI, program: httpx.AsyncClient, alerted: Alerted) -> AsyncIterator[httpx.AsyncClient]:
    """A program under the consultation that the alert opened."""
    await _open(app, program, around(alerted))
    yield program


async def test_its_search_shows_that_vehicle_around_that_alert(opened: httpx.AsyncClient, alerted: Alerted) -> None:
    answer = await opened.get("/reads", params={"plate": "3ABC123"})
    assert [item["read_id"] for item in answer.json()["items"]] == [str(alerted.elsewhere), str(alerted.seen)]
    assert answer.json()["withheld"]["reason"] == "alert"


@pytest.mark.parametrize("question", [
    {"plate": "4XYZ987"}, {"plate": "3ABC128"}, {"plate": "4XYZ*"}, {"plate": "????987"}, {"read": "no"},
])
async def test_other_vehicles_are_not_shown(
        opened: httpx.AsyncClient, alerted: Alerted, question: dict[str, str]) -> None:
    assert plates(await opened.get("/reads", params=question)) == []


@pytest.mark.parametrize("question", [
    {}, {"plate": "3ABC12?"}, {"plate": "3ABC123", "alike": "possible"}, {"witness": "3ABC12?"},
    {"camera": ["BRE01A", "BRE02A"]}, {"by": "vehicle"}, {"plate": "3ABC123,4XYZ987"},
])
async def test_no_filter_widens_it(opened: httpx.AsyncClient, alerted: Alerted, question: dict[str, str]) -> None:
    answer = await opened.get("/reads", params=question)
    assert answer.status_code == 200, answer.text
    shown = {item["read_id"] for item in answer.json()["items"]}
    assert shown
    assert shown <= {str(alerted.seen), str(alerted.elsewhere)}
    for plate in ("4XYZ987", "3ABC128"):
        assert f'"plate":"{plate}"' not in answer.text


async def test_asking_for_another_time_shows_nothing(opened: httpx.AsyncClient, alerted: Alerted) -> None:
    for since, until in ((alerted.at - timedelta(days=20), alerted.at - ALERT_REACH),
                         (alerted.at + ALERT_REACH, utc_now())):
        answer = await opened.get("/reads", params={"plate": "3ABC123", "from": iso_ms(since), "until": iso_ms(until)})
        assert plates(answer) == []


async def test_one_read_is_opened_within_it_and_none_outside(opened: httpx.AsyncClient, alerted: Alerted) -> None:
    for read_id in (alerted.seen, alerted.elsewhere):
        assert (await opened.get(f"/reads/{read_id}")).json()["plate"] == "3ABC123"
    for name, read_id in alerted.hidden.items():
        answer = await opened.get(f"/reads/{read_id}")
        assert answer.status_code == 404, name
        assert "4XYZ987" not in answer.text


async def test_a_correction_is_not_shown_under_the_other_plate(
        world: World, opened: httpx.AsyncClient, alerted: Alerted) -> None:
    """The passage was first read as the plate of the alert, and then corrected to another one."""
    corrected = world.add_read("4XYZ987", alerted.at, 1, read_id=alerted.seen)
    world.run("UPDATE reads SET superseded = true WHERE read_id = %s AND plate = '3ABC123'", corrected)
    answer = await opened.get(f"/reads/{alerted.seen}")
    assert "4XYZ987" not in answer.text


async def test_pictures_are_granted_within_it_alone(opened: httpx.AsyncClient, alerted: Alerted) -> None:
    shown = (await opened.get("/reads", params={"plate": "3ABC123"})).json()["items"]
    assert shown
    for item in shown:
        address = f"http://zone{item['images']['plate']}"
        assert (await opened.get(address)).status_code == 200
        for read_id in alerted.hidden.values():
            assert (await opened.get(address.replace(item["read_id"], str(read_id)))).status_code == 403


async def test_journeys_are_those_of_that_vehicle_around_that_alert(
        opened: httpx.AsyncClient, alerted: Alerted) -> None:
    period = {"from": iso_ms(alerted.at - timedelta(days=5)), "until": iso_ms(utc_now())}
    answer = await opened.get("/journeys", params={"plate": "3ABC123", **period})
    assert answer.status_code == 200
    assert str(alerted.seen) in answer.text
    for alike in ({}, {"alike": "possible"}):
        answer = await opened.get("/journeys", params={"plate": "3ABC123", **period, **alike})
        for name, read_id in alerted.hidden.items():
            assert str(read_id) not in answer.text, name
        other = await opened.get("/journeys", params={"plate": "4XYZ987", **period, **alike})
        assert other.status_code == 200
        assert str(alerted.hidden["another plate"]) not in other.text
    for kind in ("csv", "geojson", "gpx"):
        answer = await opened.get(f"/journeys.{kind}", params={"plate": "4XYZ987", **period})
        assert "4XYZ987," not in answer.text


async def test_saying_what_a_picture_shows_works_within_it_alone(
        opened: httpx.AsyncClient, alerted: Alerted) -> None:
    assert (await opened.post(f"/reads/{alerted.seen}/confirmation", json={"plate": "3ABC123"})).status_code == 200
    for name, read_id in alerted.hidden.items():
        answer = await opened.post(f"/reads/{read_id}/confirmation", json={"plate": "3ABC123"})
        assert answer.status_code == 404, name


async def test_it_is_kept_to_its_cameras_where_it_has_some(
        app: FastAPI, program: httpx.AsyncClient, alerted: Alerted) -> None:
    await _open(app, program, around(alerted, cameras=frozenset({1})))
    assert [item["read_id"] for item in (await program.get("/reads")).json()["items"]] == [str(alerted.seen)]
    assert (await program.get(f"/reads/{alerted.elsewhere}")).status_code == 404


async def test_it_reaches_no_further_back_than_a_month_even_so(
        world: World, app: FastAPI, program: httpx.AsyncClient) -> None:
    at = utc_now() - timedelta(days=30)
    old, young = (world.add_read("3ABC123", at + timedelta(hours=hours), 1) for hours in (-2, 23))
    await _open(app, program, Scope(at - ALERT_REACH, at + ALERT_REACH, frozenset({"3ABC123"})))
    assert (await program.get(f"/reads/{old}")).status_code == 404
    assert [item["read_id"] for item in (await program.get("/reads")).json()["items"]] == [str(young)]


async def test_its_decision_is_in_the_audit(world: World, opened: httpx.AsyncClient, alerted: Alerted) -> None:
    await opened.get("/reads", params={"plate": "3ABC123"})
    row = world.audit("reads-searched")[-1]
    assert isinstance(row["decision"], dict)
    assert (row["decision"]["origin"], row["decision"]["beyond"]) == ("alert", "alert")
    assert str(row["consultation_id"]) == opened.headers["Consultation"]
