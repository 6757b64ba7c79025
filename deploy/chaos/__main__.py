"""`python -m deploy.chaos [RUN …]`: random faults under load, a table, var/bench/chaos.json."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.bench.figures import report
from deploy.chaos.ending import complaint, end_after
from deploy.chaos.image_place import enter_mount_namespace
from deploy.chaos.planning import Fault, ends_s, plan
from deploy.chaos.run import CLOSING_S, Outcome, Run, carry_out
from deploy.chaos.settings import ChaosSettings
from deploy.chaos.summary import figures_of
from deploy.demo.screen import say
from deploy.guardian import Guardian
from services.errors import ZoneschildError
from simulator.publisher import KEPT_S

ROOT = Path(__file__).resolve().parent.parent.parent

RUNS = {
    "mosquitto": Run("Mosquitto", "Mosquitto", KEPT_S),
    "mosquitto-once": Run("Mosquitto, no resending", "Mosquitto", 0.0),
    "embedded": Run("embedded", "embedded", KEPT_S),
    "embedded-once": Run("embedded, no resending", "embedded", 0.0),
}


def main() -> int:
    """Carry out the runs named, or all of them; 0 when nothing was lost, doubled or wrong where gateways resend."""
    enter_mount_namespace()
    parser = argparse.ArgumentParser(prog="python -m deploy.chaos", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="|".join(RUNS))
    parser.add_argument("--folder", type=Path, default=ROOT / "var", help="where chaos/ and bench/ are made")
    arguments = parser.parse_args()
    names = arguments.names or list(RUNS)
    if unknown := set(names) - set(RUNS):
        parser.error(f"there is no run {', '.join(sorted(unknown))}")
    settings = ChaosSettings()
    faults = plan(settings.seed, settings.faults, settings.seconds, settings.stall)
    _show_plan(settings, faults)
    limit_s = ends_s(faults) + CLOSING_S
    end_after(limit_s * len(names) + 60)
    try:
        outcomes = asyncio.run(_all([RUNS[name] for name in names], faults, settings, arguments.folder, limit_s))
    except KeyboardInterrupt:
        return 130
    except (ZoneschildError, OSError, ExceptionGroup) as error:
        print(f"zoneschild: {complaint(error)}", file=sys.stderr)
        return 1
    figures = figures_of(outcomes)
    report("chaos", f"{len(faults)} faults a run under {settings.rate:g} reads/s, seed {settings.seed}", figures,
           arguments.folder / "bench")
    return int(any(figure.verdict == "missed" for figure in figures))


async def _all(runs: Sequence[Run], faults: Sequence[Fault], settings: ChaosSettings, folder: Path,
               limit_s: float) -> list[Outcome]:
    outcomes = []
    with Guardian() as guardian:
        for run in runs:
            async with asyncio.timeout(limit_s):
                outcomes.append(await carry_out(run, faults, settings, folder / "chaos", guardian))
    return outcomes


def _show_plan(settings: ChaosSettings, faults: Sequence[Fault]) -> None:
    say(f"seed {settings.seed}: {len(faults)} faults in {ends_s(faults):.0f} s")
    for number, fault in enumerate(faults, 1):
        held = f", for {fault.lasts_s:.1f} s" if fault.lasts_s else ""
        say(f"  {fault.at_s:6.1f} s  {number}. {fault.kind}{held}")


if __name__ == "__main__":
    sys.exit(main())
