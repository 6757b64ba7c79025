"""The bell: rings when the mover says that there are new events. One connection a process listens for it."""

import asyncio
import logging
from contextlib import suppress
from typing import Any

import psycopg

from services.hits.telling_boards import CHANNEL

_AGAIN_S = 2.0
_log = logging.getLogger(__name__)

EVERY_S = 1.0
"""So often boards look even if it does not ring."""

UNHEARD_EVERY_S = 0.25
"""The same while nobody listens: the database has just come back, or lets nobody listen."""


class Bell:
    """Waits for the mover's NOTIFY, and now and then looks without it."""

    def __init__(self, url: str) -> None:
        self._url, self._rung, self._listening = url, asyncio.Event(), False

    def ring(self) -> None:
        """Have whoever waits look at once."""
        self._rung.set()

    async def wait(self) -> None:
        """Return when it rings, or when it is time to look anyhow."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), EVERY_S if self._listening else UNHEARD_EVERY_S)
        self._rung.clear()

    async def listen(self) -> None:
        """Listen until cancelled; a connection that breaks is made anew."""
        while True:
            try:
                await self._listen_once()
            except (psycopg.Error, OSError) as error:
                _log.warning("nobody listens for new hits: %s; looking every %g s", type(error).__name__,
                             UNHEARD_EVERY_S)
            finally:
                self._listening = False
            await asyncio.sleep(_AGAIN_S)

    async def _listen_once(self) -> None:
        async with await _connect(self._url) as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self._listening = True
            self.ring()
            async for _ in connection.notifies():
                self.ring()


async def _connect(url: str) -> psycopg.AsyncConnection[Any]:
    """Return a connection; whoever is cancelled while it is being made leaves none open behind them."""
    connecting = asyncio.ensure_future(psycopg.AsyncConnection.connect(url, autocommit=True, connect_timeout=10))
    try:
        return await asyncio.shield(connecting)
    except asyncio.CancelledError:
        await (await connecting).close()
        raise
