"""What the overview counts of gateways."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry import State

_GATEWAYS = text("""
SELECT gateways.name, gateways.state, heard.at, heard.catching_up, heard.reached, coalesce(days.late, 0) AS late,
       coalesce(days.rejected, 0) AS rejected
FROM gateways
LEFT JOIN gateway_days AS days ON days.gateway_id = gateways.gateway_id AND days.day = :today
CROSS JOIN LATERAL (
    SELECT max(greatest(last_received_at, heartbeat_at)) AS at,
           count(*) FILTER (WHERE last_received_at > :lately AND last_received_at - last_captured_at > :delay)
               AS catching_up,
           min(last_captured_at) FILTER (WHERE last_received_at > :lately
                                         AND last_received_at - last_captured_at > :delay) AS reached
    FROM gateway_cameras JOIN camera_states USING (camera_id)
    WHERE gateway_cameras.gateway_id = gateways.gateway_id
) AS heard
WHERE gateways.gateway_id > 0 OR days.rejected > 0 ORDER BY gateways.name
""")

_LATELY = timedelta(minutes=5)
_DELAY = timedelta(minutes=1)
"""As late is understood of reads (docs/architecture.md): more than a minute after the capture."""


@dataclass(frozen=True, slots=True)
class GatewaySign:
    """When a gateway was last heard, and what came late or was refused today."""

    name: str
    state: State
    heard_at: datetime | None
    catching_up: int
    """Cameras of which old reads are arriving."""
    reached: datetime | None
    """Up to when the one that is furthest behind has come."""
    late_today: int
    rejected_today: int


async def list_gateway_signs(connection: AsyncConnection, today: date, now: datetime) -> list[GatewaySign]:
    """Return every gateway with its last sign; the unregistered ones (together) only when they were refused today."""
    rows = await connection.execute(_GATEWAYS, {"today": today, "lately": now - _LATELY, "delay": _DELAY})
    return [GatewaySign(row.name, State(row.state), row.at, row.catching_up, row.reached, row.late, row.rejected)
            for row in rows]
