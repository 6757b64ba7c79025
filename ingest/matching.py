"""A batch held against the watchlists, in the transaction that stores it: read and exact alerts are one (decision 8).

Exact matches are found here, by one statement a batch and a second one where something matches. The same statement
withdraws the alerts of plates that a better reading replaced, and leaves the batch to the follower.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingest import arrays, follow_batches
from ingest.alert_rows import Match, ReadKey, insert_alerts
from ingest.revisions import Known
from ingest.rows import Batch, Raised, Raising, Row
from services import plates
from services.clock import from_epoch_ms, utc_now
from services.hits.matching import of_country
from services.watchlists.watched import COLUMNS, Watched

# Looked up plate by plate, whatever the planner has heard of the size of the table: a list of a million may have been
# delivered a second ago.
_ENTRIES = f"""
SELECT {", ".join(f"entry.{name}" for name in COLUMNS)}
FROM unnest(CAST(:plates AS text[])) AS seen (plate)
CROSS JOIN LATERAL (SELECT * FROM watch_entries
                    WHERE watch_entries.plate = seen.plate AND matched AND NOT pattern OFFSET 0) AS entry
JOIN watchlists ON watchlists.list_id = entry.list_id AND watchlists.state <> 'off'
"""  # noqa: S608  # made of the constants above

# Nobody wants the batch where there is neither a pattern nor an entry with look-alikes.
_FOLLOW = """
INSERT INTO follow_batches (fresh, oldest_at, reads)
SELECT * FROM (VALUES (true, CAST(:fresh_from AS timestamptz), CAST(:fresh AS bytea)),
                      (false, CAST(:late_from AS timestamptz), CAST(:late AS bytea))) AS part (fresh, oldest_at, reads)
WHERE reads IS NOT NULL
  AND EXISTS (SELECT list_id FROM watch_entries WHERE matched AND (pattern OR least_probability IS NOT NULL)
              ORDER BY list_id LIMIT 1)
"""

_WITHDRAW = """
UPDATE alerts SET withdrawn_at = clock_timestamp(), moved_at = NULL
FROM unnest(CAST(:settled AS uuid[]), CAST(:best AS text[])) AS settled (read_id, plate)
WHERE alerts.read_id = settled.read_id AND alerts.plate <> settled.plate AND alerts.withdrawn_at IS NULL
"""
_MATCH = f"WITH followed AS ({_FOLLOW}) {_ENTRIES}"
_MATCH_AND_WITHDRAW = f"WITH withdrawn AS ({_WITHDRAW}), followed AS ({_FOLLOW}) {_ENTRIES}"


async def watch(connection: AsyncConnection, batch: Batch, settled: Sequence[Known]) -> list[Raised]:
    """Raise the exact alerts of a batch that was just stored, and withdraw those of readings that lost; return the new.

    `settled` are the passages whose readings were compared. Backfilled history raises nothing and is not followed:
    what happened before somebody asks is a search under the gate (R9). What it corrects is withdrawn all the same.
    """
    rows = [] if batch.raising is Raising.nothing else [row for row in batch.rows if not plates.is_unread(row.plate)]
    if not rows and not settled:
        return []
    late = batch.raising is Raising.late
    values = {"plates": arrays.text_array(sorted({row.plate for row in rows})), **_to_follow(rows, late=late)}
    if settled:
        values |= {"settled": arrays.plain_array(passage.read_id for passage in settled),
                   "best": arrays.text_array(passage.best[2] for passage in settled)}
    entries = await connection.execute(text(_MATCH_AND_WITHDRAW if settled else _MATCH), values)
    matches = list(match([Watched.of(entry) for entry in entries], rows, utc_now()))
    return await insert_alerts(connection, matches, late=late, new_reads_only=True)


def match(entries: Sequence[Watched], rows: Iterable[Row], now: datetime) -> Iterator[Match]:
    """Yield each row with each entry of its plate that counts for it at `now`."""
    if not entries:
        return
    by_plate: Mapping[str, list[Watched]] = _by_plate(entries)
    for row in rows:
        for entry in by_plate.get(row.plate, ()):
            if entry.counts_for(from_epoch_ms(row.captured_ms), row.camera_id, now):
                yield Match(ReadKey(row.plate, row.captured_ms, row.read_id), entry,
                            of_country(entry.country, row.country))


def _by_plate(entries: Iterable[Watched]) -> dict[str, list[Watched]]:
    found: dict[str, list[Watched]] = defaultdict(list)
    for entry in entries:
        found[entry.plate].append(entry)
    return found


def _to_follow(rows: Sequence[Row], *, late: bool) -> dict[str, Any]:
    """Return the batch as the follower takes it up: what is fresh, and what came late and is not to delay it."""
    values: dict[str, Any] = {}
    for name, is_late in (("fresh", False), ("late", True)):
        some = [row for row in rows if (row.late or late) is is_late and not row.superseded]
        values[name] = follow_batches.pack(some) if some else None
        values[f"{name}_from"] = from_epoch_ms(min(row.captured_ms for row in some)) if some else None
    return values
