"""How long each leg of the road network takes, by hour: measured on who passed both of its cameras (owner's role)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.clock import midnight, monday_of
from services.clock_rule import EXCLUDED_MS
from services.database import transaction
from services.schema import leg_times

WINDOW = timedelta(days=28)
"""Four of every day of the week, and roadworks are forgotten after a month."""

LONGEST = 6
"""Who takes longer than six times the time without queues was somewhere else meanwhile."""

# Two reads of one plate in a row, at both ends of one leg: no read between them. A camera whose clock was wrong by
# more than a second in these days is left out. The plates stay inside the statement; only aggregates leave it.
_MEASURE = text("""
WITH wrong AS (
    SELECT DISTINCT camera_id FROM camera_clocks
    WHERE abs(offset_ms) > :excluded_ms AND since < :until AND camera_clocks.until >= :since
), steps AS (
    SELECT camera_id AS from_camera, captured_at,
           lead(camera_id) OVER vehicle AS to_camera, lead(captured_at) OVER vehicle - captured_at AS took
    FROM reads WHERE captured_at >= :since AND captured_at < :until AND NOT superseded AND left(plate, 1) <> '?'
    WINDOW vehicle AS (PARTITION BY plate ORDER BY captured_at)
), timed AS (
    SELECT from_camera, to_camera, extract(hour FROM captured_at AT TIME ZONE 'Europe/Brussels')::smallint AS hour,
           extract(epoch FROM took)::real AS seconds
    FROM steps JOIN camera_legs USING (from_camera, to_camera)
    WHERE took > interval '0' AND took < :longest * minutes * interval '1 minute'
      AND from_camera NOT IN (SELECT camera_id FROM wrong) AND to_camera NOT IN (SELECT camera_id FROM wrong)
)
SELECT from_camera, to_camera, hour, count(*) AS samples,
       percentile_disc(0.01) WITHIN GROUP (ORDER BY seconds) AS fastest_s,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY seconds) AS usual_s,
       percentile_disc(0.83) WITHIN GROUP (ORDER BY seconds) AS slow_s
FROM timed GROUP BY from_camera, to_camera, hour
""")


@dataclass(frozen=True, slots=True)
class Measured:
    """One leg in one hour of the day (0 to 23, Brussels): how many passed it, and their times in seconds."""

    from_camera: int
    to_camera: int
    hour: int
    samples: int
    fastest_s: float
    usual_s: float
    slow_s: float


async def measure(engine: AsyncEngine, now: datetime) -> int:
    """Measure the last 28 days anew, a week at a time, and keep the result; return how many rows there are.

    `now` is aware UTC. The old figures stay until the new ones are there.
    """
    weeks: list[Measured] = []
    for since, until in weeks_of(now - WINDOW, now):
        async with transaction(engine) as connection:
            weeks += await _measure_week(connection, since, until)
    found = list(join_weeks(weeks))
    async with transaction(engine) as connection:
        await connection.execute(delete(leg_times))
        if found:
            await connection.execute(insert(leg_times), [
                {name: getattr(row, name) for name in Measured.__slots__} for row in found])
    return len(found)


def weeks_of(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the period cut at the bounds of the weekly partitions, so that one statement reads one of them."""
    while since < until:
        following = midnight(monday_of(since) + timedelta(days=7))
        yield since, min(following, until)
        since = following


async def _measure_week(connection: AsyncConnection, since: datetime, until: datetime) -> list[Measured]:
    rows = await connection.execute(
        _MEASURE, {"since": since, "until": until, "excluded_ms": EXCLUDED_MS, "longest": LONGEST})
    return [Measured(**row) for row in rows.mappings()]


def join_weeks(weeks: Iterable[Measured]) -> Iterator[Measured]:
    """Yield one row for each leg and hour: the weeks' values, each week counting by its samples; the fastest of all.

    A weighted mean of weekly medians is not the month's median, but lies between the weeks, which is enough here.
    """
    groups: dict[tuple[int, int, int], list[Measured]] = defaultdict(list)
    for row in weeks:
        groups[row.from_camera, row.to_camera, row.hour].append(row)
    for (start, end, hour), rows in groups.items():
        samples = sum(row.samples for row in rows)
        yield Measured(start, end, hour, samples, min(row.fastest_s for row in rows),
                       sum(row.usual_s * row.samples for row in rows) / samples,
                       sum(row.slow_s * row.samples for row in rows) / samples)
