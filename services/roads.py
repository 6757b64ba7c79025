"""The road network as it is loaded: which camera a vehicle meets next, how far, how long, and along which line."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.errors import ConfigurationError
from services.schema import camera_legs, cameras

Point = tuple[float, float]
"""Longitude and latitude in degrees (WGS 84), in the order of GeoJSON."""


@dataclass(frozen=True, slots=True)
class Leg:
    """The way from one camera to the next; `minutes` is the usual time without queues, `path` begins at `start`."""

    start: str
    end: str
    km: float
    minutes: float
    path: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """The legs between cameras, and how many ways lead to or from a place that is no camera."""

    legs: tuple[Leg, ...]
    outside: int


def read_roads(graph: Path, paths: Path, known: frozenset[str]) -> Loaded:
    """Read the network between the `known` cameras from a CSV of ways and a GeoJSON of their lines.

    The CSV has the columns from, to, km and typical_minutes; each line of the GeoJSON has the properties from and to.
    A way to or from a place that is no camera is counted and left out: what happens out there is not on the map.
    Raises ConfigurationError naming the file, the line and the reason.
    """
    lines = _read_lines(paths)
    legs: list[Leg] = []
    outside = 0
    with graph.open(encoding="utf-8", newline="") as rows:
        for number, row in enumerate(csv.DictReader(rows), 2):
            try:
                leg = _leg(row, lines, known)
            except ValueError as error:
                raise ConfigurationError(f"{graph}, line {number}: {error}") from None
            outside += leg is None
            legs += [leg] if leg else []
    return Loaded(_without_doubles(graph, legs), outside)


def _without_doubles(graph: Path, legs: Sequence[Leg]) -> tuple[Leg, ...]:
    seen: set[tuple[str, str]] = set()
    for leg in legs:
        if (leg.start, leg.end) in seen:
            raise ConfigurationError(f"{graph}: the way from {leg.start} to {leg.end} stands there twice")
        seen.add((leg.start, leg.end))
    return tuple(legs)


def _leg(row: Mapping[str, str | None], lines: Mapping[tuple[str, str], tuple[Point, ...]],
         known: frozenset[str]) -> Leg | None:
    start, end = (row.get("from") or "").strip(), (row.get("to") or "").strip()
    if not start or not end:
        raise ValueError("from and to must not be empty")
    if start == end:
        raise ValueError("a way leads from one camera to another")
    if start not in known or end not in known:
        return None
    if (start, end) not in lines:
        raise ValueError(f"there is no line from {start} to {end} among the paths")
    return Leg(start, end, _positive(row, "km"), _positive(row, "typical_minutes"), lines[start, end])


def _positive(row: Mapping[str, str | None], column: str) -> float:
    try:
        number = float(row.get(column) or "")
    except ValueError:
        raise ValueError(f"{column} must be a number") from None
    if not 0 < number < 1000:
        raise ValueError(f"{column} must lie between 0 and 1000")
    return number


def _read_lines(paths: Path) -> dict[tuple[str, str], tuple[Point, ...]]:
    try:
        features = json.loads(paths.read_text(encoding="utf-8"))["features"]
        return dict(_line(feature) for feature in features)
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(f"{paths} is no GeoJSON of lines with the properties from and to: {error}") from None


def _line(feature: Any) -> tuple[tuple[str, str], tuple[Point, ...]]:
    names, geometry = feature["properties"], feature["geometry"]
    points = tuple((float(lon), float(lat)) for lon, lat, *_ in geometry["coordinates"])
    if geometry["type"] != "LineString" or len(points) < 2:
        raise ValueError(f"the way from {names['from']} to {names['to']} is no line of two points or more")
    if not all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in points):
        raise ValueError(f"the way from {names['from']} to {names['to']} leaves the globe")
    return (str(names["from"]), str(names["to"])), points


async def known_cameras(connection: AsyncConnection) -> dict[str, int]:
    """Return the cameras' numbers by code."""
    return {row.code: row.camera_id for row in await connection.execute(select(cameras.c.code, cameras.c.camera_id))}


async def put_roads(connection: AsyncConnection, legs: Sequence[Leg], numbers: Mapping[str, int]) -> None:
    """Put this network in the place of the one that is there; what was measured on the legs that stay is kept."""
    kept = [(numbers[leg.start], numbers[leg.end]) for leg in legs]
    await connection.execute(
        delete(camera_legs).where(tuple_(camera_legs.c.from_camera, camera_legs.c.to_camera).not_in(kept)))
    if legs:
        statement = insert(camera_legs)
        new = {name: statement.excluded[name] for name in ("km", "minutes", "path")}
        await connection.execute(
            statement.on_conflict_do_update(index_elements=["from_camera", "to_camera"], set_=new),
            [{"from_camera": numbers[leg.start], "to_camera": numbers[leg.end], "km": leg.km, "minutes": leg.minutes,
              "path": leg.path} for leg in legs])
