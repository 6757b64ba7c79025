"""Lists and entries put into a test's database as their owner would, with whatever a test wants otherwise."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from services.clock import utc_now

DISPATCH, TECINT = 1, 2


async def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until something holds in the database."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110  # another connection changes it
            await asyncio.sleep(0.01)


class Watchlists:
    """Makes lists and entries; every entry is validated and live since yesterday unless it says otherwise."""

    def __init__(self, look: Any) -> None:
        self.look = look
        self._lists: dict[tuple[str, str], int] = {}

    def list_of(self, state: str = "live", category: str = "stolen-vehicle") -> int:
        """Return the number of a list in this state."""
        key = (state, category)
        if key not in self._lists:
            self._lists[key] = self.look.one(
                "INSERT INTO watchlists (code, name, category, state, priority, audience_id) "
                "VALUES (%s, %s, %s, %s, 1, 1) RETURNING list_id",
                f"{category}-{state}", f"{category} {state}", category, state)
        return self._lists[key]

    def put(self, plate: str = "3ABC123", state: str = "live", **columns: Any) -> int:
        """Insert an entry; return its number."""
        now = utc_now()
        entry_id = self.look.one("SELECT nextval('watch_entry_ids')")
        values = {"entry_id": entry_id, "list_id": self.list_of(state), "plate": plate, "measure": "stop",
                  "reason": "stolen", "legal_basis": "WPA 44/11", "authority": "zone", "file_number": "LI.1/2026",
                  "requester": "recherche", "since": now - timedelta(days=1), "until": now + timedelta(days=30),
                  "audience_id": DISPATCH, "priority": 1, "made_at": now, "first_made_at": now, "validated_at": now,
                  **columns}
        self.look.connection.execute(
            f"INSERT INTO watch_entries ({', '.join(values)}) VALUES ({', '.join(['%s'] * len(values))})",
            list(values.values()))
        return int(entry_id)

    def revoke(self, entry_id: int, at: datetime | None = None) -> None:
        """End an entry."""
        self.look.connection.execute("UPDATE watch_entries SET revoked_at = %s WHERE entry_id = %s",
                                     [at or utc_now(), entry_id])

    def alerts(self) -> list[dict[str, Any]]:
        """Return every alert, in the order in which they were raised."""
        return list(self.look.all("SELECT * FROM alerts ORDER BY alert_id"))

    def told(self) -> list[tuple[str, str]]:
        """Return plate and sureness of the alerts that stand."""
        return [(row["plate"], row["matched_as"]) for row in self.alerts() if row["withdrawn_at"] is None]
