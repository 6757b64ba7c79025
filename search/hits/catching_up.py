"""Boards that come again with something missed: those that come at the same moment are told together.

After a restart everybody comes again at once. Each by itself would look up the same hits, draw the same cards and write
a row into the audit, one after another, and hold a connection meanwhile; together they cost little more than one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field

from search.hits.streams import Stream


@dataclass(frozen=True, slots=True)
class Missed:
    """What a board is told next of what it missed."""

    chunk: bytes
    reached: int
    """The number up to which it has been told."""
    is_all: bool


Look = Callable[[Sequence[Stream]], Awaitable[dict[Stream, Missed]]]


@dataclass(slots=True)
class CatchingUp:
    """Who waits to be told, one look at a time; `look` makes what several streams are told next."""

    look: Look
    most: int
    """Events that one look tells: who is further behind waits for the next, so that nobody waits for what it missed."""
    _waiting: "dict[Stream, asyncio.Future[Missed]]" = field(default_factory=dict)
    _task: "asyncio.Task[None] | None" = None

    async def hear(self, stream: Stream) -> Missed:
        """Return what a stream is told next; raises what went wrong with the look."""
        answer = self._waiting[stream] = asyncio.get_running_loop().create_future()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        try:
            missed: Missed = await answer
            return missed
        finally:
            self._waiting.pop(stream, None)

    async def stop(self) -> None:
        """Return when no look is under way."""
        if self._task is not None:
            await asyncio.wait({self._task})

    async def _run(self) -> None:
        while self._waiting:
            chosen = {stream: self._waiting.pop(stream) for stream in choose(self._waiting.keys(), self.most)}
            try:
                told = await self.look(list(chosen))
            except Exception as error:  # each of them breaks off, and comes again
                for answer in chosen.values():
                    if not answer.done():
                        answer.set_exception(error)
            else:
                for stream, answer in chosen.items():
                    if not answer.done():  # it has left meanwhile
                        answer.set_result(told[stream])


def choose(waiting: Collection[Stream], most: int) -> list[Stream]:
    """Return those that one look tells: who missed least, and who is no further behind than what a look tells."""
    newest = max(stream.sent for stream in waiting)
    return [stream for stream in waiting if stream.sent > newest - most]
