"""Around every request: a limit to what it holds, strict headers on its answer, no failure's text, no plate logged."""

import logging
import traceback
from time import monotonic

from fastapi import HTTPException, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search.refusals import refuse_failure, refuse_length
from services.documents import MOST_BYTES

_log = logging.getLogger(__name__)
_STATIC = "/static/"
LONGEST_BODY = 1024 * 1024
"""Bytes of one request."""

LONGEST_UPLOAD = 5 * MOST_BYTES
"""Bytes of a form with a file, which is read piece by piece; what is too much of it costs no memory."""

_POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
    "font-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"))
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_HTTPS_ONLY = f"max-age={2 * 365 * 24 * 3600}"


class Guard:
    """ASGI middleware; it stands outside everything but the server itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status, received, most = monotonic(), 0, 0, _most_of(scope)

        async def receive_bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise HTTPException(413)
            return message

        async def send_guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(scope, status, MutableHeaders(scope=message))
            await send(message)

        try:
            if _declared_length(scope) > most:
                await refuse_length(Request(scope, receive))(scope, receive, send_guarded)
            else:
                await self._app(scope, receive_bounded, send_guarded)
        except Exception as error:
            _log.error("%s in %s:\n%s", type(error).__name__, _template(scope), _where(error))
            if status:
                raise ConnectionAbortedError("the answer broke off") from None
            await refuse_failure(Request(scope, receive))(scope, receive, send_guarded)
        finally:
            _log.info("%s %s %d %.0f ms", scope["method"], _template(scope), status, (monotonic() - started) * 1000)


def _most_of(scope: Scope) -> int:
    is_upload = Headers(scope=scope).get("content-type", "").startswith("multipart/form-data")
    return LONGEST_UPLOAD if is_upload else LONGEST_BODY


def _declared_length(scope: Scope) -> int:
    """Return how long the body says it is, 0 when it says nothing that can be read; it is counted all the same."""
    text = Headers(scope=scope).get("content-length", "")
    return int(text[:20]) if text.isdecimal() and text.isascii() else 0


def _add_headers(scope: Scope, status: int, headers: MutableHeaders) -> None:
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)  # a document that somebody handed in has a stricter policy of its own
    if scope["app"].state.program.settings.search_https:
        headers["Strict-Transport-Security"] = _HTTPS_ONLY
    # A static file's address names its version; one that is not there may be there tomorrow.
    is_kept = scope["path"].startswith(_STATIC) and status in (200, 206, 304)
    headers.setdefault("Cache-Control", "public, max-age=31536000, immutable" if is_kept else "no-store")


def _template(scope: Scope) -> str:
    """Return the route's template: the path itself may hold what nobody may read in a log."""
    if scope["path"].startswith(_STATIC):
        return _STATIC
    return getattr(scope.get("route"), "path", "-")


def _where(error: Exception) -> str:
    """Return the places that an error came through, without its text, which may hold a plate."""
    return "".join(traceback.format_tb(error.__traceback__)).rstrip()
