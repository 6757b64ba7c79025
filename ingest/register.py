"""The gateways as ingest knows them: looked up again every few seconds, and at once for a stranger, within reason."""

import asyncio
import logging
import time

from sqlalchemy.ext.asyncio import AsyncEngine

from services.database import transaction
from services.push_keys import PushDigests
from services.registry import Gateway, load_gateways, load_push_keys

log = logging.getLogger(__name__)

_EVERY_S = 2.0
"""How soon a change of a gateway is felt: one that is disabled is out within seconds."""

_STRANGERS_EVERY_S = 0.2
"""A flood of messages from strangers must not become a flood of look-ups."""


class Register:
    """Holds every gateway and what is kept of its push key, by name, as of a moment ago."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._looked_at = 0.0
        self.loaded = False
        self.gateways: dict[str, Gateway] = {}
        self.push_keys: dict[str, PushDigests] = {}

    async def look_again(self) -> None:
        """Load the gateways, at most every so often: what was registered before the call is known afterwards."""
        await asyncio.sleep(max(0.0, self._looked_at + _STRANGERS_EVERY_S - time.monotonic()))
        await self._load()

    async def keep_current(self) -> None:
        """Load the gateways for ever, every few seconds; while the database is away the last known ones stay."""
        while True:
            try:
                await self._load()
            except Exception as error:  # whatever ails the database, the batcher says it and waits for it
                log.debug("the gateways could not be loaded (%s)", type(error).__name__)
            await asyncio.sleep(_EVERY_S)

    async def _load(self) -> None:
        async with transaction(self._engine) as connection:
            # The keys first: a gateway added in between must not have one and not be known.
            push_keys, gateways = await load_push_keys(connection), await load_gateways(connection)
        self.gateways, self.push_keys, self.loaded = gateways, push_keys, True
        self._looked_at = time.monotonic()
