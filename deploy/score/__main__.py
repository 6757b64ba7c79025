"""`python -m deploy.score [NAME]…`, all of settings.SCORES without: measure, print, write var/bench/score-*.json."""

import argparse
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import msgspec

from deploy.bench.figures import Figure, report
from deploy.bench.stand import FOLDER, Stand, open_stand
from deploy.score.preparing import Prepared, prepare, searching
from deploy.score.receiving import receiving
from deploy.score.settings import SCORES, Sizes
from services.errors import ZoneschildError

_TITLES = {"look-alikes": "Look-alike plates", "witness": "What witnesses remember", "journeys": "Journeys",
           "onward": "Next cameras", "alerts": "What is watched for"}

_BESIDE: dict[str, Callable[[Stand], AbstractContextManager[dict[str, str]]]] = defaultdict(
    lambda: lambda _: nullcontext({}), {"alerts": receiving})
"""What runs beside search for a score, and the settings that lead there."""


def main() -> int:
    """Make a world and run the scores named, or all of them."""
    arguments = _arguments()
    sizes = Sizes(arguments.plates, arguments.reads_per_day, arguments.asked, arguments.taught, arguments.seed)
    world = FOLDER / "world"
    try:
        with open_stand("score") as stand:
            measure(prepare(stand, world, sizes), arguments.names or SCORES, sizes, FOLDER)
    except subprocess.CalledProcessError as error:
        print(f"zoneschild: {' '.join(map(str, error.cmd[2:4]))} failed; its words stand above", file=sys.stderr)
        sys.stderr.write(str(error.stderr or ""))
        return 1
    except (ZoneschildError, TimeoutError, OSError) as error:
        print(f"zoneschild: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(world, ignore_errors=True)
    return 0


def measure(prepared: Prepared, names: Sequence[str], sizes: Sizes, folder: Path) -> None:
    """Run each score through the API, and print and write what it measured."""
    with searching(prepared.stand) as port:
        for name in names:
            out = prepared.world / f"{name}.json"
            with _BESIDE[name](prepared.stand) as settings:
                prepared.ask(port, name, "--world", str(prepared.world), "--out", str(out), *sizes.questions(name),
                             **settings)
            figures = msgspec.json.decode(out.read_bytes(), type=list[Figure])
            report(f"score-{name}", f"{_TITLES[name]}: a world of {sizes.plates:,} vehicles, seed {sizes.seed}",
                   figures, folder)


def _arguments() -> argparse.Namespace:
    usual = Sizes()
    parser = argparse.ArgumentParser(prog="python -m deploy.score", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="|".join(SCORES))
    parser.add_argument("--plates", type=int, default=usual.plates, help="vehicles (default: %(default)s)")
    parser.add_argument("--reads-per-day", type=int, default=usual.reads_per_day, help="reads of whole trips")
    parser.add_argument("--asked", type=int, default=usual.asked, help="plates and witnesses (default: %(default)s)")
    parser.add_argument("--taught", type=int, default=usual.taught, help="pictures looked at before (%(default)s)")
    parser.add_argument("--seed", type=int, default=usual.seed)
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(SCORES):
        parser.error(f"there is no score {', '.join(sorted(unknown))}")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
