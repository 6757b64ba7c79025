"""R11: a discreet entry is known to its group alone: in no list, count, page, answer, notice or audit row of others."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from tests.integration.search.conftest import state_reason
from tests.integration.search.watching import (
    SECRET_FILE,
    SECRET_PLATE,
    SECRET_WORDS,
    Watchers,
    discreet,
    good,
    log_in,
    open_watchers,
)
from tests.integration.search.world import World

STRANGERS = ("luc", "dora", "fien")
SECRETS = (SECRET_PLATE, "7-XKV-938", SECRET_FILE, SECRET_WORDS)


@pytest_asyncio.fixture
async def watchers(app: FastAPI, world: World) -> AsyncIterator[Watchers]:
    async with open_watchers(app, world) as opened:
        yield opened


def holds_secret(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize("stranger", STRANGERS)
async def test_it_is_counted_in_no_list(watchers: Watchers, stranger: str) -> None:
    before = (await watchers[stranger].get("/watchlists")).json()
    await watchers.validate("kim", await watchers.add("jan", **discreet()))
    await watchers.add("jan", **discreet(urgent=True))
    assert (await watchers[stranger].get("/watchlists")).json() == before
    (own,) = (await watchers["jan"].get("/watchlists")).json()["items"]
    assert (own["live"], own["asked"]) == (2, 1)


async def test_its_lists_page_is_the_same_to_strangers(watchers: Watchers) -> None:
    dora = await log_in(watchers.browsers["dora"], "dora")
    pages = ("/watchlists", "/watchlists/gestolen", f"/watchlists/gestolen?plate={SECRET_PLATE}", "/watchlists/mine")
    before = [(await dora.get(page)).text for page in pages]
    await watchers.add("jan", **discreet(urgent=True))
    assert [(await dora.get(page)).text for page in pages] == before


@pytest.mark.parametrize("stranger", STRANGERS)
async def test_it_is_listed_and_found_for_its_group_alone(watchers: Watchers, stranger: str) -> None:
    entry_id = await watchers.add("jan", **discreet())
    overt = await watchers.add("jan")
    for params in ({}, {"plate": SECRET_PLATE}, {"file": SECRET_FILE}, {"state": "asked"}, {"limit": 1}):
        answer = await watchers[stranger].get("/watchlists/gestolen/entries", params=params)
        assert entry_id not in [one["entry_id"] for one in answer.json()["items"]]
        assert holds_secret(answer.text) == []
        assert answer.json()["next"] is None
    own = (await watchers["kim"].get("/watchlists/gestolen/entries")).json()["items"]
    assert [one["entry_id"] for one in own] == [overt, entry_id]


@pytest.mark.parametrize("stranger", STRANGERS)
async def test_its_own_address_answers_as_if_there_were_none(watchers: Watchers, stranger: str) -> None:
    entry_id = await watchers.add("jan", **discreet())
    for path in ("/entries/{}", "/entries/{}/back-test"):
        known, none = [await watchers[stranger].get(path.format(number)) for number in (entry_id, 999)]
        assert (known.status_code, known.text) == (none.status_code, none.text)
    browser = await log_in(watchers.browsers[stranger], stranger)
    for path in ("/watchlists/entries/{}", "/watchlists/entries/{}/change", "/watchlists/entries/{}/try"):
        known, none = [await browser.get(path.format(number)) for number in (entry_id, 999)]
        assert (known.status_code, known.text.replace(str(entry_id), "#")) == (
            none.status_code, none.text.replace("999", "#").replace(str(entry_id), "#"))


async def test_a_stranger_cannot_validate_change_or_revoke_it(watchers: Watchers, world: World) -> None:
    entry_id = await watchers.add("jan", **discreet())
    luc = watchers["luc"]
    tried = [await watchers.validate("luc", entry_id), await watchers.validate(
        "luc", entry_id, agreed=False, because="Daarom niet"),
        await luc.put(f"/entries/{entry_id}", json={**good(), "version": 1}),
        await luc.post(f"/entries/{entry_id}/revocation", json={"because": "Daarom niet"})]
    assert [answer.status_code for answer in tried] == [404] * 4
    assert world.run("SELECT version, validated_by, revoked_at FROM watch_entries") == [(1, None, None)]
    assert [row["username"] for row in world.audit() if row["filters"].get("entry") == entry_id] == ["jan", "jan"]  # type: ignore[attr-defined]


async def test_nobody_but_its_group_is_asked_to_validate_it_or_told_of_it(watchers: Watchers, world: World) -> None:
    entry_id = await watchers.add("jan", **discreet())
    assert (await watchers["luc"].get("/entries/waiting")).json()["items"] == []
    assert [one["entry_id"] for one in (await watchers["kim"].get("/entries/waiting")).json()["items"]] == [entry_id]
    await watchers.validate("kim", entry_id)
    await watchers["kim"].post(f"/entries/{entry_id}/revocation", json={"because": "Onderzoek is rond"})
    told = world.run("SELECT DISTINCT username FROM notices JOIN users USING (user_id) ORDER BY 1")
    assert told == [("jan",), ("kim",)]
    luc = await log_in(watchers.browsers["luc"], "luc")
    assert holds_secret((await luc.get("/notices")).text) == []


async def test_whoever_left_the_group_knows_nothing_of_it_any_more(watchers: Watchers, world: World) -> None:
    entry_id = await watchers.add("jan", **discreet())
    world.run("UPDATE audiences SET user_ids = array_remove(user_ids, (SELECT user_id FROM users WHERE username = 'jan'"
              ")) WHERE code = 'two'")
    assert (await watchers["jan"].get(f"/entries/{entry_id}")).status_code == 404
    assert (await watchers["jan"].get("/entries/mine")).json()["items"] == []
    await watchers.validate("kim", entry_id)
    assert world.run("SELECT count(*) FROM notices JOIN users USING (user_id) WHERE username = 'jan'") == [(0,)]


async def test_the_audit_holds_its_number_alone_whatever_is_done_with_it(watchers: Watchers, world: World) -> None:
    entry_id = await watchers.add("jan", **discreet())
    await watchers.validate("jan", entry_id)
    await watchers.validate("kim", entry_id)
    await watchers["kim"].get("/entries/waiting")
    await watchers["jan"].get("/entries/mine")
    for params in ({"plate": SECRET_PLATE}, {"file": SECRET_FILE}, {}):
        await watchers["kim"].get("/watchlists/gestolen/entries", params=params)
    await watchers["jan"].put(f"/entries/{entry_id}", json={**discreet(), "version": 1, "measure": "Volgen"})
    await state_reason(watchers["jan"])
    assert (await watchers["jan"].get(f"/entries/{entry_id}/back-test")).status_code == 200
    await watchers["kim"].post(f"/entries/{entry_id}/revocation", json={"because": f"{SECRET_WORDS}: gedaan"})
    rows = world.run("SELECT action, row_to_json(audit)::text FROM audit")
    assert [(action, holds_secret(str(row))) for action, row in rows if holds_secret(str(row))] == []
    for action in ("entry-added", "entry-validated", "entry-changed", "entry-tried", "entry-revoked"):
        (row,) = world.audit(action)
        assert row["filters"]["entry"] == entry_id  # type: ignore[index]
    assert {row["result_count"] for row in world.audit("watchlist-consulted")} <= {None, 0}


async def test_those_who_read_the_audit_read_nothing_of_it(watchers: Watchers) -> None:
    await watchers.validate("kim", await watchers.add("jan", **discreet()))
    for reader in ("fien", "ada"):
        browser = await log_in(watchers.browsers[reader], reader)
        assert holds_secret((await browser.get("/audit")).text) == []
    exported = await watchers["ada"].get("/audit", params={"limit": 200})
    assert holds_secret(exported.text) == []


async def test_an_earlier_version_that_was_discreet_stays_with_its_group(watchers: Watchers, world: World) -> None:
    entry_id = await watchers.add("jan", **discreet())
    overt = {**good(), "version": 1}
    answer = await watchers["jan"].put(f"/entries/{entry_id}", json=overt)
    assert answer.status_code == 200, answer.text
    seen = await watchers["luc"].get(f"/entries/{entry_id}")
    assert [one["version"] for one in seen.json()["versions"]] == [2]
    assert SECRET_WORDS not in seen.text
    assert [one["version"] for one in (await watchers["kim"].get(f"/entries/{entry_id}")).json()["versions"]] == [2, 1]
    (row,) = world.audit("entry-changed")
    assert SECRET_WORDS not in str(row)


async def test_it_needs_a_group_of_named_people_to_which_its_maker_belongs(watchers: Watchers) -> None:
    for who, changes, lacking in (("jan", {"audience": "tecint"}, ["audience.roles"]),
                                  ("luc", {}, ["audience.strange"])):
        answer: httpx.Response = await watchers[who].post("/watchlists/gestolen/entries",
                                                          json={**discreet(), **changes})
        assert answer.json()["lacking"] == lacking


async def test_no_log_line_holds_anything_of_it(watchers: Watchers, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG", logger="search"), caplog.at_level("DEBUG", logger="services"):
        entry_id = await watchers.add("jan", **discreet(urgent=True))
        await watchers["luc"].get("/watchlists/gestolen/entries", params={"plate": SECRET_PLATE})
        await watchers["kim"].post(f"/entries/{entry_id}/revocation", json={"because": "Onderzoek is rond"})
    ours = [record.getMessage() for record in caplog.records if record.name.startswith(("search", "services"))]
    assert holds_secret(" ".join(ours)) == []
