"""A plain client of the event stream: it comes again with the last id it has, and counts everything that comes."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import httpx
import msgspec

_AGAIN_S = 1.0
"""What the stream itself asks for with `retry`."""
_DEAD_S, _MOST_PATIENCE_S = 6.5, 26.0
"""As long as a board waits for a heartbeat before it comes again, and as long as it waits at most."""

_EVENTS = "/api/v1/hits/events"


class _Beat(msgspec.Struct):
    ingest: bool
    moved: datetime | None


@dataclass(frozen=True, slots=True)
class Beat:
    """A heartbeat: when it came, whether hits can come, and when ingest's mover was last seen (s since 1970)."""

    at: float
    ingest: bool
    moved: float


@dataclass(slots=True)
class Listener:
    """A client: one that is `patient` waits for ever when it hears nothing, others come again as a board does."""

    name: str
    token: str
    patient: bool
    patience_s: float = _DEAD_S
    after: str = ""
    marks: list[str] = field(default_factory=list)
    """Every `id` in the order in which it came, as often as it came."""
    beats: list[Beat] = field(default_factory=list)
    connections: int = 0

    async def begin(self, client: httpx.AsyncClient) -> None:
        """Learn where the stream goes on."""
        answer = await client.get("/api/v1/hits", headers=self._headers())
        self.after = str(answer.raise_for_status().json()["after"])

    async def run(self, client: httpx.AsyncClient) -> None:
        """Listen for ever, over as many connections as that takes."""
        while True:
            with suppress(httpx.HTTPError):
                await self._listen(client)
            await asyncio.sleep(_AGAIN_S)

    async def _listen(self, client: httpx.AsyncClient) -> None:
        rest = b""
        timeout = httpx.Timeout(10.0, read=None if self.patient else self.patience_s)
        self.patience_s = min(2 * self.patience_s, _MOST_PATIENCE_S)
        async with client.stream("GET", _EVENTS, params={"after": self.after}, headers=self._headers(),
                                 timeout=timeout) as answer:
            if answer.status_code != 200:
                return
            self.connections += 1
            async for chunk in answer.aiter_raw():
                *whole, rest = (rest + chunk).split(b"\n\n")  # what a killed server began to say is no message
                for block in whole:
                    self._hear(dict(_fields(block)))

    def _hear(self, fields: dict[str, str]) -> None:
        if fields.get("event") == "hit":
            self.marks.append(fields["id"])
        elif fields.get("event") == "beat":
            beat = msgspec.json.decode(fields["data"], type=_Beat)
            self.patience_s = _DEAD_S
            self.beats.append(Beat(time.time(), beat.ingest, beat.moved.timestamp() if beat.moved else 0.0))

    def _headers(self) -> dict[str, str]:
        last = {"Last-Event-ID": self.marks[-1]} if self.marks else {}
        return {"Authorization": f"Bearer {self.token}", **last}


def _fields(block: bytes) -> Iterator[tuple[str, str]]:
    for line in block.decode().split("\n"):
        name, _, value = line.partition(": ")
        yield name, value


def well_again(beats: list[Beat], start: float) -> list[tuple[float, bool]]:
    """Return when a client heard a heartbeat, and whether it says that hits come again after `start`."""
    return [(beat.at, beat.ingest and beat.moved > start) for beat in beats]
