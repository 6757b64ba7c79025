"""Emptying the outbox for as long as it runs: a task for each channel that has work, none waiting for another."""

import asyncio
import logging
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ingest import metrics
from ingest.deliver import claiming, facts
from ingest.deliver.facts import Outgoing
from ingest.deliver.mailboxes import Mailboxes
from ingest.deliver.message import Message
from ingest.deliver.retrying import GIVEN_UP_AFTER, Failure, is_given_up, pause_s
from ingest.deliver.sending import NotTakenError, Send, Way
from ingest.deliver.topics import Topics
from ingest.deliver.webhooks import Webhooks
from services import audit
from services.clock import utc_now
from services.database import transaction
from services.hits.channel_secrets import ChannelSecrets
from services.hits.channels import Channel, ChannelKind
from services.settings import DeliverSettings

log = logging.getLogger(__name__)

_LOOK_EVERY_S = 0.25
_TIDY_EVERY_S = 15.0
_STOPPING_S = 15.0
_BATCH_S = 45.0
"""Within the minute for which a claim lasts (claiming.CLAIM_LASTS)."""
NOT_ALLOWED = "not for this channel"
"""What is said of a message that its channel may not have any more when it is its turn."""


@dataclass(slots=True)
class _Pause:
    """How long a receiver that is away is left alone."""

    failures: int = 0
    until_s: float = 0.0


class Deliverer:
    """Claims, sends and marks. Others may do the same beside it; one that is killed loses nothing."""

    def __init__(self, settings: DeliverSettings, engine: AsyncEngine) -> None:
        self._settings, self._engine = settings, engine
        self._ways: Mapping[ChannelKind, Way] = {
            ChannelKind.mqtt: Topics(settings), ChannelKind.webhook: Webhooks(),
            ChannelKind.email: Mailboxes(settings)}
        self._secrets = ChannelSecrets(settings.identity_key.get_secret_value())
        self._trail = audit.Trail(settings.audit_key.get_secret_value())
        self._working: dict[int, asyncio.Task[None]] = {}
        self._pauses: dict[int, _Pause] = {}
        self._tidied_s = float("-inf")

    async def run(self, stopped: asyncio.Event) -> None:
        """Send until `stopped`; then what is under way is finished, and the rest is somebody else's."""
        try:
            while not stopped.is_set():
                await self._look(stopped)
                await asyncio.sleep(_LOOK_EVERY_S)
        finally:
            if self._working:
                await asyncio.wait(self._working.values(), timeout=_STOPPING_S)
            for task in self._working.values():
                task.cancel()
            for way in self._ways.values():
                await way.close()

    async def _look(self, stopped: asyncio.Event) -> None:
        for channel_id in [number for number, task in self._working.items() if task.done()]:
            self._working.pop(channel_id).result()  # a program error ends the process: the supervisor starts it again
        try:
            async with transaction(self._engine) as connection:
                due = await claiming.channels_with_work(connection, utc_now())
                await self._tidy(connection)
        except (SQLAlchemyError, OSError) as error:
            log.warning("the outbox cannot be looked at (%s); trying again", type(error).__name__)
            return
        for channel, sealed in due:
            paused = self._pauses.setdefault(channel.channel_id, _Pause()).until_s > time.monotonic()
            if channel.channel_id not in self._working and not paused:
                self._working[channel.channel_id] = asyncio.create_task(self._empty(channel, sealed, stopped))

    async def _tidy(self, connection: AsyncConnection) -> None:
        """Give up what nobody will send, and count what waits; now and then."""
        if time.monotonic() - self._tidied_s < _TIDY_EVERY_S:
            return
        now = utc_now()
        await claiming.give_up_forsaken(connection, now - GIVEN_UP_AFTER, now)
        waiting = dict(map(tuple, await claiming.count_waiting(connection)))
        for kind in ChannelKind:
            metrics.DELIVERIES_WAITING.labels(kind).set(waiting.get(kind, 0))
        self._tidied_s = time.monotonic()

    async def _empty(self, channel: Channel, sealed: bytes | None, stopped: asyncio.Event) -> None:
        """Send a channel what is due, batch after batch, until there is nothing more or the receiver is away."""
        secret = self._secrets.open(channel.channel_id, sealed) if sealed else None
        try:
            while not stopped.is_set():
                outgoing = await self._claim(channel)
                if not outgoing:
                    return
                failures = await self._send(channel, secret, [one for one in outgoing if one.message is not None])
                if any(failure.away for failure in failures):
                    self._leave_alone(channel, outgoing, failures[0])
                    return
                self._pauses[channel.channel_id] = _Pause()
        except (SQLAlchemyError, OSError) as error:
            log.warning("channel %d: the database does not answer (%s)", channel.channel_id, type(error).__name__)

    async def _claim(self, channel: Channel) -> list[Outgoing]:
        """Claim a batch; before anything of it leaves, the audit says what goes where."""
        now = utc_now()
        async with transaction(self._engine) as connection:
            claimed = await claiming.claim(connection, channel, self._ways[channel.kind].most, now)
            outgoing = await facts.load(connection, channel, claimed, self._settings) if claimed else []
            for one in outgoing:
                if one.message is None:
                    await claiming.mark_failed(connection, one.claimed.delivery_id, NOT_ALLOWED, next_at=now,
                                               dead_at=now)
            await self._record(connection, channel, outgoing)
        return outgoing

    async def _record(self, connection: AsyncConnection, channel: Channel, outgoing: Sequence[Outgoing]) -> None:
        """Leave one row for what goes out for the first time; a repetition tells the receiver nothing new."""
        first = [one for one in outgoing if one.message and not one.message.test and one.claimed.attempts == 1]
        if first:
            await self._trail.record(connection, audit.PRODUCT, audit.Entry(
                audit.Action.hits_delivered, f"{len(first)} berichten aan kanaal {channel.channel_id}",
                {"channel_id": channel.channel_id, "messages": [str(one.claimed.message_id) for one in first]},
                result_count=len(first), read_ids=sorted({one.read_id for one in first if one.read_id})))

    async def _send(self, channel: Channel, secret: str | None, outgoing: Sequence[Outgoing]) -> list[Failure]:
        """Send a batch, each message marked as soon as it is taken; return why some were not."""
        if not outgoing:
            return []
        came: list[Failure | None] = []
        try:
            async with asyncio.timeout(_BATCH_S), self._ways[channel.kind].open(channel, secret) as send:
                came = await asyncio.gather(*(self._hand_over(channel, one, send) for one in outgoing))
        except NotTakenError as error:
            if not came:
                came = [await self._note_failure(channel, one, error.failure) for one in outgoing]
        except TimeoutError:
            # What was marked is; the rest is claimed still, and anybody's when the minute is over.
            return [Failure("timeout", away=True)]
        return [failure for failure in came if failure is not None]

    async def _hand_over(self, channel: Channel, one: Outgoing, send: Send) -> Failure | None:
        assert one.message is not None  # noqa: S101  # the caller left those out
        try:
            await send(one.message)
        except NotTakenError as error:
            return await self._note_failure(channel, one, error.failure)
        now = utc_now()
        async with transaction(self._engine) as connection:
            await claiming.mark_sent(connection, one.claimed.delivery_id, now)
        _count(channel, one.message, "sent", now)
        return None

    async def _note_failure(self, channel: Channel, one: Outgoing, failure: Failure) -> Failure:
        now = utc_now()
        wait = timedelta(seconds=pause_s(one.claimed.attempts, away=failure.away, chance=random.random()))  # noqa: S311
        given_up = is_given_up(one.claimed.made_at, now)
        async with transaction(self._engine) as connection:
            await claiming.mark_failed(connection, one.claimed.delivery_id, failure.what, next_at=now + wait,
                                       dead_at=now if given_up else None)
        if one.message is not None:
            _count(channel, one.message, "given-up" if given_up else "failed", None)
        return failure

    def _leave_alone(self, channel: Channel, outgoing: Sequence[Outgoing], failure: Failure) -> None:
        """Ask a receiver that is away ever less often, and say so once; of what is discreet, say nothing (R11)."""
        pause = self._pauses[channel.channel_id]
        pause.failures += 1
        pause.until_s = time.monotonic() + pause_s(pause.failures, away=True, chance=random.random())  # noqa: S311
        if pause.failures == 1 and not any(one.message and one.message.hit.discreet for one in outgoing):
            log.warning("channel %d is away (%s); trying again", channel.channel_id, failure.what)


def _count(channel: Channel, message: Message, outcome: str, sent_at: datetime | None) -> None:
    """Count what became of a message; a figure that moves would tell of what is discreet (R11)."""
    if message.hit.discreet:
        return
    metrics.DELIVERIES.labels(channel.kind, outcome).inc()
    if sent_at is not None:
        seconds = (sent_at - datetime.fromisoformat(message.event.at)).total_seconds()
        metrics.DELIVERY_SECONDS.labels(channel.kind).observe(max(0.0, seconds))
