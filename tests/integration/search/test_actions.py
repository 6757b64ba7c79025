"""ANPR-acties over HTTP: made and ended, shown to their groups, reported once, counted afterwards."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from services.clock import ZONE, utc_now
from services.schema import metadata
from tests.integration.search.actions_world import DISPATCH, Scene
from tests.integration.search.world import PASSWORD, World

PLATE, OTHER = "1ABC234", "2XYZ345"


@pytest.fixture
def scene(world: World) -> Scene:
    """A world in which Vera of the traffic service works."""
    world.add_user("vera.claes", "traffic", "Vera Claes")
    return Scene(world)


@pytest.fixture
def vera(scene: Scene) -> int:
    """Vera's number."""
    return scene.number("SELECT user_id FROM users WHERE username = 'vera.claes'")


@pytest_asyncio.fixture
async def tablet(visitor: httpx.AsyncClient, scene: Scene) -> httpx.AsyncClient:
    """Vera's tablet."""
    return await log_in(visitor, "vera.claes")


async def log_in(client: httpx.AsyncClient, username: str) -> httpx.AsyncClient:
    """Log somebody in."""
    answer = await client.post("/login", data={"username": username, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return client


async def board(client: httpx.AsyncClient, action_id: int, seen: str = "") -> httpx.Response:
    return await client.get(f"/actions/{action_id}/vehicles", params={"seen": seen})


async def report(client: httpx.AsyncClient, action_id: int, vehicle: int, step: str, **more: object) -> httpx.Response:
    return await client.post(f"/actions/{action_id}/reports", data={
        "report_key": str(uuid4()), "vehicle": vehicle, "step": step, **more})


def form(scene: Scene, list_id: int, **changes: object) -> dict[str, object]:
    until = (utc_now() + timedelta(hours=3)).astimezone(ZONE)
    return {"name": "N715 Eksel", "place": "Parking", "file_number": "HA.21.L3.1/2026", "since": "",
            "until": f"{until:%d/%m/%Y %H:%M}", "lists": [str(list_id)], "teams": "Alfa\nBravo",
            "camera": ["BRE01A", "BRE02A"], "soonest": ["2", ""], "latest": ["4", ""], **changes}


async def test_an_action_is_made_begun_and_ended_each_with_its_audit_row(
        tablet: httpx.AsyncClient, scene: Scene) -> None:
    list_id = scene.add_list("Verzekering")
    later = (utc_now() + timedelta(hours=1)).astimezone(ZONE)
    answer = await tablet.post("/actions", data=form(scene, list_id, since=f"{later:%d/%m/%Y %H:%M}"))
    page = answer.headers["location"]
    assert "gepland" in (await tablet.get(page)).text
    assert (await tablet.post(f"{page}/start")).status_code == 303
    assert "Bord langs de weg" in (await tablet.get(page)).text
    assert (await tablet.post(f"{page}/end")).headers["location"] == f"{page}/report"
    assert "voorbij" in (await tablet.get("/actions")).text
    assert (await tablet.post(f"{page}/start")).status_code == 422
    assert [row["question"].split(": ")[1] for row in scene.world.audit("action-changed")] == [
        "aangemaakt", "begonnen", "beëindigd"]


async def test_a_form_that_is_wrong_is_shown_again_with_what_was_typed(tablet: httpx.AsyncClient, scene: Scene) -> None:
    answer = await tablet.post("/actions", data=form(scene, scene.add_list("Verzekering"), latest=["1", ""]))
    assert answer.status_code == 422
    assert 'value="N715 Eksel"' in answer.text
    assert "minstens één camera" in answer.text
    assert scene.world.run("SELECT count(*) FROM actions") == [(0,)]


@pytest.mark.parametrize("kind", [
    {"state": "off"}, {"state": "count"}, {"audience_id": 2}, {"category": "discreet-check", "state": "live"}])
async def test_only_lists_in_use_of_ones_own_groups_come_along(
        tablet: httpx.AsyncClient, scene: Scene, kind: dict[str, Any]) -> None:
    list_id = scene.add_list("Verboden lijst", **kind)
    assert "Verboden lijst" not in (await tablet.get("/actions/new")).text
    assert (await tablet.post("/actions", data=form(scene, list_id))).status_code == 422


async def test_cameras_are_proposed_from_the_road_network(tablet: httpx.AsyncClient, scene: Scene) -> None:
    scene.world.run("INSERT INTO camera_legs (from_camera, to_camera, km, minutes, path) SELECT a.camera_id, "
                    "b.camera_id, 2, 2, '[[5.5, 51.1], [5.6, 51.1]]' FROM cameras a, cameras b "
                    "WHERE a.code = 'BRE01A' AND b.code = 'BRE02A'")
    page = (await tablet.get("/actions/new", params={"at": "BRE02A"})).text
    row = page[page.index('value="BRE01A"', page.index("minutes")):]
    assert 'name="soonest" value="2"' in row[:400]
    assert 'name="latest" value="3.5"' in row[:600]


async def test_a_board_shows_as_many_vehicles_as_teams_are_free(
        tablet: httpx.AsyncClient, scene: Scene, vera: int) -> None:
    list_id = scene.add_list("Verzekering")
    action = scene.add_action([list_id], vera, teams=("Alfa", "Bravo"))
    vehicles = [scene.see(action, scene.add_entry(list_id, f"1ABC{number}", vera), timedelta(seconds=age))
                for number, age in ((100, 0), (101, 60), (102, 30))]
    page = (await board(tablet, action)).text
    assert [f'id="v{one}"' in page for one in vehicles] == [False, True, True], "the soonest two"
    assert "nog 1 voertuig op komst" in page
    assert "over 0" not in page
    await report(tablet, action, vehicles[1], "take", team=scene.teams(action)[0])
    page = (await board(tablet, action)).text
    assert page.index(f'id="v{vehicles[1]}"') < page.index(f'id="v{vehicles[2]}"')
    assert f'id="v{vehicles[0]}"' not in page
    await report(tablet, action, vehicles[1], "outcome:fined", team=scene.teams(action)[0])
    assert f'id="v{vehicles[0]}"' in (await board(tablet, action)).text


async def test_a_vehicle_that_has_passed_is_gone(tablet: httpx.AsyncClient, scene: Scene, vera: int) -> None:
    list_id = scene.add_list("Verzekering")
    action = scene.add_action([list_id], vera)
    scene.see(action, scene.add_entry(list_id, PLATE, vera), timedelta(minutes=4))
    assert "1-ABC-234" not in (await board(tablet, action)).text
    assert scene.world.audit("action-shown") == []


async def test_the_audit_has_a_row_when_what_is_shown_changes_and_no_row_a_poll(
        tablet: httpx.AsyncClient, scene: Scene, vera: int) -> None:
    list_id = scene.add_list("Verzekering")
    action = scene.add_action([list_id], vera, teams=("Alfa", "Bravo"))
    first = scene.see(action, scene.add_entry(list_id, PLATE, vera))
    page = await board(tablet, action)
    version = page.text.split('data-version="')[1].split('"')[0]
    for _ in range(3):
        assert (await board(tablet, action, version)).status_code == 204
    (row,) = scene.world.audit("action-shown")
    assert row["filters"] == {"action_id": action, "vehicles": [first]}
    assert len(row["read_ids"]) == row["result_count"] == 1
    second = scene.see(action, scene.add_entry(list_id, OTHER, vera))
    assert "2-XYZ-345" in (await board(tablet, action, version)).text
    assert [row["filters"]["vehicles"] for row in scene.world.audit("action-shown")] == [[first], [first, second]]
    assert PLATE not in str(scene.world.run("SELECT audit::text FROM audit"))


@pytest.mark.parametrize("times", [1, 3])
async def test_the_same_report_counts_once(
        tablet: httpx.AsyncClient, scene: Scene, vera: int, times: int) -> None:
    list_id = scene.add_list("Verzekering")
    action = scene.add_action([list_id], vera)
    vehicle = scene.see(action, scene.add_entry(list_id, PLATE, vera))
    key, (team,) = str(uuid4()), scene.teams(action)
    came = [(await report(tablet, action, vehicle, "outcome:fined", team=team, report_key=key)).json()["came"]
            for _ in range(times)]
    assert came == ["counted"] + ["known"] * (times - 1)
    (row,) = scene.world.audit("action-handled")
    assert row["question"] == f"ANPR-actie N715 Eksel, voertuig {vehicle}: Gestopt, PV"
    assert (row["filters"]["team"], row["decision"]) == ("Alfa", {"counted": True})
    assert scene.world.run("SELECT outcome, team_id, outcome_by FROM action_vehicles") == [("fined", team, vera)]


async def test_a_report_counts_from_when_it_was_tapped(tablet: httpx.AsyncClient, scene: Scene, vera: int) -> None:
    list_id = scene.add_list("Verzekering")
    action = scene.add_action([list_id], vera)
    vehicle = scene.see(action, scene.add_entry(list_id, PLATE, vera), timedelta(minutes=30))
    await report(tablet, action, vehicle, "outcome:let-go")
    late = await report(tablet, action, vehicle, "outcome:fined", age_ms=600_000)
    assert late.json() == {"came": "no-change"}
    assert scene.world.run("SELECT outcome FROM action_vehicles") == [("let-go",)]
    scene.world.run("UPDATE actions SET ended_at = now() - interval '23 hours', since = now() - interval '25 hours'")
    assert (await report(tablet, action, vehicle, "outcome:seized")).json() == {"came": "counted"}
    scene.world.run("UPDATE actions SET ended_at = now() - interval '25 hours', since = now() - interval '26 hours'")
    assert (await report(tablet, action, vehicle, "outcome:fined")).status_code == 422


@pytest.mark.parametrize(("step", "team"), [
    ("take", 0), ("take", 999_999), ("outcome:", 0), ("outcome:x", 0), ("fined", 0), ("take:fined", 0), ("", 0)])
async def test_what_is_no_report_is_refused(
        tablet: httpx.AsyncClient, scene: Scene, vera: int, step: str, team: int) -> None:
    list_id = scene.add_list("Verzekering")
    action = scene.add_action([list_id], vera)
    vehicle = scene.see(action, scene.add_entry(list_id, PLATE, vera))
    assert (await report(tablet, action, vehicle, step, team=team)).status_code == 422


async def test_without_scripts_buttons_are_forms_that_lead_back_to_the_board(
        tablet: httpx.AsyncClient, scene: Scene, vera: int) -> None:
    list_id = scene.add_list("Verzekering")
    action = scene.add_action([list_id], vera)
    vehicle = scene.see(action, scene.add_entry(list_id, PLATE, vera))
    page = (await tablet.get(f"/actions/{action}/board")).text
    assert "De voertuigen opnieuw laden" in page
    key = page.split('name="report_key" value="')[1].split('"')[0]
    for _ in range(2):  # somebody taps twice
        answer = await tablet.post(f"/actions/{action}/vehicles/{vehicle}", data={
            "report_key": key, "step": "take", "team": scene.teams(action)[0]})
        assert answer.headers["location"] == f"/actions/{action}/board"
    assert len(scene.world.audit("action-handled")) == 1
    assert 'data-state="taken"' in (await tablet.get(f"/actions/{action}/board")).text


async def test_r11_each_sees_the_vehicles_and_the_lists_of_their_own_groups(
        app: FastAPI, tablet: httpx.AsyncClient, scene: Scene, vera: int) -> None:
    both, theirs = scene.add_list("Verzekering"), scene.add_list("Gestolen", DISPATCH, "live", "stolen-vehicle")
    named = scene.add_group(vera)
    action = scene.add_action([both, theirs], vera, teams=("A", "B", "C"))
    shared = scene.see(action, scene.add_entry(both, PLATE, vera))
    scene.see(action, scene.add_entry(theirs, PLATE, vera, DISPATCH, "Tegenhouden met versterking"))
    secret = scene.see(action, scene.add_entry(both, OTHER, vera, named))
    scene.world.add_user("dirk.maes", "dispatcher", "Dirk Maes")
    scene.world.add_user("ines.wouters", "investigator", "Ines Wouters")
    mine = (await board(tablet, action)).text
    assert [word in mine for word in ("1-ABC-234", "2-XYZ-345", "versterking")] == [True, True, False]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone") as other:
        await log_in(other, "dirk.maes")
        page = (await board(other, action)).text
        assert [word in page for word in ("1-ABC-234", "2-XYZ-345", "versterking")] == [True, False, True]
        assert (await report(other, action, secret, "outcome:fined")).status_code == 404
        assert (await report(other, action, shared, "outcome:misread")).json() == {"came": "counted"}
        listed = (await other.get(f"/actions/{action}/report", params={"vehicles": "yes"})).text
        assert ("1-ABC-234" in listed, "2-XYZ-345" in listed) == (True, False)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone") as other:
        await log_in(other, "ines.wouters")
        assert (await other.get(f"/actions/{action}/board")).status_code == 403
        listed = (await other.get(f"/actions/{action}/report", params={"vehicles": "yes"})).text
        assert "1-ABC-234" not in listed
        assert '<dd>2</dd>' in listed, "the totals are for whoever sees actions"


async def test_r11_nothing_discreet_is_shown_even_if_a_row_were_there(
        tablet: httpx.AsyncClient, scene: Scene, vera: int) -> None:
    list_id = scene.add_list("Verzekering")
    action = scene.add_action([list_id], vera)
    vehicle = scene.see(action, scene.add_entry(list_id, PLATE, vera))
    scene.world.run("UPDATE alerts SET discreet = true")
    assert "1-ABC-234" not in (await board(tablet, action)).text
    assert (await report(tablet, action, vehicle, "outcome:fined")).status_code == 404
    page = (await tablet.get(f"/actions/{action}/report", params={"vehicles": "yes"})).text
    assert "1-ABC-234" not in page
    assert '<dd>0</dd>' in page


@pytest.mark.parametrize("over", [
    "UPDATE watch_entries SET revoked_at = now()", "UPDATE alerts SET withdrawn_at = now()"])
async def test_what_is_no_longer_watched_for_disappears_unless_a_team_has_it(
        tablet: httpx.AsyncClient, scene: Scene, vera: int, over: str) -> None:
    list_id = scene.add_list("Verzekering")
    action = scene.add_action([list_id], vera, teams=("A", "B"))
    taken = scene.see(action, scene.add_entry(list_id, PLATE, vera))
    scene.see(action, scene.add_entry(list_id, OTHER, vera))
    await report(tablet, action, taken, "take", team=scene.teams(action)[0])
    scene.world.run(over)
    page = (await board(tablet, action)).text
    assert ("1-ABC-234" in page, "2-XYZ-345" in page) == (True, False)
    assert "niet langer gesignaleerd" in page


async def test_an_ended_action_shows_no_vehicle(tablet: httpx.AsyncClient, scene: Scene, vera: int) -> None:
    list_id = scene.add_list("Verzekering")
    action = scene.add_action([list_id], vera)
    scene.see(action, scene.add_entry(list_id, PLATE, vera))
    assert "1-ABC-234" in (await board(tablet, action)).text
    await tablet.post(f"/actions/{action}/end")
    page = (await board(tablet, action)).text
    assert "1-ABC-234" not in page
    assert "voorbij" in page


async def test_a_board_says_that_nothing_comes_when_nobody_hands_alerts_over(
        tablet: httpx.AsyncClient, scene: Scene, vera: int) -> None:
    action = scene.add_action([scene.add_list("Verzekering")], vera)
    assert "Er komen geen voertuigen" in (await board(tablet, action)).text
    scene.world.run("UPDATE hit_mover SET at = now()")
    assert "Er komen geen voertuigen" not in (await board(tablet, action)).text


async def test_the_report_counts_and_its_file_holds_no_plate(
        tablet: httpx.AsyncClient, scene: Scene, vera: int) -> None:
    list_id = scene.add_list("=Verzekering")
    action = scene.add_action([list_id], vera)
    vehicles = [scene.see(action, scene.add_entry(list_id, plate, vera), timedelta(minutes=9))
                for plate in (PLATE, OTHER)]
    await report(tablet, action, vehicles[0], "outcome:fined", team=scene.teams(action)[0])
    page = (await tablet.get(f"/actions/{action}/report")).text
    assert "1-ABC-234" not in page
    file = await tablet.get(f"/actions/{action}/report.csv")
    lines = file.text.splitlines()
    assert lines[0].startswith("Volgens,Welke,Voertuigen,Controles,")
    assert lines[1] == '"Hele actie",,2,1,1,0,0,0,0,0,0,0,1,0'.replace('"', "")
    assert "Lijst,'=Verzekering,2,1,1,0,0,0,0,0,0,0,1,0" in lines
    assert PLATE not in file.text
    listed = await tablet.get(f"/actions/{action}/report", params={"vehicles": "yes"})
    assert "1-ABC-234" in listed.text
    rows = scene.world.audit("action-reported")
    assert [len(row["read_ids"]) for row in rows] == [0, 0, 2]


async def test_a_team_is_added_and_stays_once_it_has_had_a_vehicle(
        tablet: httpx.AsyncClient, scene: Scene, vera: int) -> None:
    list_id = scene.add_list("Verzekering")
    action = scene.add_action([list_id], vera)
    vehicle = scene.see(action, scene.add_entry(list_id, PLATE, vera))
    page = f"/actions/{action}/teams"
    assert (await tablet.post(page, data={"remove": scene.teams(action)[0]})).status_code == 422
    assert (await tablet.post(page, data={"add": "Bravo"})).status_code == 303
    assert (await tablet.post(page, data={"add": "Bravo"})).status_code == 422
    alfa, bravo = scene.teams(action)
    await report(tablet, action, vehicle, "take", team=alfa)
    assert (await tablet.post(page, data={"remove": alfa})).status_code == 422
    assert (await tablet.post(page, data={"remove": bravo})).status_code == 303
    assert scene.teams(action) == [alfa]


async def test_whoever_may_not_run_actions_sees_them_and_changes_none(
        app: FastAPI, scene: Scene, vera: int) -> None:
    action = scene.add_action([scene.add_list("Verzekering", DISPATCH)], vera)
    scene.world.add_user("dirk.maes", "dispatcher", "Dirk Maes")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone") as client:
        await log_in(client, "dirk.maes")
        assert (await client.get(f"/actions/{action}/board")).status_code == 200
        assert "beëindigen" not in (await client.get(f"/actions/{action}")).text
        assert (await client.post(f"/actions/{action}/end")).status_code == 403
        assert (await client.get("/actions/new")).status_code == 403
        assert (await client.get(f"/actions/{action + 1}/board")).status_code == 404


def test_no_row_of_an_action_outlives_its_action() -> None:
    for name in ("action_cameras", "action_teams", "action_vehicles", "action_alerts", "action_reports"):
        assert any(key.ondelete == "CASCADE" for key in metadata.tables[name].foreign_keys)
