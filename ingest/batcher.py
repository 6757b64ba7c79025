"""From messages to acknowledgements: bounded queue, batches, retry in process; a batch that the store refuses is split.

The stages run side by side, so that a batch is decoded while PostgreSQL commits the ones before it:
queue → prepare (decode, partitions, pictures) → store (one transaction, two at a time) → acknowledge, in order.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from psycopg.errors import RaiseException
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as SQLAlchemyTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine

from ingest import metrics, pictures, writer
from ingest.complaints import Complaint
from ingest.copies import Copies
from ingest.decode import Decoder, Window, decode_all
from ingest.incoming import Door, Incoming
from ingest.intake import Intake
from ingest.register import Register
from ingest.revisions import foresee_read_ids
from ingest.rows import Answer, Batch, Reason, Rejected, Row
from services.clock import utc_now
from services.database import transaction
from services.identity import Identity
from services.images import ImageStore
from services.partitions import Weeks
from services.registry import UNKNOWN_GATEWAY_ID
from services.settings import IngestSettings

log = logging.getLogger(__name__)
_held_back = Complaint(log, "the image store fails and the spool is full: %d messages with pictures are held back")

T = TypeVar("T")
Acknowledge = Callable[[Sequence[Incoming], Sequence[Answer]], None]
"""Called after the commit with the messages that are stored, and the answers to those that came by push."""
Tell = Callable[[str, Sequence[Incoming], Batch, writer.CountsByGateway], None]
"""Called after that with the lane, the messages, what they held and what came of it."""

_RETRY_S = (0.1, 0.2, 0.5, 1.0, 2.0)
_HELD_RETRY_S = 5.0
_STATES_EVERY_S = 1.0
_STORED_AT_ONCE = 2
"""Transactions under way: one connection of PostgreSQL is slower than the rest of ingest."""


@dataclass(slots=True)
class Prepared:
    """A batch that is decoded, and whose pictures are put or must go to the spool."""

    messages: list[Incoming]
    batch: Batch
    spool: list[Row] = field(default_factory=list)
    passing: list[Row] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)


Stored = tuple[Prepared, writer.CountsByGateway]


class _PassagesMovedError(Exception):
    """The pictures of `rows` lie under ids that their reads do not get; nothing is stored."""

    def __init__(self, rows: list[Row]) -> None:
        super().__init__(f"{len(rows)} passages were entered meanwhile")
        self.rows = rows


class Batcher:
    """Takes messages from the intake, stores them and acknowledges what is stored."""

    def __init__(self, settings: IngestSettings, engine: AsyncEngine, images: ImageStore, intake: Intake,
                 acknowledge: Acknowledge, register: Register | None = None, tell: Tell | None = None,
                 copies: Copies | None = None) -> None:
        self._settings, self._engine, self._images = settings, engine, images
        self._intake, self._acknowledge, self._tell, self._copies = intake, acknowledge, tell, copies or Copies()
        self._identity = Identity(settings.identity_key.get_secret_value())
        self._register = register or Register(engine)
        self._weeks = Weeks(engine)
        self._prepared: asyncio.Queue[Prepared] = asyncio.Queue(maxsize=1)
        self._states_at = 0.0
        self._held: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Work for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._prepare_all())
            tasks.create_task(self._store_all())

    async def _prepare_all(self) -> None:
        linger_s = self._settings.ingest_linger_ms / 1000
        while True:
            messages = await self._intake.take(self._settings.ingest_batch_reads, linger_s)
            prepared = await _persist(partial(self._prepare, messages))
            await self._prepared.put(prepared)

    async def _store_all(self) -> None:
        slots = asyncio.Semaphore(_STORED_AT_ONCE)
        before: asyncio.Task[None] | None = None
        async with asyncio.TaskGroup() as tasks:
            while True:
                await slots.acquire()
                before = tasks.create_task(self._store_in_turn(await self._prepared.get(), before, slots))

    async def _store_in_turn(self, prepared: Prepared, before: "asyncio.Task[None] | None",
                             slots: asyncio.Semaphore) -> None:
        """Store a batch beside the one before it; acknowledge after it, as MQTT wants acknowledgements in order."""
        turn = [before] if before else []
        if prepared.passing and turn:
            await asyncio.wait(turn)  # their pictures must find the passages that the batch before entered
        stored = await _persist(partial(self._store_or_split, prepared))
        if turn:
            await asyncio.wait(turn)
        for part, counts in stored:
            self._acknowledge(part.messages, part.batch.answers)
            self._intake.release(part.messages)
            metrics.BATCH_SECONDS.observe(time.monotonic() - part.began)
            if self._tell is not None:
                self._tell(self._intake.lane, part.messages, part.batch, counts)
        slots.release()

    async def _prepare(self, messages: list[Incoming]) -> Prepared:
        prepared = Prepared(messages, self._decode(messages))
        if not self._register.loaded or _has_strangers(prepared.batch):
            # A gateway or camera may have been registered since.
            await self._register.look_again()
            prepared.batch = self._decode(messages)
        await self._ensure_weeks(prepared.batch)
        pictured = [row for row in prepared.batch.rows if row.pictures]
        prepared.passing = [row for row in pictured if row.passage_key is not None]
        await self._foresee(prepared.passing)
        prepared.spool = await pictures.put_pictures(self._images, pictured)
        if prepared.spool:
            await self._spool_or_hold(prepared)
        return prepared

    async def _ensure_weeks(self, batch: Batch) -> None:
        for monday in sorted(batch.mondays()):
            try:
                await self._weeks.ensure([monday])
            except ProgrammingError as error:
                if not isinstance(error.orig, RaiseException):
                    raise
                # By the database's clock a week lies where there can be none; the messages of it will be refused.
                metrics.WEEKS_REFUSED.inc()
                log.error("the database refuses to make the partition of a week")

    async def _foresee(self, passing: list[Row]) -> None:
        if passing:
            async with transaction(self._engine) as connection:
                await foresee_read_ids(connection, passing)

    def _decode(self, messages: Iterable[Incoming]) -> Batch:
        return decode_all(Decoder(self._identity, self._register.gateways, Window.at(utc_now())), messages)

    async def _spool_or_hold(self, prepared: Prepared) -> None:
        async with transaction(self._engine) as connection:
            room = await pictures.has_room(connection, self._settings.image_spool_mb)
        if room:
            pictures.note_spooled(prepared.spool)
            return
        # The messages with pictures go back and stay unacknowledged; the others do not wait for them.
        keys = {_picture_key(row) for row in prepared.spool}
        held: list[Incoming] = []
        kept: list[Incoming] = []
        for message in prepared.messages:
            touched = not keys.isdisjoint(_picture_key(row) for row in self._decode([message]).rows if row.pictures)
            (held if touched else kept).append(message)
        held = self._without_copies(held)
        metrics.MESSAGES_HELD.inc(len(held))
        _held_back.say(len(held))
        prepared.messages, prepared.batch, prepared.spool = kept, self._decode(kept), []
        self._hold(held)

    def _without_copies(self, messages: list[Incoming]) -> list[Incoming]:
        """Drop copies from the live session, which the durable one brings again; return the other messages."""
        copies = [message for message in messages if message.door is Door.live]
        self._intake.release(copies)
        metrics.COPIES_DROPPED.labels("held").inc(len(copies))
        return [message for message in messages if message.door is not Door.live]

    def _hold(self, messages: list[Incoming]) -> None:
        async def return_later() -> None:
            await asyncio.sleep(_HELD_RETRY_S)
            self._intake.release(messages)  # they are counted again when they come in again
            for message in messages:
                self._intake.put(message)

        task = asyncio.create_task(return_later())
        self._held.add(task)
        task.add_done_callback(self._held.discard)

    async def _store_or_split(self, prepared: Prepared) -> list[Stored]:
        await self._follow_passages(prepared)
        try:
            return [(prepared, await self._store(prepared))]
        except _PassagesMovedError as moved:
            await self._put_again(prepared, moved.rows)
            return await self._store_or_split(prepared)
        except DBAPIError as error:
            if is_passing(error):
                raise
            return await self._split(prepared, error)

    async def _follow_passages(self, prepared: Prepared) -> None:
        """Put pictures again whose passage the batch before entered while this one was prepared."""
        before = [row.read_id for row in prepared.passing]
        await self._foresee(prepared.passing)
        await self._put_again(prepared, _moved(prepared.passing, before))

    async def _put_again(self, prepared: Prepared, moved: list[Row]) -> None:
        for row in await pictures.put_pictures(self._images, moved):
            if row not in prepared.spool:
                prepared.spool.append(row)

    async def _store(self, prepared: Prepared) -> writer.CountsByGateway:
        now = time.monotonic()
        states = now - self._states_at >= _STATES_EVERY_S
        put = [row.read_id for row in prepared.passing]
        with self._copies.attempt() as copies:
            async with transaction(self._engine) as connection:
                counts = await writer.store(connection, self._identity, prepared.batch, prepared.spool, states=states,
                                            copies=copies)
                if moved := _moved(prepared.passing, put):  # the other lane entered their passages just now
                    raise _PassagesMovedError(moved)
        if states:
            self._states_at = now
        return counts

    async def _split(self, prepared: Prepared, error: DBAPIError) -> list[Stored]:
        """Halve a batch that the database refuses until the one message is found that it will not take."""
        messages = prepared.messages
        self._weeks.forget()  # a week that is gone would refuse every read of it
        if len(messages) > 1:
            middle = len(messages) // 2
            return await self._store_part(messages[:middle]) + await self._store_part(messages[middle:])
        if messages[0].door is Door.live:  # the durable session brings the message itself
            metrics.COPIES_DROPPED.labels("refused").inc()
            return [(Prepared(messages, Batch()), {})]
        log.error("the database refuses a message (%s); it is kept as a reject", type(error.orig).__name__)
        reject = refusal(messages[0], error)
        waits = messages[0].door is Door.push  # an MQTT packet may bear the number of a push that is not stored
        answers = [Answer(messages[0].mid, rejected=[(reject.reason, reject.detail)])] if waits else []
        refused = Prepared(messages, Batch(rejects=[reject], answers=answers))
        # A database that refuses this too takes nothing at all: the program ends, and nothing is acknowledged.
        return [(refused, await self._store(refused))]

    async def _store_part(self, messages: list[Incoming]) -> list[Stored]:
        part = await _persist(partial(self._prepare, messages))
        return await _persist(partial(self._store_or_split, part))


async def _persist(attempt: Callable[[], Awaitable[T]]) -> T:
    """Run `attempt` until the database answers; MQTT redelivers only on reconnect, so the trying is ours."""
    failures = 0
    while True:
        try:
            return await attempt()
        except (DBAPIError, OSError, SQLAlchemyTimeoutError) as error:
            if isinstance(error, DBAPIError) and not is_passing(error):
                raise
            metrics.BATCH_RETRIES.inc()
            log.warning("the database does not answer (%s); the batch waits", type(error).__name__)
            await asyncio.sleep(_RETRY_S[min(failures, len(_RETRY_S) - 1)])
            failures += 1


def _moved(rows: list[Row], read_ids: list[str]) -> list[Row]:
    return [row for row, read_id in zip(rows, read_ids, strict=True) if row.read_id != read_id]


def _has_strangers(batch: Batch) -> bool:
    strange = {Reason.unknown_gateway, Reason.unknown_camera}
    return any(reject.reason in strange for reject in batch.rejects)


def _picture_key(row: Row) -> str | bytes:
    # The id of a passage's read may have been foreseen meanwhile; its key stays.
    return row.passage_key or row.read_id


def refusal(message: Incoming, error: DBAPIError) -> Rejected:
    """Return what is kept of a message that the database refuses."""
    return Rejected(UNKNOWN_GATEWAY_ID, Reason.refused_by_store, f"the database says {type(error.orig).__name__}",
                    message.topic, message.payload, message.received_ms, headers=message.headers)


def is_passing(error: DBAPIError) -> bool:
    """Tell whether the database, rather than what we sent, is at fault, so that the same batch may be tried again."""
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
