"""The watch on silent cameras: once a minute, by one of the ingest processes."""

import asyncio
import logging
import time
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from ingest import metrics
from ingest.lag import Lag
from services import silences
from services.clock import utc_now
from services.database import transaction
from services.rhythms import load_rhythms
from services.silence_rule import Rhythm

log = logging.getLogger(__name__)

_EVERY_S = 60.0
_LONGEST_S = 30.0
_RHYTHMS_KEPT_S = 3600.0
_SILENT = "SELECT count(*) FROM camera_silences WHERE until IS NULL"


class SilenceWatch:
    """Looks after the silences for as long as it runs; how the cameras usually are it learns every hour."""

    def __init__(self, engine: AsyncEngine, lag: Lag) -> None:
        self._engine, self._lag = engine, lag
        self._since = utc_now()
        self._rhythms: Mapping[int, Rhythm] = {}
        self._loaded_s = float("-inf")

    async def run(self, every_s: float = _EVERY_S) -> None:
        """Look every minute, for ever."""
        while True:
            await asyncio.sleep(every_s)
            try:
                async with asyncio.timeout(_LONGEST_S):
                    await self.look(utc_now())
            except Exception as error:  # whatever ails the database, the batcher says it and waits for it
                log.debug("the silences could not be looked after (%s)", type(error).__name__)

    async def look(self, now: datetime) -> None:
        """Bring the silences up to date at `now`."""
        async with transaction(self._engine) as connection:
            if time.monotonic() - self._loaded_s > _RHYTHMS_KEPT_S:
                self._rhythms, self._loaded_s = await load_rhythms(connection), time.monotonic()
            behind = self._lag.is_behind(time.monotonic())
            await silences.look(connection, silences.Watch(self._rhythms, self._since, behind), now)
            metrics.SILENT.set((await connection.execute(text(_SILENT))).scalar_one())
