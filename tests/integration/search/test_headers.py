"""What every answer bears and every page leaves out: strict headers and cookies, no inline code, no other origin."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from search.app import create_app
from search.pages import rendering
from search.pages.links import STATIC, static_addresses
from services.images import Kind
from services.roles import Role
from services.settings import SearchSettings
from tests.integration.search import walking
from tests.integration.search.walking import NOBODY, Grounds, Sent, open_grounds, walk
from tests.integration.search.world import PASSWORD, World, draw_plate, put_image

TEMPLATES = sorted((Path(rendering.__file__).parent / "templates").glob("*.html"))
STRICT = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_ADDRESSES = frozenset({"href", "src", "srcset", "action", "formaction", "data", "poster", "background", "ping", "cite",
                        "manifest", "xlink:href", "hx-get", "hx-post", "hx-put", "hx-delete", "hx-push-url"})
_INLINE = re.compile(r"\son(?!e\b)\w+\s*=|\sstyle\s*=|<style|<script(?![^>]*\ssrc=)|javascript:|\|\s*safe|Markup\(",
                     re.IGNORECASE)
_DATA_BLOCK = re.compile(r'<script type="application/json"[^>]*>{{ (?:data|marks)_json\([^{}|]*\) \| safe }}</script>')
"""Data that a script reads, which no browser runs; what makes it writes no `<`."""

_NAMES_A_SCHEME = re.compile(r"^\s*(?://|\\|[a-z][a-z0-9+.-]*:)", re.IGNORECASE)


@dataclass(slots=True)
class Findings(HTMLParser):
    """Reads a page and collects what the strict policy would refuse, or what leads elsewhere."""

    problems: list[str] = field(default_factory=list)
    _in_script: bool = False

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        runs = tag == "script" and given.get("type") != "application/json"
        if tag in ("style", "base", "iframe", "object", "embed") or (runs and not given.get("src")):
            self.problems.append(f"<{tag}>")
        if tag == "meta" and "http-equiv" in given:
            self.problems.append(f"<meta http-equiv={given['http-equiv']}>")
        for name, value in attrs:
            if name.startswith(("on", "hx-on")) or name in ("style", "srcdoc") or "javascript:" in (value or ""):
                self.problems.append(f"<{tag} {name}=…>")
            # An `otpauth:` address is for the telephone's own application and leads to no site.
            if name in _ADDRESSES and _NAMES_A_SCHEME.match(value or "") and not (value or "").startswith("otpauth:"):
                self.problems.append(f"<{tag} {name}={value}>")


def problems_of(page: str) -> list[str]:
    reader = Findings()
    reader.feed(page)
    return reader.problems


@pytest_asyncio.fixture
async def grounds(app: FastAPI, world: World) -> AsyncIterator[Grounds]:
    async with open_grounds(app, world) as opened:
        yield opened


def missing(answer: httpx.Response) -> list[str]:
    """Return which strict headers an answer lacks, or bears twice; a file may allow nothing at all."""
    policies = answer.headers.get_list("content-security-policy")
    narrower = len(policies) == 1 and {"default-src 'none'", "sandbox"} <= set(policies[0].split("; ")) and not (
        re.search("self|unsafe|allow|http", policies[0]))
    return [name for name, value in STRICT.items() if answer.headers.get_list(name) != [value]
            and not (narrower and name == "content-security-policy")]


async def test_every_answer_of_every_route_is_strict_and_stored_nowhere(grounds: Grounds) -> None:
    seen, wrong = set(), []
    for number, (route, method) in enumerate(walk(grounds.app)):
        plausible = walking.address(route, grounds.values)
        hostile = walking.hostile_address(route, walking.HOSTILE_IN_PATH[number % len(walking.HOSTILE_IN_PATH)])
        body = (b"", "") if method in walking.SAFE else walking.plausible_body(route, grounds.values)
        for persona, sent in ((NOBODY, Sent(plausible)), (grounds.guest(route), Sent(plausible, *body)),
                              (grounds.guest(route), Sent(hostile)), (NOBODY, Sent(f"{plausible}/"))):
            answer = await grounds.send(persona, method, sent)
            seen.add(answer.status_code)
            wrong += [f"{method} {sent.target[:80]} {answer.status_code}: {name}" for name in missing(answer)]
    assert wrong == []
    assert {200, 303, 401, 404, 422} <= seen


async def test_failures_and_refusals_of_the_servers_own_are_strict_too(grounds: Grounds, world: World) -> None:
    tecint = grounds.hands.persona(Role.tecint)
    for method, sent, status in (
            ("TRACE", Sent("/reads"), 405), ("GET", Sent("/nowhere"), 404), ("GET", Sent("/api/v1/openapi.json"), 200),
            ("GET", Sent("/reads/"), 404), ("POST", Sent("/language", b"x" * 12_000_000, "text/plain"), 413),
            ("GET", Sent("/users"), 403)):
        answer = await grounds.send(tecint, method, sent)
        assert (answer.status_code, missing(answer)) == (status, []), sent.target
    world.run("ALTER TABLE plates RENAME TO elsewhere")
    answer = await grounds.send(tecint, "GET", Sent("/reads", query="plate=3ABC*"))
    assert (answer.status_code, missing(answer)) == (500, [])


async def test_files_and_pictures_are_strict_and_are_what_they_say(
        grounds: Grounds, world: World, images: Path) -> None:
    read_id = grounds.values["read_id"]
    world.run("UPDATE reads SET images = 3")
    ((found,),) = world.run("SELECT read_id FROM reads WHERE read_id = %s", read_id)
    for kind in Kind:
        put_image(images, found, kind, draw_plate("3-ABC-123"))  # type: ignore[arg-type]
    tecint = grounds.hands.persona(Role.tecint)
    page = (await grounds.send(tecint, "GET", Sent(f"/reads/{read_id}"))).text
    pictures = re.findall(r'src="(/reads/[^"]+/images/[^"]+)"', page)
    files = [*pictures, "/journeys.csv?plate=3ABC123", "/journeys.gpx?plate=3ABC123",
             f"/gateways/bree/rejects/{grounds.values['digest']}/file"]
    assert pictures
    for path in files:
        answer = await grounds.send(tecint, "GET", Sent(path.replace("&amp;", "&")))
        assert (answer.status_code, missing(answer)) == (200, []), path
        assert not answer.headers["content-type"].startswith("text/html")


async def test_static_files_are_strict_and_may_be_kept(grounds: Grounds) -> None:
    for name in ("styles/base.css", "scripts/keys.js", "icon.svg"):
        answer = await grounds.send(NOBODY, "GET", Sent(static_addresses()[name]))
        assert answer.status_code == 200
        assert missing(answer) == ["cache-control"]


def test_no_template_holds_inline_code_or_leads_elsewhere() -> None:
    for template in TEMPLATES:
        source = _DATA_BLOCK.sub("", template.read_text())
        assert _INLINE.findall(source) == [], template.name
        assert re.findall(r"(?:https?:|[\"'(]//)[^\s\"'<]*", source) in ([], ["http://www.w3.org/2000/svg"]), \
            template.name


def test_no_script_or_style_of_ours_runs_text_or_fetches_from_elsewhere() -> None:
    for file in _own_files():
        source = file.read_text().replace("http://www.w3.org/2000/svg", "")
        found = re.findall(r"https?://|@import|\beval\(|new Function|innerHTML|document\.write|insertAdjacentHTML",
                           source)
        assert found == [], file.name


def _own_files() -> Iterator[Path]:
    for ending in ("*.js", "*.css", "*.svg"):
        yield from sorted(STATIC.glob(ending))


async def test_no_page_that_any_route_shows_holds_inline_code_or_leads_elsewhere(grounds: Grounds) -> None:
    shown, wrong = 0, []
    for route, method in walk(grounds.app):
        plausible = walking.address(route, grounds.values)
        sent = Sent(plausible) if method in walking.SAFE else Sent(plausible, b"", "application/x-www-form-urlencoded")
        for persona in (grounds.guest(route), NOBODY):
            answer = await grounds.send(persona, method, sent)
            if answer.headers.get("content-type", "").startswith("text/html"):
                shown += 1
                wrong += [f"{method} {route.path}: {problem}" for problem in problems_of(answer.text)]
    assert wrong == []
    assert shown > 20


def test_a_page_that_would_break_the_policy_is_noticed() -> None:
    assert problems_of('<p style="x"><a href="//evil" onclick="x()"><script>1</script><img src="https://evil">') == [
        "<p style=…>", "<a href=//evil>", "<a onclick=…>", "<script>", "<img src=https://evil>"]
    assert problems_of('<a href="/reads?plate=a:b"><script src="/x.js"></script><form action="/login">') == []


@pytest.mark.parametrize("https", [True, False])
async def test_cookies_are_for_our_own_pages_alone_and_travel_encrypted(
        world: World, settings: SearchSettings, https: bool) -> None:
    app = create_app(settings.model_copy(update={"search_https": https}))
    address = f"http{'s' if https else ''}://zone"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=address) as client:
        answers = [await client.post("/login", data={"username": "an.peeters", "password": PASSWORD}),
                   await client.post("/language", data={"language": "fr"}), await client.post("/logout")]
        secured = (await client.get("/login")).headers
    await app.state.program.engine.dispose()
    cookies = [cookie for answer in answers for cookie in answer.headers.get_list("set-cookie")]
    assert len(cookies) >= 3
    for cookie in cookies:
        attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"httponly", "samesite=strict", "path=/"} <= attributes, cookie
        assert "domain" not in cookie.lower()
        assert ("secure" in attributes) is https, cookie
    assert ("strict-transport-security" in secured) is https
