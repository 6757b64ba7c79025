"""The zone's cameras and the roads between them: which camera a vehicle meets next, and after how long."""

import csv
import heapq
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast

DATA = Path(__file__).parent / "data"

EdgeKind = Literal["road", "section", "entry", "exit"]
CameraKind = Literal["fixed", "trajectory-section", "city-centre", "border"]


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera: where it hangs, where the traffic it sees is heading, and the limit in kilometres an hour."""

    code: str
    name: str
    municipality: str
    road: str
    lat: float
    lon: float
    heading_deg: int
    kind: CameraKind
    site: str
    direction: str
    speed_limit_kmh: int
    lanes: int
    section: str | None = None
    paired_camera: str | None = None

    @property
    def gateway(self) -> str:
        """The gateway that speaks for this camera: one for each municipality."""
        return slug(self.municipality)


@dataclass(frozen=True, slots=True)
class Edge:
    """The way from one node to the next that a vehicle meets, with the usual time in minutes without queues."""

    start: str
    end: str
    km: float
    minutes: float
    kind: EdgeKind


@dataclass(frozen=True, slots=True)
class Network:
    """All cameras, and the places outside the zone from which traffic comes and to which it goes."""

    cameras: MappingProxyType[str, Camera]
    edges: tuple[Edge, ...]
    outside: MappingProxyType[str, str]
    """Node outside the zone → road on which it lies."""
    _from: dict[str, tuple[Edge, ...]] = field(repr=False)

    def edges_from(self, node: str) -> tuple[Edge, ...]:
        """Return the edges that leave `node`, a camera code or a node outside the zone."""
        return self._from.get(node, ())

    @property
    def entries(self) -> tuple[str, ...]:
        """The nodes outside the zone from which traffic enters, sorted."""
        return tuple(sorted({edge.start for edge in self.edges if edge.start in self.outside}))

    @property
    def exits(self) -> tuple[str, ...]:
        """The nodes outside the zone by which traffic leaves, sorted."""
        return tuple(sorted({edge.end for edge in self.edges if edge.end in self.outside}))

    def route(self, start: str, end: str) -> list[str]:
        """Return the nodes of the quickest way from `start` to `end`, both included; empty when there is none."""
        return route_in(self.tree(start), end)

    def tree(self, start: str) -> dict[str, tuple[float, str | None]]:
        """Return for every node that `start` reaches the minutes to it and the node before it.

        Dijkstra's algorithm (Numerische Mathematik 1, 1959). Nobody drives through a node outside the zone:
        what happens out there is not on the map.
        """
        best: dict[str, tuple[float, str | None]] = {start: (0.0, None)}
        queue = [(0.0, start)]
        while queue:
            minutes, node = heapq.heappop(queue)
            if minutes > best[node][0] or (node in self.outside and node != start):
                continue
            for edge in self.edges_from(node):
                after = minutes + edge.minutes
                if edge.end not in best or after < best[edge.end][0]:
                    best[edge.end] = (after, node)
                    heapq.heappush(queue, (after, edge.end))
        return best

    def edge(self, start: str, end: str) -> Edge:
        """Return the edge from `start` to `end`; raises KeyError when the two are not neighbours."""
        for edge in self.edges_from(start):
            if edge.end == end:
                return edge
        raise KeyError((start, end))

    def gateway_of(self, camera_code: str) -> str:
        """Return the gateway that speaks for the camera: the slug of its municipality."""
        return self.cameras[camera_code].gateway


def route_in(tree: dict[str, tuple[float, str | None]], end: str) -> list[str]:
    """Return the nodes from the root of `tree` to `end`, both included; empty when `end` is not reached."""
    if end not in tree:
        return []
    nodes: list[str] = []
    node: str | None = end
    while node is not None:
        nodes.append(node)
        node = tree[node][1]
    return nodes[::-1]


def slug(name: str) -> str:
    """Return a name as it stands in topics: lower case, without accents, words joined by hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split())


def load_network(folder: Path = DATA) -> Network:
    """Read the zone's network from the CSV files in `folder`."""
    cameras = {camera.code: camera for camera in _read_cameras(folder)}
    edges = tuple(_read_edges(folder))
    starts: dict[str, list[Edge]] = {}
    for edge in edges:
        starts.setdefault(edge.start, []).append(edge)
    outside = {row["id"]: row["road"] for row in _rows(folder / "zone_external_nodes.csv")}
    return Network(MappingProxyType(cameras), edges, MappingProxyType(outside),
                   {node: tuple(leaving) for node, leaving in starts.items()})


def _read_cameras(folder: Path) -> Iterator[Camera]:
    for row in _rows(folder / "zone_cameras.csv"):
        yield Camera(
            code=row["id"], name=row["name"], municipality=row["municipality"], road=row["road"],
            lat=float(row["lat"]), lon=float(row["lon"]), heading_deg=int(row["heading_deg"]),
            kind=cast("CameraKind", row["kind"]), site=row["site"], direction=row["direction"],
            speed_limit_kmh=int(row["speed_limit_kmh"]), lanes=int(row["lanes"]),
            section=row["section"] or None, paired_camera=row["paired_camera"] or None,
        )


def _read_edges(folder: Path) -> Iterator[Edge]:
    for row in _rows(folder / "zone_road_graph.csv"):
        yield Edge(row["from"], row["to"], float(row["km"]), float(row["typical_minutes"]),
                   cast("EdgeKind", row["kind"]))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
