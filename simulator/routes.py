"""Every way through the zone that vehicles take, how often each is taken, and its way back: flat arrays for speed."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.network import Network, route_in

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_ROAD_WEIGHT = {"E314": 8.0, "N75": 3.0, "N76": 3.0, "N715": 2.5, "N73": 2.5, "N78": 2.5, "N730": 2.0, "N77": 1.5}
"""How much traffic a road brings into the zone, relative to a lesser road (1): our estimate from road class."""
_INHABITANTS = {
    "genk": 67_000, "houthalen-helchteren": 31_000, "oudsbergen": 24_000, "bree": 17_000, "bocholt": 14_000,
    "kinrooi": 12_500, "as": 8_500, "zutendaal": 7_500,
}
"""Rounded inhabitants by municipality: who lives there starts and ends journeys there."""
_REACH_MINUTES = 25.0
"""Journeys grow rarer with their length: weight exp(-minutes / reach), the usual gravity model (Wilson 1967)."""


@dataclass(frozen=True, slots=True)
class Routes:
    """Routes as slices of flat arrays: route r passes `camera[first[r] : first[r] + length[r]]`."""

    codes: tuple[str, ...]
    """Camera codes by index."""
    camera: Ints
    minutes: Floats
    """Minutes without queues from the previous passage (for the first one: from the start of the journey)."""
    first: Ints
    length: Ints
    back: Ints
    """The route home; every route has one."""
    origin: Ints
    weight: Floats

    def mean_length(self) -> float:
        """Return the mean number of cameras on a journey."""
        return float(self.length @ self.weight)

    def seconds(self) -> Floats:
        """Return how long each route takes without queues, in seconds."""
        return np.asarray(np.add.reduceat(self.minutes, self.first) * 60, dtype=np.float64)


def find_routes(network: Network) -> Routes:
    """Return all quickest routes between places outside and inside the zone that pass at least one camera."""
    places = [*network.entries, *network.cameras]
    found: dict[tuple[str, str], tuple[list[str], float]] = {}
    for start in places:
        tree = network.tree(start)
        for end in places:
            nodes = route_in(tree, end) if end != start or end in network.cameras else []
            if _is_sensible(network, nodes):
                found[start, end] = nodes, tree[end][0]
    return _flatten(network, {pair: way for pair, way in found.items() if _reverse(network, pair) in found})


def _is_sensible(network: Network, nodes: list[str]) -> bool:
    sites = [network.cameras[node].site for node in nodes if node in network.cameras]
    return 0 < len(sites) == len(set(sites))


def _reverse(network: Network, pair: tuple[str, str]) -> tuple[str, str]:
    return _opposite(network, pair[1]), _opposite(network, pair[0])


def _opposite(network: Network, node: str) -> str:
    """Return the camera that sees the other direction at the same site, or the node itself."""
    if node not in network.cameras:
        return node
    other = node[:-1] + {"A": "B", "B": "A"}.get(node[-1], node[-1])
    return other if other in network.cameras else node


def _flatten(network: Network, found: dict[tuple[str, str], tuple[list[str], float]]) -> Routes:
    codes = tuple(network.cameras)
    index = {code: number for number, code in enumerate(codes)}
    numbers = {pair: number for number, pair in enumerate(found)}
    minutes_of = {(edge.start, edge.end): edge.minutes for edge in network.edges}
    camera: list[int] = []
    minutes: list[float] = []
    length: list[int] = []
    for nodes, _ in found.values():
        steps = [(here, minutes_of.get((before, here), 0.0)) for before, here in zip(["", *nodes], nodes, strict=False)
                 if here in index]
        camera += [index[node] for node, _ in steps]
        minutes += [leg for _, leg in steps]
        length.append(len(steps))
    pull = _pulls(network)
    weight = np.array([pull[start] * pull[end] * np.exp(-whole / _REACH_MINUTES)
                       for (start, end), (_, whole) in found.items()])
    places = {place: number for number, place in enumerate(dict.fromkeys(start for start, _ in found))}
    return Routes(
        codes, np.array(camera), np.array(minutes), np.cumsum([0, *length[:-1]]), np.array(length),
        np.array([numbers[_reverse(network, pair)] for pair in found]),
        np.array([places[start] for start, _ in found]), weight / weight.sum(),
    )


def _pulls(network: Network) -> dict[str, float]:
    """Return how many journeys begin or end at each place: by road outside the zone, by inhabitants inside it."""
    cameras = Counter(camera.gateway for camera in network.cameras.values())
    pulls = {node: _ROAD_WEIGHT.get(road, 1.0) for node, road in network.outside.items()}
    for code, camera in network.cameras.items():
        pulls[code] = _INHABITANTS[camera.gateway] / 5_000 / cameras[camera.gateway]
    return pulls
