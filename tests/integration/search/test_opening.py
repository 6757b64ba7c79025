"""Who sees what of rejects and trial reads, route by route and role by role; nobody opens one without a trace."""

import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from services.clock import local_day, utc_now
from services.roles import Act, Role
from tests.integration.search.conftest import REASON
from tests.integration.search.test_audited_path import audited
from tests.integration.search.world import PASSWORD, World

PLATE = "7-XKV-938"
SHAPES = ("7-XKV-938", "7XKV938", "XKV")
ENVELOPE = b"topic: anpr/v1/bree/reads\n\n" + b'{"camera": "N73-4", "plate": "7-XKV-938"}'
OPENERS = {Role.tecint}
SEERS = {Role.tecint, Role.camera_manager, Role.integrator}
"""Who sees rejects and trial reads masked."""
REPLAYERS = {Role.integrator, Role.camera_manager, Role.technical_administrator}
OPENING = ("/gateways/bree/rejects/{digest}/message", "/gateways/bree/rejects/{digest}/file",
           "/api/v1/gateways/bree/rejects/{digest}", "/gateways/bree/trial/{digest}",
           "/api/v1/gateways/bree/trial/{digest}")
GATEWAYS = ("/gateways", "/gateways/bree", "/api/v1/gateways/bree")
MASKED = ("/gateways/bree/rejects", "/gateways/bree/rejects/{digest}", "/api/v1/gateways/bree/rejects")
MASKED_TRIALS = ("/gateways/bree/trial", "/api/v1/gateways/bree/trial")

LogIn = Callable[..., Awaitable[httpx.AsyncClient]]


@dataclass(frozen=True, slots=True)
class Sent:
    """What the gateway sent: one message refused, one shown as a trial."""

    reject: str
    trial: str

    def at(self, path: str) -> str:
        """Return a path with the digest that belongs there."""
        return path.replace("{digest}", self.trial if "/trial/" in path else self.reject)


@pytest.fixture
def now() -> datetime:
    return utc_now()


@pytest.fixture
def sent(world: World, now: datetime) -> Sent:
    return Sent(world.add_reject(ENVELOPE, now - timedelta(minutes=5)),
                world.add_trial(now - timedelta(minutes=4), plate="7XKV938", plate_raw=PLATE, make="7XKV938"))


@pytest_asyncio.fixture
async def log_in(app: FastAPI, world: World) -> AsyncIterator[LogIn]:
    """Log in with a role, in a browser or as a program (both at once), with or without a consultation."""
    clients: list[httpx.AsyncClient] = []

    async def log_in(role: Role, *, consultation: bool = False) -> httpx.AsyncClient:
        name = f"user.{role}"
        world.add_user(name, role, role.title())
        token = world.add_token(name, utc_now() + timedelta(days=1))
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone",
                                   event_hooks={"request": [_present(token)]})
        clients.append(client)
        assert (await client.post("/login", data={"username": name, "password": PASSWORD})).status_code == 303
        if consultation:
            assert (await client.post("/consultations", data=REASON)).status_code == 303
            opened = await client.post("/api/v1/consultations", json=REASON)
            client.headers["Consultation"] = opened.json()["consultation_id"]
        return client

    yield log_in
    for client in clients:
        await client.aclose()


def _present(token: str) -> Callable[[httpx.Request], Awaitable[None]]:
    async def present(request: httpx.Request) -> None:
        if request.url.path.startswith("/api/"):
            request.headers["Authorization"] = f"Bearer {token}"

    return present


def test_every_route_that_opens_something_is_asked_here(app: FastAPI) -> None:
    assert {path.replace("bree", "{name}") for path in OPENING} == audited(app, Act.open_rejects)


@pytest.mark.parametrize("role", sorted(OPENERS))
async def test_tecint_opens_under_a_consultation_and_leave_a_trace(
        log_in: LogIn, world: World, sent: Sent, role: Role) -> None:
    client = await log_in(role, consultation=True)
    for path in OPENING:
        answer = await client.get(sent.at(path))
        assert answer.status_code == 200, path
        assert any(shape in answer.text for shape in SHAPES), path
        assert answer.headers["cache-control"] == "no-store"
        row = world.audit()[-1]
        kind = "trial" if "/trial/" in path else "reject"
        assert row["action"] == f"{kind}-opened"
        assert row["username"] == f"user.{role}"
        assert row["consultation_id"] is not None
        assert row["result_count"] == 1
        assert isinstance(row["filters"], dict)
        assert (row["filters"]["gateway"], row["filters"]["digest"]) == ("bree", getattr(sent, kind))
        assert not any(shape in f"{row['question']} {row['filters']}" for shape in SHAPES)


@pytest.mark.parametrize("role", sorted(OPENERS))
async def test_even_they_open_nothing_without_a_consultation(
        log_in: LogIn, world: World, sent: Sent, role: Role) -> None:
    client = await log_in(role)
    for path in OPENING:
        answer = await client.get(sent.at(path))
        if path.startswith("/api/"):
            assert (answer.status_code, answer.json()["code"]) == (403, "no-consultation")
        else:
            assert answer.headers["location"].startswith("/consultations/new?next=%2Fgateways%2Fbree%2F")
        assert world.audit()[-1]["action"] == "denied"
        assert not any(shape in answer.text for shape in SHAPES)


@pytest.mark.parametrize("role", sorted(set(Role) - OPENERS))
async def test_nobody_else_opens_anything_whatever_they_state(
        log_in: LogIn, world: World, sent: Sent, role: Role) -> None:
    client = await log_in(role, consultation=role in {Role.investigator, Role.dispatcher})
    for path in OPENING:
        answer = await client.get(sent.at(path))
        assert answer.status_code == 403, path
        assert not any(shape in answer.text for shape in SHAPES)
        row = world.audit()[-1]
        assert (row["action"], row["username"]) == ("denied", f"user.{role}")


@pytest.mark.parametrize("role", sorted(Role))
async def test_what_is_masked_holds_no_plate_and_offers_what_the_role_may_do(
        log_in: LogIn, sent: Sent, role: Role) -> None:
    client = await log_in(role)
    for path in (*GATEWAYS, *MASKED):
        answer = await client.get(sent.at(path))
        sees = role in SEERS if path in MASKED else role is not Role.auditor
        assert answer.status_code == (200 if sees else 403), path
        assert not any(shape in answer.text for shape in SHAPES), path
    if role not in SEERS:
        return
    page = (await client.get(sent.at("/gateways/bree/rejects/{digest}"))).text
    assert ("Bericht openen" in page, "Opnieuw verwerken" in page) == (role in OPENERS, role in REPLAYERS)
    assert "9-AAA-999" in page


@pytest.mark.parametrize("role", sorted(Role))
async def test_trial_reads_are_listed_masked_for_who_looks_after_gateways(
        log_in: LogIn, world: World, sent: Sent, role: Role) -> None:
    world.run("UPDATE gateways SET state = 'proef' WHERE name = 'bree'")
    client = await log_in(role)
    sees = role in SEERS
    for path in MASKED_TRIALS:
        answer = await client.get(path)
        assert answer.status_code == (200 if sees else 403)
        assert ("9AAA999" in answer.text) == sees
        assert not any(shape in answer.text for shape in SHAPES)
    gateway = (await client.get("/gateways/bree")).text
    assert ("9AAA999" in gateway) == sees, "also on the gateway's own page"
    assert not any(shape in gateway for shape in SHAPES)


@pytest.mark.parametrize("role", sorted(Role))
async def test_a_replay_is_asked_by_those_who_may_and_leaves_a_trace(
        log_in: LogIn, world: World, sent: Sent, now: datetime, role: Role) -> None:
    world.add_reject(ENVELOPE, now - timedelta(days=2))
    world.add_reject(ENVELOPE, now - timedelta(days=2), "not-json")
    client = await log_in(role)
    asked = [await client.post("/gateways/bree/rejects/replay", data={"digest": sent.reject, "next": "/gateways/bree"}),
             await client.post("/api/v1/gateways/bree/rejects/replay", json={"reason": "unknown-camera"})]
    waiting = world.run("SELECT count(*) FROM rejects WHERE replay_asked_at IS NOT NULL")
    if role not in REPLAYERS:
        assert [answer.status_code for answer in asked] == [403, 403]
        assert waiting == [(0,)]
        assert world.audit("replay-asked") == []
        return
    assert (asked[0].status_code, asked[0].headers["location"]) == (303, "/gateways/bree")
    assert asked[1].json() == {"asked": 1, "waiting": 2}
    assert waiting == [(2,)]
    rows = world.audit("replay-asked")
    assert [(row["username"], row["result_count"]) for row in rows] == [(f"user.{role}", 1), (f"user.{role}", 1)]
    assert rows[1]["question"] == "gateway bree: 1 afgekeurde berichten opnieuw te verwerken (unknown-camera)"


async def test_nobody_sees_or_asks_anything_without_logging_in(
        visitor: httpx.AsyncClient, world: World, sent: Sent) -> None:
    for path in (*OPENING, *GATEWAYS, *MASKED, *MASKED_TRIALS):
        answer = await visitor.get(sent.at(path))
        assert answer.status_code == (401 if path.startswith("/api/") else 303)
    assert (await visitor.post("/api/v1/gateways/bree/rejects/replay", json={"reason": "x"})).status_code == 401
    assert (await visitor.post("/gateways/bree/rejects/replay", data={"reason": "x"})).headers["location"] == "/login"
    assert world.audit() == []


async def test_a_message_is_shown_as_it_was_sent_and_does_nothing(log_in: LogIn, world: World, now: datetime) -> None:
    sent = b"POST /push/bree\ncontent-type: text/xml\n\n<script>alert(1)</script>\xff\x00\xe2\x80\xae" + b"x" * 30_000
    digest = world.add_reject(sent, now, "not-xml")
    client = await log_in(Role.tecint, consultation=True)
    page = await client.get(f"/gateways/bree/rejects/{digest}/message")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}" in page.text
    assert "\u202e" not in page.text
    assert "Alleen het begin wordt getoond" in page.text
    assert "x" * 20_001 not in page.text
    file = await client.get(f"/gateways/bree/rejects/{digest}/file")
    assert file.content == sent
    assert file.headers["content-disposition"] == f'attachment; filename="bree-{digest[:12]}.http"'
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["x-content-type-options"] == "nosniff"
    told = (await client.get(f"/api/v1/gateways/bree/rejects/{digest}")).json()
    assert base64.b64decode(told["content"]) == sent
    assert told["file"].endswith(".http")
    assert [row["filters"]["as_file"] for row in world.audit("reject-opened")] == [False, True, False]  # type: ignore[index]


async def test_a_message_that_is_not_kept_says_so(log_in: LogIn, world: World, now: datetime) -> None:
    digest = world.add_reject(None, now, "too-old", excerpt="")
    client = await log_in(Role.tecint, consultation=True)
    page = await client.get(f"/gateways/bree/rejects/{digest}/message")
    assert "Wat gestuurd werd, is niet bewaard" in page.text
    assert world.audit()[-1]["result_count"] == 0
    assert (await client.get(f"/gateways/bree/rejects/{digest}/file")).status_code == 404
    assert "Opnieuw verwerken" not in (await client.get(f"/gateways/bree/rejects/{digest}")).text


async def test_what_was_captured_longer_ago_than_the_purpose_sees_is_withheld(
        log_in: LogIn, world: World, now: datetime) -> None:
    old = now - timedelta(days=60)
    reject = world.add_reject(ENVELOPE, now, captured_at=old)
    trial = world.add_trial(now, plate="7XKV938", captured_at=old.isoformat())
    client = await log_in(Role.tecint, consultation=True)
    sent = Sent(reject, trial)
    for path in OPENING:
        answer = await client.get(sent.at(path), headers={"Accept-Language": "nl"})
        assert answer.status_code == 404
        assert "procureur des Konings" in answer.text
        assert not any(shape in answer.text for shape in SHAPES)
        assert world.audit()[-1]["decision"]["withheld"] is True  # type: ignore[index]


async def test_what_has_expired_or_never_was_is_not_found(log_in: LogIn, world: World, now: datetime) -> None:
    expired = Sent(world.add_reject(ENVELOPE, now - timedelta(days=31)), world.add_trial(now - timedelta(days=8)))
    client = await log_in(Role.tecint, consultation=True)
    before = len(world.audit())
    for path in (*OPENING, "/gateways/bree/rejects/{digest}"):
        for address in (expired.at(path), path.replace("{digest}", "ab" * 16), path.replace("{digest}", "3ABC123"),
                        expired.at(path).replace("bree", "nowhere")):
            assert (await client.get(address)).status_code == 404, address
    assert len(world.audit()) == before
    other = world.add_reject(ENVELOPE, now, gateway_id=0)
    assert (await client.get(f"/gateways/bree/rejects/{other}/message")).status_code == 404
    assert (await client.get(f"/gateways/(unknown)/rejects/{other}/message")).status_code == 200


async def test_rejects_are_listed_newest_first_filtered_and_page_by_page(
        log_in: LogIn, world: World, now: datetime) -> None:
    made = [world.add_reject(ENVELOPE, now - timedelta(hours=number), "not-json" if number % 3 else "unknown-camera")
            for number in range(9)]
    old = world.add_reject(ENVELOPE, now - timedelta(days=3), replay_outcome="taken", replayed_at=now)
    client = await log_in(Role.camera_manager)

    async def names(**asked: object) -> list[str]:
        answer = await client.get("/api/v1/gateways/bree/rejects", params=asked)  # type: ignore[arg-type]
        assert answer.status_code == 200, answer.text
        return [item["digest"] for item in answer.json()["items"]]

    assert await names() == [*made, old]
    assert await names(reason="unknown-camera", state="open") == made[::3]
    assert await names(state="taken") == [old]
    assert await names(state="waiting") == []
    assert await names(day=local_day(now - timedelta(days=3)).isoformat()) == [old]
    first = (await client.get("/api/v1/gateways/bree/rejects", params={"limit": 4})).json()
    rest = await names(limit=100, after=first["next"])
    assert [item["digest"] for item in first["items"]] + rest == [*made, old]
    item = first["items"][0]
    assert (item["reason"], item["state"]) == ("unknown-camera", "open")
    assert "give it the camera" in item["advice"]


@pytest.mark.parametrize("asked", [
    {"day": "gisteren"}, {"day": "0001-01-01"}, {"day": "9999-12-31"}, {"reason": "3-ABC-123 "}, {"state": "x"},
    {"plate": "3ABC123"}, {"after": "x"}, {"after": "99999999999999-" + "a" * 31}, {"limit": 0}])
async def test_a_list_that_cannot_be_asked_for_is_refused_with_what_helps(
        log_in: LogIn, world: World, asked: dict[str, str]) -> None:
    client = await log_in(Role.integrator)
    answer = await client.get("/api/v1/gateways/bree/rejects", params=asked)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-question")


async def test_a_replay_names_either_a_reason_or_one_message(log_in: LogIn, world: World, sent: Sent) -> None:
    client = await log_in(Role.integrator)
    for body in ({}, {"reason": "not-json", "digest": sent.reject}, {"digest": "3ABC123"}):
        assert (await client.post("/api/v1/gateways/bree/rejects/replay", json=body)).status_code == 422
    answer = await client.post("/api/v1/gateways/nowhere/rejects/replay", json={"reason": "not-json"})
    assert answer.status_code == 404
    assert world.audit("replay-asked") == []


async def test_the_list_says_how_many_wait_and_pages_go_on(log_in: LogIn, world: World, now: datetime) -> None:
    for number in range(60):
        world.add_reject(ENVELOPE, now - timedelta(minutes=number))
    client = await log_in(Role.camera_manager)
    page = (await client.get("/gateways/bree/rejects?reason=unknown-camera")).text
    assert "Onbekende camera<strong>60</strong>" in page
    assert "Alle met deze reden opnieuw verwerken" in page
    following = page.split('class="onward"><a class="button" href="')[1].split('"')[0].replace("&amp;", "&")
    assert (await client.get(following)).text.count('outcome-open') == 10
    await client.post("/gateways/bree/rejects/replay", data={"reason": "unknown-camera"})
    assert "60 afgekeurde berichten wachten" in (await client.get("/gateways/bree/rejects")).text
