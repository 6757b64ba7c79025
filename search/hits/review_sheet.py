"""The review of follow-up as a file of CSV."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import timedelta

from search.sheets import write_sheet
from services.hits.reviewing import Reviewed
from services.hits.reviewing_rule import By, Figures

_FIGURES = tuple(field.name for field in fields(Figures))
_TIMES = ("to_claim", "to_dispatch")
HEADER = ("by", "key", "name", *(f"{name}_s" if name in _TIMES else name for name in _FIGURES), "precision",
          "follow_up", "noise")


def write_csv(found: Mapping[By, Sequence[Reviewed]]) -> bytes:
    """Return one row for each list, entry, camera and level; times in seconds, shares of 1."""
    return write_sheet(HEADER, rows(row for part in found.values() for row in part))


def rows(found: Iterable[Reviewed]) -> Iterator[list[object]]:
    """Yield the cells of each row."""
    for row in found:
        figures, noise = row.figures, row.noise
        yield [row.by, row.key, row.name, *(_cell(getattr(figures, name)) for name in _FIGURES),
               _share(figures.precision), _share(figures.follow_up), noise.why if noise else None]


def _cell(value: object) -> object:
    return round(value.total_seconds()) if isinstance(value, timedelta) else value


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
