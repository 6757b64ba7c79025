"""The zone that every map shows: its roads, the names of its municipalities, and how much of the world it is (pure)."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

from search.journeys.network import Network, Point
from search.map.flat import View, all_roads, flatten, road_lines, view_of

_MARGIN = 90
_LEAST_SPAN = 400
_PLACES = 5
"""Digits of a degree: one metre."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a camera stands, and in which municipality."""

    point: Point
    municipality: str


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A name on the map."""

    name: str
    point: Point

    @property
    def flat(self) -> tuple[int, int]:
        """Where it stands on the flat map."""
        return flatten(self.point)


@dataclass(frozen=True)
class Zone:
    """What all maps have in common; it changes only when cameras or roads do."""

    network: Network
    spots: Sequence[Spot]

    @cached_property
    def view(self) -> View | None:
        """The part of the flat map that holds every camera; None where no camera has a place."""
        return view_of([flatten(spot.point) for spot in self.spots], _MARGIN, _LEAST_SPAN) if self.spots else None

    @cached_property
    def roads(self) -> tuple[str, ...]:
        """The roads as points of SVG polylines on the flat map."""
        return all_roads(self.network)

    @cached_property
    def places(self) -> tuple[PlaceName, ...]:
        """The municipalities, each amid its cameras."""
        by_name: dict[str, list[Point]] = defaultdict(list)
        for spot in self.spots:
            by_name[spot.municipality].append(spot.point)
        return tuple(PlaceName(name, _middle(points)) for name, points in sorted(by_name.items()) if name)

    @cached_property
    def geojson(self) -> bytes:
        """The roads and names as a GeoJSON feature collection (RFC 7946)."""
        lines = road_lines(leg.path for leg in self.network.legs.values())
        features = [_feature("road", {"type": "MultiLineString", "coordinates": [
            [_rounded(point) for point in line] for line in lines]}),
            *(_feature("place", {"type": "Point", "coordinates": _rounded(place.point)}, name=place.name)
              for place in self.places)]
        return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"),
                          ensure_ascii=False).encode()

    @cached_property
    def version(self) -> str:
        """A digest of `geojson`, so that a browser may keep it as long as its address stays the same."""
        return blake2b(self.geojson, digest_size=6).hexdigest()

    @cached_property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """West, south, east and north of all cameras in degrees."""
        if not self.spots:
            return None
        lons, lats = zip(*(spot.point for spot in self.spots), strict=True)
        return min(lons), min(lats), max(lons), max(lats)


def _middle(points: Sequence[Point]) -> Point:
    return sum(lon for lon, _ in points) / len(points), sum(lat for _, lat in points) / len(points)


def _rounded(point: Iterable[float]) -> list[float]:
    return [round(degrees, _PLACES) for degrees in point]


def _feature(kind: str, geometry: dict[str, object], **properties: str) -> dict[str, object]:
    return {"type": "Feature", "properties": {"kind": kind, **properties}, "geometry": geometry}
