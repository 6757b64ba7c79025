"""`python -m services rhythms` and `silences`: how busy cameras usually are, and when they were silent."""

import argparse
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from services.clock import ZONE, typed_instant, utc_now
from services.database import transaction
from services.retention_rule import cut_off
from services.rhythms import measure_rhythms
from services.silences import find_silences


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `silences` is given."""
    how_far = parser.add_mutually_exclusive_group()
    how_far.add_argument("--since", type=typed_instant, metavar="2026-11-01T06:00",
                         help="how far back to look, in the time of Brussels (default: as far as reads are kept)")
    how_far.add_argument("--days", type=int, metavar="N", help="how many days to look back")


async def measure(arguments: argparse.Namespace, engine: AsyncEngine) -> str:  # noqa: ARG001
    """Measure the rhythms anew and say of how many cameras."""
    async with transaction(engine) as connection:
        number = await measure_rhythms(connection, utc_now())
    return f"{number} cameras have a rhythm, by their last four weeks"


async def find(arguments: argparse.Namespace, engine: AsyncEngine) -> str:
    """Find the silences anew in the reads that are there, and say how many."""
    now = utc_now()
    asked = now - timedelta(days=arguments.days) if arguments.days else arguments.since
    since = max(asked or cut_off(now), cut_off(now))
    number = await find_silences(engine, since, now)
    return f"{number} silences by the cameras' rhythms since {since.astimezone(ZONE):%Y-%m-%d %H:%M}"
