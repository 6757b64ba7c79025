"""The gate's rules as the DPO confirmed them, read anew every few seconds."""

from dataclasses import dataclass, field
from time import monotonic

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gate_rules import CAUTIOUS, Rules, with_confirmed
from services.schema_people import gate_settings

_GOOD_FOR_S = 5.0


@dataclass(slots=True)
class RulesHolder:
    """Holds the rules; other search processes learn of a change within _GOOD_FOR_S."""

    _rules: Rules = field(default=CAUTIOUS, init=False)
    _read_at: float | None = field(default=None, init=False)

    async def current(self, connection: AsyncConnection) -> Rules:
        """Return the rules."""
        if self._read_at is None or monotonic() - self._read_at > _GOOD_FOR_S:
            found = await connection.execute(select(gate_settings.c.name, gate_settings.c.value))
            self._rules = with_confirmed({row.name: row.value for row in found})
            self._read_at = monotonic()
        return self._rules

    def forget(self) -> None:
        """Have the rules read anew, as after a change made here."""
        self._read_at = None
