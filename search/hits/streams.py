"""One connection of a board: what is still to be sent, and the response that sends it (server-sent events).

WHATWG HTML, "Server-sent events". A client that takes too long is dropped; it comes again with the last id it has.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from search.pages.language import Language
from services.audit import Actor

MOST_WAITING = 64
"""Chunks that may wait for one client; with more it is dropped."""

_HEADERS = {"X-Accel-Buffering": "no"}  # what a proxy collects, comes too late
RETRY_MS = 1000


@dataclass(eq=False, slots=True)
class Stream:
    """A client that listens: who, with what, in which language, up to which event it has been told."""

    user_id: int
    actor: Actor
    handles: bool
    """Whether it may follow hits up: its cards have buttons then."""
    role: str
    credential: bytes
    """The hash of its session's secret, or of its token."""
    is_session: bool
    language: Language
    with_cards: bool
    sent: int
    """The number of the last event that it was told, or that was not for it."""
    chunks: "asyncio.Queue[bytes | None]" = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))
    dropped: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, chunk: bytes) -> None:
        """Have a chunk sent; a client for which too many wait is dropped."""
        try:
            self.chunks.put_nowait(chunk)
        except asyncio.QueueFull:
            self.dropped.set()

    def end(self, last: bytes = b"") -> None:
        """Have the response end after what waits and one last chunk."""
        self.put(last)
        try:
            self.chunks.put_nowait(None)
        except asyncio.QueueFull:
            self.dropped.set()


def write_message(event: str, data: Mapping[str, Any], mark: str | None = None) -> bytes:
    """Return one message; JSON in a line of its own holds no line break."""
    lines = [f"event: {event}", *([f"id: {mark}"] if mark else []),
             f"data: {json.dumps(data, separators=(',', ':'), ensure_ascii=False)}"]
    return ("\n".join(lines) + "\n\n").encode()


BEGIN = f"retry: {RETRY_MS}\n\n".encode()


class EventStream(Response):
    """The response: `talk` says everything, and may take for ever; it ends with the client, or when it is dropped."""

    media_type = "text/event-stream"

    def __init__(self, stream: Stream, talk: Callable[[Callable[[bytes], Awaitable[None]]], Awaitable[None]]) -> None:
        super().__init__(headers=_HEADERS)
        del self.headers["content-length"]
        self._stream, self._talk = stream, talk

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one client."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        talking = asyncio.create_task(self._say_all(send))
        ends = {talking, asyncio.create_task(_gone(receive)), asyncio.create_task(_wait(self._stream.dropped))}
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in ends:
                one.cancel()
            with suppress(asyncio.CancelledError):
                await talking  # what failed in it fails here

    async def _say_all(self, send: Send) -> None:
        async def say(chunk: bytes) -> None:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})

        await self._talk(say)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _wait(dropped: asyncio.Event) -> None:
    await dropped.wait()
