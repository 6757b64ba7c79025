"""Where a scorer's figures go: a table on the screen, or a file of JSON."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from simulator.score.measures import Bin, Row


def report(title: str, rows: Sequence[Row], out: Path | None) -> None:
    """Write `rows` to `out` where it is given, else print them."""
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(msgspec.json.format(msgspec.json.encode(list(rows))))
        return
    table = Table("figure", "measured", "unit", "goal", title=title)
    for row in rows:
        sign = "≥" if row.better == "higher" else "≤"
        table.add_row(row.name, f"{row.value:,.4g}", row.unit, "" if row.goal is None else f"{sign} {row.goal:g}")
    Console().print(table)


def say_bins(name: str, found: Sequence[Bin]) -> list[Row]:
    """Return what was said and what was right in each bin of probability, with how much stands behind it."""
    rows = []
    for bin_ in found:
        label = f"{name}, said {bin_.begin:.1f} to {bin_.begin + 0.1:.1f}"
        rows += [Row(f"{label}: mean", bin_.said, ""), Row(f"{label}: right", bin_.right, ""),
                 Row(f"{label}: items", bin_.weight, "items")]
    return rows
