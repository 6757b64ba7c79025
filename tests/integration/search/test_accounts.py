"""Logging in and out, and who may send forms."""

import asyncio
from time import monotonic

import httpx
import pytest
from fastapi import FastAPI

from search.app import create_app
from services.settings import SearchSettings
from tests.integration.search.conftest import REASON
from tests.integration.search.world import PASSWORD, World

LOGIN = {"username": "an.peeters", "password": PASSWORD}


async def test_a_log_in_leads_on_and_leaves_a_trace(world: World, visitor: httpx.AsyncClient) -> None:
    answer = await visitor.post("/login", data={**LOGIN, "next": "/reads?plate=3ABC123"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/reads?plate=3ABC123")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/" in cookie
    assert [row["action"] for row in world.audit()] == ["logged-in"]
    assert (await visitor.get("/login")).status_code == 303


async def test_behind_https_the_cookie_is_secure(world: World, settings: SearchSettings) -> None:
    app = create_app(settings.model_copy(update={"search_https": True}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://zone") as client:
        assert "Secure" in (await client.post("/login", data=LOGIN)).headers["set-cookie"]
        foreign = await client.post("/login", data=LOGIN, headers={"Origin": "null"})
    await app.state.program.engine.dispose()
    assert foreign.status_code == 403


@pytest.mark.parametrize("change", [{"password": "wrong"}, {"username": "nobody"}, {"password": ""},
                                    {"password": "x" * 2000}, {"username": "an.peeters\0"}])
async def test_a_wrong_name_or_password_is_refused_in_the_same_words(
        world: World, visitor: httpx.AsyncClient, change: dict[str, str]) -> None:
    answer = await visitor.post("/login", data={**LOGIN, **change})
    assert answer.status_code in (401, 422)
    assert "set-cookie" not in answer.headers
    if answer.status_code == 401:
        assert "horen niet bij elkaar" in answer.text
        assert world.audit()[-1]["action"] == "login-refused"


async def test_after_ten_refusals_a_name_has_to_wait_and_others_do_not(
        world: World, visitor: httpx.AsyncClient) -> None:
    for _ in range(10):
        assert (await visitor.post("/login", data={**LOGIN, "password": "wrong"})).status_code == 401
    answer = await visitor.post("/login", data=LOGIN)
    assert answer.status_code == 429
    assert "Te veel pogingen" in answer.text
    assert len(world.audit()) == 10, "the memory of refusals does not grow without bound"
    world.add_user("els.maes", "dispatcher", "Els Maes")
    assert (await visitor.post("/login", data={**LOGIN, "username": "els.maes"})).status_code == 303


async def test_twenty_who_try_at_once_are_told_no_more_than_ten_times(world: World, settings: SearchSettings) -> None:
    apps = [create_app(settings) for _ in range(4)]  # as many processes, for each checks two passwords at a time
    try:
        attempts = [_try(apps[number % 4], PASSWORD if number == 19 else f"wrong-{number}") for number in range(20)]
        told = sorted(await asyncio.gather(*attempts))
    finally:
        for app in apps:
            await app.state.program.engine.dispose()
    assert told.count(401) <= 10
    assert told.count(401) + told.count(429) + told.count(303) == 20
    assert len(world.audit("login-refused")) == told.count(401)
    assert told.count(429) >= 9


async def _try(app: FastAPI, password: str) -> int:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone") as client:
        return (await client.post("/login", data={**LOGIN, "password": password})).status_code


async def test_a_name_that_nobody_has_takes_as_long_as_one_that_somebody_has(
        world: World, visitor: httpx.AsyncClient) -> None:
    world.run("INSERT INTO users (username, display_name, role) VALUES ('els.maes', 'Els', 'investigator')")
    world.make_password_hash_costly("an.peeters")

    async def fastest(name: str) -> float:
        taken = []
        for _ in range(8):
            began = monotonic()
            answer = await visitor.post("/login", data={"username": name, "password": "wrong"})
            taken.append(monotonic() - began)
            assert answer.status_code == 401
        return min(taken)

    await visitor.post("/login", data={"username": "the.first", "password": "wrong"})
    times = {name: await fastest(name) for name in ("an.peeters", "nobody", "els.maes")}
    assert max(times.values()) < 1.6 * min(times.values()), times


async def test_a_log_in_ends_the_session_that_the_browser_came_with(world: World, visitor: httpx.AsyncClient) -> None:
    visitor.cookies.set("zoneschild_session", "chosen-by-somebody-else")
    await visitor.post("/login", data=LOGIN)
    first = visitor.cookies.get("zoneschild_session", domain="zone.local") or visitor.cookies["zoneschild_session"]
    assert first != "chosen-by-somebody-else"
    await visitor.post("/login", data=LOGIN)
    assert world.run("SELECT count(*) FROM sessions") == [(1,)], "the first one has ended"


@pytest.mark.parametrize("column", ["expires_at = now()", "seen_at = now() - interval '2 hours 1 second'"])
async def test_a_session_ends_after_its_hours_and_when_nobody_uses_it(
        world: World, browser: httpx.AsyncClient, column: str) -> None:
    world.run("UPDATE sessions SET seen_at = now() - interval '1 hour 59 minutes'")
    assert (await browser.get("/reads")).status_code == 200
    assert world.run("SELECT seen_at > now() - interval '1 minute' FROM sessions") == [(True,)]
    world.run(f"UPDATE sessions SET {column}")
    assert (await browser.get("/reads")).headers["location"] == "/login?next=%2Freads"


async def test_logging_out_ends_session_and_consultation(world: World, browser: httpx.AsyncClient) -> None:
    token = browser.cookies["zoneschild_session"]
    assert (await browser.post("/logout")).status_code == 303
    browser.cookies.set("zoneschild_session", token)
    answer = await browser.get("/reads?plate=3ABC123")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Freads%3Fplate%3D3ABC123")
    assert [row["action"] for row in world.audit()][-2:] == ["consultation-ended", "logged-out"]
    assert world.run("SELECT count(*) FROM consultations WHERE ended_at IS NULL") == [(0,)]


async def test_an_expired_session_or_token_is_nobody(
        world: World, browser: httpx.AsyncClient, asker: httpx.AsyncClient) -> None:
    world.run("UPDATE sessions SET expires_at = now()")
    world.run("UPDATE api_tokens SET expires_at = now()")
    assert (await browser.get("/reads")).headers["location"] == "/login?next=%2Freads"
    answer = await asker.get("/reads")
    assert (answer.status_code, answer.json()["code"]) == (401, "not-logged-in")


@pytest.mark.parametrize(("headers", "status"), [
    ({"Sec-Fetch-Site": "cross-site"}, 403),
    ({"Sec-Fetch-Site": "same-site"}, 403),
    ({"Origin": "https://evil.example"}, 403),
    ({"Origin": "http://zone.evil.example"}, 403),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
    ({"Origin": "http://zone"}, 303),
    ({}, 303),
])
async def test_a_form_from_another_site_changes_nothing(
        world: World, browser: httpx.AsyncClient, headers: dict[str, str], status: int) -> None:
    answer = await browser.post("/consultations/end", headers=headers)
    assert answer.status_code == status
    opened = world.run("SELECT count(*) FROM consultations WHERE ended_at IS NULL")
    assert opened == [(1 if status == 403 else 0,)]


@pytest.mark.parametrize("path", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)",
                                  "/a\nb", "reads", "/api/v1/reads"])
async def test_a_log_in_never_leads_to_another_site(visitor: httpx.AsyncClient, world: World, path: str) -> None:
    assert (await visitor.post("/login", data={**LOGIN, "next": path})).headers["location"] == "/"


async def test_the_front_door_leads_to_the_log_in_or_the_search(
        app: FastAPI, visitor: httpx.AsyncClient) -> None:
    assert (await visitor.get("/")).headers["location"] == "/login"
    await visitor.post("/login", data=LOGIN)
    assert (await visitor.get("/")).headers["location"] == "/reads"
    assert (await visitor.get("/reads")).headers["location"] == "/consultations/new?next=%2Freads"
    await visitor.post("/consultations", data=REASON)
    assert (await visitor.get("/reads")).status_code == 200


async def test_the_chosen_language_is_kept(visitor: httpx.AsyncClient, world: World) -> None:
    assert '<html lang="nl" ' in (await visitor.get("/login")).text
    answer = await visitor.post("/language", data={"language": "fr", "next": "/login"})
    assert answer.headers["location"] == "/login"
    page = (await visitor.get("/login")).text
    assert '<html lang="fr" ' in page
    assert "Se connecter" in page
    await visitor.post("/language", data={"language": "klingon", "next": "/login"})
    assert '<html lang="fr" ' in (await visitor.get("/login")).text
