"""R12: the camera manager puts papers and takes cameras live and off; the register of their uses, for whoever may."""

import csv
import io
import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from search.cameras.completeness import complete_until, in_words
from search.pages.rendering import LANGUAGE_COOKIE, load_pages
from services.clock import ZONE, utc_now
from services.database import transaction
from tests.integration.search.world import PASSWORD, World

DAY = timedelta(days=1)
PAPERS = {"council_decision": "raadsbesluit Bree 2026/11", "council_decided_on": "2026-01-12",
          "dpia_reference": "DPIA 2025/2", "dpia_made_on": "2025-12-01", "register_entry": "5909/012",
          "pictogram_since": "2026-02-02"}
Client = Callable[[str], httpx.AsyncClient]


@pytest.fixture
async def clients(app: FastAPI, world: World) -> AsyncIterator[Client]:
    """Programs that speak for somebody of a role."""
    made: list[httpx.AsyncClient] = []

    def client(role: str) -> httpx.AsyncClient:
        world.add_user(f"some.{role}", role)
        token = world.add_token(f"some.{role}", utc_now() + DAY)
        made.append(httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone",
                                      headers={"Authorization": f"Bearer {token}"}))
        return made[-1]
    yield client
    for one in made:
        await one.aclose()


@pytest.fixture
async def manager(world: World, visitor: httpx.AsyncClient) -> httpx.AsyncClient:
    """A camera manager in a browser, and a camera without papers."""
    world.add_user("mia.claes", "camera-manager")
    world.add_camera("BRE03A", live=False)
    answer = await visitor.post("/login", data={"username": "mia.claes", "password": PASSWORD})
    assert answer.status_code == 303
    visitor.cookies.set(LANGUAGE_COOKIE, "en")
    return visitor


def is_live(world: World, code: str = "BRE03A") -> bool:
    return bool(world.run("SELECT live_since IS NOT NULL FROM cameras WHERE code = %s", code)[0][0])


async def test_r12_a_camera_goes_live_on_its_page_once_its_papers_are_there(
        manager: httpx.AsyncClient, world: World) -> None:
    page = (await manager.get("/cameras/BRE03A")).text
    assert "No papers yet" in page
    assert "What it sends is refused" in page
    refused = await manager.post("/cameras/BRE03A/live")
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert not is_live(world)
    assert (await manager.post("/cameras/BRE03A/papers", data=PAPERS)).status_code == 303
    assert (await manager.post("/cameras/BRE03A/live")).status_code == 303
    assert is_live(world)
    assert "raadsbesluit Bree 2026/11" in (await manager.get("/cameras/BRE03A")).text
    (put,), (live,) = world.audit("camera-papers-changed"), world.audit("camera-live")
    assert (put["username"], put["question"], put["filters"]["codes"]) == (  # type: ignore[index]
        "mia.claes", "documenten van BRE03A", ["BRE03A"])
    assert (live["question"], live["filters"]) == ("BRE03A in gebruik genomen", {"codes": ["BRE03A"]})


async def test_r12_a_pictogram_that_stands_from_tomorrow_keeps_it_from_going_live_today(
        manager: httpx.AsyncClient, world: World) -> None:
    today = datetime.now(ZONE).date()
    assert (await manager.post("/cameras/BRE03A/papers", data={**PAPERS, "pictogram_since": str(today + DAY)})
            ).status_code == 303
    assert (await manager.post("/cameras/BRE03A/live")).status_code == 422
    assert "pictogram does not stand yet" in (await manager.get("/cameras")).text
    await manager.post("/cameras/BRE03A/papers", data={**PAPERS, "pictogram_since": str(today)})
    assert (await manager.post("/cameras/BRE03A/live")).status_code == 303
    assert is_live(world)


@pytest.mark.parametrize(("field", "text"), [
    ("council_decision", ""), ("council_decision", "x" * 201), ("council_decided_on", "12/01/2026"),
    ("council_decided_on", "2999-01-01"), ("dpia_made_on", ""), ("register_entry", "a\x07b"),
    ("pictogram_since", "ooit")])
async def test_r12_papers_that_are_wrong_are_refused_beside_the_field(
        manager: httpx.AsyncClient, world: World, field: str, text: str) -> None:
    answer = await manager.post("/cameras/BRE03A/papers", data={**PAPERS, field: text})
    assert answer.status_code == 422
    assert f'id="{field}-problem"' in answer.text
    assert world.run("SELECT FROM camera_papers WHERE council_decision LIKE 'raads%%'") == []
    assert world.audit("camera-papers-changed") == []


async def test_a_camera_is_taken_off_with_a_reason_and_its_gateway_does_not_take_it_live_again(
        manager: httpx.AsyncClient, world: World, clients: Client) -> None:
    assert (await manager.post("/cameras/BRE01A/off", data={"reason": " "})).status_code == 422
    assert is_live(world, "BRE01A")
    assert (await manager.post("/cameras/BRE01A/off", data={"reason": "besluit vernietigd"})).status_code == 303
    assert not is_live(world, "BRE01A")
    (off,) = world.audit("camera-off")
    assert (off["question"], off["decision"]) == ("BRE01A buiten gebruik gesteld", {"reason": "besluit vernietigd"})
    page = (await manager.get("/cameras")).text
    assert "<strong>2</strong> off" in page
    assert "off since" in page


async def test_the_api_puts_papers_and_takes_live_and_off(world: World, clients: Client) -> None:
    world.add_camera("cam/3 noord", live=False)
    client = clients("camera-manager")
    address = "/api/v1/cameras/cam%2F3%20noord"
    assert (await client.get(address)).json()["lacks"] == ["papers"]
    assert (await client.post(f"{address}/live")).status_code == 422
    put = await client.put(f"{address}/papers", json=PAPERS)
    assert put.json()["papers"] == PAPERS
    assert put.json()["changed_by"] == "some.camera-manager"
    assert (await client.post(f"{address}/live")).json()["live_since"] is not None
    assert (await client.post(f"{address}/off", json={"reason": "defect"})).json()["off_since"] is not None
    assert (await client.put(f"{address}/papers", json={**PAPERS, "register_entry": "\0"})).status_code == 422
    assert (await client.get("/api/v1/cameras/none")).status_code == 404
    assert (await client.post("/api/v1/cameras/none/live")).status_code == 404
    listed = {one["code"]: one for one in (await client.get("/api/v1/cameras")).json()["items"]}
    assert (listed["cam/3 noord"]["live_since"], listed["BRE01A"]["lacks"]) == (None, [])


@pytest.mark.parametrize("role", ["investigator", "integrator", "technical-administrator", "dpo"])
async def test_r12_nobody_but_the_camera_manager_changes_a_camera(world: World, clients: Client, role: str) -> None:
    client = clients(role)
    for method, path, body in (("PUT", "papers", PAPERS), ("POST", "live", None), ("POST", "off", {"reason": "x"})):
        answer = await client.request(method, f"/api/v1/cameras/BRE01A/{path}", json=body)
        assert answer.status_code == 403, path
    assert is_live(world, "BRE01A")
    assert len(world.audit("denied")) == 3
    page = await client.get("/cameras/BRE01A")
    assert "<form" not in page.text.partition("<main")[2].partition("</main>")[0]


def introduced(**changes: object) -> dict[str, object]:
    return {"synthetic": True, "cameras": [{"source_id": "cam1", "name": "Een camera", "papers": PAPERS}], **changes}


async def test_an_invented_gateway_introduces_its_cameras_with_papers_and_they_go_live_once(
        world: World, clients: Client) -> None:
    integrator = clients("integrator")
    assert (await integrator.put("/api/v1/gateways/sim-1", json=introduced())).status_code == 200
    assert is_live(world, "sim-1:cam1")
    assert [row["filters"]["codes"] for row in world.audit("camera-live")] == [["sim-1:cam1"]]  # type: ignore[index]
    world.run("UPDATE cameras SET live_since = NULL WHERE code = 'sim-1:cam1'")
    assert (await integrator.put("/api/v1/gateways/sim-1", json=introduced())).status_code == 200
    assert not is_live(world, "sim-1:cam1")
    assert len(world.audit("camera-papers-changed")) == 1


async def test_a_camera_that_is_introduced_without_papers_is_not_live(world: World, clients: Client) -> None:
    body = introduced(cameras=[{"source_id": "cam1", "name": "Een camera"}])
    assert (await clients("integrator").put("/api/v1/gateways/sim-1", json=body)).status_code == 200
    assert not is_live(world, "sim-1:cam1")


async def test_r12_an_integrator_gives_no_papers_to_cameras_of_a_gateway_that_is_not_invented(
        world: World, clients: Client) -> None:
    answer = await clients("integrator").put("/api/v1/gateways/bree", json=introduced())
    assert answer.status_code == 403
    assert world.run("SELECT FROM cameras WHERE code = 'bree:cam1'") == []
    (denied,) = world.audit("denied")
    assert denied["decision"] == {"refused": "forbidden", "act": "change-cameras"}
    assert (await clients("camera-manager").put("/api/v1/gateways/bree", json=introduced())).status_code == 200


async def test_the_register_tells_place_papers_and_use_of_every_camera(
        manager: httpx.AsyncClient, world: World) -> None:
    await manager.post("/cameras/BRE03A/papers", data=PAPERS)
    page = await manager.get("/cameras/register")
    assert page.status_code == 200
    for text in ("BRE01A", "BRE03A", "raadsbesluit Bree 2026/11", "51.14120, 5.59750", "not live", "ANPR",
                 "documenten van BRE03A", "mia.claes"):
        assert text in page.text, text
    (row,) = world.audit("register-consulted")
    assert (row["username"], row["result_count"], row["filters"]) == ("mia.claes", 3, {"kind": "page"})


async def test_the_register_of_one_camera_has_its_own_changes_alone(manager: httpx.AsyncClient, world: World) -> None:
    await manager.post("/cameras/BRE03A/papers", data=PAPERS)
    await manager.post("/cameras/BRE01A/off", data={"reason": "defect"})
    page = (await manager.get("/cameras/register?camera=BRE01A")).text
    assert "BRE01A buiten gebruik gesteld" in page
    assert "documenten van BRE03A" not in page
    assert "There is no such camera" in (await manager.get("/cameras/register?camera=X")).text


async def test_the_register_as_csv_and_geojson_says_the_same(world: World, clients: Client) -> None:
    world.add_camera("BRE03A", live=False)
    world.run("UPDATE cameras SET lat = NULL, name = '=1+1' WHERE code = 'BRE03A'")
    auditor = clients("auditor")
    answer = await auditor.get("/api/v1/cameras/register.csv")
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert [line["code"] for line in lines] == ["BRE01A", "BRE02A", "BRE03A"]
    assert (lines[0]["intelligent_use"], lines[0]["council_decision"], lines[0]["live"]) == (
        "ANPR", "invented council decision", "True")
    assert (lines[2]["name"], lines[2]["live"], lines[2]["council_decision"]) == ("'=1+1", "False", "")
    shown = json.loads((await auditor.get("/api/v1/cameras/register.geojson")).content)
    assert [one["geometry"] and one["geometry"]["coordinates"] for one in shown["features"]] == [
        [5.5975, 51.1412], [5.5975, 51.1412], None]
    assert set(shown["features"][0]["properties"]) == set(lines[0])
    assert [row["filters"] for row in world.audit("register-consulted")] == [{"kind": "csv"}, {"kind": "geojson"}]


async def test_the_registers_changes_are_a_file_too(manager: httpx.AsyncClient) -> None:
    await manager.post("/cameras/BRE01A/off", data={"reason": "wegenwerken"})
    answer = await manager.get("/cameras/register.changes")
    (line,) = csv.DictReader(io.StringIO(answer.text))
    assert (line["action"], line["cameras"], line["by"], line["reason"]) == (
        "camera-off", "BRE01A", "mia.claes", "wegenwerken")
    assert "attachment" in answer.headers["content-disposition"]


async def test_whoever_may_not_see_the_register_does_not(world: World, clients: Client) -> None:
    client = clients("investigator")
    for path in ("/cameras/register", "/cameras/register.csv", "/api/v1/cameras/register.geojson"):
        assert (await client.get(path)).status_code == 403
    assert world.audit("register-consulted") == []
    assert "/cameras/register" not in (await client.get("/cameras")).text


async def test_a_camera_that_is_not_live_is_not_said_to_be_silent(
        app: FastAPI, manager: httpx.AsyncClient, world: World) -> None:
    world.run("INSERT INTO camera_silences SELECT camera_id, now() - interval '2 hours', NULL, 'rhythm' FROM cameras "
              "WHERE code IN ('BRE01A', 'BRE02A')")
    await manager.post("/cameras/BRE01A/off", data={"reason": "defect"})
    page = (await manager.get("/cameras")).text
    assert "<strong>1</strong> silent" in page
    assert page.count('class="fares silent"') == 1
    async with transaction(app.state.program.engine) as connection:
        found = await complete_until(connection)
    assert [camera.code for camera in found] == ["BRE01A", "BRE02A"]  # one that never was live lacks nothing
    said = load_pages().languages["en"].say(in_words(found, utc_now()))
    assert "BRE01A (off since" in said
    assert "BRE02A (silent since" in said
