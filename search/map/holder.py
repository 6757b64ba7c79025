"""The zone as the program keeps it: drawn once, and anew when its roads or cameras may have changed."""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from search.journeys.roads import RoadsCache
from search.map.queries import list_spots
from search.map.zone import Zone


@dataclass(slots=True)
class ZoneHolder:
    """What was drawn last, of which network."""

    roads: RoadsCache
    _zone: Zone | None = field(default=None)

    async def get(self, connection: AsyncConnection) -> Zone:
        """Return the zone, not older than the road network is kept."""
        network = (await self.roads.get(connection)).network
        if self._zone is None or self._zone.network is not network:
            self._zone = Zone(network, await list_spots(connection))
        return self._zone
