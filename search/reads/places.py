"""Where: which cameras, and in which time each, a question about places means (pure).

A camera that was moved stood elsewhere before; its older reads belong to its older place.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from search.cameras.places import Place
from search.reads.values import Point

_OCTANTS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
_OCTANT_DEG = 45.0


@dataclass(frozen=True, slots=True)
class Stay:
    """A camera in the time from `since` up to `until` during which it stood where was asked; None is open."""

    camera_id: int
    since: datetime | None
    until: datetime | None


Holds = Callable[[Any, Place], bool]


def choose_stays(places: Sequence[Place], wanted: Iterable[tuple[Holds, Any]]) -> tuple[Stay, ...]:
    """Return the stays of the cameras at places for which every wanted thing holds.

    A camera that stood at such places all its time is one stay without limits.
    """
    conditions = list(wanted)
    chosen: dict[int, list[Place]] = {}
    numbers: dict[int, int] = {}
    for place in places:
        numbers[place.camera_id] = numbers.get(place.camera_id, 0) + 1
        if all(holds(value, place) for holds, value in conditions):
            chosen.setdefault(place.camera_id, []).append(place)
    return tuple(stay for camera_id, stood in chosen.items() for stay in _stays(camera_id, stood, numbers[camera_id]))


def _stays(camera_id: int, stood: list[Place], known: int) -> list[Stay]:
    if len(stood) == known:
        return [Stay(camera_id, None, None)]
    return [Stay(camera_id, place.since, place.until) for place in stood]


def named(attribute: str) -> Holds:
    """Return whether a place's attribute is one of the names, capitals or not."""
    def holds(names: tuple[str, ...], place: Place) -> bool:
        value = getattr(place, attribute)
        return value is not None and value.casefold() in {name.casefold() for name in names}
    return holds


def octant(heading_deg: float) -> str:
    """Return the direction of the compass, of eight, that a heading (degrees, 0 is north) is nearest to."""
    return _OCTANTS[round(heading_deg / _OCTANT_DEG) % len(_OCTANTS)]


def heads(directions: tuple[str, ...], place: Place) -> bool:
    """Tell whether the traffic that the camera sees drives in one of the directions of the compass."""
    return place.heading_deg is not None and octant(place.heading_deg) in directions


def lies_within(corners: tuple[Point, ...], place: Place) -> bool:
    """Tell whether the camera stands in the area: a line from it crosses the border an odd number of times.

    The even-odd rule (Shimrat, Communications of the ACM 5, 1962), on longitude and latitude as a plane: over a police
    zone the difference is below a metre.
    """
    if place.lon is None or place.lat is None:
        return False
    inside = False
    for (lon, lat), (next_lon, next_lat) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (lat > place.lat) != (next_lat > place.lat):
            crossing = lon + (place.lat - lat) / (next_lat - lat) * (next_lon - lon)
            inside ^= place.lon < crossing
    return inside
