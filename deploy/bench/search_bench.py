"""How long questions take over a legal year, through the API, audit on: `python -m deploy.bench.search_bench --rows N`.

Cold: the server was restarted and the machine has forgotten its files; each question is asked once. Warm: the same
questions again. Each kind begins cold anew, so that none has warmed the store for another.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import msgspec
from rich.console import Console
from rich.table import Table

from deploy.bench.asking import Asked, Client
from deploy.bench.figures import Figure, percentile, rounded, write
from deploy.bench.questions import ASKED, KINDS, Kind, Sample
from deploy.bench.sampling import draw_sample
from deploy.bench.stand import FOLDER, SEARCH, Stand, program, reserve_port, wait_for_http
from deploy.bench.year.store import Year, open_year
from services.clock import midnight, utc_now
from services.errors import ZoneschildError
from services.gate import month_before
from services.retention_rule import cut_off

ROWS = 20_000_000
SMALL = 20_000_000
"""Growth is told against a run of this size, if there was one."""
MOST_GROWTH, NEVER_SLOW_MS = 1.5, 5.0
PERSON = ("bench", "bench-password-of-the-stand")
"""Lives as long as the store, on loopback."""

LABELS = ("cold", "warm", "statements, warm")
_SHARES = (0.50, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Period:
    """A period that the gate opens: as a decision of the procureur would, or what it shows without one."""

    name: str
    since: Callable[[datetime], datetime]
    has_goals: bool


PERIODS = (Period("year", cut_off, has_goals=True), Period("month", month_before, has_goals=False))


@dataclass(frozen=True, slots=True)
class Passes:
    """One kind of question asked cold, and asked again warm."""

    cold: tuple[Asked, ...]
    warm: tuple[Asked, ...]


def measure(rows: int, *, fresh: bool = False, within_s: float = 60.0) -> list[Figure]:
    """Ask every kind of question over the year and over the month; return the figures and write them beside the store.

    `within_s` bounds one pass of one kind, s. Raises ConfigurationError when the disk has no room for `rows` reads.
    """
    year = open_year(rows, fresh=fresh)
    figures = [*_of_store(year), *_ask_periods(year, within_s)]
    figures += growth(figures, _small_run(rows))
    (year.folder / "figures.json").write_bytes(msgspec.json.encode(figures))
    write("search", figures)
    show(figures)
    return figures


def show(figures: list[Figure]) -> None:
    """Print one table for each period, a kind a row, and what else was measured in lines."""
    values = {figure.name: figure for figure in figures}
    console = Console(width=150)
    for period in PERIODS:
        table = Table("question", *(f"{label}, p50 / p95 / p99" for label in LABELS), "goal (p95 warm)", "",
                      title=f"Search through the API, consultation and audit on, over the {period.name}, ms")
        for kind in KINDS:
            if goal := values.pop(_name(period.name, kind.name, "p95 warm"), None):
                values[goal.name] = goal
                names = [[_name(period.name, kind.name, f"p{share * 100:.0f} {label}") for share in _SHARES]
                         for label in LABELS]
                cells = [" / ".join(rounded(values.pop(name).value) for name in row) for row in names]
                table.add_row(kind.name, *cells, f"≤ {goal.goal:g}" if goal.goal else "", goal.verdict)
        console.print(table)
    for figure in values.values():
        console.print(f"{figure.name}: {rounded(figure.value)} {figure.unit} {figure.verdict}", highlight=False)


def _of_store(year: Year) -> Iterator[Figure]:
    filled = year.filled
    yield Figure("reads in the store", filled.reads, "reads", "higher")
    yield Figure("distinct plates", filled.plates, "plates", "higher")
    yield Figure("bytes a read, indexes and dictionary included", filled.database_bytes / filled.reads, "B", "lower")
    yield Figure("filling, reads a second", filled.reads / filled.seconds, "reads/s", "higher")


def _ask_periods(year: Year, within_s: float) -> Iterator[Figure]:
    token, samples = prepare(year)
    for period in PERIODS:
        sample = samples[period.name]
        for kind in KINDS if sample.plates and sample.reads else ():
            yield from figures_of(period, kind, ask_kind(year, token, period, kind, sample, within_s=within_s))


def prepare(year: Year) -> tuple[str, dict[str, Sample]]:
    """Give the bench a user and a token, and draw what is asked."""
    name, password = PERSON
    with year.serve(cold=False) as stand:
        stand.run("services", "users", "add", name, "--role", "investigator", "--name", "Bench", "--password-stdin",
                  standard_input=password + "\n")
        with stand.connect() as connection:
            begin, now = midnight(year.filled.first), utc_now()
            samples = {period.name: draw_sample(connection, max(begin, period.since(now))) for period in PERIODS}
        return stand.run("services", "tokens", "add", name), samples


def ask_kind(year: Year, token: str, period: Period, kind: Kind, sample: Sample, *, within_s: float,
             number: int = ASKED) -> Passes:
    """Ask `number` questions of one kind, cold and warm; raises ConfigurationError when search refuses them."""
    addresses = kind.addresses(sample, number)
    with year.serve() as stand, serve_search(stand, period.name) as port, \
            closing(Client(port, token, PERSON if kind.path == "/reads" else None)) as client:
        Console().print(f"{period.name}, {kind.name} …", end=" ", markup=False)
        cold = tuple(client.ask_all(addresses, within_s))
        warm = tuple(client.ask_all(addresses[:len(cold)], within_s))
    Console().print(f"{_p95(cold):.1f} ms cold, {_p95(warm):.1f} ms warm (p95)")
    return Passes(cold, warm)


def _p95(asked: tuple[Asked, ...]) -> float:
    return percentile([one.whole_ms for one in asked], 0.95)


@contextmanager
def serve_search(stand: Stand, period: str) -> Iterator[int]:
    """Run search with the gate open over a period; yields its port."""
    port = reserve_port()
    with program("deploy.bench.serving", stand.environment(SEARCH, SEARCH_PORT=port), period):
        wait_for_http(port, "/health")
        yield int(port)


def figures_of(period: Period, kind: Kind, passes: Passes) -> Iterator[Figure]:
    """Return what is told of one kind: the whole answer cold and warm, and the statements alone, warm."""
    times_of = ([one.whole_ms for one in passes.cold], [one.whole_ms for one in passes.warm],
                [one.sql_ms for one in passes.warm])
    for label, times in zip(LABELS, times_of, strict=True):
        for share in _SHARES:
            is_goal = period.has_goals and label == "warm" and share == 0.95
            yield Figure(_name(period.name, kind.name, f"p{share * 100:.0f} {label}"), percentile(times, share), "ms",
                         "lower", kind.goal_ms if is_goal else None)
    if len(passes.warm) < ASKED:
        yield Figure(_name(period.name, kind.name, f"asked in time, of {ASKED}"), len(passes.warm), "questions",
                     "higher")
    if refused := sum(one.too_broad for one in (*passes.cold, *passes.warm)):
        yield Figure(_name(period.name, kind.name, "given up as too broad, cold and warm"), refused, "questions",
                     "lower", 0)


def _name(period: str, kind: str, what: str) -> str:
    return f"{period}: {kind}, {what}"


def _small_run(rows: int) -> dict[str, float]:
    """Return the figures of the small store by name, none when this is the small one or there was no such run."""
    try:
        figures = msgspec.json.decode((FOLDER / f"year-{SMALL}" / "figures.json").read_bytes(), type=list[Figure])
    except (OSError, msgspec.MsgspecError):
        return {}
    return {figure.name: figure.value for figure in figures} if rows > SMALL else {}


def growth(figures: list[Figure], small: dict[str, float]) -> list[Figure]:
    """Return how much each warm p95 of the year grew from the `small` run's; what stays quick has no goal."""
    found = []
    for figure in figures:
        if figure.name.startswith("year: ") and figure.name.endswith("p95 warm") and small.get(figure.name):
            goal = None if figure.value <= NEVER_SLOW_MS else MOST_GROWTH
            found.append(Figure(f"{figure.name}, growth from {SMALL / 1e6:.0f} M", figure.value / small[figure.name],
                                "times", "lower", goal))
    return found


def main() -> int:
    """Run the bench, and with `--engines` ask the same of other engines."""
    parser = argparse.ArgumentParser(prog="python -m deploy.bench.search_bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="reads of the year (default: %(default)s)")
    parser.add_argument("--fresh", action="store_true", help="build the store anew, whatever is there")
    parser.add_argument("--within", type=float, default=60.0, help="most seconds a pass of one kind")
    arguments = parser.parse_args()
    run = partial(measure, arguments.rows, fresh=arguments.fresh, within_s=arguments.within)
    began = time.monotonic()
    try:
        run()
    except (ZoneschildError, TimeoutError, OSError) as error:
        print(f"zoneschild: {error}", file=sys.stderr)
        return 1
    Console().print(f"{(time.monotonic() - began) / 60:.0f} minutes on {os.cpu_count()} processors")
    return 0


if __name__ == "__main__":
    sys.exit(main())
