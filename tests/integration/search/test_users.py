"""Technical administrators keep the accounts; nobody else does, and nobody their own."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from services.clock import utc_now
from services.roles import Role
from services.second_factor import SecondFactors
from tests.integration.search.world import KEY, PASSWORD, World

NEW = {"username": "els.maes", "name": "Els Maes", "role": "dispatcher"}
OWN = "drie groene fietsen"


def client_of(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone")


@pytest_asyncio.fixture
async def administrator(world: World, app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Tom Bos, a technical administrator."""
    world.add_user("tom.bos", "technical-administrator", "Tom Bos")
    async with client_of(app) as client:
        await client.post("/login", data={"username": "tom.bos", "password": PASSWORD})
        yield client


def number(world: World, username: str) -> int:
    return int(str(world.run("SELECT user_id FROM users WHERE username = %s", username)[0][0]))


def temporary(page: httpx.Response) -> str:
    assert page.status_code == 200, page.text
    return page.text.partition('<pre class="message">')[2].partition("<")[0]


async def test_a_new_user_logs_in_with_a_temporary_password_and_chooses_their_own(
        world: World, app: FastAPI, administrator: httpx.AsyncClient) -> None:
    page = await administrator.post("/users", data=NEW)
    password = temporary(page)
    assert len(password) >= 16
    assert password not in (await administrator.get("/users")).text
    assert password not in str(world.run("SELECT * FROM users")) + str(world.audit())
    assert world.audit("user-changed")[-1]["question"] == "account els.maes toegevoegd: Dispatcher"
    async with client_of(app) as client:
        assert (await client.post("/login", data={"username": "els.maes", "password": password})).status_code == 303
        assert (await client.get("/cameras")).headers["location"].startswith("/account/password")
        change = {"old": password, "new": OWN, "again": OWN}
        assert (await client.post("/account/password", data=change)).status_code == 303
        assert (await client.get("/cameras")).status_code == 200


@pytest.mark.parametrize(("change", "sentence"), [
    ({"username": "an.peeters"}, "nog niemand"), ({"username": "An"}, "kleine letters"), ({"username": ""}, "kleine"),
    ({"username": "a b"}, "kleine"), ({"username": "<b>"}, "kleine"), ({"name": ""}, "de naam"),
    ({"name": "x" * 101}, "de naam"), ({"name": "a\u202eb"}, "de naam"), ({"role": "king"}, "een rol")])
async def test_a_user_that_cannot_be_is_not_added(
        world: World, administrator: httpx.AsyncClient, change: dict[str, str], sentence: str) -> None:
    before = world.run("SELECT count(*) FROM users")
    answer = await administrator.post("/users", data={**NEW, **change})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert world.run("SELECT count(*) FROM users") == before


async def test_another_role_ends_the_sessions_and_narrows_the_tokens(
        world: World, app: FastAPI, administrator: httpx.AsyncClient, browser: httpx.AsyncClient) -> None:
    token = world.add_token("an.peeters", utc_now() + timedelta(days=1))
    answer = await administrator.post(f"/users/{number(world, 'an.peeters')}/role", data={"role": "integrator"})
    assert answer.status_code == 303
    assert (await browser.get("/account")).headers["location"].startswith("/login")
    async with client_of(app) as program:
        program.headers["Authorization"] = f"Bearer {token}"
        assert (await program.get("/api/v1/cameras")).status_code == 200
        assert (await program.get("/api/v1/reads")).status_code == 403
    row = world.audit("user-changed")[-1]
    assert row["filters"] == {"username": "an.peeters", "role": "integrator", "old_role": "investigator"}
    assert row["question"] == "account an.peeters: rol Integrator in plaats van Rechercheur"


async def test_a_disabled_user_is_out_at_once_and_may_come_back(
        world: World, app: FastAPI, administrator: httpx.AsyncClient, browser: httpx.AsyncClient) -> None:
    token = world.add_token("an.peeters", utc_now() + timedelta(days=1))
    address = f"/users/{number(world, 'an.peeters')}"
    assert (await administrator.post(f"{address}/disable")).status_code == 303
    assert (await browser.get("/account")).headers["location"].startswith("/login")
    async with client_of(app) as client:
        login = {"username": "an.peeters", "password": PASSWORD}
        assert (await client.post("/login", data=login)).status_code == 401
        program = {"Authorization": f"Bearer {token}"}
        assert (await client.get("/api/v1/cameras", headers=program)).status_code == 401
        assert (await administrator.post(f"{address}/enable")).status_code == 303
        assert (await client.post("/login", data=login)).status_code == 303
    assert [row["filters"] for row in world.audit("user-changed")[-2:]] == [
        {"username": "an.peeters", "disabled": True}, {"username": "an.peeters", "disabled": False}]


async def test_sessions_second_factor_password_and_superior_are_in_an_administrators_hand(
        world: World, administrator: httpx.AsyncClient, browser: httpx.AsyncClient) -> None:
    user_id, chief = number(world, "an.peeters"), number(world, "dpo.of.rules")
    sealed = SecondFactors(KEY).seal(user_id, "JBSWY3DPEHPK3PXP")
    world.run("UPDATE users SET totp_secret = %s WHERE user_id = %s", sealed, user_id)
    assert (await administrator.post(f"/users/{user_id}/superior", data={"superior": str(chief)})).status_code == 303
    assert (await browser.get("/account")).status_code == 200, "a superior changes nothing for the session"
    assert (await administrator.post(f"/users/{user_id}/second-factor/remove")).status_code == 303
    assert (await browser.get("/account")).status_code == 303
    assert (await administrator.post(f"/users/{user_id}/sessions/end")).status_code == 303
    password = temporary(await administrator.post(f"/users/{user_id}/password"))
    assert (await browser.post("/login", data={"username": "an.peeters", "password": password})).status_code == 303
    assert world.run("SELECT totp_secret, superior_id, password_temporary FROM users WHERE user_id = %s", user_id) == [
        (None, chief, True)]
    assert [row["action"] for row in world.audit()][-5:] == [
        "user-changed", "second-factor-removed", "sessions-ended", "user-changed", "logged-in"]
    for wrong in (str(user_id), "x", "99999", "9" * 9, "9" * 30):
        answer = await administrator.post(f"/users/{user_id}/superior", data={"superior": wrong})
        assert answer.status_code == 422, wrong


async def test_nobody_changes_their_own_account(world: World, administrator: httpx.AsyncClient) -> None:
    own = f"/users/{number(world, 'tom.bos')}"
    for path, data in (("/role", {"role": "dpo"}), ("/disable", {}), ("/enable", {}), ("/second-factor/remove", {}),
                       ("/password", {}), ("/provider", {})):
        assert (await administrator.post(own + path, data=data)).status_code == 403, path
    assert "Dit is uw eigen account" in (await administrator.get(own)).text
    assert world.run("SELECT role FROM users WHERE username = 'tom.bos'") == [("technical-administrator",)]


async def test_two_administrators_cannot_remove_each_other(
        world: World, app: FastAPI, administrator: httpx.AsyncClient) -> None:
    world.add_user("eva.mol", "technical-administrator", "Eva Mol")
    async with client_of(app) as eva:
        await eva.post("/login", data={"username": "eva.mol", "password": PASSWORD})
        answers = await asyncio.gather(administrator.post(f"/users/{number(world, 'eva.mol')}/disable"),
                                       eva.post(f"/users/{number(world, 'tom.bos')}/role", data={"role": "dpo"}))
    assert sorted(answer.status_code for answer in answers) in ([303, 303], [303, 422])
    left = world.run("SELECT count(*) FROM users WHERE role = 'technical-administrator' AND disabled_at IS NULL")
    assert left == [(1,)]


async def test_only_technical_administrators_see_and_change_users(world: World, app: FastAPI) -> None:
    target = number(world, "an.peeters")
    for role in Role:
        if role is Role.technical_administrator:
            continue
        world.add_user(f"somebody.{role}", role, "Somebody")
        async with client_of(app) as client:
            await client.post("/login", data={"username": f"somebody.{role}", "password": PASSWORD})
            assert (await client.get("/users")).status_code == 403
            assert (await client.post(f"/users/{target}/role", data={"role": "dpo"})).status_code == 403
    assert world.run("SELECT role FROM users WHERE user_id = %s", target) == [("investigator",)]
    assert len(world.audit("denied")) == 2 * (len(Role) - 1)


@pytest.mark.parametrize("user_id", ["0", "-1", "99999", "2147483648", "9" * 40])
async def test_a_user_who_is_not_there_is_not_found(administrator: httpx.AsyncClient, user_id: str) -> None:
    for answer in (await administrator.get(f"/users/{user_id}"), await administrator.post(f"/users/{user_id}/disable")):
        assert answer.status_code == 404
    assert (await administrator.get("/users/x")).status_code == 422


async def test_a_name_is_shown_as_text(world: World, administrator: httpx.AsyncClient) -> None:
    await administrator.post("/users", data={**NEW, "name": "<script>alert(1)</script>"})
    page = (await administrator.get("/users")).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


async def test_the_dpo_is_told_when_somebody_can_get_into_an_account_that_sees_plates(
        administrator: httpx.AsyncClient, world: World) -> None:
    dpo = world.add_user("ilse", "dpo", "Ilse")
    await administrator.post("/users", data=NEW)
    await administrator.post("/users", data={**NEW, "username": "koen", "role": "camera-manager"})
    await administrator.post(f"/users/{number(world, 'an.peeters')}/password")
    await administrator.post(f"/users/{number(world, 'koen')}/role", data={"role": "tecint"})
    told = world.run("SELECT subject ->> 'username', subject ->> 'officer', user_id FROM notices "
                     "WHERE kind = 'account-changed' ORDER BY notice_id")
    told = [row for row in told if row[2] == dpo]
    assert [row[:2] for row in told] == [("els.maes", "Tom Bos"), ("an.peeters", "Tom Bos"), ("koen", "Tom Bos")]
