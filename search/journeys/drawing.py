"""Journeys as lines: along the road where one is known, else straight; and the zone as a flat map (pure)."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from search.journeys.legs import Judged
from search.journeys.network import Network, Point
from search.journeys.seen import Seen

_KM_PER_DEGREE = 111.32
_UNITS_PER_KM = 100
"""A unit of the drawing is ten metres: whole numbers are then fine enough, and short."""

_LATITUDE = 51.0
"""Degrees; the cosine of the zone's latitude makes a degree of longitude as long on the map as it is on the ground."""

_MARGIN = 60
_LEAST_SPAN = 700


def line_of(leg: Judged, network: Network) -> tuple[Point, ...]:
    """Return the line of a leg: along the road, or straight where no way onward is known; empty without places."""
    if leg.route is not None:
        return _along(leg.route.pairs(), network)
    ends = [seen.place.point for seen in (leg.before, leg.after)]
    return tuple(point for point in ends if point) if all(ends) else ()


def _along(pairs: Iterable[tuple[int, int]], network: Network) -> tuple[Point, ...]:
    points: list[Point] = []
    for pair in pairs:
        path = network.legs[pair].path
        points += path[1:] if points and points[-1] == path[0] else path
    return tuple(points)


@dataclass(frozen=True, slots=True)
class Dot:
    """A camera on a map: where, and which of the journey's reads it made (from 1)."""

    x: int
    y: int
    numbers: tuple[int, ...]
    name: str
    probable: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A leg on a map; `by_road` tells whether it follows a road."""

    points: str
    by_road: bool


@dataclass(frozen=True, slots=True)
class Map:
    """One journey, drawn: `view` is the view box, `dot` the radius of a camera."""

    view: str
    dot: float
    lines: tuple[Line, ...]
    dots: tuple[Dot, ...]


def draw(reads: Sequence[Seen], legs: Sequence[Judged], network: Network) -> Map | None:
    """Return the map of a journey, None when nobody knows where its cameras stand."""
    lines = [(line_of(leg, network), leg.route is not None) for leg in legs]
    dots = tuple(_dots(reads))
    flat = [flatten(point) for line, _ in lines for point in line] + [(dot.x, dot.y) for dot in dots]
    if not flat:
        return None
    left, right = min(x for x, _ in flat), max(x for x, _ in flat)
    top, bottom = min(y for _, y in flat), max(y for _, y in flat)
    wide, high = max(right - left, _LEAST_SPAN) + 2 * _MARGIN, max(bottom - top, _LEAST_SPAN) + 2 * _MARGIN
    view = f"{(left + right - wide) // 2} {(top + bottom - high) // 2} {wide} {high}"
    return Map(view, round(max(wide / 2, high) / 45, 1), tuple(
        Line(written(line), by_road) for line, by_road in lines if len(line) > 1), dots)


def _dots(reads: Sequence[Seen]) -> Iterable[Dot]:
    by_place: dict[tuple[int, int], list[tuple[int, Seen]]] = {}
    for number, seen in enumerate(reads, 1):
        if seen.place.point:
            by_place.setdefault(flatten(seen.place.point), []).append((number, seen))
    for (x, y), here in by_place.items():
        yield Dot(x, y, tuple(number for number, _ in here), here[0][1].place.name,
                  all(seen.probability is not None for _, seen in here))


def flatten(point: Point) -> tuple[int, int]:
    """Return a point on the flat map: x grows to the east, y to the south (equirectangular projection)."""
    lon, lat = point
    return (round(lon * _KM_PER_DEGREE * math.cos(math.radians(_LATITUDE)) * _UNITS_PER_KM),
            round(-lat * _KM_PER_DEGREE * _UNITS_PER_KM))


def written(line: Iterable[Point]) -> str:
    """Return a line as the points of an SVG polyline."""
    return " ".join(f"{x},{y}" for x, y in map(flatten, line))


def all_roads(network: Network) -> tuple[str, ...]:
    """Return every piece of road of the network once, whichever way it is driven, as points of SVG polylines."""
    pieces = {tuple(sorted(pair)) for leg in network.legs.values()
              for pair in zip(map(flatten, leg.path), map(flatten, leg.path[1:]), strict=False)}
    return tuple(f"{x},{y} {to_x},{to_y}" for (x, y), (to_x, to_y) in sorted(pieces))
