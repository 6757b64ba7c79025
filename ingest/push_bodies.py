"""The bodies of pushes, read in pieces: none too long, none too slow, and bounded in what all of them hold together."""

import asyncio

from starlette.types import Receive

from ingest import metrics
from ingest.push_refusals import Refusal
from services.messages import MAX_MESSAGE_BYTES

PIECE_WITHIN_S = 10.0
WHOLE_WITHIN_S = 60.0
"""Eight megabytes over a camera's mobile connection of 1 Mbit/s take as long."""


class Bodies:
    """Reads bodies; `limit_bytes` is what those that are being read may hold together."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = max(limit_bytes, 2 * MAX_MESSAGE_BYTES)
        self._held = 0

    async def read(self, receive: Receive) -> bytes | Refusal:
        """Return a body, or why it could not be read; of one that is too long, a byte more than may be taken.

        The decoder sees by that byte that it is too long, and nobody reads on.
        """
        body = bytearray()
        try:
            async with asyncio.timeout(WHOLE_WITHIN_S):
                return await self._collect(receive, body) or bytes(body[:MAX_MESSAGE_BYTES + 1])
        except TimeoutError:
            return Refusal.too_slow
        finally:
            self._hold(-len(body))

    async def _collect(self, receive: Receive, body: bytearray) -> Refusal | None:
        more = True
        while more and len(body) <= MAX_MESSAGE_BYTES:
            async with asyncio.timeout(PIECE_WITHIN_S):
                message = await receive()
            if message["type"] != "http.request":
                return Refusal.aborted
            piece: bytes = message.get("body", b"")
            if self._held + len(piece) > self._limit:
                return Refusal.no_room
            body += piece
            self._hold(len(piece))
            more = message.get("more_body", False)
        return None

    def _hold(self, size: int) -> None:
        self._held += size
        metrics.PUSH_BODY_BYTES.set(self._held)
