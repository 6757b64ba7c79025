"""The follower's statements: the batches that wait, the entries that are followed, what is known of a read."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingest import arrays, follow_batches
from ingest.alert_rows import ReadKey
from services.clock import epoch_ms
from services.watchlists.followed import Key
from services.watchlists.watched import COLUMNS, Watched

_AT_ONCE = {True: 5, False: 1}
"""Batches of one transaction: those of fresh reads hold a few each, those of a backlog a thousand."""

# Several followers may be at work: what another holds is left to it.
_TAKE = text("SELECT * FROM follow_batches WHERE fresh = :fresh ORDER BY batch_id LIMIT :most FOR UPDATE SKIP LOCKED")
_DROP = text("DELETE FROM follow_batches WHERE batch_id = ANY(:batch_ids)")

_FOLLOWED = """
FROM watch_entries AS entry JOIN watchlists ON watchlists.list_id = entry.list_id AND watchlists.state <> 'off'
WHERE entry.matched AND (entry.pattern OR entry.least_probability IS NOT NULL)
"""
# Every change makes another version, ends one, or validates one: each shows in one of these.
_TOKEN = text(f"SELECT count(*), sum(entry_id * 7919 + version), count(entry.validated_at) {_FOLLOWED}")
_KEYS = text(f"SELECT entry.entry_id, entry.version, entry.validated_at IS NOT NULL AS valid {_FOLLOWED}")
_LOAD = text(f"SELECT {', '.join(f'entry.{name}' for name in COLUMNS)} {_FOLLOWED} "
             "AND entry.entry_id = ANY(:entry_ids)")

_READS = text("""
SELECT reads.plate, reads.captured_at, reads.read_id, reads.camera_id, reads.confidence, reads.country
FROM unnest(CAST(:plate AS text[]), CAST(:captured_ms AS bigint[]), CAST(:read_id AS uuid[]))
     AS wanted (plate, captured_ms, read_id)
JOIN reads ON reads.plate = wanted.plate AND reads.read_id = wanted.read_id
          AND reads.captured_at = 'epoch'::timestamptz + wanted.captured_ms * interval '1 millisecond'
WHERE NOT reads.superseded
""")

_STAMP = text("UPDATE hit_mover SET followed_at = coalesce((SELECT min(made_at) FROM follow_batches), "
              "clock_timestamp())")


@dataclass(frozen=True, slots=True)
class FollowBatch:
    """The reads of one transaction of ingest."""

    batch_id: int
    fresh: bool
    made_at: datetime
    content: bytes

    @classmethod
    def of(cls, row: Any) -> "FollowBatch":
        """Return the batch of a row."""
        return cls(row.batch_id, row.fresh, row.made_at, bytes(row.reads))

    def reads(self) -> Iterator[tuple[ReadKey, int]]:
        """Yield its reads, each with its camera."""
        return follow_batches.unpack(self.content)


@dataclass(frozen=True, slots=True)
class SeenRead:
    """What of a read decides whether it is an entry's plate."""

    key: ReadKey
    camera_id: int
    confidence: float | None
    country: str | None


async def take(connection: AsyncConnection) -> list[FollowBatch]:
    """Take the batches of fresh reads that wait, or else one of late reads; they are the caller's until it commits."""
    for fresh, most in _AT_ONCE.items():
        rows = (await connection.execute(_TAKE, {"fresh": fresh, "most": most})).all()
        if rows:
            return [FollowBatch.of(row) for row in rows]
    return []


async def drop(connection: AsyncConnection, batches: Iterable[FollowBatch]) -> None:
    """Be done with batches."""
    await connection.execute(_DROP, {"batch_ids": [batch.batch_id for batch in batches]})


async def token(connection: AsyncConnection) -> tuple[Any, ...]:
    """Return what is another whenever an entry that is followed is."""
    return tuple((await connection.execute(_TOKEN)).one())


async def followed_keys(connection: AsyncConnection) -> list[Key]:
    """Return the key of every entry that is followed."""
    return [(row.entry_id, row.version, row.valid) for row in await connection.execute(_KEYS)]


async def load_followed(connection: AsyncConnection, entry_ids: Collection[int]) -> list[Watched]:
    """Return the entries of these numbers that are followed."""
    return [Watched.of(row) for row in await connection.execute(_LOAD, {"entry_ids": list(entry_ids)})]


async def look_up(connection: AsyncConnection, keys: Sequence[ReadKey]) -> dict[ReadKey, SeenRead]:
    """Return what is known of reads; those that a better reading replaced are absent."""
    rows = await connection.execute(_READS, {
        "plate": arrays.text_array(key.plate for key in keys),
        "captured_ms": arrays.number_array(key.captured_ms for key in keys),
        "read_id": arrays.plain_array(key.read_id for key in keys)})
    found = (SeenRead(ReadKey(row.plate, epoch_ms(row.captured_at), UUID(str(row.read_id)).hex), row.camera_id,
                      row.confidence, row.country) for row in rows)
    return {read.key: read for read in found}


async def stamp(connection: AsyncConnection) -> None:
    """Say up to when reads were looked at."""
    await connection.execute(_STAMP)
