"""The administrator says where hits are sent and never sees one; their group says which, and agrees."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from services.hits.channel_secrets import ChannelSecrets
from tests.integration.search.auditing import logged_in, with_token
from tests.integration.search.world import KEY, World

WEBHOOK = {"name": "CAD", "kind": "webhook", "address": "https://cad.zone.example/hits?key=geheim",
           "audience": "dispatch"}
WISH = {"least_priority": "2", "events": ["raised", "ended"]}


@pytest_asyncio.fixture
async def administrator(world: World, app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A technical administrator."""
    async with logged_in(app, world, "tom.bos", "technical-administrator") as client:
        yield client


@pytest_asyncio.fixture
async def dispatcher(world: World, app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody of the group `dispatch`."""
    async with logged_in(app, world, "dirk.smet", "dispatcher") as client:
        yield client


def secret_on(page: httpx.Response) -> str:
    assert page.status_code == 200, page.text
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/=]+", page.text)
    return str(secret)


def channel(world: World, column: str) -> object:
    ((value,),) = world.run(f"SELECT {column} FROM channels")
    return value


async def test_a_webhooks_secret_is_shown_once_and_kept_encrypted(world: World,
                                                                  administrator: httpx.AsyncClient) -> None:
    secret = secret_on(await administrator.post("/channels", data=WEBHOOK))
    for address in ("/channels", "/channels/1"):
        page = await administrator.get(address)
        assert page.status_code == 200
        assert "whsec_" not in page.text
    sealed = bytes(channel(world, "secret"))  # type: ignore[call-overload]
    assert ChannelSecrets(KEY).open(1, sealed) == secret
    assert secret not in str(world.audit())
    renewed = secret_on(await administrator.post("/channels/1/secret"))
    assert renewed != secret
    assert ChannelSecrets(KEY).open(1, bytes(channel(world, "secret"))) == renewed  # type: ignore[call-overload]


async def test_every_change_stands_in_the_audit_without_a_key_in_its_address(
        world: World, administrator: httpx.AsyncClient, dispatcher: httpx.AsyncClient) -> None:
    await administrator.post("/channels", data=WEBHOOK)
    await dispatcher.post("/sent-on/1", data=WISH)
    await administrator.post("/channels/1/off")
    await administrator.post("/channels/1/test")
    rows = world.audit("channel-changed")
    assert [(row["username"], row["question"]) for row in rows] == [
        ("tom.bos", "kanaal CAD: toegevoegd"), ("dirk.smet", "kanaal CAD: de groep gaat akkoord"),
        ("tom.bos", "kanaal CAD: uit"), ("tom.bos", "kanaal CAD: test")]
    assert rows[1]["filters"] | {"address": "https://cad.zone.example/hits", "agreed": True, "least_priority": 2,
                                 "lists": None, "events": ["ended", "raised"]} == rows[1]["filters"]
    assert "geheim" not in str(rows)


async def test_hits_are_sent_only_where_somebody_of_the_group_agreed(
        world: World, administrator: httpx.AsyncClient, dispatcher: httpx.AsyncClient) -> None:
    await administrator.post("/channels", data=WEBHOOK)
    assert channel(world, "agreed_at") is None
    assert (await administrator.post("/sent-on/1", data=WISH)).status_code == 403
    answer = await dispatcher.post("/sent-on/1", data={**WISH, "days": ["4", "5"], "first": "22", "last": "6"})
    assert answer.status_code == 303, answer.text
    assert channel(world, "agreed_at") is not None
    page = await dispatcher.get("/sent-on/1")
    assert 'name="first" value="22"' in page.text
    await administrator.post("/channels/1", data={**WEBHOOK, "name": "Meldkamer"})
    assert channel(world, "agreed_at") is not None, "another name is no other place"
    await administrator.post("/channels/1", data={**WEBHOOK, "address": "https://elders.example/"})
    assert channel(world, "agreed_at") is None
    await dispatcher.post("/sent-on/1", data=WISH)
    await dispatcher.post("/sent-on/1/withdraw")
    assert channel(world, "agreed_at") is None


async def test_r11_who_is_not_of_the_group_neither_sees_its_channels_nor_agrees(
        world: World, app: FastAPI, administrator: httpx.AsyncClient, dispatcher: httpx.AsyncClient) -> None:
    els = world.add_user("els.maes", "investigator", "Els Maes")
    world.run("INSERT INTO audiences (code, name, user_ids) VALUES ('eyes', 'Observatie', ARRAY[%s::integer])", els)
    await administrator.post("/channels", data={**WEBHOOK, "audience": "eyes"})
    assert "CAD" not in (await dispatcher.get("/sent-on")).text
    for method, address in (("GET", "/sent-on/1"), ("POST", "/sent-on/1"), ("POST", "/sent-on/1/withdraw"),
                            ("POST", "/sent-on/1/again")):
        assert (await dispatcher.request(method, address, data=WISH if method == "POST" else None)).status_code == 404
    assert channel(world, "agreed_at") is None
    world.run("UPDATE audiences SET user_ids = user_ids || (SELECT user_id FROM users WHERE username = 'dirk.smet') "
              "WHERE code = 'eyes'")
    assert "CAD" in (await dispatcher.get("/sent-on")).text
    assert (await dispatcher.post("/sent-on/1", data=WISH)).status_code == 303


def add_hits(world: World) -> None:
    """Add two hits of group 1, one of them discreet, of which each channel was told in vain."""
    world.run("INSERT INTO hits (plate, audience_id, discreet, priority, matched_as, sightings, late, "
              "first_captured_at, last_captured_at, last_camera_id, raised_at) "
              "SELECT '3XYZ98' || number, 1, number = 1, 1, 'exact', 1, false, now(), now(), 1, now() "
              "FROM generate_series(1, 2) AS number")
    world.run("INSERT INTO hit_events (hit_id, kind, number) SELECT hit_id, 'raised', hit_id FROM hits")
    world.run("INSERT INTO hit_deliveries (channel_id, event_id, hit_id, attempts, last_error, dead_at) "
              "SELECT channel_id, event_id, hit_id, 9, 'status 500', now() FROM hit_events, channels")


async def test_r11_the_administrator_counts_nothing_discreet_and_sees_no_plate(
        world: World, administrator: httpx.AsyncClient, dispatcher: httpx.AsyncClient) -> None:
    await administrator.post("/channels", data=WEBHOOK)
    add_hits(world)
    page, own = await administrator.get("/channels/1"), await dispatcher.get("/sent-on/1")
    assert page.text.count("status 500") == 1
    assert own.text.count("status 500") == 2
    assert "3XYZ98" not in page.text + own.text + (await administrator.get("/channels")).text
    await administrator.post("/channels/1/again")
    assert world.run("SELECT discreet FROM hit_deliveries JOIN hits USING (hit_id) WHERE dead_at IS NOT NULL") == [
        (True,)]
    await dispatcher.post("/sent-on/1/again")
    assert world.run("SELECT count(*) FROM hit_deliveries WHERE dead_at IS NULL AND attempts = 0") == [(2,)]


@pytest.mark.parametrize(("change", "sentence"), [
    ({"name": ""}, "een naam"), ({"kind": "x"}, "Kies hoe"), ({"address": "http://cad.zone.example/"}, "https://"),
    ({"audience": "x"}, "Kies de groep")])
async def test_what_is_wrong_with_a_channel_is_said(administrator: httpx.AsyncClient, change: dict[str, str],
                                                    sentence: str) -> None:
    page = await administrator.post("/channels", data={**WEBHOOK, **change})
    assert page.status_code == 422
    assert sentence in page.text


async def test_a_name_is_one_channels_and_a_channel_stays_what_it_is(world: World,
                                                                     administrator: httpx.AsyncClient) -> None:
    await administrator.post("/channels", data=WEBHOOK)
    assert (await administrator.post("/channels", data=WEBHOOK)).status_code == 422
    page = await administrator.post("/channels/1", data={**WEBHOOK, "kind": "email", "address": "a@zone.example"})
    assert page.status_code == 422
    assert channel(world, "kind") == "webhook"
    mail = await administrator.post("/channels", data={**WEBHOOK, "name": "Wacht", "kind": "email",
                                                       "address": "wacht@zone.example"})
    assert "whsec_" not in mail.text
    assert (await administrator.post("/channels/2/secret")).status_code == 422


async def test_a_program_makes_a_channel_tests_it_and_reads_how_it_fares(world: World, app: FastAPI) -> None:
    async with with_token(app, world, "robot", "technical-administrator") as client:
        made = await client.post("/channels", json=WEBHOOK)
        assert made.status_code == 201, made.text
        assert made.json()["secret"].startswith("whsec_")
        assert made.json()["agreed_at"] is None
        assert (await client.post("/channels/1/tests")).status_code == 202
        (item,) = (await client.get("/channels")).json()["items"]
        assert item["figures"] == {"waiting": 1, "given_up": 0, "sent_today": 0, "last_sent_at": None, "error": None}
        assert "secret" not in item
        changed = await client.put("/channels/1", json={**WEBHOOK, "name": "CAD 2"})
        assert (changed.status_code, changed.json()["name"]) == (200, "CAD 2")
        assert (await client.get("/channels/2")).status_code == 404
        assert (await client.put("/channels/1", json={**WEBHOOK, "address": "x"})).status_code == 422
