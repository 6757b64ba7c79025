"""R19: a question about everybody is answered when a second person has agreed to that very question."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from services.clock import iso_ms, utc_now
from tests.integration.search.conftest import REASON, plates
from tests.integration.search.world import PASSWORD, World

Enter = Callable[[str], Awaitable[httpx.AsyncClient]]
BROAD = "/reads?plate=3A*"


@pytest.fixture
def world(world: World) -> World:
    """A zone with the cautious rules, two TECINT and a dispatcher."""
    world.confirm(window_hours=6, window_cameras=1)
    for username, role in (("kim.tecint", "tecint"), ("luc.tecint", "tecint"), ("tom.wouters", "dispatcher")):
        world.add_user(username, role, username.partition(".")[0].title())
    world.add_read("3ABC123", utc_now() - timedelta(hours=1), 1)
    return world


@pytest_asyncio.fixture
async def enter(app: FastAPI) -> AsyncIterator[Enter]:
    """Log somebody in, in a browser of their own."""
    async with AsyncExitStack() as stack:
        async def log_in(username: str) -> httpx.AsyncClient:
            client = await stack.enter_async_context(
                httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone"))
            answer = await client.post("/login", data={"username": username, "password": PASSWORD})
            assert answer.status_code == 303
            return client
        yield log_in


async def _refused(browser: httpx.AsyncClient, world: World, address: str = BROAD) -> str:
    """Ask what is refused, and return the approval's id."""
    answer = await browser.get(address)
    assert answer.status_code == 403, answer.text
    return str(world.run("SELECT approval_id FROM approvals ORDER BY refused_at DESC LIMIT 1")[0][0])


async def _asked(browser: httpx.AsyncClient, world: World) -> str:
    approval_id = await _refused(browser, world)
    answer = await browser.post(f"/approvals/{approval_id}/ask", data={"remark": "Zie briefing van vanavond"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/approvals")
    return approval_id


async def _agree(client: httpx.AsyncClient, approval_id: str, agreed: bool = True, answer: str = "") -> httpx.Response:
    return await client.post(f"/approvals/{approval_id}/decide", data={"agreed": str(agreed), "answer": answer})


@pytest.mark.parametrize(("hours", "cameras", "status"), [
    (6, 1, 200), (6.02, 1, 403), (6, 2, 403), (0.5, 2, 403),
])
async def test_a_search_without_a_plate_is_targeted_within_the_window_and_not_beyond(
        world: World, browser: httpx.AsyncClient, hours: float, cameras: int, status: int) -> None:
    now = utc_now()
    wanted = {"from": iso_ms(now - timedelta(hours=hours)), "until": iso_ms(now),
              "camera": ["BRE01A", "BRE02A"][:cameras]}
    assert (await browser.get("/reads", params=wanted)).status_code == status


@pytest.mark.parametrize(("plate", "status"), [("3AB*", 200), ("3A*", 403), ("3A?", 403), ("3ABC123,3A*", 403)])
async def test_a_pattern_names_three_characters_or_is_about_everybody(
        world: World, browser: httpx.AsyncClient, plate: str, status: int) -> None:
    assert (await browser.get("/reads", params={"plate": plate})).status_code == status


async def test_the_refusal_says_what_is_asked_what_would_need_nobody_and_whom_it_reaches(
        world: World, browser: httpx.AsyncClient) -> None:
    page = (await browser.get(BROAD)).text
    assert "Eerst moet een collega akkoord gaan" in page
    assert "nummerplaat 3A*" in page
    assert "geef ten minste 3 tekens van de nummerplaat" in page
    assert "vraag hoogstens 1 camera's en hoogstens 6 uur" in page
    assert "De aanvraag gaat naar: Kim, Luc" in page
    assert "3-ABC-123" not in page
    assert world.audit()[-1]["decision"] == {"refused": "needs-approval"}


async def test_a_colleague_agrees_and_that_very_question_is_answered_and_no_other(
        world: World, browser: httpx.AsyncClient, enter: Enter) -> None:
    approval_id = await _asked(browser, world)
    assert "Een collega is gevraagd op" in (await browser.get(BROAD)).text
    kim = await enter("kim.tecint")
    assert 'class="count"' in (await kim.get("/cameras")).text
    page = (await kim.get("/approvals")).text
    for told in ("An Peeters", "Gerechtelijk: onderzoek naar een misdrijf", "GE.11.L1.004512/2026",
                 "Reeks inbraken te Bree", "nummerplaat 3A*", "Zie briefing van vanavond"):
        assert told in page
    assert (await _agree(kim, approval_id)).status_code == 303

    page = (await browser.get("/notices")).text
    assert "Kim gaat akkoord met uw vraag voor dossier GE.11.L1.004512/2026" in page
    ((notice_id,),) = world.run("SELECT notice_id FROM notices WHERE kind = 'approval-given' AND user_id = 1")
    answer = await browser.post(f"/notices/{notice_id}/open")
    assert answer.headers["location"] == BROAD
    page = await browser.get(answer.headers["location"])
    assert page.status_code == 200
    assert "3-ABC-123" in page.text
    decision = world.audit("reads-searched")[-1]["decision"]
    assert isinstance(decision, dict)
    assert decision["approval"] == approval_id
    for other in ("/reads?plate=3B*", f"{BROAD}&camera=BRE01A", f"{BROAD}&by=vehicle"):
        assert (await browser.get(other)).status_code == 403, other
    assert (await kim.get(BROAD)).status_code == 303, "the colleague has no consultation of their own"

    actions = [row["action"] for row in world.audit()]
    assert actions.index("approval-asked") < actions.index("approval-given")
    given = world.audit("approval-given")[-1]
    assert (given["username"], given["question"]) == ("kim.tecint", world.audit("approval-asked")[-1]["question"])


async def test_another_page_of_the_same_question_needs_no_second_agreement(
        world: World, browser: httpx.AsyncClient, enter: Enter) -> None:
    for number in range(60):
        world.add_read("3ACC456", utc_now() - timedelta(minutes=5 * number), 1)
    approval_id = await _asked(browser, world)
    await _agree(await enter("kim.tecint"), approval_id)
    page = (await browser.get(BROAD)).text
    following = page.split("after=")[1].split('"')[0]
    assert (await browser.get(f"{BROAD}&after={following}")).status_code == 200


async def test_another_consultation_needs_an_agreement_of_its_own(
        world: World, browser: httpx.AsyncClient, enter: Enter) -> None:
    await _agree(await enter("kim.tecint"), await _asked(browser, world))
    assert (await browser.get(BROAD)).status_code == 200
    await browser.post("/consultations", data={**REASON, "file_number": "NOT-2026-77"})
    assert (await browser.get(BROAD)).status_code == 403


async def test_nobody_agrees_to_their_own_question_from_whichever_session(
        world: World, browser: httpx.AsyncClient, enter: Enter) -> None:
    kim, again = await enter("kim.tecint"), await enter("kim.tecint")
    await kim.post("/consultations", data=REASON)
    approval_id = await _asked(kim, world)
    for session in (kim, again):
        answer = await _agree(session, approval_id)
        assert answer.status_code == 422
        assert "Dit is uw eigen vraag" in answer.text
        assert "nummerplaat 3A*" not in (await session.get("/approvals")).text.split('id="own"')[0]
    assert world.run("SELECT decided_by FROM approvals") == [(None,)]
    assert (await _agree(await enter("luc.tecint"), approval_id)).status_code == 303


async def test_whoever_may_not_agree_cannot_and_a_token_never_can(
        world: World, browser: httpx.AsyncClient, enter: Enter, visitor: httpx.AsyncClient) -> None:
    approval_id = await _asked(browser, world)
    tom = await enter("tom.wouters")
    assert (await _agree(tom, approval_id)).status_code == 403
    assert world.audit()[-1]["action"] == "denied"
    token = world.add_token("kim.tecint", utc_now() + timedelta(days=1), ["ask-reads", "consult"])
    answer = await visitor.post(f"/api/v1/approvals/{approval_id}/decide", json={"agreed": True},
                                headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403
    assert world.run("SELECT decided_by FROM approvals") == [(None,)]


async def test_a_refusal_wants_words_and_stays_one(world: World, browser: httpx.AsyncClient, enter: Enter) -> None:
    approval_id = await _asked(browser, world)
    kim, luc = await enter("kim.tecint"), await enter("luc.tecint")
    answer = await _agree(kim, approval_id, agreed=False)
    assert answer.status_code == 422
    assert "Zeg waarom u niet akkoord gaat" in answer.text
    assert (await _agree(kim, approval_id, agreed=False, answer="Te ruim voor dit dossier")).status_code == 303
    answer = await _agree(luc, approval_id)
    assert answer.status_code == 422
    assert "Een collega heeft al beslist" in answer.text
    page = await browser.get(BROAD)
    assert page.status_code == 403
    assert "Kim gaat niet akkoord: Te ruim voor dit dossier" in page.text
    assert (await browser.post(f"/approvals/{approval_id}/ask")).status_code == 422
    assert "Te ruim voor dit dossier" in (await browser.get("/notices")).text
    assert len(world.audit("approval-refused")) == 1


async def test_two_colleagues_at_the_same_moment_decide_once(
        world: World, browser: httpx.AsyncClient, enter: Enter) -> None:
    approval_id = await _asked(browser, world)
    kim, luc = await enter("kim.tecint"), await enter("luc.tecint")
    answers = await asyncio.gather(_agree(kim, approval_id), _agree(luc, approval_id, False, "Neen, te ruim"))
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    assert len(world.audit("approval-given")) + len(world.audit("approval-refused")) == 1


@pytest.mark.parametrize("over", [
    "UPDATE approvals SET expires_at = now() - interval '1 second'",
    "UPDATE consultations SET ended_at = now()",
    "UPDATE consultations SET expires_at = now() - interval '1 second'",
])
async def test_what_is_over_can_be_neither_asked_nor_decided(
        world: World, browser: httpx.AsyncClient, enter: Enter, over: str) -> None:
    approval_id = await _asked(browser, world)
    kim = await enter("kim.tecint")
    world.run(over)
    answer = await _agree(kim, approval_id)
    assert answer.status_code == 422
    assert "De raadpleging is beëindigd, of de tijd ervoor is om" in answer.text
    world.run("UPDATE approvals SET asked_at = NULL")
    assert (await browser.post(f"/approvals/{approval_id}/ask")).status_code == 422


async def test_an_agreement_ends_with_its_time_and_the_question_is_then_a_new_one(
        world: World, browser: httpx.AsyncClient, enter: Enter) -> None:
    kim = await enter("kim.tecint")
    approval_id = await _asked(browser, world)
    await _agree(kim, approval_id)
    world.run("UPDATE approvals SET expires_at = now() + interval '1 minute'")
    assert (await browser.get(BROAD)).status_code == 200
    world.run("UPDATE approvals SET expires_at = now() - interval '1 second'")
    assert await _refused(browser, world) == approval_id
    assert world.run("SELECT asked_at, agreed, decided_by, answer, expires_at > now() FROM approvals") == [
        (None, None, None, "", True)]
    assert (await browser.post(f"/approvals/{approval_id}/ask")).status_code == 303
    await _agree(kim, approval_id)
    assert (await browser.get(BROAD)).status_code == 200


async def test_a_request_reaches_whoever_is_on_call_else_all_who_may_agree(
        world: World, browser: httpx.AsyncClient, enter: Enter) -> None:
    luc = await enter("luc.tecint")
    answer = await luc.post("/approvals/on-call", data={"on_call": "true"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/approvals")
    assert "U bent van wacht sinds" in (await luc.get("/approvals")).text
    assert "De aanvraag gaat naar: Luc" in (await browser.get(BROAD)).text
    await _asked(browser, world)
    reached = "SELECT username FROM notices JOIN users USING (user_id) WHERE kind = 'approval-asked' ORDER BY 1"
    assert world.run(reached) == [("luc.tecint",)]
    world.run("DELETE FROM notices")
    world.run("UPDATE approvals SET asked_at = NULL")
    await luc.post("/approvals/on-call", data={"on_call": "false"})
    await _asked(browser, world)
    assert world.run(reached) == [("kim.tecint",), ("luc.tecint",)]
    assert [row["filters"] for row in world.audit("on-call-changed")] == [{"on_call": True}, {"on_call": False}]
    assert (await browser.post("/approvals/on-call", data={"on_call": "true"})).status_code == 403


async def test_what_one_colleague_decided_is_no_news_for_the_others(
        world: World, browser: httpx.AsyncClient, enter: Enter) -> None:
    approval_id = await _asked(browser, world)
    await _agree(await enter("kim.tecint"), approval_id)
    assert 'class="count"' not in (await (await enter("luc.tecint")).get("/cameras")).text


async def test_where_nobody_else_may_agree_the_page_says_so(world: World, browser: httpx.AsyncClient) -> None:
    world.run("UPDATE users SET disabled_at = now() WHERE role = 'tecint'")
    assert "Niemand anders in deze zone kan ermee akkoord gaan" in (await browser.get(BROAD)).text


async def test_nobody_asks_in_anothers_name(world: World, browser: httpx.AsyncClient, enter: Enter) -> None:
    approval_id = await _refused(browser, world)
    tom = await enter("tom.wouters")
    for wanted in (approval_id, uuid4()):
        assert (await tom.post(f"/approvals/{wanted}/ask")).status_code == 404
    assert (await _agree(await enter("kim.tecint"), approval_id)).status_code == 422, "nobody asked yet"
    assert (await _agree(await enter("kim.tecint"), str(uuid4()))).status_code == 404
    assert world.audit("approval-asked") == []


async def test_a_program_is_told_the_id_asks_by_it_and_goes_on_when_a_person_agreed(
        world: World, asker: httpx.AsyncClient, enter: Enter) -> None:
    answer = await asker.get("/reads", params={"plate": "3A*", "limit": 5})
    refused = answer.json()
    assert (answer.status_code, refused["code"]) == (403, "needs-approval")
    assert sorted(refused) == ["approval_id", "code", "message"]
    assert "3A*" not in answer.text
    asked = await asker.post(f"/approvals/{refused['approval_id']}/ask", json={"remark": "nachtploeg"})
    assert (asked.status_code, asked.json()["state"]) == (200, "waiting")
    again = await asker.post(f"/approvals/{refused['approval_id']}/ask", json={})
    assert (again.status_code, again.json()["code"]) == (422, "bad-question")
    told = (await asker.get("/approvals")).json()
    assert told["waiting"] == []
    assert [item["remark"] for item in told["own"]] == ["nachtploeg"]

    kim = await enter("kim.tecint")
    waiting = (await kim.get("/api/v1/approvals")).json()["waiting"]
    assert [item["approval_id"] for item in waiting] == [refused["approval_id"]]
    decided = await kim.post(f"/api/v1/approvals/{refused['approval_id']}/decide", json={"agreed": True})
    assert (decided.status_code, decided.json()["state"], decided.json()["decider"]) == (200, "given", "Kim")
    assert plates(await asker.get("/reads", params={"plate": "3A*", "limit": 5})) == ["3ABC123"]
    assert world.run("SELECT address FROM notices WHERE kind = 'approval-given'") == [("/approvals",)]
