"""Answers that are sent smaller: what, to whom, and what is never compressed."""

import gzip
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from search.compressing import LEAST_BYTES, Compressor
from search.pages.links import static_addresses
from services.clock import utc_now
from tests.integration.search.walking import NOBODY, Grounds, Sent, open_grounds
from tests.integration.search.world import World

OWN = {"Sec-Fetch-Site": "same-origin", "Accept-Encoding": "gzip, deflate, br"}


def encoding_of(answer: httpx.Response) -> str | None:
    """Return how an answer was compressed; None when it was not."""
    return answer.headers.get("content-encoding")


async def test_a_page_that_our_own_page_or_its_user_asks_for_comes_compressed_and_is_the_same(
        browser: httpx.AsyncClient, world: World) -> None:
    world.add_read("3ABC123", utc_now() - timedelta(hours=1), 1)
    for site in ("same-origin", "none"):
        smaller = await browser.get("/cameras", headers={**OWN, "Sec-Fetch-Site": site})
        plain = await browser.get("/cameras", headers={"Accept-Encoding": "identity", "Sec-Fetch-Site": site})
        assert (encoding_of(smaller), encoding_of(plain)) == ("gzip", None)
        assert smaller.text == plain.text
        assert int(smaller.headers["content-length"]) < len(plain.content) / 2
        assert "Sec-Fetch-Site" in smaller.headers["vary"]


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "Same-Origin "])
async def test_what_another_site_may_have_asked_for_is_never_compressed(
        browser: httpx.AsyncClient, site: str) -> None:
    headers = {"Accept-Encoding": "gzip", **({"Sec-Fetch-Site": site} if site else {})}
    answer = await browser.get("/cameras", headers=headers)
    assert answer.status_code == 200
    assert encoding_of(answer) is None


@pytest_asyncio.fixture
async def grounds(app: FastAPI, world: World) -> AsyncIterator[Grounds]:
    async with open_grounds(app, world) as opened:
        yield opened


async def test_styles_and_scripts_are_compressed_for_everybody_and_stay_what_they_are(grounds: Grounds) -> None:
    style = next(path for name, path in static_addresses().items() if name.endswith("base.css"))
    for path in (style, style, style.replace("base", "nowhere")):
        smaller = await grounds.send(NOBODY, "GET", Sent(path), {"Accept-Encoding": "gzip"})
        plain = await grounds.send(NOBODY, "GET", Sent(path), {"Accept-Encoding": "identity"})
        assert (smaller.status_code, smaller.content) == (plain.status_code, plain.content)
        assert encoding_of(smaller) == ("gzip" if plain.status_code == 200 else None)
        assert encoding_of(plain) is None
    assert (await grounds.send(NOBODY, "HEAD", Sent(style), {"Accept-Encoding": "gzip"})).content == b""


async def test_streams_pictures_and_what_is_short_pass_as_they_are() -> None:
    app = FastAPI()
    app.add_middleware(Compressor)
    kinds = {"/events": "text/event-stream", "/pieces": "text/html", "/picture": "image/jpeg"}

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * LEAST_BYTES

    for path, kind in kinds.items():
        app.add_api_route(path, lambda kind=kind: StreamingResponse(pieces(), media_type=kind))
    app.add_api_route("/short", lambda: httpx.__version__)
    app.add_api_route("/long", lambda: "x" * 100 * LEAST_BYTES)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone", headers=OWN) as client:
        for path in (*kinds, "/short"):
            answer = await client.get(path)
            assert (answer.status_code, encoding_of(answer)) == (200, None), path
        async with client.stream("GET", "/long") as answer:
            raw = b"".join([piece async for piece in answer.aiter_raw()])
    assert gzip.decompress(raw) == b'"' + b"x" * 100 * LEAST_BYTES + b'"'
