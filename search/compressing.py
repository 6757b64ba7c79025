"""Answers smaller on their way out: pages and data where nobody else can have asked for them, files once and for all.

The length of what is compressed tells something of what it holds. Who sees the lengths of a colleague's answers and
can have their browser ask for what they like guesses a page letter by letter (BREACH: Gluck, Harris and Prado, 2013).
A page is therefore compressed only when the browser says that a page of ours or its user asked for it; no script can
say so.
"""

import gzip
from functools import lru_cache
from os import stat_result
from pathlib import Path

from anyio import to_thread
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import FileResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LEAST_BYTES = 1000
"""What is shorter fits into one packet either way."""

_OF_OUR_OWN = frozenset({"same-origin", "none"})
"""`Sec-Fetch-Site` (https://www.w3.org/TR/fetch-metadata/): one of our pages asked, or the user did by themselves."""
_TYPES = ("text/html", "text/css", "text/javascript", "application/javascript", "application/json",
          "application/geo+json", "image/svg+xml")
_PAGE_LEVEL, _FILE_LEVEL = 5, 9
_LONG_BYTES = 64 * 1024
"""Compressing more than this would hold up everybody else for a millisecond or more: it is done beside."""


class Compressor:
    """ASGI middleware; what comes in pieces, such as a stream of events, it lets pass as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not is_of_our_own(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        held: Message | None = None

        async def send_smaller(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start" and can_shrink(Headers(raw=message["headers"])):
                held = message
                return
            if held is not None:
                start, held = held, None
                message = await _shrink(MutableHeaders(raw=start["headers"]), message)
                await send(start)
            await send(message)

        await self._app(scope, receive, send_smaller)


class CompressedFiles(StaticFiles):
    """Static files: each is compressed when it is first asked for, and kept; they hold nothing of anybody."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file, smaller where the browser takes it so."""
        answer = await super().get_response(path, scope)
        if not (isinstance(answer, FileResponse) and scope["method"] == "GET" and _takes_gzip(Headers(scope=scope))
                and can_shrink(answer.headers) and isinstance(answer.stat_result, stat_result)):
            return answer
        content = await to_thread.run_sync(_compress_file, str(answer.path), answer.stat_result.st_mtime_ns)
        kept = {name: answer.headers[name] for name in ("etag", "last-modified") if name in answer.headers}
        return Response(content, media_type=answer.media_type,
                        headers={**kept, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"})


def is_of_our_own(headers: Headers) -> bool:
    """Tell whether a request takes a compressed answer, and no other site can have made it."""
    return headers.get("sec-fetch-site") in _OF_OUR_OWN and _takes_gzip(headers)


def can_shrink(headers: Headers) -> bool:
    """Tell whether an answer is text that is not compressed yet."""
    return headers.get("content-type", "").startswith(_TYPES) and "content-encoding" not in headers


def _takes_gzip(headers: Headers) -> bool:
    return "gzip" in headers.get("accept-encoding", "")


async def _shrink(headers: MutableHeaders, message: Message) -> Message:
    """Return the answer's body compressed, and say so in its `headers`; what is short or in pieces stays as it is."""
    headers.add_vary_header("Accept-Encoding, Sec-Fetch-Site")
    body = message.get("body", b"")
    if message.get("more_body") or len(body) < LEAST_BYTES:
        return message
    smaller = gzip.compress(body, _PAGE_LEVEL, mtime=0) if len(body) < _LONG_BYTES else \
        await to_thread.run_sync(gzip.compress, body, _PAGE_LEVEL)
    headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(smaller))
    return {**message, "body": smaller}


@lru_cache(maxsize=200)
def _compress_file(path: str, _changed_ns: int) -> bytes:
    return gzip.compress(Path(path).read_bytes(), _FILE_LEVEL, mtime=0)
