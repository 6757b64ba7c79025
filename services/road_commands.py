"""`python -m services network` and `travel-times`: the roads between the cameras, how long they take, who goes on."""

import argparse
import asyncio
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from services import onward, roads, travel_times
from services.clock import utc_now
from services.database import transaction


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `network` is given."""
    parser.add_argument("action", choices=["load"])
    parser.add_argument("graph", metavar="GRAPH.csv", help="CSV with from, to, km, typical_minutes")
    parser.add_argument("paths", metavar="PATHS.geojson", help="the line along the road for each way")


async def load_network(arguments: argparse.Namespace, engine: AsyncEngine) -> str:
    """Put a network in the place of the one that is there; return what there is to say."""
    async with transaction(engine) as connection:
        numbers = await roads.known_cameras(connection)
        loaded = await asyncio.to_thread(
            roads.read_roads, Path(arguments.graph), Path(arguments.paths), frozenset(numbers))
        await roads.put_roads(connection, loaded.legs, numbers)
    return f"{len(loaded.legs)} legs between cameras; {loaded.outside} ways to or from other places are left out"


async def measure_travel_times(arguments: argparse.Namespace, engine: AsyncEngine) -> str:  # noqa: ARG001
    """Measure how long each leg takes and who goes where, by hour; return what there is to say."""
    now = utc_now()
    measured = await travel_times.measure(engine, now)
    return f"{measured} times by leg and hour; {await onward.measure(engine, now)} shares by camera and hour"
