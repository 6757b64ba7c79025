"""Each question as the SQL that its engine likes best, over one table of reads with the camera's place in it (pure)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

COLUMNS = {
    "plate": "text", "captured_at": "timestamptz", "received_at": "timestamptz", "read_id": "uuid",
    "camera": "text", "lat": "real", "lon": "real", "gateway_id": "int", "lane": "int", "confidence": "real",
    "speed_kmh": "real", "country": "text", "direction": "text", "facing": "text", "make": "text", "model": "text",
    "colour": "text", "type": "text"}
"""The columns of the exported reads, by PostgreSQL's types."""

PAGE = 50
MOST_OF_JOURNEYS = 2_000
Pairs = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between the engines' SQL; `counted` is the naive paging: COUNT(*) first, then OFFSET."""

    distance: str
    """The function that counts edits between two texts."""
    instant: Callable[[datetime], str]
    by_time: str = "reads"
    """The table, or the copy of it, that lies in the order of time."""
    counted: bool = False


def _timestamptz(instant: datetime) -> str:
    return f"TIMESTAMPTZ '{instant.isoformat()}'"


def _date_time_64(instant: datetime) -> str:
    return f"parseDateTime64BestEffort('{instant.isoformat()}', 3, 'UTC')"


DIALECTS = {
    "DuckDB": Dialect("levenshtein", _timestamptz, by_time="by_time"),
    "chDB": Dialect("editDistance", _date_time_64),
    "naive PostgreSQL": Dialect("levenshtein", _timestamptz, counted=True),
}


def statements(pairs: Pairs, dialect: Dialect, *, journey: bool = False) -> list[str]:
    """Return what is sent to the engine for one question of the search bench; `journey` wants the oldest first."""
    where = " AND ".join(_conditions(pairs, dialect)) or "true"
    table = "reads" if any(key in pairs for key in ("plate", "witness")) else dialect.by_time
    order, most = ("", MOST_OF_JOURNEYS) if journey else (" DESC", PAGE)
    asked = [f"SELECT * FROM {table} WHERE {where} ORDER BY captured_at{order} LIMIT {most}"]  # noqa: S608 - ours
    if dialect.counted and not journey:
        return [f"SELECT count(*) FROM {table} WHERE {where}", f"{asked[0]} OFFSET 0"]  # noqa: S608 - ours
    return asked


def _conditions(pairs: Pairs, dialect: Dialect) -> Iterator[str]:
    for key, text in pairs.items():
        if key in ("from", "until"):
            instant = dialect.instant(datetime.fromisoformat(text))
            yield f"captured_at {'>=' if key == 'from' else '<'} {instant}"
        elif key != "alike":
            yield from _CONDITIONS[key](text, pairs, dialect)


def _plate(text: str, pairs: Pairs, dialect: Dialect) -> Iterator[str]:
    if "alike" in pairs:
        yield f"{dialect.distance}(plate, '{text}') <= 1"
    elif "," in text:
        yield "plate IN ({})".format(", ".join(f"'{plate}'" for plate in text.split(",")))
    elif "?" in text:
        yield f"plate LIKE '{text.replace('?', '_')}'"
    else:
        yield f"plate = '{text}'"


def _witness(text: str, pairs: Pairs, dialect: Dialect) -> Iterator[str]:  # noqa: ARG001 - one shape for all
    """Nobody else weighs what people mix up: two edits, or a piece of the plate."""
    yield f"({dialect.distance}(plate, '{text}') <= 2 OR plate LIKE '%{text}%')"


def _area(text: str, pairs: Pairs, dialect: Dialect) -> Iterator[str]:  # noqa: ARG001 - one shape for all
    """Return the area's bounds: those of the bench are rectangles."""
    corners = [tuple(map(float, corner.split(","))) for corner in text.split(";")]
    for column, values in zip(("lon", "lat"), zip(*corners, strict=True), strict=True):
        yield f"{column} BETWEEN {min(values)} AND {max(values)}"


def _camera(text: str, pairs: Pairs, dialect: Dialect) -> Iterator[str]:  # noqa: ARG001 - one shape for all
    yield f"camera = '{text}'"


def _colour(text: str, pairs: Pairs, dialect: Dialect) -> Iterator[str]:  # noqa: ARG001 - one shape for all
    yield f"(colour = '{text}' OR colour IS NULL)"  # cameras see none at night


_CONDITIONS: dict[str, Callable[[str, Pairs, Dialect], Iterator[str]]] = {
    "plate": _plate, "witness": _witness, "area": _area, "camera": _camera, "colour": _colour}
