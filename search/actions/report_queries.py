"""What the report of an action counts: its vehicles without their plates, of all groups; nothing discreet is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.hits.action_rule import Outcome


@dataclass(frozen=True, slots=True)
class Counted:
    """A vehicle of an action, as far as it counts."""

    camera: str
    captured_at: datetime
    expected_until: datetime
    raised_at: datetime
    """When the first of its alerts was raised."""
    outcome: Outcome | None
    team: str | None
    lists: Sequence[str]


_COUNTED = text("""
SELECT c.code AS camera, v.captured_at, v.expected_until, min(a.raised_at) AS raised_at, v.outcome, t.name AS team,
       array_agg(DISTINCT w.name) AS lists
FROM action_vehicles v
JOIN action_alerts l ON l.vehicle_id = v.vehicle_id
JOIN alerts a ON a.alert_id = l.alert_id
JOIN watchlists w ON w.list_id = a.list_id
JOIN cameras c ON c.camera_id = v.camera_id
LEFT JOIN action_teams t ON t.team_id = v.team_id
WHERE v.action_id = :action_id AND NOT a.discreet
GROUP BY v.vehicle_id, c.code, t.name
""")


async def counted_vehicles(connection: AsyncConnection, action_id: int) -> list[Counted]:
    """Return the vehicles of an action."""
    rows = await connection.execute(_COUNTED, {"action_id": action_id})
    return [Counted(row.camera, row.captured_at, row.expected_until, row.raised_at,
                    Outcome(row.outcome) if row.outcome else None, row.team, row.lists) for row in rows]
