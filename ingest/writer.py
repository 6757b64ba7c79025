"""The one transaction of ingest: every statement that it writes. Stored first; whoever calls acknowledges after."""

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingest import arrays, matching
from ingest.copies import Attempt
from ingest.rejects import reject_values
from ingest.revisions import Known, fill_reads, settle_passages, settle_reads
from ingest.rows import Batch, Beat, Rejected, Row, Trial
from services import plates
from services.clock import from_epoch_ms, local_day
from services.identity import Identity
from services.retention_rule import RETENTION

TRIAL_KEPT_MS = timedelta(days=7) // timedelta(milliseconds=1)
"""How long a read of a gateway in state proef is shown."""
RETENTION_MS = RETENTION // timedelta(milliseconds=1)

COLUMNS = (
    ("captured_at", "bigint"), ("received_at", "bigint"), ("read_id", "uuid"), ("camera_id", "int"),
    ("confidence", "real"), ("speed_kmh", "real"), ("gateway_id", "smallint"), ("lane", "smallint"),
    ("images", "smallint"), ("images_pending", "boolean"), ("late", "boolean"), ("superseded", "boolean"),
    ("clock_synchronised", "boolean"), ("plate", "text"), ("plate_raw", "text"), ("country", "text"),
    ("country_raw", "text"), ("direction", "text"), ("facing", "text"), ("make", "text"), ("model", "text"),
    ("colour", "text"), ("vehicle_type", "text"), ("confidence_raw", "text"), ("clock_basis", "text"),
)
_FROM_MS = "'epoch'::timestamptz + {} * interval '1 millisecond'"
_NAMES = ", ".join(name for name, _ in COLUMNS)

# One statement, idempotent: a redelivered read meets its own primary key and changes nothing.
_INSERT_READS = f"""
    INSERT INTO reads ({_NAMES})
    SELECT {", ".join(_FROM_MS.format(name) if kind == "bigint" else name for name, kind in COLUMNS)}
    FROM unnest({", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in COLUMNS)}) AS incoming ({_NAMES})
    ON CONFLICT DO NOTHING
"""  # noqa: S608  # made of the constants above
STORE_READS = f"""
WITH stored AS ({_INSERT_READS} RETURNING gateway_id, late)
SELECT gateway_id, count(*), count(*) FILTER (WHERE late) FROM stored GROUP BY gateway_id
"""  # noqa: S608  # made of the constants above
STORE_COPIES = f"{_INSERT_READS} RETURNING gateway_id, read_id, plate"

# A plate already known for its day is looked up and left alone: a conflict, even one that changes nothing, locks and
# so writes the row, at several times the cost.
SEEN_PLATES = """
INSERT INTO plates (plate, last_seen, letters)
SELECT plate, seen.last_seen, seen.letters
FROM unnest(CAST(:plate AS text[]), CAST(:last_seen AS date[]), CAST(:letters AS text[]))
     AS seen (plate, last_seen, letters)
LEFT JOIN plates AS known USING (plate)
WHERE known.plate IS NULL OR known.last_seen < seen.last_seen
ORDER BY plate
ON CONFLICT (plate) DO UPDATE SET last_seen = excluded.last_seen WHERE plates.last_seen < excluded.last_seen
"""

# The usual time between two heartbeats: a mean in which the last counts for a tenth, and an outage for six hours at
# most. Beats that come closer together than a second were waiting somewhere, and say nothing.
_BEAT_S = "extract(epoch FROM excluded.heartbeat_at - known.heartbeat_at)"
_EVERY_S = f"""
    CASE WHEN {_BEAT_S} >= 1 THEN coalesce(known.heartbeat_every_s * 0.9 + least({_BEAT_S}, 21600) * 0.1, {_BEAT_S})
         ELSE known.heartbeat_every_s END"""
CAMERA_STATES = f"""
INSERT INTO camera_states AS known (camera_id, last_captured_at, last_received_at, heartbeat_at, complete_until)
SELECT camera_id, {", ".join(_FROM_MS.format(n) for n in ("captured_ms", "received_ms", "beat_ms", "complete_ms"))}
FROM unnest(CAST(:camera_id AS int[]), CAST(:captured_ms AS bigint[]), CAST(:received_ms AS bigint[]),
            CAST(:beat_ms AS bigint[]), CAST(:complete_ms AS bigint[]))
     AS incoming (camera_id, captured_ms, received_ms, beat_ms, complete_ms)
ON CONFLICT (camera_id) DO UPDATE SET
    last_captured_at = greatest(known.last_captured_at, excluded.last_captured_at),
    last_received_at = greatest(known.last_received_at, excluded.last_received_at),
    heartbeat_at = greatest(known.heartbeat_at, excluded.heartbeat_at),
    heartbeat_every_s = {_EVERY_S},
    complete_until = greatest(known.complete_until, excluded.complete_until)
"""  # noqa: S608  # made of the constants above

_COUNTED = ("stored", "doubled", "superseded", "rejected", "heartbeats", "ignored", "trial", "late")
COUNT_DAY = f"""
INSERT INTO gateway_days AS known (gateway_id, day, {", ".join(_COUNTED)})
VALUES (:gateway_id, :day, {", ".join(f":{name}" for name in _COUNTED)})
ON CONFLICT (gateway_id, day) DO UPDATE SET {", ".join(f"{name} = known.{name} + excluded.{name}" for name in _COUNTED)}
"""  # noqa: S608  # made of the constants above

COUNT_REJECTS = """
INSERT INTO gateway_reject_days AS known (gateway_id, day, reason, rejected)
VALUES (:gateway_id, :day, :reason, :rejected)
ON CONFLICT (gateway_id, day, reason) DO UPDATE SET rejected = known.rejected + excluded.rejected
"""

KEEP_TRIALS = """
INSERT INTO trial_reads (gateway_id, received_at, expires_at, digest, found)
VALUES (:gateway_id, :received_at, :expires_at, :digest, CAST(:found AS jsonb)) ON CONFLICT DO NOTHING
"""

KEEP_REJECTS = """
INSERT INTO rejects (digest, received_at, expires_at, gateway_id, topic, reason, detail, excerpt, body, captured_at)
VALUES (:digest, :received_at, :expires_at, :gateway_id, :topic, :reason, :detail, :excerpt, :body, :captured_at)
ON CONFLICT DO NOTHING
"""

SPOOL_PICTURES = """
INSERT INTO image_spool (read_id, kind, captured_at, plate, content)
VALUES (:read_id, :kind, :captured_at, :plate, :content) ON CONFLICT DO NOTHING
"""


@dataclass(slots=True)
class Counts:
    """What came of a batch, for one gateway."""

    stored: int = 0
    doubled: int = 0
    superseded: int = 0
    rejected: int = 0
    heartbeats: int = 0
    ignored: int = 0
    trial: int = 0
    late: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


CountsByGateway = dict[int, Counts]
Inserted = list[tuple[int, int, int]]
InsertReads = Callable[[AsyncConnection, list[Row]], Awaitable[Inserted]]


def primary_key(row: Row) -> tuple[str, int, str]:
    """Return the key of `reads`: two processes that store the same reads in this order cannot block each other."""
    return row.plate, row.captured_ms, row.read_id


async def insert_reads(connection: AsyncConnection, rows: list[Row]) -> Inserted:
    """Insert `rows`, leaving those that are there already as they are; return (gateway, stored, of these late)."""
    result = await _insert(connection, rows, STORE_READS)
    return [(gateway_id, number, late) for gateway_id, number, late in result]


def insert_with_copies(copies: Attempt) -> InsertReads:
    """Return the way into `reads` that notes which reads came first as copies from the live session."""
    async def insert(connection: AsyncConnection, rows: list[Row]) -> Inserted:
        inserted = await insert_reads(connection, [row for row in rows if not row.copied])
        for gateway_id, read_id, plate in await _insert(connection, [row for row in rows if row.copied], STORE_COPIES):
            copies.note(gateway_id, read_id.hex, plate)
            inserted.append((gateway_id, 1, 0))  # what is late is no copy
        return inserted

    return insert


async def _insert(connection: AsyncConnection, rows: list[Row], statement: str) -> Sequence[Any]:
    if not rows:
        return []
    rows.sort(key=primary_key)
    columns = zip(*map(msgspec.structs.astuple, rows), strict=True)
    values = {name: arrays.LITERALS[kind](column) for (name, kind), column in zip(COLUMNS, columns, strict=False)}
    return (await connection.execute(text(statement), values)).all()


async def store(connection: AsyncConnection, identity: Identity, batch: Batch, spool: Sequence[Row] = (),
                *, states: bool = True, insert: InsertReads = insert_reads, replay: bool = False,
                copies: Attempt | None = None) -> CountsByGateway:
    """Write a batch inside the caller's transaction and return what came of it, by gateway.

    `spool` are the rows whose pictures the image store did not take; `states` is whether the cameras' last reads are
    written this time. `insert` is the way into `reads`; backfill has one of its own (ingest/copying.py). A `replay`
    counts no doubles: its messages came once. `copies` knows what copies from the live session have stored.
    """
    counts: CountsByGateway = defaultdict(Counts)
    if copies and any(row.copied for row in batch.rows):
        insert = insert_with_copies(copies)
    if batch.rows:
        settled = await _store_reads(connection, batch.rows, counts, insert)
        for gateway_id, number in (copies.excused(batch.rows) if copies else {}).items():
            counts[gateway_id].doubled -= number
        await _see_plates(connection, batch.rows)
        batch.raised = await matching.watch(connection, batch, settled)
    if spool:
        await connection.execute(text(SPOOL_PICTURES), [_spooled(row, *picture) for row in spool
                                                        for picture in row.pictures])
    if batch.rejects:
        await _keep_rejects(connection, identity, batch.rejects, counts)
    if batch.trials:
        await _keep_trials(connection, batch.trials, counts)
    for passed in batch.passed:
        counts[passed.gateway_id].ignored += 1
    if batch.beats or (states and batch.rows):
        await _write_states(connection, batch.rows if states else [], batch.beats, counts)
    await _count(connection, batch, counts, {"doubled": 0} if replay else {})
    return counts


async def _store_reads(connection: AsyncConnection, rows: list[Row], counts: CountsByGateway,
                       insert: InsertReads) -> list[Known]:
    plain = [row for row in rows if row.passage_key is None]
    passing = await settle_passages(connection, [row for row in rows if row.passage_key is not None])
    for gateway_id, number, late in await insert(connection, plain + passing.firsts):
        counts[gateway_id].stored += number
        counts[gateway_id].late += late
    for gateway_id, number, _ in await insert(connection, passing.further):
        counts[gateway_id].superseded += number
    await settle_reads(connection, passing.settled)
    await fill_reads(connection, passing.repeats)
    for row in rows:
        counts[row.gateway_id].doubled += 1
    for tally in counts.values():
        tally.doubled -= tally.stored + tally.superseded
    return passing.settled


async def _see_plates(connection: AsyncConnection, rows: list[Row]) -> None:
    days: dict[int, date] = {}  # by hour: a day begins on the hour
    seen: dict[str, date] = {}
    for row in rows:
        if plates.is_unread(row.plate):
            continue
        hour = row.captured_ms // 3_600_000
        day = days.get(hour) or days.setdefault(hour, local_day(from_epoch_ms(hour * 3_600_000)))
        if row.plate not in seen or seen[row.plate] < day:
            seen[row.plate] = day
    if seen:
        names = sorted(seen)
        await connection.execute(text(SEEN_PLATES), {
            "plate": arrays.text_array(names), "last_seen": arrays.plain_array(seen[name] for name in names),
            "letters": arrays.text_array(map(plates.letters_of, names))})


def _spooled(row: Row, kind: int, content: bytes) -> dict[str, Any]:
    return {"read_id": UUID(row.read_id), "kind": int(kind), "captured_at": from_epoch_ms(row.captured_ms),
            "plate": row.plate, "content": content}


async def _keep_rejects(connection: AsyncConnection, identity: Identity, rejects: list[Rejected],
                        counts: CountsByGateway) -> None:
    kept = [reject_values(identity, reject) for reject in rejects]
    for values in sorted(kept, key=lambda values: values["digest"]):  # one order, as for reads
        result = await connection.execute(text(KEEP_REJECTS), values)
        tally = counts[values["gateway_id"]]
        if result.rowcount:
            tally.rejected += 1
            tally.reasons[values["reason"]] += 1
        else:
            tally.doubled += 1


async def _keep_trials(connection: AsyncConnection, trials: list[Trial], counts: CountsByGateway) -> None:
    for trial in sorted(trials, key=lambda trial: trial.digest):
        result = await connection.execute(text(KEEP_TRIALS), {
            "gateway_id": trial.gateway_id, "received_at": from_epoch_ms(trial.received_ms),
            "expires_at": from_epoch_ms(min(trial.received_ms + TRIAL_KEPT_MS, trial.captured_ms + RETENTION_MS)),
            "digest": trial.digest, "found": trial.found.decode()})
        tally = counts[trial.gateway_id]
        if result.rowcount:
            tally.trial += 1
        else:
            tally.doubled += 1


async def _write_states(connection: AsyncConnection, rows: list[Row], beats: list[Beat],
                        counts: CountsByGateway) -> None:
    states: dict[int, list[int | None]] = defaultdict(lambda: [None, None, None, None])
    for row in rows:
        _raise(states[row.camera_id], (row.captured_ms, row.received_ms, None, None))
    for beat in beats:
        if beat.camera_id is not None:
            _raise(states[beat.camera_id], (None, None, beat.received_ms, beat.complete_until_ms))
        counts[beat.gateway_id].heartbeats += 1
    if not states:
        return
    cameras = sorted(states)  # one order, so that two ingest processes cannot block each other
    columns = zip(*(states[camera] for camera in cameras), strict=True)
    names = ("captured_ms", "received_ms", "beat_ms", "complete_ms")
    values = {name: arrays.number_array(column) for name, column in zip(names, columns, strict=True)}
    await connection.execute(text(CAMERA_STATES), values | {"camera_id": arrays.number_array(cameras)})


def _raise(state: list[int | None], values: Iterable[int | None]) -> None:
    for place, value in enumerate(values):
        known = state[place]
        if value is not None and (known is None or value > known):
            state[place] = value


async def _count(connection: AsyncConnection, batch: Batch, counts: CountsByGateway, instead: dict[str, int]) -> None:
    moments = [item.received_ms for items in (batch.rows, batch.beats, batch.rejects, batch.trials, batch.passed)
               for item in items]
    if not moments:
        return
    day = local_day(from_epoch_ms(max(moments)))
    # Last, and in one order: these are the rows on which several ingest processes meet.
    for gateway_id in sorted(counts):
        tally = counts[gateway_id]
        key = {"gateway_id": gateway_id, "day": day}
        await connection.execute(text(COUNT_DAY), key | {name: getattr(tally, name) for name in _COUNTED} | instead)
        for reason in sorted(tally.reasons):
            await connection.execute(text(COUNT_REJECTS), key | {"reason": reason, "rejected": tally.reasons[reason]})
