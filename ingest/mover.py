"""The mover: from alerts to hits, at once where this process raised them; one process at a time does it."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy.ext.asyncio import AsyncEngine

from services.clock import utc_now
from services.database import reading, transaction
from services.hits import moving

log = logging.getLogger(__name__)

_EVERY_S = 0.1
"""How often it looks for alerts of other processes, and for what people did with hits."""
_AGAIN_S = 0.01
_MOST_REST_S = 0.05
_TENDED_EVERY_S = 1.0
_LONGEST_S = 5.0
"""A move that takes longer is given up and begun again: whoever holds the connection may be gone."""


class Mover:
    """Moves for as long as it runs; what a lost database leaves undone is done when it is back: alerts are rows."""

    def __init__(self, engine: AsyncEngine, is_connected: Callable[[], bool]) -> None:
        self._engine, self._is_connected = engine, is_connected
        self._woken = asyncio.Event()
        self._tended_s = float("-inf")

    def wake(self) -> None:
        """Say that an alert was committed."""
        self._woken.set()

    async def run(self, every_s: float = _EVERY_S) -> None:
        """Move for ever: when woken, and every tenth of a second."""
        failed = False
        while True:
            woken = await self._rest(every_s)
            try:
                began = time.monotonic()
                async with asyncio.timeout(_LONGEST_S):
                    await self.look(woken=woken)
                # In a flood the doors have as much of the processor as the mover, and a move takes more at once.
                await asyncio.sleep(min(_MOST_REST_S, time.monotonic() - began))
                failed = False
            except Exception as error:  # whatever ails the database, the alerts stay and wait
                log.log(logging.DEBUG if failed else logging.WARNING, "hits wait (%s)", type(error).__name__)
                failed = True

    async def _rest(self, every_s: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(every_s):
                await self._woken.wait()
        woken = self._woken.is_set()
        self._woken.clear()
        return woken

    async def look(self, *, woken: bool = False) -> None:
        """Move all that waits; once a second, look after the hits and say that this process lives."""
        tend = time.monotonic() - self._tended_s >= _TENDED_EVERY_S
        while tend or woken or await self._is_waiting():
            moved = await self._move(tend=tend)
            if moved is None:  # another process is at it, and may have begun before our alert was committed
                if tend:
                    self._tended_s = time.monotonic()  # it tends, too
                tend, woken = False, False
                await asyncio.sleep(_AGAIN_S)
                continue
            if not moved.full:
                return
            tend = False

    async def _is_waiting(self) -> bool:
        async with reading(self._engine) as connection:
            return await moving.is_waiting(connection)

    async def _move(self, *, tend: bool) -> moving.Moved | None:
        now = utc_now()
        async with transaction(self._engine) as connection:
            if not await moving.try_lock(connection):
                return None
            if tend:
                await moving.tend(connection, now)
            moved = await moving.move(connection, now)
            if tend:
                await moving.stamp(connection, connected=self._is_connected())
        if tend:
            self._tended_s = time.monotonic()
        return moved
