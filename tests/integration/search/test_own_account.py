"""One's own account: sessions, password, API tokens; and that nobody reaches anybody else's."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from search.doors import routes_of
from services.clock import utc_now
from services.roles import ALLOWED, Act, Role
from tests.integration.search.world import PASSWORD, World

COOKIE = "zoneschild_session"
NEW = "drie groene fietsen"
CHANGE = {"old": PASSWORD, "new": NEW, "again": NEW}


@pytest_asyncio.fixture
async def other(world: World, app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Els Maes, a dispatcher, in a browser of her own."""
    world.add_user("els.maes", "dispatcher", "Els Maes")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone") as client:
        await client.post("/login", data={"username": "els.maes", "password": PASSWORD})
        yield client


async def log_in_again(app: FastAPI) -> httpx.AsyncClient:
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone",
                               headers={"X-Nothing": "here"})
    assert (await client.post("/login", data={"username": "an.peeters", "password": PASSWORD})).status_code == 303
    return client


def sessions_of(world: World, username: str = "an.peeters") -> list[str]:
    return [str(row[0]) for row in world.run(
        "SELECT session_id FROM sessions JOIN users USING (user_id) WHERE username = %s "
        "ORDER BY sessions.created_at", username)]


async def test_one_sees_ones_own_sessions_and_ends_them(world: World, app: FastAPI,
                                                        browser: httpx.AsyncClient) -> None:
    second, third = await log_in_again(app), await log_in_again(app)
    page = (await browser.get("/account")).text
    assert page.count("/account/sessions/end\"") == 2
    assert page.count("deze</span>") == 1
    ids = sessions_of(world)
    assert (await browser.post("/account/sessions/end", data={"session_id": ids[1]})).status_code == 303
    assert (await second.get("/account")).headers["location"] == "/login?next=%2Faccount"
    assert (await third.get("/account")).status_code == 200
    await browser.post("/account/sessions/end-others")
    assert (await third.get("/account")).headers["location"] == "/login?next=%2Faccount"
    assert (await browser.get("/account")).status_code == 200
    assert [row["filters"] for row in world.audit("sessions-ended")] == [{"session_id": ids[1]}, {"count": 1}]
    for client in (second, third):
        await client.aclose()


async def test_nobody_ends_somebody_elses_session_or_token(
        world: World, browser: httpx.AsyncClient, other: httpx.AsyncClient) -> None:
    ((session_id,),) = world.run("SELECT session_id FROM sessions JOIN users USING (user_id) "
                                 "WHERE username = 'els.maes'")
    world.add_token("els.maes", utc_now() + timedelta(days=1))
    ((token_id,),) = world.run("SELECT token_id FROM api_tokens")
    for path, field, value in (("/account/sessions/end", "session_id", session_id),
                               ("/account/tokens/end", "token_id", token_id)):
        answer = await browser.post(path, data={field: str(value)})
        unknown = await browser.post(path, data={field: str(uuid4())})
        assert answer.status_code == unknown.status_code == 404
        assert answer.text == unknown.text, "nothing tells whether it exists"
    assert (await browser.delete(f"/api/v1/tokens/{token_id}")).status_code == 404
    assert (await other.get("/account")).status_code == 200
    assert world.run("SELECT ended_at FROM api_tokens") == [(None,)]
    assert str(token_id) not in (await browser.get("/api/v1/tokens")).text


async def test_a_new_password_ends_all_other_sessions_and_renews_this_one(
        world: World, app: FastAPI, browser: httpx.AsyncClient) -> None:
    second, before = await log_in_again(app), browser.cookies[COOKIE]
    answer = await browser.post("/account/password", data=CHANGE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert browser.cookies[COOKIE] != before
    assert (await browser.get("/account")).status_code == 200
    assert (await second.get("/account")).status_code == 303
    second.cookies.clear()
    second.cookies.set(COOKIE, before)
    assert (await second.get("/account")).status_code == 303, "the secret before the change opens nothing"
    assert (await second.post("/login", data={"username": "an.peeters", "password": PASSWORD})).status_code == 401
    assert (await second.post("/login", data={"username": "an.peeters", "password": NEW})).status_code == 303
    assert [row["question"] for row in world.audit("password-changed")] == ["het eigen wachtwoord"]
    await second.aclose()


@pytest.mark.parametrize(("change", "sentence"), [
    ({"old": "wrong"}, "uw huidige wachtwoord niet"), ({"old": ""}, "uw huidige wachtwoord niet"),
    ({"again": "vier groene fietsen"}, "niet gelijk"), ({"new": "kort", "again": "kort"}, "minstens 12"),
    ({"new": "an.peeters1234", "again": "an.peeters1234"}, "uw gebruikersnaam"),
    ({"new": "Wachtwoord2026", "again": "Wachtwoord2026"}, "iedereen het eerst"),
    ({"new": PASSWORD, "again": PASSWORD}, "het oude")])
async def test_a_password_is_not_changed_for_a_reason_that_is_said(
        world: World, browser: httpx.AsyncClient, change: dict[str, str], sentence: str) -> None:
    before = world.run("SELECT password_hash FROM users WHERE username = 'an.peeters'")
    answer = await browser.post("/account/password", data={**CHANGE, **change})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'role="alert"' in answer.text
    assert world.run("SELECT password_hash FROM users WHERE username = 'an.peeters'") == before


async def test_guessing_the_old_password_is_counted_like_a_log_in(world: World, browser: httpx.AsyncClient) -> None:
    for _ in range(10):
        await browser.post("/account/password", data={**CHANGE, "old": "wrong"})
    assert (await browser.post("/account/password", data=CHANGE)).status_code == 429
    assert len(world.audit("login-refused")) == 10


async def test_a_temporary_password_must_be_changed_before_anything_else(
        world: World, visitor: httpx.AsyncClient) -> None:
    world.run("UPDATE users SET password_temporary = true")
    await visitor.post("/login", data={"username": "an.peeters", "password": PASSWORD})
    for path in ("/reads", "/account", "/cameras", "/account/second-factor"):
        answer = await visitor.get(path)
        assert answer.headers["location"].startswith("/account/password?next="), path
    assert "Kies eerst een eigen" in (await visitor.get("/account/password")).text
    answer = await visitor.post("/account/password", data={**CHANGE, "next": "/cameras"})
    assert answer.headers["location"] == "/cameras"
    assert (await visitor.get("/cameras")).status_code == 200
    assert world.run("SELECT password_temporary FROM users WHERE username = 'an.peeters'") == [(False,)]


def wanted(**changes: object) -> dict[str, Any]:
    return {"name": "Rapport", "scope": ["consult", "ask-reads"],
            "expires_at": (utc_now() + timedelta(days=30)).isoformat(), **changes}


async def test_a_token_is_shown_once_and_does_what_it_may_and_no_more(
        world: World, app: FastAPI, browser: httpx.AsyncClient) -> None:
    page = await browser.post("/account/tokens", data={"name": "Rapport", "days": "30", "scope": ["see-cameras"]})
    assert page.status_code == 200
    token = page.text.partition('<pre class="message">')[2].partition("<")[0]
    assert token.startswith("zs_")
    assert token not in (await browser.get("/account")).text
    assert token not in str(world.run("SELECT * FROM api_tokens"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone/api/v1",
                                 headers={"Authorization": f"Bearer {token}"}) as program:
        assert (await program.get("/cameras")).status_code == 200
        refused = await program.get("/reads")
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        ((token_id,),) = world.run("SELECT token_id FROM api_tokens")
        await browser.post("/account/tokens/end", data={"token_id": str(token_id)})
        assert (await program.get("/cameras")).status_code == 401
    assert [row["action"] for row in world.audit() if str(row["action"]).startswith("token")] == [
        "token-made", "token-ended"]


@pytest.mark.parametrize("form", [{"scope": []}, {"name": " "}, {"days": "0"}, {"days": "367"}, {"days": "-1"},
                                  {"days": "x"}, {"days": "9" * 10}, {"scope": ["manage-users"]},
                                  {"scope": ["be-here"]}, {"scope": ["nothing"]}])
async def test_a_form_that_asks_for_what_cannot_be_makes_no_token(
        world: World, browser: httpx.AsyncClient, form: dict[str, Any]) -> None:
    asked = {"name": "Rapport", "days": "30", "scope": ["see-cameras"], **form}
    answer = await browser.post("/account/tokens", data=asked)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert world.run("SELECT count(*) FROM api_tokens") == [(0,)]


@pytest.mark.parametrize("change", [
    {"scope": ["manage-users"]}, {"scope": ["see-rejects"]}, {"scope": ["be-here"]}, {"name": ""},
    {"expires_at": "2001-01-01T00:00:00Z"}, {"expires_at": "2099-01-01T00:00:00Z"}, {"expires_at": "soon"},
    {"more": 1}])
async def test_the_api_makes_no_token_beyond_role_and_year(
        world: World, browser: httpx.AsyncClient, change: dict[str, Any]) -> None:
    answer = await browser.post("/api/v1/tokens", json=wanted(**change))
    assert answer.status_code == 422, answer.text
    assert world.run("SELECT count(*) FROM api_tokens") == [(0,)]


async def test_tokens_are_made_listed_and_ended_over_the_api(world: World, browser: httpx.AsyncClient) -> None:
    made = await browser.post("/api/v1/tokens", json=wanted(scope=[]))
    assert made.status_code == 201
    assert set(made.json()["scope"]) < {str(act) for act in ALLOWED[Role.investigator]}
    (item,) = (await browser.get("/api/v1/tokens")).json()["items"]
    assert "token" not in item
    assert (await browser.delete(f"/api/v1/tokens/{item['token_id']}")).status_code == 204
    assert (await browser.delete(f"/api/v1/tokens/{item['token_id']}")).status_code == 404
    (item,) = (await browser.get("/api/v1/tokens")).json()["items"]
    assert item["ended_at"] is not None


async def test_a_token_never_makes_tokens_nor_reaches_the_account(
        world: World, app: FastAPI, browser: httpx.AsyncClient) -> None:
    token = world.add_token("an.peeters", utc_now() + timedelta(days=1), set(Act))  # as no scope_of would allow
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone",
                                 headers={"Authorization": f"Bearer {token}"}) as program:
        assert (await program.post("/api/v1/tokens", json=wanted())).status_code == 403
        assert (await program.get("/api/v1/tokens")).status_code == 403
        assert (await program.delete(f"/api/v1/tokens/{uuid4()}")).status_code == 403
        for path in ("/account", "/account/password", "/account/second-factor"):
            assert (await program.get(path)).status_code == 403
        assert (await program.post("/account/sessions/end-others")).status_code == 403
        assert (await program.post("/account/password", data=CHANGE)).status_code == 403
    assert (await browser.get("/account")).status_code == 200


async def test_nobody_holds_more_than_twenty_tokens(world: World, browser: httpx.AsyncClient) -> None:
    for _ in range(20):
        world.add_token("an.peeters", utc_now() + timedelta(days=1))
    assert (await browser.post("/api/v1/tokens", json=wanted())).status_code == 422
    world.run("UPDATE api_tokens SET expires_at = now() WHERE ctid = (SELECT min(ctid) FROM api_tokens)")
    assert (await browser.post("/api/v1/tokens", json=wanted())).status_code == 201


async def test_no_change_of_an_account_is_taken_from_another_site(
        world: World, app: FastAPI, browser: httpx.AsyncClient) -> None:
    state = "SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM api_tokens), (SELECT count(*) FROM audit)"
    before, tried = world.run(state), 0
    for route in routes_of(app.routes):
        if not route.path.startswith(("/account", "/users", "/api/v1/tokens", "/login", "/logout")):
            continue
        for method in (route.methods or set()) - {"GET", "HEAD"}:
            path = route.path.replace("{user_id}", "1").replace("{token_id}", str(uuid4()))
            answer = await browser.request(method, path, headers={"Sec-Fetch-Site": "cross-site"}, data=CHANGE)
            assert answer.status_code == 403, (method, path)
            tried += 1
    assert tried >= 18
    assert world.run(state) == before
