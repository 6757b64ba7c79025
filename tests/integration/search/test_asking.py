"""The one box on its page: what is written becomes an address of filters, shown as chips."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from babel.messages.catalog import Catalog

from search.asking.understanding import understand
from search.asking.zone import know_zone
from search.pages.language import read_texts
from services.clock import utc_now
from tests.integration.search.conftest import state_reason
from tests.integration.search.world import World


async def ask(browser: httpx.AsyncClient, **given: str) -> list[tuple[str, str]]:
    """Write something in the box and return where that leads, as pairs."""
    answer = await browser.get("/reads", params=given)
    assert answer.status_code == 303, answer.text
    address = urlsplit(answer.headers["location"])
    assert address.path == "/reads"
    return parse_qsl(address.query)


async def test_what_is_written_leads_to_the_address_of_its_filters(browser: httpx.AsyncClient, world: World) -> None:
    assert await ask(browser, q="rode bestelwagen K7 Bree N73") == [
        ("witness", "K7"), ("municipality", "Bree"), ("road", "N73"), ("colour", "red"), ("type", "van")]
    assert [row["action"] for row in world.audit()].count("reads-searched") == 0, "nothing was asked yet"


async def test_what_is_written_comes_on_top_of_the_filters_that_are_there(browser: httpx.AsyncClient) -> None:
    assert await ask(browser, q="Bree", colour="red", municipality="Genk", by="vehicle") == [
        ("municipality", "Bree"), ("colour", "red"), ("by", "vehicle")]
    assert await ask(browser, q="K7", plate="3ABC123", alike="0.5") == [("witness", "K7")]


async def test_a_period_that_is_pressed_goes_before_a_time_that_is_written(browser: httpx.AsyncClient) -> None:
    pairs = dict(await ask(browser, q="Bree gisteren", period="hour"))
    assert pairs.keys() == {"municipality", "from"}
    assert pairs["from"] > (utc_now() - timedelta(hours=2)).isoformat()


async def test_what_is_not_understood_goes_along_and_is_told(browser: httpx.AsyncClient) -> None:
    pairs = await ask(browser, q="Bree <b>olifant</b>, niet rood")
    assert pairs == [("municipality", "Bree"), ("unread", "<b>olifant</b> niet rood")]
    page = await browser.get("/reads", params=pairs)
    assert page.status_code == 200
    assert "Niet begrepen: <q>&lt;b&gt;olifant&lt;/b&gt; niet rood</q>" in page.text


async def test_where_nothing_is_understood_nothing_is_asked(browser: httpx.AsyncClient, world: World) -> None:
    pairs = await ask(browser, q="olifant")
    assert pairs == [("unread", "olifant")]
    page = await browser.get("/reads", params=pairs)
    assert "Wat zoekt u?" in page.text
    assert "reads-searched" not in [row["action"] for row in world.audit()]


async def test_each_filter_is_a_chip_with_the_address_without_it(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/reads", params={"plate": "3ABC123", "alike": "0.5", "municipality": "Bree"})).text
    assert 'class="chip of-municipality"><a class="chip-text" href="#f-municipality"' in page
    assert 'href="/reads?plate=3ABC123&amp;alike=0.5" aria-label="Zonder: in Bree"' in page
    assert 'href="/reads?municipality=Bree" aria-label="Zonder: nummerplaat 3ABC123"' in page, "nor its look-alikes"


async def test_a_question_that_cannot_be_is_explained_and_stays_in_the_box(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/reads", params={"q": "Bree", "speed": "fast"})
    assert page.status_code == 422
    assert 'name="q" value="Bree"' in page.text


@pytest.mark.parametrize(("text", "shown"), [
    ("rode auto", ["Kleur: rood", "Type: personenwagen"]),
    ("Bree gisteren", ["in Bree", "op "]),
    ("olifant", ["Niet begrepen: <q>olifant</q>"]),
    ("Br", ['data-text="Bree"', 'data-text="BRE01A"', "Gemeente"]),
    ("rood Peerd", ['data-keep="5"', 'data-text="BRE01A"', "Kleur: rood"]),
    ("", []),
], ids=["vehicle", "place and time", "unknown", "beginning", "behind a word", "nothing"])
async def test_while_one_writes_it_shows_what_it_understands(browser: httpx.AsyncClient, world: World, text: str,
                                                            shown: list[str]) -> None:
    rows = len(world.audit())
    answer = await browser.get("/reads/understood", params={"q": text})
    assert answer.status_code == 200
    assert [part for part in shown if part not in answer.text] == []
    assert ("chip" in answer.text) == bool(text) or text == "Br"
    assert len(world.audit()) == rows, "no read is looked at, so that there is nothing to keep"


async def test_what_is_not_yet_written_out_is_not_called_unknown(browser: httpx.AsyncClient) -> None:
    assert "Niet begrepen" not in (await browser.get("/reads/understood", params={"q": "rood Bre"})).text


async def test_showing_what_is_understood_needs_no_consultation(visitor: httpx.AsyncClient, world: World) -> None:
    await visitor.post("/login", data={"username": "an.peeters", "password": "correct horse battery"})
    assert (await visitor.get("/reads/understood", params={"q": "Bree"})).status_code == 200


def translated(catalog: Catalog | None, text: str) -> str:
    return str(catalog.get(text).string) if catalog else text


@pytest.mark.parametrize("code", ["nl", "fr", "en"])
async def test_the_examples_are_understood_in_each_language(browser: httpx.AsyncClient, code: str) -> None:
    browser.cookies.set("zoneschild_language", code)
    page = (await browser.get("/reads")).text
    examples = [part.split("</code>")[0] for part in page.split("<code data-example>")[1:]]
    examples.append(page.split('id="q"')[1].split('placeholder="')[1].split('"')[0])
    assert len(examples) == 7
    zone = know_zone(())
    for example in examples:
        told = set(understand(example, zone, utc_now()).unread)
        assert told <= {"Bree", "Genk", *(f"N75 {way} Hasselt" for way in ("richting", "direction", "towards"))}
    assert read_texts("nl").get("Look for") is not None
    browser.cookies.delete("zoneschild_language")


SAVED = {"name": "Rode bestelwagens", "question": "colour=red&type=van&from=2026-11-25T19:00:00.000Z&by=vehicle"}


async def test_a_question_is_saved_by_name_and_opened_anew(browser: httpx.AsyncClient, world: World) -> None:
    answer = await browser.post("/saved", data=SAVED)
    assert answer.status_code == 303
    address = answer.headers["location"]
    assert dict(parse_qsl(urlsplit(address).query)) == {
        "colour": "red", "type": "van", "from": "2026-11-25T19:00:00.000Z", "by": "vehicle"}
    row = world.audit("search-saved")[-1]
    assert row["filters"] == {"saved_id": 1, "name": "Rode bestelwagens", "colour": ["red"], "type": ["van"],
                              "from": ["2026-11-25T19:00:00.000Z"]}
    assert "Rode bestelwagens" in (await browser.get("/reads")).text
    asked = len(world.audit("reads-searched"))
    assert (await browser.get(address)).status_code == 200
    assert len(world.audit("reads-searched")) == asked + 1, "whoever opens it asks"


async def test_without_its_moments_it_is_for_any_time(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/saved", data={**SAVED, "moments": "no"})
    assert answer.headers["location"] == "/reads?colour=red&type=van&by=vehicle"


@pytest.mark.parametrize(("changes", "said"), [
    ({"name": " "}, "zeg in hoogstens 80 tekens"), ({"name": "x" * 81}, "zeg in hoogstens 80 tekens"),
    ({"name": "a\x00b"}, "zeg in hoogstens 80 tekens"),
    ({"question": ""}, "geen vraag om te bewaren"), ({"question": "speed=fast"}, "een bereik"),
    ({"question": "from=2026-11-25T19:00", "moments": "no"}, "geen vraag om te bewaren"),
], ids=["no name", "long name", "unprintable name", "no question", "no filter", "moments alone"])
async def test_what_cannot_be_saved_is_explained(browser: httpx.AsyncClient, world: World, changes: dict[str, str],
                                                 said: str) -> None:
    answer = await browser.post("/saved", data={**SAVED, **changes})
    assert answer.status_code == 422
    assert said in answer.text
    assert world.audit("search-saved") == []


async def test_a_name_is_taken_once(browser: httpx.AsyncClient) -> None:
    await browser.post("/saved", data=SAVED)
    answer = await browser.post("/saved", data=SAVED)
    assert (answer.status_code, "met deze naam" in answer.text) == (422, True)


async def test_nobody_sees_or_removes_another_ones(browser: httpx.AsyncClient, world: World) -> None:
    await browser.post("/saved", data=SAVED)
    world.add_user("jan.claes")
    await browser.post("/logout")
    await browser.post("/login", data={"username": "jan.claes", "password": "correct horse battery"})
    assert "Rode bestelwagens" not in (await browser.get("/saved")).text
    assert (await browser.post("/saved/1/remove")).status_code == 404
    assert world.run("SELECT count(*) FROM saved_searches") == [(1,)]


async def test_one_that_is_removed_is_gone_and_leaves_a_row(browser: httpx.AsyncClient, world: World) -> None:
    await browser.post("/saved", data=SAVED)
    assert (await browser.post("/saved/1/remove")).headers["location"] == "/saved"
    assert "Geen bewaarde zoekvragen" in (await browser.get("/saved")).text
    assert world.audit("search-removed")[-1]["filters"]["name"] == "Rode bestelwagens"


async def test_one_that_has_expired_is_not_shown_and_gives_its_name_back(browser: httpx.AsyncClient,
                                                                        world: World) -> None:
    await browser.post("/saved", data=SAVED)
    world.run("UPDATE saved_searches SET expires_at = now()")
    assert "Rode bestelwagens" not in (await browser.get("/saved")).text
    assert (await browser.post("/saved", data=SAVED)).status_code == 303
    ((left,),) = world.run("SELECT expires_at - made_at FROM saved_searches")
    assert left == timedelta(days=90)


async def test_fifty_are_kept_at_most(browser: httpx.AsyncClient, world: World) -> None:
    world.run("INSERT INTO saved_searches (user_id, name, filters, made_at, expires_at) SELECT user_id, n::text, "
              "'{\"type\": [\"van\"]}', now(), now() + interval '1 day' FROM users, generate_series(1, 50) AS n "
              "WHERE username = 'an.peeters'")
    answer = await browser.post("/saved", data=SAVED)
    assert (answer.status_code, "U bewaart 50 zoekvragen" in answer.text) == (422, True)


async def test_programs_save_list_and_remove_them_too(program: httpx.AsyncClient) -> None:
    question = {"name": "Nacht", "filters": {"municipality": ["Bree"], "hours": ["22-05"]}}
    made = await program.post("/saved-searches", json=question)
    assert made.status_code == 201, made.text
    assert made.json()["question"] == "Passages: every night 22:00-05:00, in Bree"
    assert (await program.get("/saved-searches")).json()["items"] == [made.json()]
    assert made.json()["filters"] == {"hours": ["22:00-05:00"], "municipality": ["Bree"]}
    wrong = await program.post("/saved-searches", json={"name": "x", "filters": {"colour": ["pink"]}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "bad-question")
    assert (await program.delete(f"/saved-searches/{made.json()['saved_id']}")).status_code == 204
    assert (await program.delete(f"/saved-searches/{made.json()['saved_id']}")).status_code == 404
    await state_reason(program)
    assert (await program.get("/reads", params=made.json()["filters"])).status_code == 200
