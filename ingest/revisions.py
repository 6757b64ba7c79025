"""Passages: the several messages of one passing car become one read with revisions; the best reading wins.

A correction adds a row and marks the old one superseded; only expiry deletes, else a redelivered original would
bring a deleted plate back. Which reading is best does not depend on the order of arrival: redelivery changes nothing.
"""

import struct
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingest import arrays
from ingest.rows import Row
from services import plates
from services.clock import epoch_ms

# Inserted in key order, then locked in key order: two processes that meet on a passage wait, and never in a ring.
_ENTER = """
WITH incoming AS (
    SELECT * FROM unnest(CAST(:camera_id AS int[]), CAST(:passage_key AS bytea[]), CAST(:captured_ms AS bigint[]),
        CAST(:read_id AS uuid[]), CAST(:revision AS smallint[]), CAST(:confidence AS real[]), CAST(:plate AS text[]))
        AS t (camera_id, passage_key, captured_ms, read_id, revision, confidence, plate)
)
INSERT INTO passages (camera_id, passage_key, captured_at, read_id, revision, confidence, plate)
SELECT camera_id, passage_key, 'epoch'::timestamptz + captured_ms * interval '1 millisecond', read_id, revision,
       confidence, plate
FROM incoming ON CONFLICT DO NOTHING
RETURNING camera_id, passage_key
"""

_KNOWN = """
SELECT camera_id, passage_key, captured_at, read_id, revision, confidence, plate FROM passages
WHERE (camera_id, passage_key) IN (
    SELECT * FROM unnest(CAST(:camera_id AS int[]), CAST(:passage_key AS bytea[])))
"""
_KNOWN_LOCKED = f"{_KNOWN} ORDER BY camera_id, passage_key FOR UPDATE"

_IMPROVE = """
UPDATE passages SET revision = better.revision, confidence = better.confidence, plate = better.plate
FROM unnest(CAST(:camera_id AS int[]), CAST(:passage_key AS bytea[]), CAST(:revision AS smallint[]),
            CAST(:confidence AS real[]), CAST(:plate AS text[]))
     AS better (camera_id, passage_key, revision, confidence, plate)
WHERE passages.camera_id = better.camera_id AND passages.passage_key = better.passage_key
"""

_SETTLE = """
UPDATE reads SET superseded = (reads.plate <> settled.plate), images = (reads.images | settled.images),
                 images_pending = (reads.images_pending OR settled.pending)
FROM unnest(CAST(:captured_ms AS bigint[]), CAST(:read_id AS uuid[]), CAST(:plate AS text[]),
            CAST(:images AS smallint[]), CAST(:pending AS boolean[]))
     AS settled (captured_ms, read_id, plate, images, pending)
WHERE reads.captured_at = 'epoch'::timestamptz + settled.captured_ms * interval '1 millisecond'
  AND reads.read_id = settled.read_id
  AND (reads.superseded <> (reads.plate <> settled.plate) OR reads.images <> (reads.images | settled.images)
       OR settled.pending > reads.images_pending)
"""

# What a better reading of the same plate says goes before what was stored, what another one says fills the gaps.
_FILLED = (("confidence", "real"), ("speed_kmh", "real"), ("lane", "smallint"), ("country", "text"),
           ("country_raw", "text"), ("direction", "text"), ("facing", "text"), ("make", "text"), ("model", "text"),
           ("colour", "text"), ("vehicle_type", "text"), ("confidence_raw", "text"))
_FILL = f"""
UPDATE reads SET {", ".join(f"{name} = CASE WHEN better THEN coalesce(again.{name}, reads.{name}) "
                            f"ELSE coalesce(reads.{name}, again.{name}) END" for name, _ in _FILLED)}
FROM unnest(CAST(:plate AS text[]), CAST(:captured_ms AS bigint[]), CAST(:read_id AS uuid[]),
            CAST(:better AS boolean[]), {", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in _FILLED)})
     AS again (plate, captured_ms, read_id, better, {", ".join(name for name, _ in _FILLED)})
WHERE reads.plate = again.plate AND reads.read_id = again.read_id
  AND reads.captured_at = 'epoch'::timestamptz + again.captured_ms * interval '1 millisecond'
  AND ({" OR ".join(f"(again.{name} <> reads.{name} AND better) OR (reads.{name} IS NULL AND again.{name} IS NOT NULL)"
                    for name, _ in _FILLED)})
"""  # noqa: S608  # made of the constants above

_REAL = struct.Struct("f")

Key = tuple[int, bytes]
Rank = tuple[int, float, str]


@dataclass(slots=True)
class Sorted:
    """The rows of passages: first readings, further plates, and readings that repeat the best plate so far."""

    firsts: list[Row] = field(default_factory=list)
    further: list[Row] = field(default_factory=list)
    repeats: list[tuple[Row, bool]] = field(default_factory=list)
    """With whether the repeating one is better than the stored one."""

    settled: "list[Known]" = field(default_factory=list)


@dataclass(slots=True)
class Known:
    """What is known of a passage: its read, the rank of its best reading so far, and what this batch adds."""

    captured_ms: int
    read_id: str
    best: Rank
    images: int = 0
    improved: bool = False
    further: bool = False
    pending: bool = False


def _rank(row: Row) -> Rank:
    return row.revision, _as_stored(row.confidence or 0.0), row.plate


def _beats(rank: Rank, other: Rank) -> bool:
    """Tell whether one reading is better: a plate beats none, then revision, then confidence count.

    The plate itself comes last, so that of two equal readings the same one wins in whatever order they arrive.
    """
    return (not plates.is_unread(rank[2]), *rank) > (not plates.is_unread(other[2]), *other)


def _as_stored(confidence: float) -> float:
    """Round to `real`, in which passages keep it: else a reading would lose against itself as it was stored."""
    rounded: float = _REAL.unpack(_REAL.pack(confidence))[0]
    return rounded


def _key(row: Row) -> Key:
    assert row.passage_key is not None  # noqa: S101  # only rows of a passage come here
    return row.camera_id, row.passage_key


def _first_rows(rows: Iterable[Row]) -> dict[Key, Row]:
    first: dict[Key, Row] = {}
    for row in rows:
        first.setdefault(_key(row), row)
    return first


async def foresee_read_ids(connection: AsyncConnection, rows: list[Row]) -> None:
    """Give rows of passages the read id that they will have, since their pictures are put under it before the commit.

    Nothing is locked: should another process enter the passage meanwhile, `settle_passages` sees it.
    """
    await _join_neighbours(connection, rows)
    first = _first_rows(rows)
    known = await _load(connection, list(first), _KNOWN)
    for row in rows:
        passage = known.get(_key(row)) or first[_key(row)]
        row.captured_ms, row.read_id = passage.captured_ms, passage.read_id


async def _join_neighbours(connection: AsyncConnection, rows: list[Row]) -> None:
    """Give a row whose source uses its numbers again the key of the passage that it belongs to.

    Its own span may have begun between the messages of one car: the passage is then known under the span before (or,
    out of order, after), and no further away in time than a span.
    """
    rows = [row for row in rows if row.neighbour_keys]
    keys = {(row.camera_id, key) for row in rows for key in (*row.neighbour_keys, *_key(row)[1:])}
    known = {key: passage.captured_ms for key, passage in (await _load(connection, sorted(keys), _KNOWN)).items()}
    for row in rows:
        candidates = (_key(row), *((row.camera_id, key) for key in row.neighbour_keys))
        near = next((key for key in candidates if key in known and abs(known[key] - row.captured_ms) <= row.span_ms),
                    _key(row))
        row.passage_key = near[1]
        known.setdefault(near, row.captured_ms)


async def settle_passages(connection: AsyncConnection, rows: list[Row]) -> Sorted:
    """Enter `rows` into the passages; return them sorted, and the passages to settle afterwards.

    A further reading takes its passage's read id and capture time. One that repeats the best plate comes back among
    the first readings, where its primary key makes it change nothing.
    """
    if not rows:
        return Sorted()
    await _join_neighbours(connection, rows)
    first = _first_rows(rows)
    entered = await _enter(connection, first)
    known = {key: Known(row.captured_ms, row.read_id, _rank(row), row.images)
             for key, row in first.items() if key in entered}
    known |= await _load(connection, [key for key in first if key not in entered], _KNOWN_LOCKED)
    sorted_ = _sort_out(rows, known, {id(first[key]) for key in entered})
    await _improve(connection, {key: passage for key, passage in known.items() if passage.improved})
    sorted_.settled = [passage for key, passage in known.items() if passage.further or key not in entered]
    return sorted_


def _sort_out(rows: list[Row], known: dict[Key, Known], entering: Container[int] = ()) -> Sorted:
    """Sort rows; `entering` are the identities of those by which their passages were entered."""
    sorted_ = Sorted()
    for row in rows:
        passage = known[_key(row)]
        better = _beats(_rank(row), passage.best)
        row.captured_ms, row.read_id = passage.captured_ms, passage.read_id
        passage.further |= bool(row.images & ~passage.images)  # the insert would drop the second of two equal rows
        passage.images |= row.images
        passage.pending |= row.images_pending
        if row.plate == passage.best[2]:
            sorted_.firsts.append(row)
            if id(row) not in entering:
                sorted_.repeats.append((row, better))
        else:
            passage.further = True
            row.superseded = not better
            sorted_.further.append(row)
        if better:
            passage.best, passage.improved = _rank(row), True
    return sorted_


async def fill_reads(connection: AsyncConnection, repeats: list[tuple[Row, bool]]) -> None:
    """Add what later messages of a car say of it (a direction that the first one did not know) to its stored read."""
    last: dict[tuple[str, str, bool], Row] = {(row.read_id, row.plate, better): row for row, better in repeats}
    for better in (True, False):  # one statement changes a row once
        rows = [row for (_, _, is_better), row in last.items() if is_better is better]
        if rows:
            values = {name: arrays.LITERALS[kind](getattr(row, name) for row in rows) for name, kind in _FILLED}
            await connection.execute(text(_FILL), values | {
                "plate": arrays.text_array(row.plate for row in rows),
                "captured_ms": arrays.number_array(row.captured_ms for row in rows),
                "read_id": arrays.plain_array(row.read_id for row in rows),
                "better": arrays.boolean_array(better for _ in rows)})


async def settle_reads(connection: AsyncConnection, passages: list[Known]) -> None:
    """Mark, once all readings are stored, all but the best of each passage superseded, and add its new pictures."""
    if passages:
        await connection.execute(text(_SETTLE), {
            "captured_ms": arrays.number_array(passage.captured_ms for passage in passages),
            "read_id": arrays.plain_array(passage.read_id for passage in passages),
            "plate": arrays.text_array(passage.best[2] for passage in passages),
            "images": arrays.number_array(passage.images for passage in passages),
            "pending": arrays.boolean_array(passage.pending for passage in passages)})


async def _enter(connection: AsyncConnection, first_rows: dict[Key, Row]) -> set[Key]:
    ordered = [first_rows[key] for key in sorted(first_rows)]
    result = await connection.execute(text(_ENTER), {
        "camera_id": arrays.number_array(row.camera_id for row in ordered),
        "passage_key": _keys(_key(row) for row in ordered),
        "captured_ms": arrays.number_array(row.captured_ms for row in ordered),
        "read_id": arrays.plain_array(row.read_id for row in ordered),
        "revision": arrays.number_array(row.revision for row in ordered),
        "confidence": arrays.number_array(row.confidence or 0.0 for row in ordered),
        "plate": arrays.text_array(row.plate for row in ordered)})
    return {(camera_id, bytes(key)) for camera_id, key in result}


async def _load(connection: AsyncConnection, keys: list[Key], statement: str) -> dict[Key, Known]:
    if not keys:
        return {}
    result = await connection.execute(text(statement), {
        "camera_id": arrays.number_array(camera for camera, _ in keys), "passage_key": _keys(keys)})
    return {(row.camera_id, bytes(row.passage_key)): Known(
        epoch_ms(row.captured_at), UUID(str(row.read_id)).hex, (row.revision, _as_stored(row.confidence), row.plate))
        for row in result}


async def _improve(connection: AsyncConnection, passages: dict[Key, Known]) -> None:
    if passages:
        best = [passage.best for passage in passages.values()]
        await connection.execute(text(_IMPROVE), {
            "camera_id": arrays.number_array(camera for camera, _ in passages), "passage_key": _keys(passages),
            "revision": arrays.number_array(rank[0] for rank in best),
            "confidence": arrays.number_array(rank[1] for rank in best),
            "plate": arrays.text_array(rank[2] for rank in best)})


def _keys(keys: Iterable[Key]) -> str:
    return "{" + ",".join(f'"\\\\x{key.hex()}"' for _, key in keys) + "}"
