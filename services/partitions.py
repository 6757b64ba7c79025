"""The weeks of `reads`: made before they are needed, outside the transaction that stores."""

import re
from collections.abc import Iterable
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.database import transaction

_WEEK = re.compile(r"reads_(\d{4})_(\d\d)_(\d\d)\Z")


def monday_named(table: str) -> date | None:
    """Return the Monday with which the week in `table` begins; None when it holds no week of reads."""
    match = _WEEK.match(table)
    return date(*map(int, match.groups())) if match else None


def week_name(monday: date) -> str:
    """Return the table that holds the reads of the week that begins on `monday`."""
    return f"reads_{monday:%Y_%m_%d}"


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
