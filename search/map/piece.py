"""A piece of the zone around one place, for a page about that place (pure)."""

from dataclasses import dataclass

from search.journeys.network import Point
from search.map.flat import View, flatten, view_of
from search.map.zone import PlaceName, Zone

_AROUND = 260
"""Tens of metres to each side that the drawing shows."""
_LON, _LAT = 0.036, 0.023
"""Degrees to each side that the live map shows: two kilometres and a half at this latitude."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What a map needs of the zone, of which it shows a part; named as there."""

    zone: Zone
    middle: Point

    @property
    def view(self) -> View:
        """The part of the flat map around the middle."""
        return view_of([flatten(self.middle)], _AROUND, 0)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north in degrees."""
        lon, lat = self.middle
        return lon - _LON, lat - _LAT, lon + _LON, lat + _LAT

    @property
    def roads(self) -> tuple[str, ...]:
        """All roads: the drawing cuts off what lies outside."""
        return self.zone.roads

    @property
    def places(self) -> tuple[PlaceName, ...]:
        """All names."""
        return self.zone.places

    @property
    def version(self) -> str:
        """The digest of the whole zone's roads."""
        return self.zone.version
