"""R8 over the API and the pages: what is incomplete is refused, a second person validates, all is versioned."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from services.clock import utc_now
from tests.integration.search.watching import Watchers, good, log_in, open_watchers
from tests.integration.search.world import World


@pytest_asyncio.fixture
async def watchers(app: FastAPI, world: World) -> AsyncIterator[Watchers]:
    async with open_watchers(app, world) as opened:
        yield opened


def told(world: World) -> list[tuple[object, ...]]:
    return world.run("SELECT username, kind, coalesce(subject ->> 'what', '') FROM notices "
                     "JOIN users USING (user_id) ORDER BY notice_id")


async def test_an_incomplete_entry_is_refused_by_all_that_it_lacks(watchers: Watchers, world: World) -> None:
    answer = await watchers["jan"].post("/watchlists/gestolen/entries", json={"plate": "3AB*"})
    assert answer.status_code == 422
    assert answer.json()["code"] == "incomplete"
    assert answer.json()["lacking"] == ["plate.vague", "country", "measure", "reason", "legal_basis", "authority",
                                        "file_number", "until"]
    assert world.run("SELECT count(*) FROM watch_entries") == [(0,)]
    assert world.audit("entry-added") == []


async def test_what_was_asked_for_is_decided_by_somebody_else_and_whoever_asked_hears_of_it(
        watchers: Watchers, world: World) -> None:
    entry_id = await watchers.add("jan")
    assert [(who, kind) for who, kind, _ in told(world)] == [("kim", "entry-asked"), ("luc", "entry-asked")]
    waiting = (await watchers["kim"].get("/entries/waiting")).json()["items"]
    assert [(one["entry_id"], one["state"]) for one in waiting] == [(entry_id, "asked")]
    answer = await watchers.validate("kim", entry_id)
    assert answer.json()["entry"]["state"] == "live"
    assert answer.json()["entry"]["validated_by"] == "Kim"
    assert told(world)[2:] == [("jan", "entry-decided", "validated")]
    mine = (await watchers["jan"].get("/entries/mine")).json()["items"]
    assert [(one["entry_id"], one["state"], one["requester"]) for one in mine] == [(entry_id, "live", "INP Peeters")]
    assert [row["username"] for row in world.audit("entry-validated")] == ["kim"]


async def test_whoever_made_it_does_not_validate_it_and_trying_leaves_a_trace(
        watchers: Watchers, world: World) -> None:
    entry_id = await watchers.add("kim", **good(urgent=True))
    answer = await watchers.validate("kim", entry_id)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert world.run("SELECT validated_by FROM watch_entries") == [(None,)]
    (row,) = world.audit("denied")
    assert (row["username"], row["decision"]) == ("kim", {"refused": "own", "wanted": "entry-validated"})


async def test_a_refusal_needs_words_and_ends_an_urgent_one(watchers: Watchers, world: World) -> None:
    entry_id = await watchers.add("jan", **good(urgent=True))
    assert (await watchers.validate("kim", entry_id, agreed=False, because="x")).status_code == 422
    answer = await watchers.validate("kim", entry_id, agreed=False, because="De wagen staat in de garage")
    assert (answer.json()["entry"]["state"], answer.json()["entry"]["revoked_because"]) == (
        "refused", "De wagen staat in de garage")
    assert world.run("SELECT matched FROM watch_entries") == [(False,)]
    assert told(world)[-1] == ("jan", "entry-decided", "refused")


async def test_a_change_is_a_version_of_its_own_that_somebody_else_validates(
        watchers: Watchers, world: World) -> None:
    entry_id = await watchers.add("jan")
    await watchers.validate("kim", entry_id)
    change = {**good(measure="Volgen en melden", hours=None), "version": 1}
    answer = await watchers["kim"].put(f"/entries/{entry_id}", json=change)
    assert answer.status_code == 200, answer.text
    assert [(one["version"], one["measure"]) for one in answer.json()["versions"]] == [
        (2, "Volgen en melden"), (1, "Onderscheppen")]
    assert answer.json()["entry"]["state"] == "urgent"
    assert (await watchers["kim"].put(f"/entries/{entry_id}", json=change)).status_code == 422
    assert (await watchers.validate("kim", entry_id, 2)).status_code == 403
    assert (await watchers.validate("luc", entry_id, 2)).json()["entry"]["state"] == "live"
    (row,) = world.audit("entry-changed")
    assert row["filters"]["measure"] == "Volgen en melden"  # type: ignore[index]
    assert row["filters"]["was"]["measure"] == "Onderscheppen"  # type: ignore[index]


async def test_somebody_elses_entry_is_changed_and_revoked_by_tecint_alone(watchers: Watchers) -> None:
    entry_id = await watchers.add("jan")
    change = {**good(), "version": 1}
    assert (await watchers["dora"].put(f"/entries/{entry_id}", json=change)).status_code == 403
    revocation = {"because": "De wagen is teruggevonden"}
    assert (await watchers["dora"].post(f"/entries/{entry_id}/revocation", json=revocation)).status_code == 403
    assert (await watchers["jan"].post(f"/entries/{entry_id}/revocation", json=revocation)).status_code == 200
    second = await watchers.add("jan")
    answer = await watchers["kim"].post(f"/entries/{second}/revocation", json=revocation)
    assert answer.json()["entry"]["revoked_by"] == "Kim"


async def test_a_revocation_counts_at_once_and_is_told_and_audited(watchers: Watchers, world: World) -> None:
    entry_id = await watchers.add("jan", **good(urgent=True))
    assert world.run("SELECT matched FROM watch_entries") == [(True,)]
    answer = await watchers["kim"].post(f"/entries/{entry_id}/revocation", json={"because": "Teruggevonden"})
    assert answer.status_code == 200
    assert world.run("SELECT matched FROM watch_entries") == [(False,)]
    assert told(world)[-1] == ("jan", "entry-decided", "revoked")
    (row,) = world.audit("entry-revoked")
    assert row["filters"]["because"] == "Teruggevonden"  # type: ignore[index]


async def test_a_list_that_needs_the_dpo_stays_off_until_they_confirm_it(watchers: Watchers, world: World) -> None:
    made = await watchers["kim"].post("/watchlists", json={
        "code": "geen-verzekering", "name": "Niet verzekerd", "category": "uninsured"})
    assert {name: made.json()[name] for name in ("state", "needs_confirmation", "audience")} == {
        "state": "off", "needs_confirmation": True, "audience": "traffic"}
    for state in ("live", "action", "count"):
        refused = await watchers["kim"].patch("/watchlists/geen-verzekering", json={"state": state})
        assert refused.status_code == 403
    confirmation = "/watchlists/geen-verzekering/confirmation"
    assert (await watchers["kim"].post(confirmation, json={"confirmed": True, "document": "Nota 1"})).status_code == 403
    assert (await watchers["fien"].post(confirmation, json={"confirmed": True})).status_code == 422
    answer = await watchers["fien"].post(confirmation, json={"confirmed": True, "document": "DPIA 2026/3"})
    assert (answer.status_code, answer.json()["state"]) == (200, "off")
    answer = await watchers["kim"].patch("/watchlists/geen-verzekering", json={"state": "action"})
    assert answer.json()["state"] == "action"
    answer = await watchers["fien"].post(confirmation, json={"confirmed": False})
    assert (answer.json()["state"], answer.json()["confirmed_at"]) == ("off", None)
    assert [row["decision"] for row in world.audit("watchlist-confirmed")] == [
        {"confirmed": True}, {"confirmed": False}]


async def test_a_list_is_made_changed_and_put_live(watchers: Watchers, world: World) -> None:
    assert (await watchers["kim"].post("/watchlists", json={
        "code": "gestolen", "name": "Nog een", "category": "stolen-plate"})).status_code == 422
    for wrong in ({"code": "new"}, {"code": "A b"}, {"name": "x"}, {"audience": "nobody"}):
        answer = await watchers["kim"].post("/watchlists", json={
            "code": "platen", "name": "Platen", "category": "stolen-plate", **wrong})
        assert answer.status_code == 422, wrong
    answer = await watchers["kim"].patch("/watchlists/gestolen", json={
        "state": "live", "instruction": "Bel eerst", "audience": "tecint", "priority": 2})
    assert {name: answer.json()[name] for name in ("state", "instruction", "audience", "priority", "name")} == {
        "state": "live", "instruction": "Bel eerst", "audience": "tecint", "priority": 2, "name": "Gestolen in de zone"}
    assert len(world.audit("watchlist-changed")) == 2
    assert (await watchers["jan"].patch("/watchlists/gestolen", json={"state": "off"})).status_code == 403


async def test_what_is_delivered_in_bulk_is_not_asked_for_one_by_one(watchers: Watchers) -> None:
    await watchers["kim"].post("/watchlists", json={
        "code": "rijverbod", "name": "Rijverbod", "category": "driving-ban"})
    assert (await watchers["jan"].post("/watchlists/rijverbod/entries", json=good())).status_code == 403
    assert await watchers.add("kim", "rijverbod", **good())


async def test_entries_are_listed_page_by_page_and_narrowed(watchers: Watchers) -> None:
    made = [await watchers.add("jan", **good(plate=f"3ABC12{number}", file_number=f"DOS {number}"))
            for number in range(3)]
    await watchers.validate("kim", made[0])

    async def listed(**asked: object) -> list[int]:
        answer = await watchers["dora"].get("/watchlists/gestolen/entries", params=asked)
        return [one["entry_id"] for one in answer.json()["items"]]

    assert await listed(limit=2) == made[:0:-1]
    assert await listed(limit=2, before=made[1]) == made[:1]
    assert await listed(plate="3-abc-122") == [made[2]]
    assert await listed(file="DOS 1") == [made[1]]
    assert await listed(state="live") == [made[0]]
    assert await listed(plate="9ZZZ999") == []
    (one,) = (await watchers["dora"].get("/watchlists")).json()["items"]
    assert (one["live"], one["asked"], one["ending"]) == (1, 2, 0)


async def test_a_lists_page_leads_to_its_earlier_entries(watchers: Watchers) -> None:
    made = [await watchers.add("jan") for _ in range(51)]
    dora = await log_in(watchers.browsers["dora"], "dora")
    page = (await dora.get("/watchlists/gestolen", params={"state": "asked"})).text
    further = f"/watchlists/gestolen?state=asked&before={made[1]}"
    assert further.replace("&", "&amp;") in page
    second = (await dora.get(further)).text
    assert f'href="/watchlists/entries/{made[0]}"' in second
    assert f'href="/watchlists/entries/{made[1]}"' not in second
    assert "Oudere signaleringen" in page
    assert "Oudere signaleringen" not in second


async def test_groups_are_made_and_changed_and_those_of_named_people_by_their_members_alone(
        watchers: Watchers, world: World) -> None:
    answer = await watchers["kim"].post("/audiences", json={
        "code": "cel", "name": "Cel drugs", "usernames": ["kim", "luc"]})
    assert (answer.status_code, answer.json()["named"]) == (201, True)
    for wrong in ({"usernames": ["fien"]}, {"usernames": ["nobody"]}, {"roles": ["dpo"]}, {"name": ""}, {}):
        refused = await watchers["kim"].put("/audiences/cel", json={"name": "Cel drugs", **wrong})
        assert refused.status_code == 422, wrong
    await watchers.add("kim", **good(discreet=True, audience="cel"))
    mixed = {"name": "Cel drugs", "roles": ["tecint"]}
    assert (await watchers["kim"].put("/audiences/cel", json=mixed)).status_code == 422
    joining = {"name": "Twee", "usernames": ["jan", "kim", "luc"]}
    assert (await watchers["luc"].put("/audiences/two", json=joining)).status_code == 403
    answer = await watchers["kim"].put("/audiences/cel", json={"name": "Cel drugs", "usernames": ["luc"]})
    assert answer.json()["usernames"] == ["luc"]
    assert (await watchers["kim"].get("/entries/mine")).json()["items"] == []
    assert (await watchers["kim"].put("/audiences/none", json=mixed)).status_code == 404
    assert len(world.audit("audience-changed")) == 2


async def test_an_entry_goes_through_the_pages_from_asked_to_revoked(watchers: Watchers, world: World) -> None:
    jan, kim = await log_in(watchers.browsers["jan"], "jan"), await log_in(watchers.browsers["kim"], "kim")
    form = {**good(), "until": (utc_now() + timedelta(days=9)).strftime("%d/%m/%Y %H:%M"), "since": ""}
    lacking = await jan.post("/watchlists/gestolen/entries", data={**form, "until": "", "reason": "onderzoek dossier"})
    assert lacking.status_code == 422
    assert "zonder einde wordt geweigerd" in lacking.text
    assert "deze woorden passen bij elke zaak" in lacking.text
    assert "Onderscheppen" in lacking.text
    typed = await jan.post("/watchlists/gestolen/entries", data={**form, "since": "gisteren ergens"})
    assert typed.status_code == 422
    added = await jan.post("/watchlists/gestolen/entries", data={
        **form, "cameras": ["BRE01A"], "days": ["0", "4"], "first_hour": "22", "last_hour": "6", "urgent": "yes",
        "level": "likely"})
    page = added.headers["location"]
    assert (await jan.get(page)).text.count("ma, vr van 22 tot 6 u") == 2
    assert "Gesignaleerd" in (await kim.get("/watchlists/waiting")).text
    decided = await kim.post(f"{page}/decide", data={"verdict": "agree", "version": "1"})
    assert decided.headers["location"] == page
    shown = (await kim.get(f"{page}/change")).text
    assert 'value="22"' in shown
    assert "checked" in shown
    since = world.run("SELECT since FROM watch_entries")
    changed = await kim.post(f"{page}/change", data={
        **form, "since": shown.split('name="since" value="')[1].split('"')[0], "measure": "Volgen", "version": "1"})
    assert changed.headers.get("location") == page, changed.text
    assert world.run("SELECT since FROM watch_entries WHERE version = 2") == since
    assert (await kim.post(f"{page}/decide", data={"verdict": "agree", "version": "2"})).status_code == 403
    assert (await jan.post(f"{page}/revoke", data={"because": ""})).status_code == 422
    assert (await jan.post(f"{page}/revoke", data={"because": "Teruggevonden"})).headers["location"] == page
    assert "Teruggevonden" in (await kim.get(page)).text


async def test_lists_groups_and_confirmations_have_their_pages(watchers: Watchers, world: World) -> None:
    kim, fien = await log_in(watchers.browsers["kim"], "kim"), await log_in(watchers.browsers["fien"], "fien")
    refused = await kim.post("/watchlists", data={"code": "x", "name": "Keuring", "category": "no-inspection"})
    assert refused.status_code == 422
    assert (await kim.post("/watchlists", data={"code": "keuring", "name": "Keuring"})).status_code == 422
    made = await kim.post("/watchlists", data={"code": "keuring", "name": "Keuring", "category": "no-inspection",
                                               "priority": "", "audience": ""})
    assert made.headers["location"] == "/watchlists/keuring"
    assert (await kim.post("/watchlists/keuring/state", data={"state": "live"})).status_code == 403
    assert (await fien.post("/watchlists/keuring/confirm", data={"confirmed": "yes"})).status_code == 422
    assert (await fien.post("/watchlists/keuring/confirm", data={
        "confirmed": "yes", "document": "DPIA 2026/3"})).status_code == 303
    assert "DPIA 2026/3" in (await fien.get("/watchlists/confirmations")).text
    assert (await kim.post("/watchlists/keuring/state", data={"state": "count"})).status_code == 303
    changed = await kim.post("/watchlists/keuring/change", data={"name": "Keuring GOCA", "priority": "4"})
    assert changed.status_code == 303, changed.text
    assert world.run("SELECT name, state FROM watchlists WHERE code = 'keuring'") == [("Keuring GOCA", "count")]
    assert (await kim.post("/watchlists/groups", data={"code": "cel", "name": "Cel", "usernames": "luc"}
                           )).status_code == 303
    assert (await kim.post("/watchlists/groups/cel", data={"name": "Cel"})).status_code == 422
    assert (await kim.post("/watchlists/groups/cel", data={"name": "Cel", "usernames": "jan"})).status_code == 403
    assert (await kim.post("/watchlists/groups/tecint", data={"name": "TECINT", "roles": "tecint"})).status_code == 303


@pytest.mark.parametrize("code", ["nl", "fr", "en"])
async def test_every_page_is_there_in_every_language(watchers: Watchers, code: str) -> None:
    entry_id = await watchers.add("jan", **good(urgent=True, level="likely", days=[1], first_hour=8, last_hour=20))
    pattern = await watchers.add("jan", **good(plate="3ABC*", cameras=["BRE01A"]))
    kim, fien = await log_in(watchers.browsers["kim"], "kim"), await log_in(watchers.browsers["fien"], "fien")
    for browser in (kim, fien):
        browser.cookies.set("zoneschild_language", code)
    pages = ["", "/new", "/gestolen", "/gestolen/change", "/gestolen/entries/new", "/waiting", "/mine", "/request",
             "/groups", f"/entries/{entry_id}", f"/entries/{entry_id}/change", f"/entries/{pattern}"]
    for browser, page in [*((kim, page) for page in pages), (fien, "/confirmations"), (fien, ""), (fien, "/gestolen")]:
        answer = await browser.get(f"/watchlists{page}")
        assert answer.status_code == 200, page
        assert f'<html lang="{code}"' in answer.text
        assert page_is_whole(answer), page


def page_is_whole(answer: httpx.Response) -> bool:
    return answer.text.rstrip().endswith("</html>") and "Undefined" not in answer.text
