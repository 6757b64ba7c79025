"""Which cameras an action can use when its place is at a camera, and how long it is from each to there (pure)."""

import math
from collections.abc import Iterable
from datetime import datetime

from search.journeys.legs import Roads
from search.journeys.network import Route

FARTHEST_S = 15 * 60
"""Who is farther away may take many other ways."""

MOST = 12
_STEP_S = 30
"""Times are proposed in half minutes: nobody at the roadside looks closer."""


def propose(roads: Roads, place_id: int, camera_ids: Iterable[int], at: datetime) -> dict[int, tuple[int, int]]:
    """Return soonest and latest seconds from cameras to the place, the nearest first.

    The soonest is the fastest vehicle in a hundred on each leg (without measurements: no queues), the latest what a
    slow one needs at that hour (services/travel_times.py).
    """
    found = {camera_id: _seconds(roads, route, at) for camera_id in camera_ids
             if (route := roads.network.route(camera_id, place_id)) is not None}
    near = sorted(((latest, camera_id) for camera_id, (_, latest) in found.items() if latest <= FARTHEST_S))
    return {camera_id: found[camera_id] for _, camera_id in near[:MOST]}


def _seconds(roads: Roads, route: Route, at: datetime) -> tuple[int, int]:
    legs = [roads.network.legs[pair] for pair in route.pairs()]
    soonest = sum(leg.fastest_s or leg.minutes * 60 for leg in legs)
    latest = max(roads.times.of_route(route, at).slow_s, soonest)
    return math.floor(soonest / _STEP_S) * _STEP_S, math.ceil((latest + 1) / _STEP_S) * _STEP_S
