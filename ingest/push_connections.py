"""The HTTP server of the push door: uvicorn in our event loop, with limits on connections that it does not have.

The one place with uvicorn's inner parts: its connection (`H11Protocol`) and the server's handling of signals.
"""

import asyncio
import logging
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from ingest import metrics

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 512
SILENT_S = 15.0
"""How long a connection may be without a whole request line and headers."""
ENDLESS_S = 5.0
"""How long the rest of a body may go on after its answer, so that the sender still reads the answer."""
_KEEP_ALIVE_S = 10
_STOP_WITHIN_S = 1
MOST_HEADER_BYTES = 16 * 1024
"""h11 holds to it where headers come in pieces; those that come in one piece are measured by the door."""


class PushConnection(H11Protocol):
    """One connection: what the sender owes it (a request, the end of a body that is answered) has a deadline."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._owed = ""
        self._deadline: asyncio.TimerHandle | None = None
        self.silent_since = self.loop.time()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin; one connection too many takes the place of the one that has been silent longest."""
        super().connection_made(transport)
        metrics.PUSH_CONNECTIONS.inc()
        self._watch()
        if len(self.connections) > MOST_CONNECTIONS:
            silent = (other for other in self.connections
                      if isinstance(other, PushConnection) and other.conn.their_state is h11.IDLE)
            min(silent, key=lambda other: other.silent_since).cut("too-many")

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        metrics.PUSH_CONNECTIONS.dec()
        self._owe("", 0)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes in; whatever goes wrong with them ends the connection and is not shown, as it quotes them."""
        try:
            super().data_received(data)
        except Exception as error:
            log.error("%s while bytes were taken in", type(error).__name__)
            self.cut("failed")
        self._watch()

    def on_response_complete(self) -> None:
        """Go on with the next request, once the rest of this one is here."""
        super().on_response_complete()
        self._watch()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP."""
        metrics.PUSH_CONNECTIONS_CUT.labels("malformed").inc()
        try:
            super().send_400_response(msg)
        except h11.LocalProtocolError:  # an answer is under way already
            self.transport.abort()

    def shutdown(self) -> None:
        """End for the server's end: an answer is waited for, the rest of a body is not."""
        if self.cycle is not None and self.cycle.more_body:
            self.cut("stopping")
            return
        with suppress(h11.LocalProtocolError):
            super().shutdown()

    def cut(self, reason: str) -> None:
        """End at once."""
        metrics.PUSH_CONNECTIONS_CUT.labels(reason).inc()
        self.transport.abort()

    def _watch(self) -> None:
        if self.conn.their_state is h11.IDLE:
            self._owe("silent", SILENT_S)
        elif self.conn.their_state is h11.SEND_BODY and self.cycle.response_complete:
            self._owe("endless", ENDLESS_S)
        else:
            self._owe("", 0)

    def _owe(self, what: str, within_s: float) -> None:
        if what == self._owed:
            return  # bytes that trickle in do not put the deadline off
        if self._deadline is not None:
            self._deadline.cancel()
        self._owed, self.silent_since = what, self.loop.time()
        self._deadline = self.loop.call_later(within_s, self.cut, what) if what else None


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave the signals to ingest."""
        yield


async def serve(app: ASGIApp, host: str, port: int, on_stop: Callable[[], None]) -> None:
    """Serve `app` until cancelled; then call `on_stop`, let answers out that are under way, and end.

    Raises OSError when the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family)
    # No log of the server's own: it would hold addresses, and addresses hold keys.
    server = _Server(uvicorn.Config(
        app, http=PushConnection, ws="none", lifespan="off", interface="asgi3", log_config=None, log_level="error",
        access_log=False, proxy_headers=False, server_header=False, timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_STOP_WITHIN_S, h11_max_incomplete_event_size=MOST_HEADER_BYTES))
    log.info("pushes are taken on port %d", listener.getsockname()[1])
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await asyncio.shield(serving)
    finally:
        on_stop()
        server.should_exit = True
        await serving
