"""Cameras as marks on a map: where, which way, what of it is told, and where a click leads (pure)."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from search.map.flat import flatten


@dataclass(frozen=True, slots=True)
class Mark:
    """One camera on a map."""

    code: str
    name: str
    lon: float
    lat: float
    heading_deg: int | None = None
    """Which way the vehicles drive that it sees; 0 is north."""
    href: str = ""
    """Where it leads."""
    state: str = ""
    """A class of the drawing, such as `silent`."""
    count: int | None = None
    told: str = ""
    """What is said of it beside its name."""

    @property
    def flat(self) -> tuple[int, int]:
        """Where it stands on the flat map."""
        return flatten((self.lon, self.lat))


def marks_json(marks: Iterable[Mark]) -> str:
    """Return marks as the JSON that map layers read; it may stand in a page's data block."""
    rows = [{"code": mark.code, "name": mark.name, "at": [mark.lon, mark.lat], "heading": mark.heading_deg,
             "href": mark.href, "state": mark.state, "count": mark.count, "told": mark.told} for mark in marks]
    return data_json(rows)


def data_json(value: object) -> str:
    r"""Return a value as JSON for a page's data block: `<` is written `\u003c`, so that nothing ends the block."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")


def sized(marks: Sequence[Mark]) -> list[tuple[Mark, float]]:
    """Return each mark with its radius beside the usual one (1): the area grows with its count, up to nine times."""
    most = max((mark.count or 0 for mark in marks), default=0)
    return [(mark, 1.0 if not most or mark.count is None else 1 + 2 * (mark.count / most) ** 0.5) for mark in marks]
