"""An invented zone that watches: people, a group of named ones, a list, and entries made as the product makes them."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.database import transaction
from services.watchlists import entries
from services.watchlists.audiences import audiences_of
from services.watchlists.categories import Category
from services.watchlists.drafting import Checked, Draft, check
from services.watchlists.entries import Decider, Made
from services.watchlists.lists import ListDraft, find_list, ground_of, make_list

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
DAY = timedelta(days=1)
GOOD = Draft(
    plate="3-ABC-123", country="BE", measure="Onderscheppen", reason="Gestolen te Bree in de nacht van zondag",
    legal_basis="WPA art. 44/2", authority="PZ Kempen", file_number="GE.11.L1.004512/2026", requester="INP Peeters",
    since=NOW, until=NOW + 30 * DAY)
_ROLES = {"an": "investigator", "kim": "tecint", "luc": "tecint", "ben": "tecint"}


@dataclass
class Zone:
    """The zone, by search's own role."""

    engine: AsyncEngine
    users: dict[str, int] = field(default_factory=dict)

    async def run(self, statement: str, **values: object) -> list[Any]:
        """Run one statement."""
        async with transaction(self.engine) as connection:
            found = await connection.execute(text(statement), values)
            return list(found.all()) if found.returns_rows else []

    async def mine(self, who: str) -> frozenset[int]:
        """Return somebody's groups."""
        async with transaction(self.engine) as connection:
            return await audiences_of(connection, self.users[who], _ROLES[who])

    async def decider(self, who: str) -> Decider:
        """Return somebody as who decides."""
        return Decider(self.users[who], await self.mine(who))

    async def checked(self, who: str = "an", now: datetime = NOW, **changes: Any) -> Checked:
        """Return a good entry with changes, checked."""
        async with transaction(self.engine) as connection:
            watchlist = await find_list(connection, "gestolen")
            assert watchlist is not None
            found = check(replace(GOOD, **changes), await ground_of(connection, watchlist, await self.mine(who)), now)
        assert isinstance(found, Checked), found
        return found

    async def add(self, who: str = "an", now: datetime = NOW, *, urgent: bool = False, validated_by: str = "",
                  **changes: Any) -> int:
        """Add an entry, and have it validated where it says by whom."""
        checked = await self.checked(who, now, **changes)
        async with transaction(self.engine) as connection:
            watchlist = await find_list(connection, "gestolen")
            assert watchlist is not None
            entry_id = await entries.add(connection, checked, Made(
                watchlist.list_id, self.users[who], self.users[who], urgent), now)
        if validated_by:
            async with transaction(self.engine) as connection:
                assert await entries.validate(
                    connection, entry_id, 1, await self.decider(validated_by), now) is entries.Outcome.done
        return entry_id

    async def matched(self) -> list[int]:
        """Return which entries ingest holds reads against."""
        return [row.entry_id for row in await self.run(
            "SELECT entry_id FROM watch_entries WHERE matched ORDER BY entry_id")]


async def make_zone(owner: Any, engine: AsyncEngine) -> Zone:
    """Make the people, the group `two` of an and kim, and the list `gestolen`."""
    zone = Zone(engine)
    for name, role in _ROLES.items():
        zone.users[name] = owner.execute(
            "INSERT INTO users (username, display_name, role, password_hash) VALUES (%s, %s, %s, '') "
            "RETURNING user_id", [name, name.title(), role]).fetchone()["user_id"]
    owner.execute("INSERT INTO audiences (code, name, user_ids) VALUES ('two', 'Twee', %s)",
                  [[zone.users["an"], zone.users["kim"]]])
    async with transaction(engine) as connection:
        assert await make_list(connection, "gestolen", Category.stolen_vehicle,
                               ListDraft("Gestolen", 1, 1, "", "", ""), zone.users["kim"], NOW)
    return zone
