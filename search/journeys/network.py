"""The road network between cameras: the quickest way from each to each, and how fast it could be driven (pure)."""

import heapq
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from search.journeys import rules

Point = tuple[float, float]
"""Longitude and latitude in degrees (WGS 84), in the order of GeoJSON."""

DARING = 1.5
"""Nobody is taken to be faster than one and a half times the limit over a whole leg."""

TOP_SPEED_KMH = 120 * DARING
"""The same for the highest limit in Belgium: the bound where no road is known."""

_SAME_SITE_KM = 0.15
"""Cameras within so many kilometres stand at one place: who turns round there meets both at once."""


@dataclass(frozen=True, slots=True)
class Node:
    """One camera on the network: where it stands now, and the limit there in kilometres an hour."""

    camera_id: int
    lat: float | None = None
    lon: float | None = None
    speed_limit_kmh: int | None = None

    @property
    def point(self) -> Point | None:
        """Where it stands, None when nobody knows."""
        return None if self.lat is None or self.lon is None else (self.lon, self.lat)


@dataclass(frozen=True, slots=True)
class Leg:
    """The way from one camera to the next; `minutes` is the usual time without queues."""

    start: int
    end: int
    km: float
    minutes: float
    path: tuple[Point, ...] = ()
    fastest_s: float | None = None
    """The fastest vehicle in a hundred, seconds, over all hours; None when it was never measured."""


@dataclass(frozen=True, slots=True)
class Route:
    """The quickest way from one camera to another; `cameras` holds both ends and all that it passes."""

    cameras: tuple[int, ...]
    km: float
    minutes: float

    @property
    def passed(self) -> tuple[int, ...]:
        """The cameras between the ends."""
        return self.cameras[1:-1]

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Return the legs as pairs of cameras."""
        return zip(self.cameras, self.cameras[1:], strict=False)


_Tree = dict[int, tuple[float, int | None]]


class Network:
    """All legs, with the quickest ways and the shortest times between all cameras worked out once."""

    def __init__(self, nodes: Iterable[Node], legs: Iterable[Leg]) -> None:
        self.nodes: Mapping[int, Node] = {node.camera_id: node for node in nodes}
        self.legs: Mapping[tuple[int, int], Leg] = {(leg.start, leg.end): leg for leg in legs}
        self._by_time = _trees((leg.start, leg.end, leg.minutes) for leg in self.legs.values())
        self._least = _trees([*self._fastest_ways(), *self._turns()])
        self._leaving: dict[int, list[Leg]] = defaultdict(list)
        self._arriving: dict[int, list[Leg]] = defaultdict(list)
        for leg in self.legs.values():
            self._leaving[leg.start].append(leg)
            self._arriving[leg.end].append(leg)
        self._beyond: dict[int, tuple[tuple[int, float, float], ...]] = {}
        self._before: dict[int, tuple[tuple[int, float, float], ...]] = {}
        self._onward: dict[tuple[int, ...], bool] = {}
        self._routes: dict[tuple[int, int], Route | None] = {}

    def route(self, start: int, end: int) -> Route | None:
        """Return the quickest way without turning round; None when there is none, or both are one camera."""
        if (start, end) not in self._routes:
            self._routes[start, end] = self._find_route(start, end)
        return self._routes[start, end]

    def is_onward(self, route: Route) -> bool:
        """Tell whether a route is a way onward, and no detour that only somebody who turned round would not take."""
        if route.cameras not in self._onward:
            here, there = (self.nodes[camera].point if camera in self.nodes else None
                           for camera in (route.cameras[0], route.cameras[-1]))
            straight = kilometres(here, there) if here and there else route.km
            self._onward[route.cameras] = route.km <= rules.DETOUR * (straight + rules.DETOUR_KM)
        return self._onward[route.cameras]

    def _find_route(self, start: int, end: int) -> Route | None:
        tree = self._by_time.get(start, {})
        if end not in tree or start == end:
            return None
        found: list[int] = [end]
        while (before := tree[found[-1]][1]) is not None:
            found.append(before)
        cameras = tuple(reversed(found))
        route = Route(cameras, 0.0, tree[end][0])
        return Route(cameras, sum(self.legs[pair].km for pair in route.pairs()), tree[end][0])

    def least_seconds(self, start: int, end: int) -> float | None:
        """Return the shortest time in which anybody could get from `start` to `end`, turning round where he likes.

        None when the network does not join them: then only the straight line tells (`least_straight`).
        """
        return 0.0 if start == end else self._least.get(start, {}).get(end, (None, None))[0]

    def leaving(self, camera: int) -> Sequence[Leg]:
        """Return the legs that begin at a camera."""
        return self._leaving.get(camera, ())

    def arriving(self, camera: int) -> Sequence[Leg]:
        """Return the legs that end at a camera."""
        return self._arriving.get(camera, ())

    def beyond_next(self, camera: int) -> tuple[tuple[int, float, float], ...]:
        """Return the cameras two or three legs on from one, each with the shortest time (s) and the usual minutes."""
        if camera not in self._beyond:
            self._beyond[camera] = tuple(self._further(camera, self._leaving, lambda leg: leg.end))
        return self._beyond[camera]

    def before_previous(self, camera: int) -> tuple[tuple[int, float, float], ...]:
        """Return the same for the cameras from which one is reached by two or three legs."""
        if camera not in self._before:
            self._before[camera] = tuple(self._further(camera, self._arriving, lambda leg: leg.start))
        return self._before[camera]

    def _further(self, camera: int, ways: Mapping[int, list[Leg]], end: Callable[[Leg], int],
                 ) -> Iterator[tuple[int, float, float]]:
        reached = {camera: 0.0}
        legs, beside = [reached], {end(leg) for leg in ways.get(camera, ())}
        for _ in range(3):
            following: dict[int, float] = {}
            for here, minutes in legs[-1].items():
                for leg in ways.get(here, ()):
                    following[end(leg)] = min(minutes + leg.minutes, following.get(end(leg), math.inf))
            legs.append({other: minutes for other, minutes in following.items() if other not in reached})
            reached |= legs[-1]
        for other, minutes in {**legs[2], **legs[3]}.items():
            if other not in beside:
                pair = (camera, other) if ways is self._leaving else (other, camera)
                yield other, self.least_seconds(*pair) or 0.0, minutes

    def _fastest_ways(self) -> Iterable[tuple[int, int, float]]:
        for leg in self.legs.values():
            yield leg.start, leg.end, self._fastest(leg)

    def _fastest(self, leg: Leg) -> float:
        """Return the shortest time for one leg: at DARING times the limit, or what somebody really did if less."""
        limits = (self.nodes[end].speed_limit_kmh or 0 for end in (leg.start, leg.end) if end in self.nodes)
        limit_kmh = max(leg.km / leg.minutes * 60, *limits, 0)
        daring = leg.km / (DARING * limit_kmh) * 3600
        return min(daring, leg.fastest_s) if leg.fastest_s else daring

    def _turns(self) -> Iterable[tuple[int, int, float]]:
        placed = [(node.camera_id, node.point) for node in self.nodes.values() if node.point]
        for camera, here in placed:
            for other, there in placed:
                if camera != other and kilometres(here, there) < _SAME_SITE_KM:
                    yield camera, other, 0.0


def _trees(ways: Iterable[tuple[int, int, float]]) -> dict[int, _Tree]:
    """Return for every start what it reaches: the cost, and the camera before.

    Dijkstra's algorithm (Numerische Mathematik 1, 1959) once for each camera: a hundred cameras take some tens of
    milliseconds.
    """
    onward: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for start, end, cost in ways:
        onward[start].append((end, cost))
    return {start: _tree(onward, start) for start in list(onward)}


def _tree(onward: Mapping[int, list[tuple[int, float]]], start: int) -> _Tree:
    best: _Tree = {start: (0.0, None)}
    queue = [(0.0, start)]
    while queue:
        cost, camera = heapq.heappop(queue)
        if cost > best[camera][0]:
            continue
        for following, more in onward.get(camera, ()):
            if following not in best or cost + more < best[following][0]:
                best[following] = (cost + more, camera)
                heapq.heappush(queue, (cost + more, following))
    return best


def kilometres(here: Point, there: Point) -> float:
    """Return the distance along the globe in kilometres (haversine formula, Sinnott 1984; radius 6,371 km)."""
    (lon, lat), (other_lon, other_lat) = ([math.radians(degrees) for degrees in point] for point in (here, there))
    half = (math.sin((other_lat - lat) / 2) ** 2
            + math.cos(lat) * math.cos(other_lat) * math.sin((other_lon - lon) / 2) ** 2)
    return 2 * 6371 * math.asin(min(1.0, math.sqrt(half)))


def least_straight(here: Point, there: Point) -> float:
    """Return the seconds that the straight line takes at TOP_SPEED_KMH: no road is shorter."""
    return kilometres(here, there) / TOP_SPEED_KMH * 3600
