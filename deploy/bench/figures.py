"""A measured figure beside its goal: printed as a table, written as JSON."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import msgspec
from rich.console import Console
from rich.table import Table

_FOLDER = Path("var/bench")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure; `goal` is None where there is nothing to reach, only something to compare with."""

    name: str
    value: float
    unit: str
    better: Literal["lower", "higher"]
    goal: float | None = None

    @property
    def verdict(self) -> str:
        """Say whether the goal was reached."""
        if self.goal is None:
            return ""
        reached = self.value >= self.goal if self.better == "higher" else self.value <= self.goal
        return "reached" if reached else "missed"


def report(name: str, title: str, figures: list[Figure], folder: Path = _FOLDER) -> None:
    """Print `figures` and write them to `folder`/<name>.json."""
    table = Table("figure", "measured", "unit", "goal", "", title=title)
    for column in (1, 3):
        table.columns[column].justify = "right"
    for figure in figures:
        goal = "" if figure.goal is None else f"{'≥' if figure.better == 'higher' else '≤'} {figure.goal:,g}"
        table.add_row(figure.name, rounded(figure.value), figure.unit, goal, figure.verdict)
    Console().print(table)
    write(name, figures, folder)


def write(name: str, figures: list[Figure], folder: Path = _FOLDER) -> None:
    """Write `figures` to `folder`/<name>.json."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [asdict(figure) for figure in figures]
    (folder / f"{name}.json").write_bytes(msgspec.json.format(msgspec.json.encode(rows)))


def rounded(value: float) -> str:
    """Return a figure as a table shows it."""
    return f"{value:,.0f}" if value >= 100 else f"{value:,.2f}"


def percentile(values: list[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of `values` lie, by the nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
