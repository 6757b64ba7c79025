"""`python -m deploy.bench.engines`: the search bench's questions side by side, ours through the API and as bare SQL.

Every engine answers from the same reads, without an API, a user or an audit in front. Ours come from the search bench's
last run over a store of this size.
"""

# ruff: noqa: S603 - the program started here is the engines' own Python

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from deploy.bench.engines import child
from deploy.bench.engines.installing import install_engines
from deploy.bench.engines.loading import LOADS, export_reads
from deploy.bench.engines.naive import ask_naive
from deploy.bench.engines.statements import DIALECTS, Dialect, statements
from deploy.bench.figures import Figure, percentile, rounded, write
from deploy.bench.questions import KINDS, Sample
from deploy.bench.sampling import draw_sample
from deploy.bench.stand import FOLDER
from deploy.bench.year.store import Year, open_year
from services.clock import midnight
from services.errors import ConfigurationError, ZoneschildError

ROWS = 20_000_000
OURS = {"Zoneschild, API": "warm", "Zoneschild, SQL alone": "statements, warm"}
_SHARES = (0.50, 0.95)
Questions = dict[str, list[list[str]]]


def measure(rows: int, within_s: float) -> list[Figure]:
    """Ask all engines the questions of the search bench over `rows` reads, print and write the figures.

    `within_s` bounds each of the two passes of one kind, s. Raises ConfigurationError when there are no figures of
    ours, or an engine does not answer.
    """
    python, year = install_engines(FOLDER / "engines"), open_year(rows)
    ours = read_ours(year)
    folder = FOLDER / "engines-data"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        sample = _export(year, folder / "reads.csv")
        found = {name: _ask(python, name, folder, sample, within_s) for name in DIALECTS}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    figures = [*ours, *(figure for name, said in found.items() for figure in figures_of(name, said, year))]
    write("search-engines", figures)
    show(figures)
    return figures


def _export(year: Year, file: Path) -> Sample:
    Console().print("exporting the reads …")
    with year.serve(cold=False) as stand, stand.connect() as connection:
        export_reads(connection, file)
        return draw_sample(connection, midnight(year.filled.first))


def questions_of(sample: Sample, dialect: Dialect) -> Questions:
    """Return every kind's questions as the statements that an engine is sent; a page of HTML is nobody else's."""
    return {kind.name: [statements(pairs, dialect, journey=kind.path.endswith("/journeys"))
                        for pairs in kind.questions(sample)]
            for kind in KINDS if kind.path != "/reads"}


def _ask(python: Path, name: str, folder: Path, sample: Sample, within_s: float) -> dict[str, Any]:
    Console().print(f"asking {name} …")
    questions, file = questions_of(sample, DIALECTS[name]), folder / "reads.csv"
    if name not in LOADS:
        return ask_naive(folder / "naive", file, questions, within_s)
    job = {"engine": name, "folder": str(folder / name), "load": LOADS[name](file), "questions": questions,
           "within_s": within_s}
    done = subprocess.run([str(python), child.__file__], input=json.dumps(job), capture_output=True, text=True,
                          check=False)
    shutil.rmtree(folder / name, ignore_errors=True)
    if done.returncode != 0:
        raise ConfigurationError(f"{name} did not answer: {done.stderr.strip()[-500:]}")
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def read_ours(year: Year) -> list[Figure]:
    """Return our own warm figures from the search bench's run over this store; raises ConfigurationError without."""
    try:
        figures = msgspec.json.decode((year.folder / "figures.json").read_bytes(), type=list[Figure])
    except (OSError, msgspec.MsgspecError):
        raise ConfigurationError(f"run the search bench first: there are no figures in {year.folder}") from None
    values = {figure.name: figure.value for figure in figures}
    return [Figure(f"{column}: {kind.name}, p{share * 100:.0f}", values[name], "ms", "lower")
            for column, what in OURS.items() for kind in KINDS for share in _SHARES
            if (name := f"year: {kind.name}, p{share * 100:.0f} {what}") in values]


def figures_of(engine: str, said: Mapping[str, Any], year: Year) -> Iterator[Figure]:
    """Return an engine's figures: bytes a read, and by kind the warm times and how many rows were answered."""
    yield Figure(f"{engine}: bytes a read", said["bytes"] / year.filled.reads, "B", "lower")
    for kind, asked in said["kinds"].items():
        for share in _SHARES:
            yield Figure(f"{engine}: {kind}, p{share * 100:.0f}", percentile(asked["times_ms"], share), "ms", "lower")
        yield Figure(f"{engine}: {kind}, asked in time", len(asked["times_ms"]), "questions", "higher")
        yield Figure(f"{engine}: {kind}, rows", asked["rows"], "rows", "higher")


def show(figures: list[Figure]) -> None:
    """Print one table: a kind a row, an engine a column, p50 and p95 in it."""
    values = {figure.name: rounded(figure.value) for figure in figures}
    columns = [*OURS, *DIALECTS]
    table = Table("question", *columns, title="Warm, p50 / p95 in ms")
    for kind in KINDS:
        cells = [[values.get(f"{column}: {kind.name}, p{share * 100:.0f}", "-") for share in _SHARES]
                 for column in columns]
        table.add_row(kind.name, *(" / ".join(cell) for cell in cells))
    Console(width=160).print(table)


def main() -> int:
    """Run the bench."""
    parser = argparse.ArgumentParser(prog="python -m deploy.bench.engines", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="reads of the store (default: %(default)s)")
    parser.add_argument("--within", type=float, default=20.0, help="most seconds a pass of one kind")
    arguments = parser.parse_args()
    try:
        measure(arguments.rows, arguments.within)
    except (ZoneschildError, TimeoutError, OSError) as error:
        print(f"zoneschild: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
