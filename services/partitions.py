"""The weeks of `reads`: made before they are needed, outside the transaction that stores."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.database import transaction


class Weeks:
    """Remembers which weekly partitions exist, so that a batch asks the database only for a new week."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._known: set[date] = set()

    async def ensure(self, mondays: Iterable[date]) -> None:
        """Make the partitions of the weeks that begin on `mondays` where they are missing."""
        for monday in sorted(set(mondays) - self._known):
            async with transaction(self._engine) as connection:
                await connection.execute(text("SELECT ensure_reads_week(:monday)"), {"monday": monday})
            self._known.add(monday)

    def forget(self) -> None:
        """Ask again for every week: after an error the database may be another one, or a week may be gone."""
        self._known.clear()
