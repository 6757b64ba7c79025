"""The road network and its travel times as the program keeps them: read from the database every few minutes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from search.journeys.legs import Roads
from search.journeys.network import Leg, Network, Node
from search.journeys.times import Hour, LegTimes
from services.schema import camera_legs, cameras, leg_times

FRESH_SECONDS = 300.0
"""A network or travel times that were loaded count within five minutes; working them out anew takes some 0.1 s."""


@dataclass(slots=True)
class RoadsCache:
    """What was read last, and when (seconds of the monotonic clock)."""

    _roads: Roads | None = None
    _read_at: float = field(default=0.0)

    async def get(self, connection: AsyncConnection) -> Roads:
        """Return the roads, from the database when there are none yet or they are not fresh."""
        if self._roads is None or monotonic() - self._read_at > FRESH_SECONDS:
            self._roads, self._read_at = await read_roads(connection), monotonic()
        return self._roads


async def read_roads(connection: AsyncConnection) -> Roads:
    """Read the network and its travel times: no read and no plate is in them."""
    hours = await _read_hours(connection)
    network = Network(await _read_nodes(connection), await _read_legs(connection, hours))
    return Roads(network, LegTimes(network, hours))


async def _read_nodes(connection: AsyncConnection) -> list[Node]:
    rows = await connection.execute(select(
        cameras.c.camera_id, cameras.c.lat, cameras.c.lon, cameras.c.speed_limit_kmh))
    return [Node(*row) for row in rows]


async def _read_hours(connection: AsyncConnection) -> list[Hour]:
    rows = await connection.execute(select(
        leg_times.c.from_camera, leg_times.c.to_camera, leg_times.c.hour, leg_times.c.samples, leg_times.c.fastest_s,
        leg_times.c.usual_s, leg_times.c.slow_s))
    return [Hour(*row) for row in rows]


async def _read_legs(connection: AsyncConnection, hours: Sequence[Hour]) -> list[Leg]:
    fastest: dict[tuple[int, int], float] = {}
    for hour in hours:
        fastest[hour.start, hour.end] = min(hour.fastest_s, fastest.get((hour.start, hour.end), hour.fastest_s))
    rows = await connection.execute(select(camera_legs))
    return [Leg(row.from_camera, row.to_camera, row.km, row.minutes, tuple((lon, lat) for lon, lat in row.path),
                fastest.get((row.from_camera, row.to_camera))) for row in rows]
