"""`python -m simulator live|replay|story|score|calibrate`."""

import argparse
import importlib
import sys
from collections.abc import Sequence

from services.errors import ZoneschildError
from services.logs import configure_logging

_COMMANDS = {
    # Name: module with add_arguments and run, and what it does. Imported only when needed: pictures need OpenCV.
    "live": ("simulator.live", "play traffic in real time, with pictures and heartbeats"),
    "replay": ("simulator.replay", "send the reads of a CSV file through the broker"),
    "story": ("simulator.story.command", "write the demo's story"),
    "score": ("simulator.score.command", "measure the product's answers on a world whose truth is known"),
    "calibrate": ("simulator.calibrate", "compute the rhythm of traffic from the survey of Bath"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code, 1 after an error that is told in one sentence."""
    configure_logging("simulator")
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(prog="python -m simulator", description="Cameras that are not there.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (module, sentence) in _COMMANDS.items():
        command = commands.add_parser(name, help=sentence, description=sentence)
        if name in words[:1]:
            importlib.import_module(module).add_arguments(command)
    options = parser.parse_args(words)
    try:
        return int(importlib.import_module(_COMMANDS[options.command][0]).run(options) or 0)
    except ZoneschildError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
