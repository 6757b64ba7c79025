"""Receivers of hits: a web server that checks signatures, a mail server, and a deliverer at work beside them."""

import asyncio
import base64
import hmac
import json
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Mails

from ingest.deliver.deliverer import Deliverer
from services.database import open_engine
from services.hits.channel_secrets import ChannelSecrets, new_secret
from services.settings import DeliverSettings
from tests.ingest_samples import KEY
from tests.integration.services.hits_world import HitsWorld


@dataclass(slots=True)
class WebReceiver:
    """A web server on loopback that answers as it is told and keeps what was posted."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    slow_s: float = 0.0
    posts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0
    tls: ssl.SSLContext | None = None
    _server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        """Listen, on the same port as before."""
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), self._handler())
        self.port = self._server.server_address[1]
        if self.tls is not None:
            self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Go away."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hits?key=geheim"

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What was posted, in order."""
        return [json.loads(body) for _, body in self.posts]

    @property
    def ids(self) -> list[str]:
        """The ids of what was posted, in order."""
        return [headers["webhook-id"] for headers, _ in self.posts]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(receiver.slow_s)
                receiver.posts.append(({name.lower(): value for name, value in self.headers.items()}, body))
                with suppress(OSError):
                    self.send_response(receiver.status)
                    for name, value in receiver.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, *_: object) -> None: ...

        return Handler


def is_signed(headers: dict[str, str], body: bytes, secret: str) -> bool:
    """Check a signature as a receiver does that knows Standard Webhooks and nothing of us."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(base64.b64decode(secret[6:]), signed, "sha256")).decode()
    fresh = abs(time.time() - int(headers["webhook-timestamp"])) < 60
    return fresh and f"v1,{expected}" in headers["webhook-signature"].split(" ")


class MailReceiver(Mails):
    """A mail server's memory."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Any] = []

    def handle_message(self, message: Any) -> None:
        """Keep a mail."""
        self.mails.append(message)


class MailServer(Controller):
    """A mail server on a free port of loopback."""


class Running:
    """A deliverer at work in this process."""

    def __init__(self, settings: DeliverSettings) -> None:
        self._engine = open_engine(settings, connections=4)
        self._stopped = asyncio.Event()
        self.task = asyncio.create_task(Deliverer(settings, self._engine).run(self._stopped))

    async def until(self, holds: Callable[[], Any], seconds: float = 15) -> None:
        """Wait until something holds; a deliverer that ends meanwhile fails the test."""
        async with asyncio.timeout(seconds):
            while not holds():
                if self.task.done():
                    self.task.result()
                await asyncio.sleep(0.02)

    async def stop(self) -> None:
        """Stop as a supervisor does."""
        self._stopped.set()
        await self.task
        await self._engine.dispose()


class Outbox:
    """Channels and their deliveries, in the hands of the test."""

    def __init__(self, world: HitsWorld) -> None:
        self.world = world

    def add_webhook(self, url: str, name: str = "CAD", **changes: object) -> tuple[int, str]:
        """Add a webhook; return its number and secret."""
        secret = new_secret()
        channel_id = self.world.add_channel(name, "webhook", url, **changes)
        self.world.run("UPDATE channels SET secret = %s WHERE channel_id = %s",
                       ChannelSecrets(KEY).seal(channel_id, secret), channel_id)
        return channel_id, secret

    def queue(self, channel_id: int, hit_id: int | None, *kinds: str, **changes: object) -> list[str]:
        """Queue events of a hit, or tests without one; return the messages' ids."""
        made = []
        for kind in kinds or ("raised",):
            event_id = self.world.add_event(hit_id, kind) if hit_id else None
            made.append(str(self.world.add("hit_deliveries", "message_id", channel_id=channel_id, event_id=event_id,
                                           hit_id=hit_id, **changes)))
        return made

    def left(self) -> int:
        """Return how many deliveries are neither sent nor given up."""
        return int(self.world.one("SELECT count(*) FROM hit_deliveries WHERE sent_at IS NULL AND dead_at IS NULL"))

    def rows(self) -> list[dict[str, Any]]:
        """Return every delivery, in order."""
        return self.world.run("SELECT * FROM hit_deliveries ORDER BY delivery_id")
