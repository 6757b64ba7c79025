"""The second factor: enrolling, giving a code, and what somebody may do who has only begun to log in."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pyotp
import pytest_asyncio
from fastapi import FastAPI

from search.app import create_app
from search.doors import Open, door_of, routes_of
from services.clock import utc_now
from services.second_factor import SecondFactors
from services.settings import SearchSettings
from tests.integration.search.world import KEY, PASSWORD, World

LOGIN = {"username": "an.peeters", "password": PASSWORD}
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
COOKIE = "zoneschild_session"


def code(secret: str = SECRET, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(utc_now() + timedelta(seconds=30 * steps))


def give_second_factor(world: World, username: str = "an.peeters") -> None:
    ((user_id,),) = world.run("SELECT user_id FROM users WHERE username = %s", username)
    sealed = SecondFactors(KEY).seal(int(str(user_id)), SECRET)
    world.run("UPDATE users SET totp_secret = %s WHERE user_id = %s", sealed, user_id)


@pytest_asyncio.fixture
async def begun(world: World, visitor: httpx.AsyncClient) -> httpx.AsyncClient:
    """A browser in which An Peeters has given her password and not yet her code."""
    give_second_factor(world)
    assert (await visitor.post("/login", data={**LOGIN, "next": "/reads"})).headers["location"] == "/reads"
    return visitor


@pytest_asyncio.fixture
async def strict(settings: SearchSettings, world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at a zone that requires a second factor."""
    app = create_app(settings.model_copy(update={"second_factor": "required"}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone") as client:
        yield client
    await app.state.program.engine.dispose()


async def test_a_password_and_a_code_open_a_session_with_a_new_secret(world: World, begun: httpx.AsyncClient) -> None:
    before = begun.cookies[COOKIE]
    asked = await begun.get("/reads?plate=3ABC123")
    assert asked.headers["location"] == "/login/code?next=%2Freads%3Fplate%3D3ABC123"
    page = await begun.get(asked.headers["location"])
    assert 'autocomplete="one-time-code"' in page.text
    answer = await begun.post("/login/code", data={"code": code(), "next": "/reads?plate=3ABC123"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/reads?plate=3ABC123")
    assert begun.cookies[COOKIE] != before
    assert (await begun.get("/account")).status_code == 200
    begun.cookies.clear()
    begun.cookies.set(COOKIE, before)
    assert (await begun.get("/account")).headers["location"].startswith("/login?"), "the old secret opens nothing"
    assert [row["action"] for row in world.audit()] == ["login-begun", "logged-in"]


async def test_who_has_only_begun_reaches_nothing(app: FastAPI, begun: httpx.AsyncClient) -> None:
    reached = []
    for route in routes_of(app.routes):
        if isinstance(door_of(route), Open):
            continue
        for method in route.methods or ():
            answer = await begun.request(method, re.sub(r"\{\w+(:\w+)?\}", "1", route.path))
            blocked = answer.status_code == 401 or answer.headers.get("location", "").startswith("/login/code")
            reached += [] if blocked else [(method, route.path, answer.status_code)]
    assert reached == []
    assert (await begun.get("/")).headers["location"] == "/login"
    assert (await begun.get("/login")).headers["location"] == "/login/code?next=%2F"
    assert (await begun.post("/language", data={"language": "fr", "next": "/login/code"})).status_code == 303
    assert "Votre code" in (await begun.get("/login/code")).text
    assert (await begun.post("/logout")).headers["location"] == "/login"
    assert (await begun.get("/login")).status_code == 200


async def test_a_code_is_good_once_and_so_is_every_earlier_one(
        world: World, app: FastAPI, begun: httpx.AsyncClient) -> None:
    used, earlier = code(), code(steps=-1)
    assert (await begun.post("/login/code", data={"code": used})).status_code == 303
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone") as other:
        await other.post("/login", data=LOGIN)
        for again in (used, earlier):
            answer = await other.post("/login/code", data={"code": again})
            assert answer.status_code == 401
            assert "al gebruikt" in answer.text
        assert (await other.post("/login/code", data={"code": code(steps=1)})).status_code == 303
    assert len(world.audit("code-refused")) == 2


async def test_one_code_given_five_times_at_once_opens_one_session(
        world: World, app: FastAPI, visitor: httpx.AsyncClient) -> None:
    give_second_factor(world)
    clients = [httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone") for _ in range(5)]
    for client in clients:
        await client.post("/login", data=LOGIN)
    same = code()
    answers = await asyncio.gather(*(client.post("/login/code", data={"code": same}) for client in clients))
    assert sorted(answer.status_code for answer in answers) == [303, 401, 401, 401, 401]
    for client in clients:
        await client.aclose()


async def test_wrong_codes_and_wrong_passwords_count_together(world: World, begun: httpx.AsyncClient) -> None:
    answers = [await begun.post("/login/code", data={"code": f"{number:06}"}) for number in range(9)]
    wrong = sum(answer.status_code == 401 for answer in answers)
    assert wrong >= 8, "one of the nine may happen to be right"
    for _ in range(10 - wrong):
        await begun.post("/login", data={**LOGIN, "password": "wrong"})
    await begun.post("/login", data=LOGIN)
    answer = await begun.post("/login/code", data={"code": code()})
    assert (answer.status_code, "Te veel pogingen" in answer.text) in ((429, True), (303, False))
    assert (await begun.post("/login", data=LOGIN)).status_code == 429
    world.run("UPDATE users SET totp_secret = NULL")
    assert (await begun.post("/login", data=LOGIN)).status_code == 429


async def test_twenty_codes_at_once_are_told_no_more_than_ten_times(
        world: World, begun: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(begun.post("/login/code", data={"code": "x" + str(n)}) for n in range(20)))
    assert sorted(answer.status_code for answer in answers) == [401] * 10 + [429] * 10
    assert len(world.audit("code-refused")) == 10


async def test_whoever_takes_too_long_begins_again(world: World, begun: httpx.AsyncClient) -> None:
    world.run("UPDATE sessions SET expires_at = now()")
    assert (await begun.post("/login/code", data={"code": code()})).headers["location"] == "/"
    assert (await begun.get("/login")).status_code == 200


async def test_a_begun_session_lasts_ten_minutes_and_a_complete_one_its_hours(
        world: World, begun: httpx.AsyncClient) -> None:
    lasts = "SELECT extract(epoch FROM expires_at - created_at)::int, proof FROM sessions"
    assert world.run(lasts) == [(600, "begun")]
    await begun.post("/login/code", data={"code": code()})
    assert world.run(lasts) == [(36_000, "complete")]


def _offered(page: httpx.Response) -> tuple[str, str]:
    """Return the offer and the secret of a page."""
    offer, secret = (re.search(pattern, page.text) for pattern in (r'name="offer" value="(\w+)"',
                                                                   r'class="secret">([A-Z2-7 ]+)<'))
    assert offer
    assert secret
    return offer[1], secret[1].replace(" ", "")


async def test_whoever_has_none_must_enrol_where_one_is_required(world: World, strict: httpx.AsyncClient) -> None:
    await strict.post("/login", data=LOGIN)
    for path in ("/reads", "/account", "/account/password", "/consultations/new"):
        answer = await strict.get(path)
        assert answer.headers["location"].startswith("/account/second-factor?next="), path
    answer = await strict.get("/api/v1/cameras")
    assert (answer.status_code, answer.json()["code"]) == (401, "login-unfinished")
    page = await strict.get("/account/second-factor?next=/cameras")
    offer, secret = _offered(page)
    assert "<svg" in page.text
    assert "style=" not in page.text
    wrong = await strict.post("/account/second-factor", data={"offer": offer, "code": "000000", "next": "/cameras"})
    assert wrong.status_code == 422
    offer, same = _offered(wrong)
    assert same == secret, "the picture that was scanned stays good"
    before = strict.cookies[COOKIE]
    given = {"offer": offer, "code": code(secret), "next": "/cameras"}
    answer = await strict.post("/account/second-factor", data=given)
    assert (answer.status_code, answer.headers["location"]) == (303, "/cameras")
    assert strict.cookies[COOKIE] != before
    assert (await strict.get("/cameras")).status_code == 200
    assert world.audit("second-factor-set")[0]["filters"] == {"renewed": False}
    assert secret.encode() not in bytes(world.run("SELECT totp_secret FROM users WHERE totp_secret IS NOT NULL")[0][0])  # type: ignore[arg-type]


async def test_api_tokens_need_no_second_factor(world: World, strict: httpx.AsyncClient) -> None:
    token = world.add_token("an.peeters", utc_now() + timedelta(days=1))
    answer = await strict.get("/api/v1/cameras", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200


async def test_replacing_a_second_factor_needs_a_code_of_the_present_one(
        world: World, begun: httpx.AsyncClient) -> None:
    await begun.post("/login/code", data={"code": code()})
    other = world.run("INSERT INTO sessions (token_hash, user_id, created_at, expires_at) "
                      "SELECT 'other', user_id, now(), now() + interval '1 hour' FROM users "
                      "WHERE username = 'an.peeters' RETURNING session_id")
    offer, secret = _offered(await begun.get("/account/second-factor"))
    new = {"offer": offer, "code": code(secret)}
    for present in ("", "000000", code(secret)):
        answer = await begun.post("/account/second-factor", data={**new, "present_code": present})
        assert answer.status_code == 422
    assert len(world.audit("code-refused")) == 3
    answer = await begun.post("/account/second-factor", data={**new, "present_code": code(steps=1)})
    assert answer.status_code == 303
    assert world.run("SELECT 1 FROM sessions WHERE session_id = %s", other[0][0]) == [], "all others have ended"
    assert world.audit("second-factor-set")[0]["filters"] == {"renewed": True}
    await begun.post("/logout")
    await begun.post("/login", data=LOGIN)
    assert (await begun.post("/login/code", data={"code": code(steps=1)})).status_code == 401
    assert (await begun.post("/login/code", data={"code": code(secret, 1)})).status_code == 303


async def test_an_offer_of_another_session_is_not_taken(
        world: World, app: FastAPI, browser: httpx.AsyncClient) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone") as other:
        await other.post("/login", data=LOGIN)
        offer, secret = _offered(await other.get("/account/second-factor"))
    for wrong in (offer, "", "00", "z" * 300):
        answer = await browser.post("/account/second-factor", data={"offer": wrong, "code": code(secret)})
        assert answer.status_code == 422
    assert world.run("SELECT count(*) FROM users WHERE totp_secret IS NOT NULL") == [(0,)]


async def test_a_secret_in_another_users_row_opens_nothing(world: World, begun: httpx.AsyncClient) -> None:
    world.add_user("els.maes", "dispatcher", "Els Maes")
    world.run("UPDATE users SET totp_secret = (SELECT totp_secret FROM users WHERE username = 'an.peeters') "
              "WHERE username = 'els.maes'")
    await begun.post("/login", data={**LOGIN, "username": "els.maes"})
    assert (await begun.post("/login/code", data={"code": code()})).status_code == 401


def test_it_is_required_unless_somebody_says_otherwise(database: Any) -> None:
    fields = SearchSettings.model_fields
    assert fields["second_factor"].default == "required"
