"""Deliveries on the pages and over the API: looked at, downloaded, taken by whoever may, and silent where discreet."""

import csv
import io
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from services.clock import utc_now
from tests.integration.search.conftest import PASSWORD
from tests.integration.search.world import World
from tests.integration.services.delivery_zone import numbered, package, plate, whole

REST = {"country": "BE", "measure": "Onderscheppen", "reason": "Gestolen te Bree, aangifte door de eigenaar",
        "file_number": "BR.11.L1.001234/2026", "requester": "INP Peeters",
        "until": f"{utc_now() + timedelta(days=90):%d/%m/%Y}"}
ADDRESS = "/api/v1/watchlists/{}/deliveries"


@pytest.fixture
def lists(world: World) -> World:
    """Two lists, one of them discreet for a group of An alone; and TECINT."""
    for name in ("kim", "luc"):
        world.add_user(name, "tecint", name.title())
    kim = world.run("SELECT user_id FROM users WHERE username = 'kim'")[0][0]
    world.run("INSERT INTO audiences (audience_id, code, name, user_ids) VALUES (50, 'six', 'Zes', %s)", [kim])
    for code, category, group in (("stolen", "stolen-vehicle", 1), ("watched", "discreet-check", 50)):
        world.run("INSERT INTO watchlists (code, name, category, state, priority, audience_id, legal_basis, authority) "
                  "VALUES (%s, %s, %s, 'live', 1, %s, 'WPA art. 44/11', 'Federale politie')", code, code, category,
                  group)
    return world


@pytest_asyncio.fixture
async def kim(app: FastAPI, lists: World) -> AsyncIterator[httpx.AsyncClient]:
    """A program that speaks for Kim."""
    async with client_of(app, lists, "kim") as client:
        yield client


@pytest_asyncio.fixture
async def luc(app: FastAPI, lists: World) -> AsyncIterator[httpx.AsyncClient]:
    """A program that speaks for Luc."""
    async with client_of(app, lists, "luc") as client:
        yield client


def client_of(app: FastAPI, world: World, username: str) -> httpx.AsyncClient:
    token = world.add_token(username, utc_now() + timedelta(days=1))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone",
                             headers={"Authorization": f"Bearer {token}"})


async def hand_in(client: httpx.AsyncClient, content: bytes, code: str = "stolen", **form: str) -> httpx.Response:
    return await client.post(ADDRESS.format(code), data={"kind": "csv", **REST, **form},
                             files={"file": ("list.csv", content, "text/csv")})


async def test_a_program_hands_a_list_in_and_a_colleague_takes_it(
        lists: World, kim: httpx.AsyncClient, luc: httpx.AsyncClient) -> None:
    answer = await hand_in(kim, whole(f"K1;{plate(1)}", "K2;!", f"K3;{plate(3)}"), rows="3")
    assert answer.status_code == 201, answer.text
    handed = answer.json()
    assert handed["refused"] == [{"file": 1, "line": 3, "reasons": ["plate"]}]
    assert (handed["delivery"]["counts"]["added"], handed["delivery"]["taken_at"]) == (2, None)
    taking = f"{ADDRESS.format('stolen')}/{handed['delivery']['delivery_id']}/taking"
    refused = await kim.post(taking, json={})
    assert refused.status_code == 403, "a list that is kept by hand needs a second person"
    taken = await luc.post(taking, json={})
    assert taken.status_code == 200, taken.text
    assert taken.json()["delivery"]["taken_by"] == "Luc"
    assert (await luc.post(taking, json={})).status_code == 422
    assert lists.run("SELECT source_key FROM watch_entries WHERE matched ORDER BY 1") == [("K1",), ("K3",)]
    (row,) = lists.audit("watchlist-delivered")
    assert row["username"] == "luc"
    assert row["question"] == "levering voor lijst stolen: 2 nieuw, 0 gewijzigd, 0 beëindigd, 1 regels geweigerd"
    assert isinstance(row["filters"], dict)
    assert (row["filters"]["handed_in_by"], row["filters"]["added"], row["result_count"]) == ("Kim", 2, 2)
    assert [one["decision"] for one in lists.audit("denied")] == [
        {"refused": "own", "wanted": "watchlist-delivered"}, {"refused": "over", "wanted": "watchlist-delivered"}]
    listed = (await kim.get(ADDRESS.format("stolen"))).json()["items"]
    assert [one["delivery_id"] for one in listed] == [handed["delivery"]["delivery_id"]]


@pytest.mark.parametrize(("content", "form", "says"), [
    (numbered(1), {}, "number of lines"), (numbered(1), {"rows": "2"}, "not what was sent"),
    (numbered(1), {"rows": "x"}, "whole numbers"), (numbered(1), {"rows": "1", "sha256": "ab"}, "64 hexadecimal"),
    (numbered(1), {"rows": "1", "until": "morgen"}, "23/12/2026"), (numbered(1), {"kind": "xls"}, "Choose how"),
    (numbered(1), {"kind": "zip"}, "ZIP cannot be read"), (b"3QXA001;1\n", {"rows": "0"}, "(column 1)"),
    (b"", {"rows": "0"}, "no line"), (b"", {"kind": "paste"}, "no line"),
    (package((4, numbered(1))), {"kind": "zip"}, "missing")])
async def test_what_is_wrong_with_a_delivery_is_said_and_nothing_is_kept(
        lists: World, kim: httpx.AsyncClient, content: bytes, form: dict[str, str], says: str) -> None:
    answer = await hand_in(kim, content, **form)
    assert answer.status_code == 422
    assert says in answer.json()["message"]
    assert "3QXA001" not in answer.text
    assert lists.run("SELECT FROM watch_deliveries") == []


async def test_a_file_that_is_too_long_is_refused_before_it_is_read(
        kim: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.watchlists.delivery_routes.MOST_OF_FILE", 100_000)
    answer = await hand_in(kim, b"source_key;plate\n" + b"x" * 400_000, rows="1")
    assert answer.status_code == 422
    assert "too long" in answer.json()["message"]


@pytest_asyncio.fixture
async def page(lists: World, visitor: httpx.AsyncClient) -> httpx.AsyncClient:
    """A browser in which Luc is logged in, with English pages."""
    visitor.cookies.set("zoneschild_language", "en")
    answer = await visitor.post("/login", data={"username": "luc", "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return visitor


async def test_on_the_pages_plates_are_pasted_looked_at_and_taken_by_a_colleague(
        lists: World, page: httpx.AsyncClient, kim: httpx.AsyncClient) -> None:
    own = await page.post("/watchlists/stolen/deliveries", files={"file": ("", b"", "")}, data={
        "kind": "paste", "plates": "3-QXA-001\n!!\n3-QXA-002", **REST})
    assert own.status_code == 303, own.text
    shown = await page.get(own.headers["location"])
    assert "Whoever handed it in does not take it" in shown.text
    assert "Write one plate in full" in shown.text
    sheet = list(csv.reader(io.StringIO((await page.get(f"{own.headers['location']}/refused")).text)))
    assert sheet[0] == ["file", "line", "codes", "reasons"]
    assert sheet[1][:3] == ["1", "2", "plate"]
    handed = await hand_in(kim, numbered(7), rows="1")
    address = f"/watchlists/stolen/deliveries/{handed.json()['delivery']['delivery_id']}"
    assert "Take it" in (await page.get(address)).text
    taken = await page.post(f"{address}/taking", data={})
    assert (taken.status_code, taken.headers["location"]) == (303, address)
    assert "What it did" in (await page.get(address)).text
    assert plate(7) in str(lists.run("SELECT plate FROM watch_entries WHERE matched"))
    assert address in (await page.get("/watchlists/stolen/deliveries")).text


async def test_what_ends_much_is_said_before_it_is_taken(
        lists: World, page: httpx.AsyncClient, kim: httpx.AsyncClient) -> None:
    for content in (numbered(*range(10)), numbered(1)):
        handed = await hand_in(kim, content, rows=str(content.count(b"\n") - 1))
        address = f"/watchlists/stolen/deliveries/{handed.json()['delivery']['delivery_id']}"
        shown, taken = await page.get(address), await page.post(f"{address}/taking", data={})
    assert "Two people must agree" in shown.text
    assert taken.status_code == 422
    assert (await page.post(f"{address}/taking", data={"ends_much": "yes"})).status_code == 303
    assert lists.run("SELECT count(*) FROM watch_entries WHERE matched") == [(1,)]


async def test_a_discreet_lists_delivery_is_known_to_its_group_alone(
        lists: World, kim: httpx.AsyncClient, luc: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    handed = await hand_in(kim, whole(f"KEY-SECRET;{plate(5)}", "K2;!!", f"K3;{plate(6)}"), "watched", rows="3",
                           reason="Te observeren in het onderzoek Zwaluw")
    assert handed.status_code == 201, handed.text
    delivery_id = handed.json()["delivery"]["delivery_id"]
    for address in ("", f"/{delivery_id}"):
        assert (await luc.get(ADDRESS.format("watched") + address)).status_code == 404
        assert (await luc.get(ADDRESS.format("stolen") + f"/{delivery_id}")).status_code == 404
    lists.run("UPDATE audiences SET user_ids = user_ids || (SELECT user_id FROM users WHERE username = 'luc') "
              "WHERE audience_id = 50")
    assert (await luc.post(f"{ADDRESS.format('watched')}/{delivery_id}/taking", json={})).status_code == 200
    assert lists.run("SELECT count(*) FROM watch_entries WHERE matched AND discreet") == [(2,)]
    (row,) = lists.audit("watchlist-delivered")
    assert set(dict[str, Any](row["filters"])) == {"list_id", "delivery_id"}  # type: ignore[call-overload]
    told = str(lists.audit()) + str(lists.run("SELECT * FROM notices")) + caplog.text + str(
        lists.run("SELECT counts, refused, rest, content FROM watch_deliveries"))
    for secret in (plate(5), plate(6), "KEY-SECRET", "Zwaluw", REST["file_number"]):
        assert secret not in told


async def test_what_nobody_takes_is_kept_for_a_day(
        lists: World, kim: httpx.AsyncClient, luc: httpx.AsyncClient) -> None:
    handed = await hand_in(kim, numbered(1), rows="1")
    lists.run("UPDATE watch_deliveries SET content = NULL, rest = '{}'")
    answer = await luc.post(f"{ADDRESS.format('stolen')}/{handed.json()['delivery']['delivery_id']}/taking", json={})
    assert (answer.status_code, lists.run("SELECT FROM watch_entries")) == (422, [])
