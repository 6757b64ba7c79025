"""Attacks on every route at once: foreign forms, planted code, open redirects, odd addresses, bodies and headers."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from urllib.parse import quote, urlencode

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from fastapi.routing import APIRoute

from search.access import SESSION_COOKIE
from search.guard import LONGEST_BODY
from search.pages.links import static_addresses, static_version
from services.clock import utc_now
from services.roles import ALLOWED, Role
from services.sessions import token_hash
from tests.integration.search import walking
from tests.integration.search.test_headers import problems_of
from tests.integration.search.walking import NOBODY, SAFE, Grounds, Sent, act_of, open_grounds, walk
from tests.integration.search.world import PASSWORD, World

FORM = "application/x-www-form-urlencoded"
FOREIGN = ({"Origin": "https://evil.example"}, {"Origin": "http://zone.evil.example"}, {"Origin": "http://zone:8080"},
           {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example/zone"},
           {"Sec-Fetch-Site": "cross-site", "Origin": "http://zone"}, {"Sec-Fetch-Site": "nonsense"})
ELSEWHERE = ("//evil.example", "\\\\evil.example", "/\\evil.example", "/\\/evil.example", "https:evil.example",
             "https://evil.example", "///evil.example", "/\t/evil.example", "/%09/evil.example", "/%2f%2fevil.example",
             "/%5cevil.example", "javascript:alert(1)", "/\n/evil.example", "http:///evil.example", "/.//evil.example",
             "/..//evil.example", "//evil%E3%80%82example", "/reads@evil.example", "evil.example", "?//evil.example",
             "/\u2028/evil.example", "/\uff0fevil.example", "data:text/html,x", " //evil.example")
PLANTED = "zq{{7*7}}${7*7}<script>zq1</script>\"'><img src=x onerror=zq2>"
REFUSED = range(400, 500)


@pytest_asyncio.fixture
async def grounds(app: FastAPI, world: World) -> AsyncIterator[Grounds]:
    async with open_grounds(app, world) as opened:
        yield opened


def changes(grounds: Grounds) -> Iterator[tuple[APIRoute, str, Sent]]:
    """Yield every route that changes something, with a request that does."""
    for route, method in walk(grounds.app):
        if method not in SAFE:
            yield route, method, Sent(walking.address(route, grounds.values),
                                      *walking.plausible_body(route, grounds.values))


async def test_no_route_takes_a_change_from_another_sites_page(grounds: Grounds, world: World) -> None:
    tried = 0
    for number, (route, method, sent) in enumerate(changes(grounds)):
        guest = grounds.guest(route)
        before = world.run("SELECT count(*) FROM audit")
        for headers in (FOREIGN[number % len(FOREIGN)], FOREIGN[(number + 3) % len(FOREIGN)]):
            answer = await grounds.send(guest, method, sent, headers)
            assert answer.status_code == 403, f"{method} {route.path} {headers}"
            assert "set-cookie" not in answer.headers
            tried += 1
        assert world.run("SELECT count(*) FROM audit") == before, f"{method} {route.path}"
    assert tried > 20


async def test_behind_https_a_page_without_an_origin_changes_nothing(grounds: Grounds) -> None:
    program = grounds.app.state.program
    object.__setattr__(program, "settings", program.settings.model_copy(update={"search_https": True}))
    for route, method, sent in changes(grounds):
        answer = await grounds.send(grounds.guest(route), method, sent, {"Origin": "null"})
        assert answer.status_code == 403, f"{method} {route.path}"


async def test_reading_changes_nothing_whatever_method_a_header_or_field_names(grounds: Grounds, world: World) -> None:
    overrides = {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "DELETE", "X-Method-Override": "PUT"}
    investigator = grounds.hands.persona(Role.investigator)
    for path in ("/logout", "/consultations/end", "/language", "/gateways/bree/rejects/replay"):
        for method in ("GET", "HEAD"):
            answer = await grounds.send(investigator, method, Sent(path, query="_method=POST"), overrides)
            assert answer.status_code in REFUSED, path
    assert grounds.hands.has_session(investigator)
    assert world.run("SELECT count(*) FROM consultations WHERE ended_at IS NOT NULL") == [(0,)]


async def test_a_session_that_was_planted_before_the_log_in_is_not_the_one_after_it(
        world: World, visitor: httpx.AsyncClient) -> None:
    planted = "planted-by-somebody-else-before-the-log-in"
    answer = await visitor.post("/login", data={"username": "an.peeters", "password": PASSWORD},
                                headers={"Cookie": f"{SESSION_COOKIE}={planted}"})
    assert answer.status_code == 303
    assert answer.cookies[SESSION_COOKIE] not in ("", planted)
    assert world.run("SELECT 1 FROM sessions WHERE token_hash = %s", token_hash(planted)) == []
    visitor.cookies.clear()
    reused = await visitor.get("/reads", headers={"Cookie": f"{SESSION_COOKIE}={planted}"})
    assert reused.headers["location"].startswith("/login")


async def test_two_log_ins_have_two_secrets_and_one_that_ended_opens_nothing(
        world: World, visitor: httpx.AsyncClient) -> None:
    secrets = []
    for _ in range(2):
        visitor.cookies.clear()
        answer = await visitor.post("/login", data={"username": "an.peeters", "password": PASSWORD})
        secrets.append(answer.cookies[SESSION_COOKIE])
    assert secrets[0] != secrets[1]
    assert all(len(secret) >= 40 for secret in secrets)
    await visitor.post("/logout")
    visitor.cookies.clear()
    ended = await visitor.get("/cameras", headers={"Cookie": f"{SESSION_COOKIE}={secrets[1]}"})
    assert ended.headers["location"].startswith("/login")


async def test_what_somebody_typed_is_text_on_every_page_that_shows_it(app: FastAPI, world: World) -> None:
    world.run("UPDATE cameras SET name = %s, road = %s, direction = %s", PLANTED, PLANTED[:60], PLANTED)
    async with open_grounds(app, world, said=PLANTED) as grounds:
        typed = {**grounds.values, **dict.fromkeys(
            ("reason", "remark", "display_name", "magistrate", "document", "finding", "note"), PLANTED),
            "file_number": f"7 {PLANTED}"[:60], "reference": PLANTED[:60]}
        shown = set()
        for route, method, _ in changes(grounds):
            sent = Sent(walking.address(route, grounds.values), *walking.plausible_body(route, typed))
            answer = await grounds.send(grounds.guest(route), method, sent)
            shown |= _shown(answer, f"{method} {route.path}")
        query = urlencode(dict.fromkeys(("plate", "from", "camera", "next", "reason", "q", "user"), PLANTED))
        for route, method in walk(app):
            able = [role for role in Role if act_of(route) in ALLOWED[role]]
            for persona in (grounds.guest(route), *map(grounds.persona, able[-1:])) if method == "GET" else ():
                for sent in (Sent(walking.address(route, grounds.values)),
                             Sent(walking.address(route, grounds.values), query=query)):
                    shown |= _shown(await grounds.send(persona, method, sent), f"{method} {route.path}")
    assert {"GET /cameras", "GET /reads/{read_id}", "GET /gateways/{name}/rejects"} <= shown


def _shown(answer: httpx.Response, place: str) -> set[str]:
    """Check that a page shows what was planted as it was typed; return the place where it does."""
    assert answer.status_code < 500, place
    if not answer.headers.get("content-type", "").startswith("text/html") or "zq" not in answer.text:
        return set()
    assert "<script>zq1" not in answer.text, place
    assert "<img src=x" not in answer.text, place
    assert "zq49" not in answer.text, place
    assert problems_of(answer.text) == [], place
    return {place} if "{{7*7}}" in answer.text else set()


async def test_no_address_to_go_on_to_leads_to_another_site(grounds: Grounds) -> None:
    followed = 0
    for number, (route, method) in enumerate(walk(grounds.app)):
        tried = ELSEWHERE if route.path in ("/login", "/language", "/consultations") else [
            ELSEWHERE[(2 * number + step) % len(ELSEWHERE)] for step in range(2)]
        for wanted in tried:
            values = {**grounds.values, "next": wanted, "following": wanted, "return": wanted, "url": wanted}
            query = urlencode(dict.fromkeys(("next", "following", "return_to", "redirect_uri", "url"), wanted))
            body = (b"", "") if method in SAFE else walking.plausible_body(route, values)
            answer = await grounds.send(grounds.guest(route), method,
                                        Sent(walking.address(route, grounds.values), *body, query))
            followed += "location" in answer.headers
            assert _stays(answer.headers.get("location", "/")), f"{method} {route.path}: {wanted!r}"
            for given in re.findall(r'name="next" value="([^"]*)"', answer.text):
                assert _stays(given) or given == "", f"{method} {route.path}: {wanted!r} in a form"
    assert followed > 10


def _stays(location: str) -> bool:
    """Tell whether a browser that is told to go there stays with us, whatever it makes of odd signs."""
    plain = re.sub(r"[\t\r\n]", "", location).strip().replace("\\", "/")
    return plain.startswith("/") and not plain.startswith("//") and httpx.URL("http://zone/").join(plain).host == "zone"


async def test_the_host_that_a_request_names_is_repeated_nowhere(grounds: Grounds) -> None:
    for route, method in walk(grounds.app):
        path = walking.address(route, grounds.values)
        for persona, target in ((NOBODY, path), (grounds.guest(route), path), (NOBODY, f"{path}/")):
            if method in SAFE:
                answer = await grounds.send(persona, method, Sent(target), {
                    "Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher",
                    "X-Original-URL": "/users", "X-Rewrite-URL": "/users"})
                told = answer.text + str(answer.headers)
                assert "evil.example" not in told, f"{method} {target}"
                assert "gopher" not in told, f"{method} {target}"


@pytest.mark.parametrize("path", [
    "%2e%2e/app.py", "..%2fapp.py", "....//app.py", "%2e%2e%2f%2e%2e%2fapp.py", "..%5capp.py", "/etc/passwd",
    "%2fetc%2fpasswd", "vendor/..%2f..%2fapp.py", "styles/base.css%00.js", "a/" * 3000, "\u202e", "x" * 5000, "",
    "vendor/", "../", ".."])
async def test_static_files_lie_in_their_folder_and_nowhere_else(visitor: httpx.AsyncClient, path: str) -> None:
    answer = await visitor.get(f"/static/{static_version()}/{path}")
    assert answer.status_code in REFUSED
    assert "create_app" not in answer.text
    assert "root:" not in answer.text


@pytest.mark.parametrize("kind", ["..%2f..%2fplate", "plate%00", "%2e%2e", "PLATE", "plate.jpg", "1", "/etc/passwd"])
async def test_pictures_lie_in_their_store_and_nowhere_else(grounds: Grounds, kind: str) -> None:
    persona = grounds.hands.persona(Role.investigator)
    for grant in ("", "x", "A" * 56, "../../", "\u20ac", "=" * 5000):
        path = f"/reads/{grounds.values['read_id']}/images/{kind}"
        answer = await grounds.send(persona, "GET", Sent(path, query=urlencode({"grant": grant})))
        assert answer.status_code in REFUSED


async def test_no_file_is_named_by_what_somebody_typed(app: FastAPI, world: World) -> None:
    said = 'x"; filename=evil.exe\r\nSet-Cookie: a=b; ../../\u202egpj.exe'
    found = []
    async with open_grounds(app, world, said=said) as grounds:
        for route, method in walk(app):
            if method != "GET":
                continue
            for query in ("plate=3ABC123", ""):
                answer = await grounds.send(grounds.guest(route), method,
                                            Sent(walking.address(route, grounds.values), query=query))
                assert "set-cookie" not in answer.headers, route.path
                if disposition := answer.headers.get("content-disposition"):
                    found.append(disposition)
    assert len(found) > 2
    for disposition in found:
        plain = r"inline|attachment; filename=\"[\w .()-]{1,120}\"(; filename\*=UTF-8''[\w.%()~-]+)?"
        assert re.fullmatch(plain, disposition, re.ASCII), disposition
        assert not re.search(r"\.(exe|html?|svg|js)\"", disposition)


async def test_no_body_however_odd_makes_a_route_fail(grounds: Grounds) -> None:
    for number, (route, method, sent) in enumerate(changes(grounds)):
        for body in walking.hostile_bodies(route)[number % 2::2]:
            answer = await grounds.send(grounds.guest(route), method, Sent(sent.path, *body))
            assert answer.status_code < 500, f"{method} {route.path} {body[0][:60]!r}"


async def test_no_address_however_odd_makes_a_route_fail(grounds: Grounds) -> None:
    for route, method in walk(grounds.app):
        tried = walking.HOSTILE_IN_PATH if "{" in route.path and method in SAFE else ()
        for value in tried:
            answer = await grounds.send(grounds.guest(route), method, Sent(walking.hostile_address(route, value)))
            assert answer.status_code in REFUSED, f"{method} {route.path} {value[:60]}"


async def test_no_question_however_odd_makes_a_route_fail(grounds: Grounds) -> None:
    keys = ("plate", "from", "until", "after", "camera", "limit", "alike", "level", "speed", "direction", "reason",
            "day", "state", "by", "period", "user", "action", "month", "hours", "page", "grant", "country", "similar")
    for turn, (route, method) in enumerate(walk(grounds.app)):
        if method != "GET":
            continue
        path = walking.address(route, grounds.values)
        hostile = (*(quote(value[:2000]) for value in walking.HOSTILE), "%ED%A0%80%FF", "%", "", "[]", "٣٤", "1" * 19)
        for number, value in enumerate(hostile[turn % 2::2]):  # every other value, by turns
            query = ("&".join(f"{key}={value}" for key in keys), f"plate=3ABC123&from={value}&until={value}",
                     f"plate=3ABC123&camera={value}&after={value}")[number % 3]
            answer = await grounds.send(grounds.guest(route), method, Sent(path, query=query))
            assert answer.status_code < 500, f"GET {route.path}?{query[:100]}"


async def test_too_much_of_anything_is_refused(grounds: Grounds) -> None:
    many = "&".join(f"plate={number}" for number in range(5000))
    for route, method in walk(grounds.app):
        path, guest = walking.address(route, grounds.values), grounds.guest(route)
        if method == "GET":
            answer = await grounds.send(guest, method, Sent(path, query=many))
            assert answer.status_code < 500, f"GET {route.path} with many parameters"
            continue
        fields = "&".join(f"f{number}=1" for number in range(3000)).encode()
        deep = b'{"settings": ' + b'{"a": ' * 50_000 + b"1" + b"}" * 50_001
        digits = b'{"a": ' + b"9" * 100_000 + b"}"
        for body in ((fields, FORM), (deep, "application/json"), (digits, "application/json")):
            answer = await grounds.send(guest, method, Sent(path, *body))
            assert answer.status_code < 500, f"{method} {route.path} {body[0][:20]!r}"
    for path in ("/login", "/api/v1/consultations"):
        answer = await grounds.send(NOBODY, "POST", Sent(path, b"x" * (LONGEST_BODY + 1), "application/json"))
        assert answer.status_code == 413, path


async def test_a_body_that_does_not_tell_its_length_is_cut_off(visitor: httpx.AsyncClient) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 10 * LONGEST_BODY:
            sent += 1_000_000
            yield b"x" * 1_000_000

    for path, kind in (("/login", FORM), ("/api/v1/consultations", "application/json")):
        sent = 0
        answer = await visitor.post(path, content=endless(), headers={"Content-Type": kind})
        assert answer.status_code in REFUSED
        assert sent < 2 * LONGEST_BODY


ODD_HEADERS: tuple[dict[str, str | bytes], ...] = (
    {"Authorization": "Bearer " + "x" * 200_000}, {"Authorization": "Bearer \u20ac".encode()},
    {"Authorization": "Bearer"},
    {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer a b c"}, {"Cookie": f"{SESSION_COOKIE}=\xff".encode()},
    {"Cookie": f"{SESSION_COOKIE}={'x' * 200_000}"}, {"Cookie": "=;;=" * 5000},
    {"Accept-Language": "nl;q=" + "9" * 5000},
    {"Accept-Language": ",".join(["xx;q=nan"] * 5000)}, {"Consultation": "x" * 5000}, {"Consultation": "\xff".encode()},
    {"Content-Type": "multipart/form-data; boundary=" + "x" * 5000}, {"Content-Type": "application/json; charset=nope"},
    {"Content-Length": "-1"}, {"Content-Length": "9" * 30}, {"Origin": "null\x7f"}, {"Origin": "http://[::1"},
    {"Host": "[::1"}, {"Host": ""}, {"Range": "bytes=0-,0-,0-"}, {"If-Modified-Since": "never"})


async def test_no_header_however_odd_makes_a_route_fail(grounds: Grounds) -> None:
    persona = grounds.hands.persona(Role.tecint)
    for headers in ODD_HEADERS:
        given = [(name.encode(), value if isinstance(value, bytes) else value.encode())
                 for name, value in {**persona.headers, **headers}.items()]
        for method, path in (("GET", "/reads"), ("GET", "/api/v1/reads"), ("POST", "/login"),
                             ("GET", static_addresses()["styles/base.css"]), ("POST", "/api/v1/consultations"),
                             ("POST", "/language"), ("POST", "/look")):
            grounds.client.cookies.clear()
            answer = await grounds.client.request(method, path, headers=given)
            assert answer.status_code < 500, f"{method} {path} {str(headers)[:80]}"


async def test_a_token_counts_in_its_header_alone(grounds: Grounds) -> None:
    token = grounds.hands.persona(Role.tecint, scope=frozenset({"see-cameras"})).token  # type: ignore[arg-type]
    assert token
    good = await grounds.client.get("/api/v1/cameras", headers={"Authorization": f"Bearer {token}"})
    assert good.status_code == 200
    for key in ("access_token", "token", "bearer", "Authorization", "authorization", "api_key", SESSION_COOKIE):
        assert (await grounds.client.get("/api/v1/cameras", params={key: token})).status_code == 401
        assert (await grounds.client.get("/api/v1/cameras", params={key: f"Bearer {token}"})).status_code == 401
    for headers in ({"Cookie": f"{SESSION_COOKIE}={token}"}, {"X-Api-Key": token}, {"Authorization": f"Basic {token}"},
                    {"Authorization": token}, {"Proxy-Authorization": f"Bearer {token}"}):
        assert (await grounds.client.get("/api/v1/cameras", headers=headers)).status_code == 401


async def test_a_sessions_secret_is_no_token_and_what_the_store_keeps_opens_nothing(
        grounds: Grounds, world: World) -> None:
    persona = grounds.hands.persona(Role.tecint)
    ((kept,),) = world.run("SELECT encode(token_hash, 'hex') FROM sessions WHERE user_id = %s", persona.user_id)
    for secret in (persona.cookie, kept):
        answer = await grounds.client.get("/api/v1/cameras", headers={"Authorization": f"Bearer {secret}"})
        assert answer.status_code == 401
    answer = await grounds.client.get("/cameras", headers={"Cookie": f"{SESSION_COOKIE}={kept}"})
    assert answer.status_code == 303


async def test_a_token_ends_with_its_user_its_end_or_its_owners_wish(grounds: Grounds, world: World) -> None:
    for ending in ("UPDATE users SET disabled_at = now() WHERE user_id = %s",
                   "UPDATE api_tokens SET ended_at = now() WHERE user_id = %s",
                   "UPDATE api_tokens SET expires_at = now() WHERE user_id = %s"):
        persona = grounds.hands.persona(Role.tecint, scope=frozenset({"see-cameras"}))  # type: ignore[arg-type]
        assert (await grounds.send(persona, "GET", Sent("/api/v1/cameras"))).status_code == 200
        world.run(ending, persona.user_id)
        assert (await grounds.send(persona, "GET", Sent("/api/v1/cameras"))).status_code == 401, ending


async def test_a_session_ends_with_its_user(grounds: Grounds, world: World) -> None:
    persona = grounds.hands.persona(Role.tecint)
    assert (await grounds.send(persona, "GET", Sent("/cameras"))).status_code == 200
    world.run("UPDATE users SET disabled_at = now() WHERE user_id = %s", persona.user_id)
    assert (await grounds.send(persona, "GET", Sent("/cameras"))).status_code == 303


async def test_a_role_that_was_taken_away_takes_its_acts_with_it_at_once(grounds: Grounds, world: World) -> None:
    session, token = grounds.hands.persona(Role.tecint), grounds.hands.persona(Role.tecint, scope=frozenset(
        {"ask-reads", "see-cameras"}))  # type: ignore[arg-type]
    world.run("UPDATE users SET role = 'technical-administrator' WHERE user_id = ANY(%s)",
              [session.user_id, token.user_id])
    assert (await grounds.send(session, "GET", Sent("/reads"))).status_code == 403
    assert (await grounds.send(token, "GET", Sent("/api/v1/reads"))).status_code == 403


async def test_nobody_uses_another_users_consultation(grounds: Grounds) -> None:
    """IDOR: the id of a colleague's open consultation is worth nothing."""
    foreign = grounds.values["consultation_id"]
    persona = grounds.hands.persona(Role.investigator, scope=frozenset({"ask-reads"}))  # type: ignore[arg-type]
    answer = await grounds.send(persona, "GET", Sent("/api/v1/reads", query="plate=3ABC123"), {"Consultation": foreign})
    assert (answer.status_code, answer.json()["code"]) == (403, "no-consultation")


async def test_a_session_does_not_outlive_its_hours(grounds: Grounds, world: World) -> None:
    persona = grounds.hands.persona(Role.tecint)
    world.run("UPDATE sessions SET expires_at = %s WHERE user_id = %s", utc_now() - timedelta(seconds=1),
              persona.user_id)
    assert (await grounds.send(persona, "GET", Sent("/cameras"))).headers["location"].startswith("/login")
