"""`python -m deploy.fuzz [TARGET …]`: hostile input, a table, var/bench/fuzz.json; 1 when anything is found."""

import argparse
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.table import Table

from deploy.bench.figures import Figure, report
from deploy.fuzz.run import Result, fuzz
from deploy.fuzz.settings import FuzzSettings
from deploy.fuzz.targets import Target, targets

VAR = Path(__file__).resolve().parents[2] / "var"


def main() -> int:
    """Fuzz the targets named, or all of them."""
    known = targets()
    parser = argparse.ArgumentParser(prog="python -m deploy.fuzz", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="|".join(known))
    names = parser.parse_args().names or list(known)
    if unknown := set(names) - set(known):
        parser.error(f"there is no target {', '.join(sorted(unknown))}")
    if find_spec("atheris") is None:
        print("zoneschild: fuzzing needs atheris, which exists for Linux alone; nothing was fuzzed here.")
        return 0
    try:
        results = [_fuzz_and_tell(known[name]) for name in names]
    except KeyboardInterrupt:
        return 130
    _show(results)
    report("fuzz", f"{len(results)} targets fuzzed", figures_of(results), VAR / "bench")
    return int(any(result.crashes or result.hangs for result in results))


def figures_of(results: Sequence[Result]) -> list[Figure]:
    """Return the figures of a run: the sums with their goals, then each target's."""
    total = [Figure("crashes", sum(result.crashes for result in results), "inputs", "lower", 0),
             Figure("hangs", sum(result.hangs for result in results), "inputs", "lower", 0),
             Figure("peak memory", max(result.peak_mb for result in results), "MB", "lower")]
    return total + [Figure(f"{result.target}: executions", result.executions / result.seconds, "1/s", "higher")
                    for result in results]


def _fuzz_and_tell(target: Target) -> Result:
    result = fuzz(target, FuzzSettings().seconds, VAR / "fuzz")
    print(f"{result.target}: {result.executions} executions, {result.crashes} crashes, {result.hangs} hangs",
          flush=True)
    if result.crashes or result.hangs:
        print(result.said, *(f"kept: {file}" for file in result.kept), sep="\n", flush=True)
    return result


def _show(results: Sequence[Result]) -> None:
    table = Table("target", "executions", "crashes", "hangs", "peak MB")
    for column in table.columns[1:]:
        column.justify = "right"
    for result in results:
        table.add_row(result.target, f"{result.executions:,}", str(result.crashes), str(result.hangs),
                      str(result.peak_mb))
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
