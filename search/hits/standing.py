"""Open hits by priority and age: numbers for the overview, of the onlooker's own groups alone (R11)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from search.hits.queries import Onlooker, visible
from search.pages.language import Words, words
from services.hits.following import HitState
from services.schema_hits import hits

FRESH = timedelta(minutes=5)
RECENT = timedelta(minutes=30)


class Age(StrEnum):
    """How long ago a hit was raised."""

    fresh = "fresh"
    recent = "recent"
    old = "old"


AGES: dict[Age, Words] = {
    Age.fresh: words("up to 5 min"),
    Age.recent: words("5 to 30 min"),
    Age.old: words("longer"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """The open hits of one priority and age."""

    number: int
    unclaimed: int
    """Those that nobody has."""


@dataclass(frozen=True, slots=True)
class OpenHits:
    """Every open hit that the onlooker may see, as numbers."""

    cells: dict[tuple[int, Age], Standing]
    late: int
    """Hits whose reads came too late to act on: apart, as on the board."""
    oldest_unclaimed: datetime | None

    @property
    def priorities(self) -> list[int]:
        """The priorities of which any is open, the most urgent first."""
        return sorted({priority for priority, _ in self.cells})

    @property
    def number(self) -> int:
        """How many are open, without those that came late."""
        return sum(cell.number for cell in self.cells.values())

    @property
    def unclaimed(self) -> int:
        """How many of them nobody has."""
        return sum(cell.unclaimed for cell in self.cells.values())


async def count_standing(connection: AsyncConnection, onlooker: Onlooker) -> OpenHits:
    """Count the open hits of these groups by priority and age; one statement."""
    hit = hits.c
    is_open = hit.state == HitState.open
    age = case((hit.raised_at > onlooker.now - FRESH, Age.fresh), (hit.raised_at > onlooker.now - RECENT, Age.recent),
               else_=Age.old).label("age")
    rows = (await connection.execute(
        select(hit.late, hit.priority, age, func.count(), func.count().filter(is_open),
               func.min(hit.raised_at).filter(is_open))
        .where(hit.ended_at.is_(None), *visible(onlooker)).group_by(hit.late, hit.priority, age))).all()
    cells = {(row[1], Age(row[2])): Standing(row[3], row[4]) for row in rows if not row[0]}
    waiting = [row[5] for row in rows if not row[0] and row[5]]
    return OpenHits(cells, sum(row[3] for row in rows if row[0]), min(waiting, default=None))
