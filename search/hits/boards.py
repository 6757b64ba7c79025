"""Every board of this process: one task looks for new events, writes the audit, and tells each board its own.

A tick is one transaction. Of the events after the last one that was told each user is told those of their groups (R11);
which hits they are shown is in the audit, one row a user, before a byte of it is sent.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from search.hits.bell import Bell
from search.hits.cards import Face, write_item
from search.hits.catching_up import CatchingUp, Missed
from search.hits.marks import Marks
from search.hits.queries import Hit, Onlooker, find_hits
from search.hits.showing import Painter, Shown, shown_entry
from search.hits.streams import BEGIN, EventStream, Stream, write_message
from services.api_tokens import still_good
from services.audit import Trail
from services.clock import iso_ms, utc_now
from services.database import reading, transaction
from services.hits.telling_boards import Told, events_after, feel_pulse, groups_of
from services.roles import Act, may
from services.sessions import still_here

_log = logging.getLogger(__name__)
_AT_ONCE = 200
"""Events that one tick tells."""

BEAT_S = 2.0
"""So often a board hears that it is still connected, and whether ingest lives."""

_Say = Callable[[bytes], Awaitable[None]]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Telling:
    """What one tick tells whom."""

    chunks: Mapping[Stream, bytes]
    reached: int
    """The number up to which everybody has been told."""
    is_all: bool


@dataclass(slots=True)
class Boards:
    """The boards that are open; it works while there is one, and reaches the database with the first."""

    engine: Any
    trail: Trail
    marks: Marks
    painter: Painter
    shown: Shown
    bell: Bell
    longest: timedelta = timedelta(hours=1)
    """After so long a stream ends and the browser comes again, through the door."""
    _streams: set[Stream] = field(default_factory=set)
    _task: "asyncio.Task[None] | None" = None
    _works: set[asyncio.Task[Any]] = field(default_factory=set)
    _closed: bool = False
    _catching_up: CatchingUp = field(init=False)
    _beating: "asyncio.Task[bytes] | None" = None

    def __post_init__(self) -> None:
        self._catching_up = CatchingUp(self._tell_missed, _AT_ONCE)

    def open(self, stream: Stream) -> EventStream:
        """Return the response that tells a board everything after the event that it knows."""
        async def talk(say: _Say) -> None:
            try:
                await self._talk(stream, say)
            finally:
                self._streams.discard(stream)
        return EventStream(stream, talk)

    def close(self) -> None:
        """End every stream: search is about to stop, and would wait for them."""
        self._closed = True
        for stream in self._streams:
            stream.end()

    async def _talk(self, stream: Stream, say: _Say) -> None:
        await say(BEGIN + await self._share_beat())
        done = False
        while not done and not self._closed:
            missed = await self._hear_out(stream, say)
            await say(missed.chunk)
            stream.sent, done = missed.reached, missed.is_all
        if self._closed or not self.longest:
            return
        self._join(stream)
        with suppress(TimeoutError):
            async with asyncio.timeout(self.longest.total_seconds()):
                while (chunk := await stream.chunks.get()) is not None:
                    await say(chunk)

    async def _hear_out(self, stream: Stream, say: _Say) -> Missed:
        """Wait for what a board missed; until it comes, it hears that it is connected."""
        hearing = asyncio.ensure_future(self._catching_up.hear(stream))
        try:
            while not (await asyncio.wait({hearing}, timeout=BEAT_S))[0]:
                await say(await self._share_beat())
        except BaseException:
            hearing.cancel()
            raise
        return hearing.result()

    async def _tell_missed(self, streams: Sequence[Stream]) -> dict[Stream, Missed]:
        told = await self._tell(streams)
        return {stream: Missed(told.chunks.get(stream, b""), max(stream.sent, told.reached), told.is_all)
                for stream in streams}

    async def stop(self) -> None:
        """End every stream and return when nothing is under way: the database's connections may then be closed."""
        self.close()
        self.bell.ring()
        under_way = {*self._works, *([self._task] if self._task else [])}
        if under_way:
            await asyncio.wait(under_way)
        await self._catching_up.stop()

    async def _whole(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Return what comes of work that goes to its end even where whoever waits for it has gone.

        A statement that is cut off in the middle leaves its connection open, with nobody to close it.
        """
        return await asyncio.shield(self._begin(work))

    def _begin(self, work: Coroutine[Any, Any, _T]) -> "asyncio.Task[_T]":
        task = asyncio.ensure_future(work)
        self._works.add(task)
        task.add_done_callback(self._works.discard)
        return task

    async def _share_beat(self) -> bytes:
        """Return a heartbeat; whoever asks while one is being made gets the same."""
        if self._beating is None or self._beating.done():
            self._beating = self._begin(self._beat_now())
        return await asyncio.shield(self._beating)

    def _join(self, stream: Stream) -> None:
        self._streams.add(stream)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        self.bell.ring()

    async def _run(self) -> None:
        """Tell the boards for as long as there are any, those too that come while the last ones are leaving."""
        while self._streams and not self._closed:
            await self._listen_and_tell()

    async def _listen_and_tell(self) -> None:
        """Tell the boards until there are none; what fails is tried again, and meanwhile they hear no heartbeat."""
        listening = asyncio.create_task(self.bell.listen())
        beat_at, clock = 0.0, asyncio.get_running_loop().time
        try:
            while self._streams and not self._closed:
                await self.bell.wait()
                try:
                    await self._tell_all()
                    if clock() >= beat_at:
                        await self._beat()
                        beat_at = clock() + BEAT_S
                except Exception as error:  # whatever it is, boards are told the next time; its text may hold a plate
                    _log.warning("boards could not be told: %s", type(error).__name__)
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening

    async def _tell_all(self) -> None:
        is_all = False
        while not is_all and self._streams:
            asked = list(self._streams)
            told = await self._tell(asked)
            for stream in told.chunks.keys() & self._streams:
                stream.put(told.chunks[stream])
            for stream in asked:  # whoever joined meanwhile has been told nothing of this
                stream.sent = max(stream.sent, told.reached)
            is_all = told.is_all

    async def _tell(self, streams: Sequence[Stream]) -> _Telling:
        """Make what these streams are to be told next, and write in the audit what they are shown."""
        since = min(stream.sent for stream in streams)
        async with reading(self.engine) as connection:
            events = await events_after(connection, since, _AT_ONCE)
        if not events:
            return _Telling({}, since, is_all=True)
        async with transaction(self.engine) as connection:
            chunks = await self._write(connection, streams, events, utc_now())
        return _Telling(chunks, events[-1].number, is_all=len(events) < _AT_ONCE)

    async def _write(self, connection: AsyncConnection, streams: Sequence[Stream], events: Sequence[Told],
                     now: datetime) -> dict[Stream, bytes]:
        groups = await groups_of(connection, {stream.user_id for stream in streams})
        by_groups: dict[frozenset[int], dict[int, Hit]] = {}
        chunks: dict[Stream, bytes] = {}
        shown: dict[int, dict[int, Hit]] = defaultdict(dict)
        for stream in streams:
            mine = groups.get(stream.user_id, frozenset())
            theirs = [event for event in events if event.number > stream.sent and event.audience_id in mine]
            if not theirs:
                continue
            if mine not in by_groups:
                found = await find_hits(connection, Onlooker(stream.user_id, mine, now),
                                        {event.hit_id for event in events if event.audience_id in mine})
                by_groups[mine] = {hit.hit_id: hit for hit in found}
            hits = by_groups[mine]
            chunks[stream] = self._messages(stream, theirs, hits)
            shown[stream.user_id] |= {event.hit_id: hits[event.hit_id] for event in theirs if event.hit_id in hits}
        await self._record(connection, streams, shown)
        return chunks

    async def _record(self, connection: AsyncConnection, streams: Iterable[Stream],
                      shown: Mapping[int, Mapping[int, Hit]]) -> None:
        """Write one row for each user who is shown something."""
        actors = {stream.user_id: stream.actor for stream in streams}
        for user_id, hits in sorted(shown.items()):
            await self.trail.record(connection, actors[user_id], shown_entry(list(hits.values())))
            self.shown.note(user_id, hits.values())

    def _messages(self, stream: Stream, events: Sequence[Told], hits: Mapping[int, Hit]) -> bytes:
        """Return the messages of one stream; a hit's card goes with its last event."""
        last = {event.hit_id: event.number for event in events}
        parts = []
        for event in events:
            if (hit := hits.get(event.hit_id)) is None:
                continue  # it has expired meanwhile
            data: dict[str, Any] = {"hit": hit.hit_id, "kind": event.kind, "at": iso_ms(event.at),
                                    "version": hit.version, "state": hit.state,
                                    "own": event.user_id == stream.user_id}
            if not stream.with_cards:
                data["item"] = write_item(hit)
            elif last[event.hit_id] == event.number:
                data["card"] = self.painter.card(
                    hit, Face(stream.user_id, stream.role, handles=stream.handles), stream.language)
            parts.append(write_message("hit", data, self.marks.write(event.number)))
        return b"".join(parts)

    async def _beat_now(self) -> bytes:
        async with reading(self.engine) as connection:
            pulse = await feel_pulse(connection)
        return write_message("beat", {"ingest": pulse.is_alive, "at": iso_ms(pulse.now),
                                      "moved": iso_ms(pulse.moved_at) if pulse.moved_at else None,
                                      "broker": pulse.broker_connected})

    async def _beat(self) -> None:
        """Tell every board that it is connected; end the streams of whoever may not listen any more."""
        asked = list(self._streams)
        chunk, good = await self._beat_now(), await self._still_here(asked)
        for stream in asked:  # whoever joined meanwhile has just come through the door
            if stream not in self._streams:
                continue
            if stream.credential in good:
                stream.put(chunk)
            else:
                stream.end(write_message("over", {}))
                self._streams.discard(stream)

    async def _still_here(self, streams: Sequence[Stream]) -> set[bytes]:
        now = utc_now()
        sessions = [stream.credential for stream in streams if stream.is_session]
        tokens = [stream.credential for stream in streams if not stream.is_session]
        async with reading(self.engine) as connection:
            roles = await still_here(connection, sessions, now) if sessions else {}
            good = await still_good(connection, tokens, Act.see_hits, now) if tokens else set()
        return good | {credential for credential, role in roles.items() if may(role, Act.see_hits)}
