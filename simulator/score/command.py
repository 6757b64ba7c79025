"""`score`: make a world, teach the product, and measure its answers."""

import argparse
from types import ModuleType

from simulator.score import alerts, journeys, look_alikes, onward, teach, witness, world

_PARTS: dict[str, tuple[ModuleType, str]] = {
    "world": (world, "write a world: recorded messages for backfill, and what is true of it"),
    "teach": (teach, "confirm reads by what their pictures show"),
    "look-alikes": (look_alikes, "misread reads: found, and how surely"),
    "witness": (witness, "plates as people remember them"),
    "journeys": (journeys, "trips rebuilt among misses, misreads and a dead camera"),
    "onward": (onward, "which camera comes next, and when"),
    "alerts": (alerts, "what passes live is held against a list: told once, and how surely"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `score` is given."""
    parts = parser.add_subparsers(dest="part", required=True, metavar="PART")
    for name, (module, sentence) in _PARTS.items():
        module.add_arguments(parts.add_parser(name, help=sentence, description=sentence))


def run(arguments: argparse.Namespace) -> int:
    """Run one part."""
    return int(_PARTS[arguments.part][0].run(arguments))
