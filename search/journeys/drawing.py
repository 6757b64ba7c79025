"""Journeys as lines on a flat map: along the road where one is known, else straight (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from search.journeys.legs import Judged
from search.journeys.network import Network, Point
from search.journeys.seen import Seen
from search.map.flat import flatten, view_of, written

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
    view = view_of(flat, _MARGIN, _LEAST_SPAN)
    return Map(str(view), round(max(view.wide / 2, view.high) / 45, 1), tuple(
        Line(written(line), by_road) for line, by_road in lines if len(line) > 1), dots)


def _dots(reads: Sequence[Seen]) -> Iterable[Dot]:
    by_place: dict[tuple[int, int], list[tuple[int, Seen]]] = {}
    for number, seen in enumerate(reads, 1):
        if seen.place.point:
            by_place.setdefault(flatten(seen.place.point), []).append((number, seen))
    for (x, y), here in by_place.items():
        yield Dot(x, y, tuple(number for number, _ in here), here[0][1].place.name,
                  all(seen.probability is not None for _, seen in here))
