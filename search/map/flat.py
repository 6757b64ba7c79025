"""The zone laid flat: places in tens of metres, north up, for drawings in SVG (pure)."""

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from search.journeys.network import Network, Point

FlatPoint = tuple[int, int]
"""East and south in tens of metres: whole numbers are then fine enough, and short."""

P = TypeVar("P", bound=tuple[float, float])

_KM_PER_DEGREE = 111.32
_UNITS_PER_KM = 100

_LATITUDE = 51.0
"""Degrees; the cosine of the zone's latitude makes a degree of longitude as long on the map as it is on the ground."""


@dataclass(frozen=True, slots=True)
class View:
    """The part of the flat zone that a drawing shows."""

    left: int
    top: int
    wide: int
    high: int

    def __str__(self) -> str:
        return f"{self.left} {self.top} {self.wide} {self.high}"


def flatten(point: Point) -> FlatPoint:
    """Return a point on the flat map: x grows to the east, y to the south (equirectangular projection)."""
    lon, lat = point
    return (round(lon * _KM_PER_DEGREE * math.cos(math.radians(_LATITUDE)) * _UNITS_PER_KM),
            round(-lat * _KM_PER_DEGREE * _UNITS_PER_KM))


def written(line: Iterable[Point]) -> str:
    """Return a line as the points of an SVG polyline."""
    return _written(map(flatten, line))


def _written(line: Iterable[FlatPoint]) -> str:
    return " ".join(f"{x},{y}" for x, y in line)


def view_of(points: Sequence[FlatPoint], margin: int, least: int) -> View:
    """Return what shows all these points and a margin around them; all in tens of metres, `least` either way."""
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    wide, high = max(right - left, least) + 2 * margin, max(bottom - top, least) + 2 * margin
    return View((left + right - wide) // 2, (top + bottom - high) // 2, wide, high)


def all_roads(network: Network) -> tuple[str, ...]:
    """Return every piece of road of the network once, whichever way it is driven, as points of SVG polylines."""
    return tuple(_written(line) for line in road_lines(
        map(flatten, leg.path) for leg in network.legs.values()))


def road_lines(paths: Iterable[Iterable[P]]) -> list[list[P]]:
    """Return the pieces of all paths, each once, joined to lines that are as long as they can be."""
    beside: dict[P, set[P]] = defaultdict(set)
    for path in paths:
        points = list(path)
        for here, there in itertools.pairwise(points):
            if here != there:
                beside[here].add(there)
                beside[there].add(here)
    # From the ends of roads and from crossings first, so that what is left over are rings.
    starts = sorted(beside, key=lambda point: (len(beside[point]) == 2, point))
    return [line for start in starts for line in _lines_from(start, beside)]


def _lines_from(start: P, beside: dict[P, set[P]]) -> Iterable[list[P]]:
    while beside[start]:
        line = [start]
        while beside[line[-1]]:
            following = min(beside[line[-1]])
            beside[line[-1]].remove(following)
            beside[following].remove(line[-1])
            line.append(following)
        yield line
