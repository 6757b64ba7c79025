"""Around every request: strict headers on the answer, no failure's text outside, and log lines without a plate."""

import logging
import traceback
from time import monotonic

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search.refusals import refuse_failure

_log = logging.getLogger(__name__)
_STATIC = "/static/"

_POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
    "font-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"))
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """ASGI middleware; it stands outside everything but the server itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = monotonic(), 0

        async def send_guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(scope, MutableHeaders(scope=message))
            await send(message)

        try:
            await self._app(scope, receive, send_guarded)
        except Exception as error:
            _log.error("%s in %s:\n%s", type(error).__name__, _template(scope), _where(error))
            if status:
                raise ConnectionAbortedError("the answer broke off") from None
            await refuse_failure(Request(scope, receive))(scope, receive, send_guarded)
        finally:
            _log.info("%s %s %d %.0f ms", scope["method"], _template(scope), status, (monotonic() - started) * 1000)


def _add_headers(scope: Scope, headers: MutableHeaders) -> None:
    for name, value in _HEADERS.items():
        headers[name] = value
    if not scope["path"].startswith(_STATIC):
        headers["Cache-Control"] = "no-store"
    elif b"v=" in scope["query_string"]:
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        headers["Cache-Control"] = "no-cache"


def _template(scope: Scope) -> str:
    """Return the route's template: the path itself may hold what nobody may read in a log."""
    if scope["path"].startswith(_STATIC):
        return _STATIC
    return getattr(scope.get("route"), "path", "-")


def _where(error: Exception) -> str:
    """Return the places that an error came through, without its text, which may hold a plate."""
    return "".join(traceback.format_tb(error.__traceback__)).rstrip()
