"""What holds for every answer: headers, errors that help, health, and logs without a plate."""

import json
import logging
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from search.app import create_app
from search.doors import routes_of
from search.reads.filters import FILTERS
from services.settings import SearchSettings
from tests.integration.search.world import World

STORY = {
    "anchor": "2026-11-23T06:00:00Z",
    "roles": [{"username": "an.peeters", "name": "An Peeters", "role": "investigator",
               "title": {"nl": "Rechercheur", "fr": "Enquêtrice", "en": "Investigator"},
               "card": {"nl": "Onderzoekt inbraken", "fr": "Enquête", "en": "Investigates"}}],
    "cases": [{"id": "burglary", "role": "an.peeters", "title": {"nl": "Inbraken"}, "text": {"nl": "Een getuige zag…"},
               "consultation": {"purpose": "judicial-crime", "file_number": "GE.1", "reason": "Een reeks inbraken"},
               "searches": [
                   {"label": "Zoek", "path": "/reads?plate=3ABC*", "expected": "zeven", "expected_reads": 7}]}],
    "live": [],
}


@pytest.mark.parametrize("path", ["/login", "/health", "/nowhere", "/api/v1/reads", "/api/v1/nowhere", "/reads",
                                  "/api/v1/openapi.json"])
async def test_every_answer_is_strict_and_stored_nowhere(visitor: httpx.AsyncClient, path: str) -> None:
    headers = (await visitor.get(path)).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"


async def test_static_files_may_be_kept_as_long_as_their_address_names_their_content(
        visitor: httpx.AsyncClient, browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/reads")).text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = await visitor.get(address)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    older = await visitor.get("/static/0123456789ab/styles/base.css")
    assert (older.status_code, older.headers["cache-control"]) == (404, "no-store")
    for outside in (f"{address}/../../../app.py", f"{address}/%2e%2e/%2e%2e/app.py", "/static/%2e%2e/app.py"):
        assert (await visitor.get(outside)).status_code == 404


async def test_no_page_names_another_origin(browser: httpx.AsyncClient, world: World) -> None:
    for path in ("/reads", "/cameras", "/gateways", "/gateways/bree", "/consultations/new", "/journeys",
                 "/journeys?plate=3ABC123", "/nowhere"):
        page = (await browser.get(path)).text.replace("http://www.w3.org/2000/svg", "")
        assert "http:" not in page
        assert "https:" not in page
        assert "style=" not in page
        assert "onclick=" not in page


async def test_an_error_is_a_page_for_people_and_json_for_programs(
        browser: httpx.AsyncClient, program: httpx.AsyncClient) -> None:
    page = await browser.get("/nowhere")
    assert page.status_code == 404
    assert "Op dit adres staat niets" in page.text
    assert "An Peeters" in page.text
    answer = await program.get("/nowhere", headers={"Accept-Language": "nl-BE,nl;q=0.9"})
    assert answer.json() == {"code": "not-found", "message": "Op dit adres staat niets."}
    assert (await program.delete("/reads")).json()["code"] == "wrong-method"
    assert (await program.post("/consultations", content="{", headers={"Content-Type": "application/json"})
            ).status_code == 422


async def test_a_question_that_cannot_be_understood_stays_in_the_form(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/reads", params={"plate": "3ABC123", "from": "gisteren"})
    assert page.status_code == 422
    assert "schrijf een tijdstip als 23/11/2026 14:05" in page.text
    assert 'value="gisteren"' in page.text
    assert 'value="3ABC123"' in page.text


async def test_a_period_becomes_two_fixed_moments_in_the_address(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/reads", params={"plate": "3ABC123", "period": "yesterday"})
    assert answer.status_code == 303
    location = httpx.URL(answer.headers["location"])
    assert sorted(location.params) == ["from", "plate", "until"]
    page = await browser.get(location)
    assert page.status_code == 200
    assert "Geen passages gevonden" in page.text


async def test_health_tells_whether_the_database_answers(
        visitor: httpx.AsyncClient, settings: SearchSettings) -> None:
    assert (await visitor.get("/health")).json() == {"status": "ok"}
    lost = create_app(settings.model_copy(update={"database_url": type(settings.database_url)(
        "postgresql://nobody:x@127.0.0.1:1/nothing")}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(lost), base_url="http://zone") as client:
        answer = await client.get("/health")
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})


async def test_no_log_line_holds_a_plate_a_reason_or_a_password(
        world: World, browser: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        await browser.get("/reads", params={"plate": "3SPY007"})
        await browser.get("/3SPY007")
        await browser.get("/reads/3SPY007")
        await browser.get("/gateways/3SPY007")
        await browser.post("/login", data={"username": "3SPY007", "password": "hunter-3SPY007"})
        world.run("ALTER TABLE plates RENAME TO elsewhere")
        assert (await browser.get("/reads", params={"plate": "3SPY007*"})).status_code == 500
    lines = [record.getMessage() for record in caplog.records if not record.name.startswith("http")]
    assert any(line.startswith("GET /reads 200") for line in lines)
    assert any(line.startswith("GET - 404") for line in lines)
    assert any("UndefinedTable" in line or "ProgrammingError" in line for line in lines)
    assert "3SPY007" not in "\n".join(lines)


async def test_the_api_describes_itself(app: FastAPI, visitor: httpx.AsyncClient) -> None:
    described = (await visitor.get("/api/v1/openapi.json")).json()
    of_the_api = {route.path_format for route in routes_of(app.routes) if route.path.startswith("/api/")}
    assert set(described["paths"]) == of_the_api | {"/health"}
    names = {parameter["name"] for parameter in described["paths"]["/api/v1/reads"]["get"]["parameters"]}
    assert names == {*(filter_.key for filter_ in FILTERS), "by", "limit", "after", "spread", "Consultation"}
    assert (await visitor.get("/docs")).status_code == 404


async def test_the_story_is_there_only_when_it_is_set(
        world: World, visitor: httpx.AsyncClient, settings: SearchSettings, tmp_path: Path) -> None:
    assert (await visitor.get("/story")).status_code == 404
    file = tmp_path / "story.json"
    app = create_app(settings.model_copy(update={"story_file": file}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone") as client:
        assert (await client.get("/story")).status_code == 404, "the demo is still being prepared"
        file.write_text(json.dumps(STORY))
        page = (await client.get("/story")).text
        assert "Aanmelden als" not in page
        file.with_name("logins.json").write_text(json.dumps({"password": "correct horse battery"}))
        page = (await client.get("/story")).text
        assert "Aanmelden als An Peeters" in page
        assert "Onderzoekt inbraken" in page
        await _one_click_each(client)
    await app.state.program.engine.dispose()


async def _one_click_each(client: httpx.AsyncClient) -> None:
    case = {"purpose": "judicial-crime", "file_number": "GE.1", "reason": "Een reeks inbraken te Bree",
            "next": "/reads?plate=3ABC*"}
    assert 'href="/login?next=/story"' in (await client.get("/story")).text
    assert (await client.post("/consultations", data=case)).headers["location"] == "/login"
    login = {"username": "an.peeters", "password": "correct horse battery", "next": "/story"}
    assert (await client.post("/login", data=login)).headers["location"] == "/story"
    answer = await client.post("/consultations", data=case)
    assert answer.headers["location"] == "/reads?plate=3ABC*"
    assert (await client.get(answer.headers["location"])).status_code == 200


