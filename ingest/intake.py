"""The bounded queue between the broker and the batcher."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

from ingest import metrics
from ingest.incoming import Incoming
from services.clock import epoch_ms, utc_now


def _reads_in(payload: bytes) -> int:
    """Guess how many reads a message holds, without decoding it: one, or as many as there are capture times."""
    return max(1, payload.count(b'"captured_at"')) if payload.startswith(b'{"reads"') else 1


def _nothing() -> None:
    return None


class Intake:
    """The bounded queue between the broker and the batcher of one lane; full, it stops the reading, it never drops."""

    def __init__(self, limit_bytes: int, lane: str = "backlog") -> None:
        self.lane = lane
        self._waiting: deque[Incoming] = deque()
        self._arrived = asyncio.Event()
        self._limit, self._bytes = limit_bytes, 0
        self._paused = False
        self._pause: Callable[[], None] = _nothing
        self._resume: Callable[[], None] = _nothing

    def throttle(self, pause: Callable[[], None], resume: Callable[[], None]) -> None:
        """Say how the reading is stopped when the queue is full, and started again when there is room."""
        self._pause, self._resume = pause, resume

    def has_room(self, size: int, *, share: float = 1.0) -> bool:
        """Tell whether a message of `size` bytes may come in now; the push door refuses what MQTT would hold back.

        With a `share` of the queue (0 to 1), whether it may while the others keep the rest for themselves.
        """
        return not self._bytes or self._bytes + size <= self._limit * share

    def waiting_ms(self, now_ms: int) -> int:
        """Return for how long the oldest message here has waited; 0 when there is none."""
        return max(0, now_ms - self._waiting[0].received_ms) if self._waiting else 0

    def put(self, message: Incoming) -> None:
        """Take one message in; above the limit, ask the session to stop reading."""
        self._waiting.append(message)
        self._bytes += len(message.payload)
        self._arrived.set()
        if self._bytes > self._limit and not self._paused:
            self._paused = True
            metrics.PAUSES.inc()
            self._pause()

    async def take(self, most: int, linger_s: float) -> list[Incoming]:
        """Wait for a message, then up to `linger_s` for company; return messages with about `most` reads."""
        while not self._waiting:
            self._arrived.clear()
            await self._arrived.wait()
        if len(self._waiting) < most:
            await asyncio.sleep(linger_s)
        metrics.LANE_SECONDS.labels(self.lane).observe(self.waiting_ms(epoch_ms(utc_now())) / 1000)
        taken: list[Incoming] = []
        while self._waiting and most > 0:
            taken.append(self._waiting.popleft())
            most -= _reads_in(taken[-1].payload)
        metrics.RECEIVED.inc(len(taken))
        return taken

    def release(self, messages: Iterable[Incoming]) -> None:
        """Forget the payloads of messages that are stored; below half the limit, reading goes on."""
        self._bytes -= sum(len(message.payload) for message in messages)
        metrics.QUEUED_BYTES.labels(self.lane).set(self._bytes)
        if self._paused and self._bytes < self._limit // 2:
            self._paused = False
            self._resume()
