"""The statements of learning, for the owner: what was corrected and confirmed, a sample of the plates, and the sums."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.clock import local_day
from services.lookalikes.evidence import Evidence, Key, What
from services.lookalikes.learning import Labelled, Sample, SampledRead
from services.plates import is_unread
from services.schema import lookalike_evidence

WINDOW = timedelta(days=30)
"""How crowded the shapes are is counted over this period: that of most questions."""

MOST_CORRECTIONS = 20_000
TEXTS = 8_000
"""So many texts of the dictionary are examined: some twenty seconds on one core."""

_READS_OF_A_TEXT = 250
_LOOKED_UP_AT_ONCE = 20_000

_CORRECTED = """
SELECT now.plate, old.plate AS read, old.camera_id, old.confidence
FROM reads AS old JOIN reads AS now ON now.captured_at = old.captured_at AND now.read_id = old.read_id
WHERE old.superseded AND NOT now.superseded AND old.captured_at >= :since AND now.captured_at >= :since
ORDER BY old.captured_at DESC LIMIT :most
"""

_CONFIRMED = "SELECT plate_shown, plate_read, camera_id, confidence FROM confirmations WHERE captured_at >= :since"

_DICTIONARY = "SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = 'plates'::regclass"

_SAMPLED = """
SELECT chosen.plate, one.camera_id, one.confidence
FROM (SELECT plate FROM plates TABLESAMPLE BERNOULLI (CAST(:percent AS real))
      WHERE last_seen >= :day LIMIT :most) AS chosen
CROSS JOIN LATERAL (SELECT camera_id, confidence FROM reads WHERE reads.plate = chosen.plate AND NOT superseded
                    AND captured_at >= :since LIMIT :reads) AS one
"""

_COUNTED = """
SELECT plates.plate, count(*) AS times
FROM plates CROSS JOIN LATERAL (SELECT captured_at FROM reads WHERE reads.plate = plates.plate
                                AND captured_at >= :since LIMIT :reads) AS one
WHERE plates.plate = ANY(:texts) AND last_seen >= :day
GROUP BY plates.plate
"""


async def find_labelled(connection: AsyncConnection, since: datetime) -> list[Labelled]:
    """Return the reads captured since then of which the camera itself, or a person, said what the picture shows."""
    corrected = await connection.execute(text(_CORRECTED), {"since": since, "most": MOST_CORRECTIONS})
    found = [_labelled(row, by_person=False) for row in corrected
             if not is_unread(row.plate) and not is_unread(row.read)]
    confirmed = await connection.execute(text(_CONFIRMED), {"since": since})
    return found + [_labelled(row, by_person=True) for row in confirmed]


def _labelled(row: Row[Any], *, by_person: bool) -> Labelled:
    plate, read, camera_id, confidence = row[0], row[1], row[2], row[3]  # type: ignore[misc]
    return Labelled(plate, read, camera_id, confidence, by_person)


async def draw_sample(connection: AsyncConnection, now: datetime) -> Sample:
    """Return about TEXTS texts that were read within the window, chosen by chance, with their reads."""
    dictionary = float(await connection.scalar(text(_DICTIONARY)) or 0.0)
    percent = min(100.0, 100.0 * TEXTS / dictionary) if dictionary > TEXTS else 100.0
    since = now - WINDOW
    rows = await connection.execute(text(_SAMPLED), {
        "percent": percent, "day": local_day(since), "since": since, "most": 2 * TEXTS, "reads": _READS_OF_A_TEXT})
    found: dict[str, list[SampledRead]] = defaultdict(list)
    for plate, camera_id, confidence in rows:
        found[plate].append(SampledRead(camera_id, confidence))
    return Sample(found, 100.0 / percent)


async def count_reads(connection: AsyncConnection, texts: Iterable[str], now: datetime) -> dict[str, int]:
    """Return how often each text was read within the window, up to 250 times; texts never read are absent."""
    since, counts = now - WINDOW, {}
    for some in _batched(sorted(texts)):
        rows = await connection.execute(text(_COUNTED), {
            "texts": some, "since": since, "day": local_day(since), "reads": _READS_OF_A_TEXT})
        counts.update({row.plate: row.times for row in rows})
    return counts


def _batched(texts: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(texts), _LOOKED_UP_AT_ONCE):
        yield texts[start:start + _LOOKED_UP_AT_ONCE]


async def replace_evidence(connection: AsyncConnection, evidence: Evidence, now: datetime) -> None:
    """Keep the sums in place of those of the last time."""
    await connection.execute(delete(lookalike_evidence))
    if evidence:
        await connection.execute(insert(lookalike_evidence), [
            {"what": key.what, "which": key.which, "camera_id": key.camera_id, "amount": amount, "learned_at": now}
            for key, amount in evidence.items()])


async def load_evidence(connection: AsyncConnection) -> Evidence:
    """Return the sums of the last time; empty when nothing was learned yet."""
    kept = lookalike_evidence.c
    rows = await connection.execute(select(kept.what, kept.which, kept.camera_id, kept.amount))
    return Evidence((Key(What(what), which, camera_id), amount) for what, which, camera_id, amount in rows)
