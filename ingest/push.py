"""The HTTP door: `POST /push/<gateway>`, into the same batchers as MQTT, answered after the commit."""

import asyncio
import itertools
import logging
import time
import traceback
from collections.abc import Sequence
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from ingest import envelopes, metrics, push_connections
from ingest.incoming import Door, Incoming
from ingest.intake import Intake
from ingest.lanes import looks_old
from ingest.profiles.replies import plain_reply
from ingest.profiles.table import PROFILES
from ingest.push_access import Access, Address, Claim, Failures, KeyClaim, Nonces, Verdict, read_address, read_claim
from ingest.push_bodies import Bodies
from ingest.push_refusals import Refusal, refuse
from ingest.register import Register
from ingest.rows import Answer
from services.clock import epoch_ms, utc_now
from services.messages import MAX_MESSAGE_BYTES
from services.registry import Gateway, State
from services.settings import IngestSettings

log = logging.getLogger(__name__)

STORED_WITHIN_S = 25.0
_MOST_HELD_BACK = 32
"""Refusals that are held back at once; each holds a connection."""
_COMPLAINT_EVERY_S = 60.0


class PushDoor:
    """Takes pushes in; a fresh one goes into the lane of fresh reads, an old one behind the backlog."""

    def __init__(self, settings: IngestSettings, register: Register, fresh: Intake, backlog: Intake) -> None:
        self._settings, self._register, self._fresh, self._backlog = settings, register, fresh, backlog
        self._bodies = Bodies(settings.ingest_queue_mb * 1024 * 1024)
        self._access = Access(Nonces(settings.identity_key.get_secret_value()))
        self._failures, self._held_back, self._complained_at = Failures(), 0, float("-inf")
        self._waiting: dict[int, asyncio.Future[Answer | Refusal]] = {}
        self._numbers = itertools.count(1)
        self._stopping = False

    async def run(self) -> None:
        """Serve for ever; without a port, do nothing for ever."""
        if self._settings.push_port:
            await push_connections.serve(self, self._settings.push_host, self._settings.push_port, self._stop)
        await asyncio.Event().wait()

    def answer(self, answers: Sequence[Answer]) -> None:
        """Answer the pushes that are stored."""
        for answer in answers:
            self._settle(answer.mid, answer)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        try:
            response = await self._respond(Request(scope, receive))
        except Exception as error:  # its text may hold what nobody may read in a log; the places it came through do not
            log.error("%s in the push door:\n%s", type(error).__name__,
                      "".join(traceback.format_tb(error.__traceback__)).rstrip())
            response = refuse(Refusal.failed)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        address = self._address_of(request)
        if isinstance(address, Refusal):
            return refuse(address)
        received_ms = epoch_ms(utc_now())
        claim = read_claim(address, request.headers.get("authorization", ""))
        verdict = self._access.judge(address, claim, request.method, self._register.push_keys, received_ms)
        if verdict is not Verdict.right:
            return await self._turn_away(address, verdict, received_ms)
        gateway = self._register.gateways[address.gateway]
        if refusal := _unwelcome(gateway, request.method):
            return refuse(refusal)
        if request.method != "POST":
            return _describe(gateway)
        return await self._take(request, address, gateway, claim, received_ms)

    def _address_of(self, request: Request) -> Address | Refusal:
        if sum(len(name) + len(value) for name, value in request.headers.raw) > push_connections.MOST_HEADER_BYTES:
            return Refusal.long_headers
        if not self._register.loaded:
            return Refusal.starting
        path, query = (request.scope[part].decode("latin-1") for part in ("raw_path", "query_string"))
        return read_address(path, query) or Refusal.not_found

    async def _turn_away(self, address: Address, verdict: Verdict, now_ms: int) -> Response:
        if verdict is Verdict.wrong:
            self._complain(address.gateway)
            delay_s = self._failures.note(address.gateway, time.monotonic())
            if delay_s and self._held_back >= _MOST_HELD_BACK:
                return refuse(Refusal.too_many_attempts)
            self._held_back += 1
            try:
                await asyncio.sleep(delay_s)
            finally:
                self._held_back -= 1
        challenges = self._access.challenges(now_ms, stale=verdict is Verdict.stale)
        return refuse(_TURNED_AWAY[verdict], challenges)

    def _complain(self, gateway: str) -> None:
        """Say whose key is wrong, if it is anybody's, and not at the rate of those who try."""
        now = time.monotonic()
        if gateway in self._register.gateways and now - self._complained_at >= _COMPLAINT_EVERY_S:
            self._complained_at = now
            log.warning("gateway %s: a push with wrong credentials", gateway)

    async def _take(self, request: Request, address: Address, gateway: Gateway, claim: Claim | None,
                    received_ms: int) -> Response:
        # Asked before the body is read: a sender that waits for "100 Continue" then need not send it.
        declared = int(request.headers.get("content-length", "0"))
        if not self._fresh.has_room(min(declared, MAX_MESSAGE_BYTES)):
            return refuse(Refusal.no_room)
        body = await self._bodies.read(request.receive)
        if isinstance(body, Refusal):
            return refuse(body)
        headers = kept_headers(request.headers.items(), claim)
        message = Incoming(address.topic, body, received_ms, next(self._numbers), door=Door.push, headers=headers)
        answer = await self._stored(message)
        if isinstance(answer, Refusal):
            return refuse(answer)
        if len(body) > MAX_MESSAGE_BYTES:
            return refuse(Refusal.too_large)
        metrics.PUSHES.labels("stored").inc()
        profile = PROFILES.get(gateway.profile)
        reply = (profile.reply if profile else plain_reply)(address.rest, answer)
        return Response(reply.body, media_type=reply.content_type)

    async def _stored(self, message: Incoming) -> Answer | Refusal:
        """Hand a message in and wait until it is committed."""
        lane = self._backlog if looks_old(message.payload, message.received_ms) else self._fresh
        if self._stopping:
            return Refusal.stopping
        if not lane.has_room(len(message.payload)):
            return Refusal.no_room
        waiting: asyncio.Future[Answer | Refusal] = asyncio.get_running_loop().create_future()
        self._waiting[message.mid] = waiting
        lane.put(message)
        try:
            with metrics.PUSH_SECONDS.time():
                async with asyncio.timeout(STORED_WITHIN_S):
                    return await waiting
        except TimeoutError:
            return Refusal.not_stored
        finally:
            del self._waiting[message.mid]

    def _stop(self) -> None:
        self._stopping = True
        for number in self._waiting:
            self._settle(number, Refusal.stopping)

    def _settle(self, number: int, outcome: Answer | Refusal) -> None:
        waiting = self._waiting.get(number)
        if waiting is not None and not waiting.done():
            waiting.set_result(outcome)


_TURNED_AWAY = {Verdict.missing: Refusal.no_credentials, Verdict.stale: Refusal.stale_nonce,
                Verdict.wrong: Refusal.wrong_credentials}


def kept_headers(headers: Sequence[tuple[str, str]], claim: Claim | None) -> tuple[tuple[str, str], ...]:
    """Return the headers that are kept with a push: none that authenticates, none that repeats the key."""
    key = claim.key if isinstance(claim, KeyClaim) else None
    kept = envelopes.kept_headers(list(headers))
    return tuple((name, value) for name, value in kept if key is None or key not in unquote(value))


def _unwelcome(gateway: Gateway, method: str) -> Refusal | None:
    if gateway.state is State.disabled:
        return Refusal.disabled
    return None if method in ("POST", "GET", "HEAD") else Refusal.wrong_method


def _describe(gateway: Gateway) -> Response:
    metrics.PUSHES.labels("described").inc()
    return PlainTextResponse(f"This address takes what gateway {gateway.name} sends by POST "
                             f"(profile {gateway.profile}, state {gateway.state}).\n")
