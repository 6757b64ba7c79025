"""`python -m deploy.chaos.boards [WHAT …]`: boards over restarts, a table, var/bench/boards.json."""

import argparse
import asyncio
import sys
from pathlib import Path

import httpx
from playwright.async_api import Error as BrowserError

from deploy.bench.figures import report
from deploy.chaos.boards.run import CLOSING_S, Outcome, Plan, Strike, carry_out
from deploy.chaos.boards.summary import SHOWS_WITHIN_S, figures_of
from deploy.chaos.ending import complaint, end_after
from deploy.demo.screen import say
from deploy.guardian import Guardian
from services.errors import ZoneschildError

ROOT = Path(__file__).resolve().parents[3]
_KILLED = ("search", "ingest", "database")
_COMPLAINTS = (ZoneschildError, OSError, httpx.HTTPError, BrowserError)


def main() -> int:
    """Carry out the run; 0 when every goal was reached."""
    arguments = _parse()
    strikes = [Strike(what, arguments.down, arguments.after) for what in arguments.killed or _KILLED]
    if not arguments.killed:  # again, and this time back at once: a board may not even notice
        strikes += [Strike(what, 0.0, arguments.after) for what in _KILLED]
    plan = Plan(arguments.tabs, arguments.clients, arguments.rate, tuple(strikes), arguments.before)
    end_after(plan.seconds + CLOSING_S + 60)
    say(f"{plan.tabs} boards, {plan.clients} clients, {plan.rate:g} reads/s for {plan.seconds:.0f} s")
    try:
        outcome = asyncio.run(_run(plan, arguments.folder))
    except KeyboardInterrupt:
        return 130
    except (*_COMPLAINTS, ExceptionGroup) as error:
        print(f"zoneschild: {complaint(error, _COMPLAINTS)}", file=sys.stderr)
        return 1
    figures = figures_of(outcome)
    report("boards", f"Boards over restarts; {plan.rate:g} reads/s for {plan.seconds:.0f} s", figures,
           arguments.folder / "bench")
    return int(any(figure.verdict == "missed" for figure in figures))


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.chaos.boards", description=__doc__)
    parser.add_argument("killed", nargs="*", choices=[*_KILLED, []], metavar="|".join(_KILLED),
                        help="what is killed, in this order; without any, each of them, twice")
    parser.add_argument("--tabs", type=int, default=20, help="boards in one browser")
    parser.add_argument("--clients", type=int, default=100, help="clients of the event stream")
    parser.add_argument("--rate", type=float, default=3.0, help="reads that match, a second")
    parser.add_argument("--down", type=float, default=SHOWS_WITHIN_S + 2, help="how long what was killed is away, s")
    parser.add_argument("--before", type=float, default=8.0, help="pause before the first is killed, s")
    parser.add_argument("--after", type=float, default=12.0, help="pause after each, s")
    parser.add_argument("--folder", type=Path, default=ROOT / "var", help="where chaos/ and bench/ are made")
    return parser.parse_args()


async def _run(plan: Plan, folder: Path) -> Outcome:
    with Guardian() as guardian:
        try:
            async with asyncio.timeout(plan.seconds + CLOSING_S):
                return await carry_out(plan, folder / "chaos" / "boards", guardian)
        except TimeoutError as error:
            raise TimeoutError(str(error) or "it took too long; the logs are in chaos/boards") from None


if __name__ == "__main__":
    sys.exit(main())
