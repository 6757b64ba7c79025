"""A dispatch room: who sits there, hits as the mover makes them, and boards that listen to the stream."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI

from services.clock import utc_now
from services.images import Kind
from services.sessions import token_hash
from tests.integration.search.followed_world import DISPATCH, Followed
from tests.integration.search.world import World, draw_overview, draw_plate, put_image


@dataclass(frozen=True, slots=True)
class Raised:
    """A hit with its read and entry."""

    hit_id: int
    entry_id: int
    read_id: UUID


@dataclass(slots=True)
class Room:
    """The owner's hands on hits, and the officers' browsers."""

    world: World
    app: FastAPI
    images: Path | None = None
    followed: Followed = field(init=False)
    _lists: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.followed = Followed(self.world)

    def raise_hit(self, plate: str = "3ABC123", *, category: str = "stolen-vehicle", audience_id: int = DISPATCH,
                  discreet: bool = False, images: int = 3, at: datetime | None = None, priority: int = 1,
                  requested_by: int | None = None, **hit: object) -> Raised:
        """Raise a hit on a new entry, with its alert and its first event, as the mover would."""
        at = at or utc_now() - timedelta(seconds=20)
        list_id = self._lists.get(category) or self.followed.add_list(
            category, category=category, audience_id=audience_id, priority=priority)
        self._lists[category] = list_id
        entry_id = self.followed.add_entry(list_id, plate, audience_id=audience_id, discreet=discreet,
                                           priority=priority, requested_by=requested_by,
                                           reason=f"Carjacking in de Kerkstraat, dader gevlucht met {plate}")
        hit_id = self.followed.add_hit(plate=plate, audience_id=audience_id, discreet=discreet, priority=priority,
                                       **{"raised_at": at, **hit})
        read_id = self.see(hit_id, entry_id, plate, at=at, audience_id=audience_id, images=images,
                           matched_as=hit.get("matched_as", "exact"), late=hit.get("late", False))
        self.followed.add_event(hit_id, "raised")
        self.followed.number_events()
        return Raised(hit_id, entry_id, read_id)

    def see(self, hit_id: int, entry_id: int, plate: str, *, at: datetime, **alert: object) -> UUID:
        """Add an alert behind a hit, with the pictures of its read."""
        read_id = self.followed.add_alert(hit_id, entry_id, plate=plate, captured_at=at, **{
            "country": "BE", "make": "Volkswagen", "model": "Golf", "colour": "grey", "vehicle_type": "car",
            "direction": "towards", **alert})
        if self.images and alert.get("images", 3):
            put_image(self.images, read_id, Kind.plate, draw_plate(plate))
            put_image(self.images, read_id, Kind.overview, draw_overview(plate))
        return read_id

    def number(self) -> None:
        """Do what the mover does with events that search wrote."""
        self.followed.number_events()

    def officer(self, username: str, role: str, name: str = "") -> "Officer":
        """Add an officer with a session."""
        user_id = self.world.add_user(username, role, name or username)
        secret, now = uuid4().hex, utc_now()
        self.world.run("INSERT INTO sessions (token_hash, user_id, created_at, seen_at, expires_at, proof) "
                       "VALUES (%s, %s, %s, %s, %s, 'complete')", token_hash(secret), user_id, now, now,
                       now + timedelta(hours=8))
        return Officer(self.app, user_id, name or username, secret)

    def state(self, hit_id: int) -> str:
        """Return how a hit stands."""
        return str(self.world.run("SELECT state FROM hits WHERE hit_id = %s", hit_id)[0][0])

    def events(self, hit_id: int) -> list[str]:
        """Return the kinds of a hit's events."""
        return [str(kind) for (kind,) in self.world.run(
            "SELECT kind FROM hit_events WHERE hit_id = %s ORDER BY event_id", hit_id)]


@dataclass(slots=True)
class Officer:
    """An officer and their browser."""

    app: FastAPI
    user_id: int
    name: str
    secret: str

    @property
    def cookies(self) -> dict[str, str]:
        """What their browser sends."""
        return {"zoneschild_session": self.secret}

    async def get(self, path: str) -> httpx.Response:
        """Open a page."""
        async with self._client() as client:
            return await client.get(path)

    async def post(self, path: str, **form: str) -> httpx.Response:
        """Send a form."""
        async with self._client() as client:
            return await client.post(path, data=form)

    async def step(self, hit_id: int, step: str, **form: str) -> httpx.Response:
        """Take a step."""
        return await self.post(f"/hits/{hit_id}/steps/{step}", **form)

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://zone", cookies=self.cookies)

    @asynccontextmanager
    async def listen(self, after: str = "", *, last: str = "", cards: bool = False) -> AsyncIterator["Listening"]:
        """Open the stream, as long as the block lasts."""
        listening = Listening()
        headers = {"cookie": f"zoneschild_session={self.secret}", **({"last-event-id": last} if last else {})}
        query = f"after={after}" + ("&cards=true" if cards else "")
        task = asyncio.create_task(self.app(ask_for_stream(query, headers), listening.receive, listening.send))
        try:
            yield listening
        finally:
            listening.leave()
            await asyncio.wait_for(task, 5)


def ask_for_stream(query: str, headers: dict[str, str]) -> dict[str, Any]:
    """Return the request for a stream as a server hands it to the application."""
    return {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
            "path": "/api/v1/hits/events", "raw_path": b"/api/v1/hits/events", "query_string": query.encode(),
            "root_path": "", "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "server": ("zone", 80), "client": ("127.0.0.1", 1)}


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a stream."""

    event: str
    id: str
    data: dict[str, Any]


class Listening:
    """A client of the stream, without a server between: what was sent, message by message."""

    def __init__(self) -> None:
        self.status, self.ended = 0, asyncio.Event()
        self._left, self._asked = asyncio.Event(), False
        self._messages: asyncio.Queue[Message] = asyncio.Queue()
        self._rest, self.bytes = b"", 0
        self.takes = asyncio.Event()
        """Whether its connection takes anything."""
        self.takes.set()

    def leave(self) -> None:
        """Close the connection."""
        self._left.set()
        self.takes.set()

    async def receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        await self.takes.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
            return
        self.bytes += len(message.get("body", b""))
        *whole, self._rest = (self._rest + message.get("body", b"")).split(b"\n\n")
        for block in whole:
            lines = dict(line.split(": ", 1) for line in block.decode().split("\n") if ": " in line)
            if "event" in lines:
                self._messages.put_nowait(Message(lines["event"], lines.get("id", ""), json.loads(lines["data"])))
        if not message.get("more_body"):
            self.ended.set()

    async def next(self, event: str = "hit", within: float = 5) -> Message:
        """Return the next message of a kind; fails when none comes."""
        async with asyncio.timeout(within):
            while True:
                message = await self._messages.get()
                if message.event == event:
                    return message

    async def quiet(self, seconds: float = 0.6) -> bool:
        """Tell whether no hit comes for a while."""
        try:
            await self.next(within=seconds)
        except TimeoutError:
            return True
        return False
