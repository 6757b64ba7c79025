"""Journeys as lines on a flat map: along the road where one is known, else straight (pure).

Every piece of road between two cameras is written once and named; what drives along it names it again. A week of a
taxi so takes no more than the zone has roads.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from search.journeys.legs import Judged, Verdict
from search.journeys.network import Network, Point
from search.journeys.seen import Seen
from search.map.flat import View, flatten, view_of, written

_MARGIN = 60
_LEAST_SPAN = 700
_FOOT = 12
"""One part in so many is left free below, for the key of the lines."""


def line_of(leg: Judged, network: Network) -> tuple[Point, ...]:
    """Return the line of a leg: along the road, or straight where no way onward is known; empty without places."""
    if leg.route is not None:
        return _along(leg.route.pairs(), network)
    return _straight(leg.before, leg.after)


def _along(pairs: Iterable[tuple[int, int]], network: Network) -> tuple[Point, ...]:
    points: list[Point] = []
    for pair in pairs:
        path = network.legs[pair].path
        points += path[1:] if points and points[-1] == path[0] else path
    return tuple(points)


def _straight(before: Seen, after: Seen) -> tuple[Point, ...]:
    ends = [seen.place.point for seen in (before, after)]
    return tuple(point for point in ends if point) if all(ends) else ()


@dataclass(frozen=True, slots=True)
class Dot:
    """A camera on a map: where, and which of the journey's reads it made (from 1)."""

    x: int
    y: int
    numbers: tuple[int, ...]
    name: str
    probable: bool


@dataclass(frozen=True, slots=True)
class Way:
    """A leg on a map: the pieces of road that it follows, or the points of a straight line where none is known."""

    verdict: Verdict
    pieces: tuple[str, ...]
    points: str

    @property
    def by_road(self) -> bool:
        """Whether it follows a road."""
        return bool(self.pieces)


@dataclass(frozen=True, slots=True)
class Map:
    """One journey, drawn: `view` is the view box, `dot` the radius of a camera."""

    view: View
    dot: float
    ways: tuple[Way, ...]
    dots: tuple[Dot, ...]


def draw(reads: Sequence[Seen], legs: Sequence[Judged], network: Network, after: Judged | None = None) -> Map | None:
    """Return the map of a journey, None when nobody knows where its cameras stand.

    `after` is the leg that leads to its first read and cannot have been driven, where there is one.
    """
    refused = [after] if after and after.verdict is Verdict.impossible else []
    lines = [line_of(leg, network) for leg in (*legs, *refused)]
    dots = tuple(_dots(reads))
    flat = [flatten(point) for line in lines for point in line] + [(dot.x, dot.y) for dot in dots]
    if not flat:
        return None
    view = view_of(flat, _MARGIN, _LEAST_SPAN)
    view = replace(view, high=view.high + view.high // _FOOT)
    ways = [way_of(leg) for leg in (*legs, *refused)]
    return Map(view, round(max(view.wide / 2, view.high) / 45, 1),
               tuple(way for way in ways if way.pieces or way.points), dots)


def way_of(leg: Judged) -> Way:
    """Return how a leg is drawn."""
    if leg.route is not None:
        return Way(leg.verdict, tuple(name_of(pair) for pair in leg.route.pairs()), "")
    line = _straight(leg.before, leg.after)
    return Way(leg.verdict, (), written(line) if len(set(line)) > 1 else "")


def name_of(pair: tuple[int, int]) -> str:
    """Return the name of a piece of road, by its two cameras."""
    return f"p{pair[0]}-{pair[1]}"


def pieces_of(legs: Iterable[Judged], network: Network) -> Mapping[str, tuple[Point, ...]]:
    """Return every piece of road that these legs follow, once, by name."""
    return {name_of(pair): network.legs[pair].path for leg in legs if leg.route for pair in leg.route.pairs()}


def _dots(reads: Sequence[Seen]) -> Iterator[Dot]:
    by_place: dict[tuple[int, int], list[tuple[int, Seen]]] = {}
    for number, seen in enumerate(reads, 1):
        if seen.place.point:
            by_place.setdefault(flatten(seen.place.point), []).append((number, seen))
    for (x, y), here in by_place.items():
        yield Dot(x, y, tuple(number for number, _ in here), here[0][1].place.name,
                  all(seen.probability is not None for _, seen in here))
