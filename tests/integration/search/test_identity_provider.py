"""Logging in with a real OpenID Connect provider: who they are is its word, whether and what they may is ours."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from deploy.processes import free_port
from search.app import create_app
from services.clock import utc_now
from services.settings import SearchSettings
from tests.identity_provider import CLIENT_ID, CLIENT_SECRET, prove, running_provider
from tests.integration.search.world import PASSWORD, World

RETURN = "http://zone/login/provider/return"
ATTEMPT = "zoneschild_attempt"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider that runs for this file."""
    with running_provider(RETURN) as address:
        yield address


@pytest.fixture
def settings(settings: SearchSettings, issuer: str) -> SearchSettings:
    """A zone that requires a second factor and knows the provider."""
    return settings.model_copy(update=provider_settings(issuer))


def provider_settings(issuer: str) -> dict[str, object]:
    known = SearchSettings(database_url="postgresql://a", identity_key=b"k" * 32, audit_key=b"k" * 32,
                           oidc_client_secret=CLIENT_SECRET)
    return {"second_factor": "required", "oidc_issuer": issuer, "oidc_client_id": CLIENT_ID, "oidc_name": "Zone-ID",
            "oidc_client_secret": known.oidc_client_secret}


@pytest_asyncio.fixture
async def stranger(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Another browser."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone") as client:
        yield client


def link(world: World, issuer: str, username: str = "an.peeters", person: str = "person-anp") -> None:
    world.run("UPDATE users SET oidc_subject = %s, password_hash = NULL WHERE username = %s", f"{issuer}|{person}",
              username)


def expect(world: World, hours: int = 72) -> None:
    world.run("UPDATE users SET oidc_awaited_until = %s WHERE username = 'an.peeters'",
              utc_now() + timedelta(hours=hours))


async def go(visitor: httpx.AsyncClient, name: str, following: str = "/cameras") -> str:
    """Begin in this browser, prove who one is, and return the address that the provider leads back to."""
    answer = await visitor.get("/login/provider", params={"next": following})
    assert answer.status_code == 303, answer.text
    return await prove(answer.headers["location"], name, RETURN)


async def test_an_awaited_account_is_bound_at_its_first_log_in_and_has_no_password_any_more(
        world: World, visitor: httpx.AsyncClient, issuer: str) -> None:
    assert "Aanmelden met Zone-ID" in (await visitor.get("/login")).text
    expect(world)
    answer = await visitor.get(await go(visitor, "an.peeters", "/cameras?x=1"))
    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0;url=/cameras?x=1">' in answer.text
    assert (await visitor.get("/cameras")).status_code == 200, "with no second factor of ours"
    assert world.run("SELECT oidc_subject, password_hash, oidc_awaited_until FROM users "
                     "WHERE username = 'an.peeters'") == [(f"{issuer}|person-an.peeters", None, None)]
    assert world.run("SELECT proof FROM sessions") == [("provider",)]
    assert [(row["action"], row["username"]) for row in world.audit()] == [
        ("user-changed", "an.peeters"), ("logged-in", "an.peeters")]
    assert (await visitor.get("/account/password")).status_code == 403
    assert (await visitor.get("/account/second-factor")).status_code == 403
    assert "identiteitsdienst" in (await visitor.get("/account")).text
    await visitor.post("/logout")
    assert (await visitor.post("/login", data={"username": "an.peeters", "password": PASSWORD})).status_code == 401


async def test_a_linked_account_is_known_by_its_subject_whatever_it_is_called_there(
        world: World, visitor: httpx.AsyncClient, issuer: str) -> None:
    link(world, issuer)
    world.add_user("anp", "dpo", "Somebody Else")
    expect(world)
    assert (await visitor.get(await go(visitor, "anp"))).status_code == 200
    assert "an.peeters" in (await visitor.get("/account")).text
    assert world.run("SELECT oidc_subject FROM users WHERE username = 'anp'") == [(None,)]


async def test_the_role_is_ours(world: World, visitor: httpx.AsyncClient, issuer: str) -> None:
    link(world, issuer)
    world.run("UPDATE users SET role = 'integrator' WHERE username = 'an.peeters'")
    await visitor.get(await go(visitor, "anp"))
    assert (await visitor.get("/reads")).status_code == 403
    assert (await visitor.get("/gateways")).status_code == 200


async def test_the_cookies_of_both_ways_are_as_narrow_as_they_can_be(
        world: World, visitor: httpx.AsyncClient, issuer: str) -> None:
    link(world, issuer)
    there = (await visitor.get("/login/provider")).headers
    assert "HttpOnly" in there["set-cookie"]
    assert "SameSite=lax" in there["set-cookie"]
    assert "Path=/login/provider/return" in there["set-cookie"]
    asked = parse_qs(urlsplit(there["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["state"][0]) == len(asked["nonce"][0]) == 43
    assert asked["state"][0].encode() not in str(world.run("SELECT state_hash FROM oidc_attempts")).encode()
    back = await visitor.get(await prove(there["location"], "anp", RETURN))
    session = next(cookie for cookie in back.headers.get_list("set-cookie") if cookie.startswith("zoneschild_session"))
    assert "SameSite=strict" in session
    assert any(cookie.startswith(f'{ATTEMPT}=""') for cookie in back.headers.get_list("set-cookie"))


def changed(address: str, **changes: str | None) -> str:
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()} | changes
    return f"{RETURN}?{urlencode({name: value for name, value in query.items() if value is not None})}"


@pytest.mark.parametrize("changes", [
    {"state": "another"}, {"state": None}, {"state": "é"}, {"code": None}, {"code": "another"}, {"code": None,
     "error": "access_denied"}, {"iss": "https://another.example"}], ids=str)
async def test_an_answer_that_was_tampered_with_opens_nothing(
        world: World, visitor: httpx.AsyncClient, issuer: str, changes: dict[str, str | None]) -> None:
    link(world, issuer)
    answer = await visitor.get(changed(await go(visitor, "anp"), **changes))
    assert answer.status_code == 401
    assert 'role="alert"' in answer.text
    assert world.run("SELECT count(*) FROM sessions") == [(0,)]


async def test_an_answer_is_good_once_and_in_the_browser_that_began(
        world: World, visitor: httpx.AsyncClient, stranger: httpx.AsyncClient, issuer: str) -> None:
    link(world, issuer)
    address = await go(visitor, "anp")
    assert (await stranger.get(address)).status_code == 401, "another browser holds no attempt"
    state = visitor.cookies[ATTEMPT]
    assert (await visitor.get(address)).status_code == 200
    for client in (visitor, stranger):
        client.cookies.set(ATTEMPT, state, domain="zone.local", path="/login/provider/return")
        assert (await client.get(address)).status_code == 401
    assert world.run("SELECT count(*) FROM sessions") == [(1,)]


async def test_a_code_that_was_used_is_worth_nothing_in_another_attempt(
        world: World, visitor: httpx.AsyncClient, stranger: httpx.AsyncClient, issuer: str) -> None:
    link(world, issuer)
    used = await go(visitor, "anp")
    assert (await visitor.get(used)).status_code == 200
    code = parse_qs(urlsplit(used).query)["code"][0]
    begun = await stranger.get("/login/provider")
    state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
    assert (await stranger.get(changed(used, state=state, code=code))).status_code == 401
    # Nor is one that somebody else obtained: it belongs to the verifier of their attempt.
    theirs = parse_qs(urlsplit(await go(visitor, "anp")).query)["code"][0]
    begun = await stranger.get("/login/provider")
    state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
    assert (await stranger.get(changed(used, state=state, code=theirs))).status_code == 401


async def test_an_attempt_lasts_ten_minutes(world: World, visitor: httpx.AsyncClient, issuer: str) -> None:
    link(world, issuer)
    address = await go(visitor, "anp")
    assert world.run("SELECT expires_at BETWEEN now() + interval '9 minutes' AND now() + interval '10 minutes' "
                     "FROM oidc_attempts") == [(True,)]
    world.run("UPDATE oidc_attempts SET expires_at = now()")
    assert (await visitor.get(address)).status_code == 401
    await visitor.get("/login/provider")
    assert world.run("SELECT count(*) FROM oidc_attempts") == [(1,)], "old ones are swept"


async def test_whom_no_administrator_awaits_is_refused_and_keeps_nobody_waiting(
        world: World, visitor: httpx.AsyncClient, issuer: str) -> None:
    for _ in range(2):
        answer = await visitor.get(await go(visitor, "an.peeters"))
        assert answer.status_code == 403
        assert "Geen account hier" in answer.text
    expect(world, hours=-1)
    assert (await visitor.get(await go(visitor, "an.peeters"))).status_code == 403
    expect(world)
    assert (await visitor.get(await go(visitor, "an.peeterss"))).status_code == 403
    assert world.run("SELECT count(*) FROM sessions") == [(0,)]
    refused = world.audit("login-refused")
    assert {row["username"] for row in refused} == {""}
    assert refused[0]["filters"] == {"subject": f"{issuer}|person-an.peeters", "username": "an.peeters"}


async def test_an_awaited_account_that_has_a_subject_is_not_taken_over(
        world: World, visitor: httpx.AsyncClient, issuer: str) -> None:
    link(world, issuer)
    expect(world)
    assert (await visitor.get(await go(visitor, "an.peeters"))).status_code == 403
    assert world.run("SELECT oidc_subject FROM users WHERE username = 'an.peeters'") == [(f"{issuer}|person-anp",)]


async def test_a_disabled_account_stays_shut(world: World, visitor: httpx.AsyncClient, issuer: str) -> None:
    link(world, issuer)
    world.run("UPDATE users SET disabled_at = now() WHERE username = 'an.peeters'")
    assert (await visitor.get(await go(visitor, "anp"))).status_code == 403
    expect(world)
    world.run("UPDATE users SET oidc_subject = NULL WHERE username = 'an.peeters'")
    assert (await visitor.get(await go(visitor, "an.peeters"))).status_code == 403


async def test_an_administrator_links_and_unlinks(
        world: World, visitor: httpx.AsyncClient, stranger: httpx.AsyncClient, issuer: str) -> None:
    world.add_user("tom.bos", "technical-administrator", "Tom Bos")
    link(world, issuer, "tom.bos", "person-tom")
    await stranger.get(await go(stranger, "tom"))
    ((user_id,),) = world.run("SELECT user_id FROM users WHERE username = 'an.peeters'")
    assert (await stranger.post(f"/users/{user_id}/provider")).status_code == 303
    assert "tot " in (await stranger.get(f"/users/{user_id}")).text
    assert (await visitor.get(await go(visitor, "an.peeters"))).status_code == 200
    assert f"{issuer}|person-an.peeters" in (await stranger.get(f"/users/{user_id}")).text
    assert (await stranger.post(f"/users/{user_id}/password")).status_code == 200
    assert (await visitor.get("/account")).status_code == 303
    assert (await visitor.get(await go(visitor, "an.peeters"))).status_code == 403


async def test_a_provider_that_is_away_is_a_sentence(world: World, settings: SearchSettings) -> None:
    app = create_app(settings.model_copy(update={"oidc_issuer": f"http://127.0.0.1:{free_port()}"}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone") as client:
        answer = await client.get("/login/provider")
        assert answer.status_code == 503
        assert "identiteitsdienst antwoordt niet" in answer.text
        assert (await client.get("/login")).status_code == 200
    await app.state.program.engine.dispose()


async def test_a_provider_of_another_name_is_not_believed(world: World, settings: SearchSettings, issuer: str) -> None:
    app = create_app(settings.model_copy(update={"oidc_issuer": issuer.replace("127.0.0.1", "localhost")}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone") as client:
        assert (await client.get("/login/provider")).status_code == 503
    await app.state.program.engine.dispose()


async def test_without_a_provider_there_is_no_such_door(world: World, settings: SearchSettings) -> None:
    app = create_app(settings.model_copy(update={"oidc_issuer": ""}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone") as client:
        assert "/login/provider" not in (await client.get("/login")).text
        assert (await client.get("/login/provider")).status_code == 404
        assert (await client.get("/login/provider/return?state=a&code=b")).status_code == 404
    await app.state.program.engine.dispose()
