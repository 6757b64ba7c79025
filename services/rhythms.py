"""The cameras' usual rhythms: how many reads an hour each has, for each hour of the week."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.silence_rule import HOURS_OF_WEEK, Rhythm

MEASURED = timedelta(weeks=4)

# The median of the four weeks, hour by hour: one week's outage, market or detour does not change what is usual. Hours
# in which the camera is known to have been silent are left out, and so is the time before its first read.
_MEASURE = """
WITH counted AS MATERIALIZED (
    SELECT camera_id, date_trunc('hour', captured_at) AS hour, count(*) AS number
    FROM reads WHERE captured_at >= :since AND captured_at < :until GROUP BY 1, 2
), hours AS (
    SELECT camera_id, hour
    FROM (SELECT camera_id, min(hour) AS first FROM counted GROUP BY camera_id) AS heard,
         generate_series(first + interval '1 hour', CAST(:until AS timestamptz) - interval '1 hour', '1 hour') AS hour
    WHERE NOT EXISTS (SELECT FROM camera_silences AS silence
                      WHERE silence.camera_id = heard.camera_id AND silence.since < hour + interval '1 hour'
                        AND (silence.until IS NULL OR silence.until > hour))
), usual AS (
    SELECT camera_id, hour_of_week, percentile_cont(0.5) WITHIN GROUP (ORDER BY coalesce(number, 0)) AS reads_per_hour
    FROM hours LEFT JOIN counted USING (camera_id, hour),
         CAST(24 * extract(isodow FROM hour AT TIME ZONE 'Europe/Brussels') - 24
              + extract(hour FROM hour AT TIME ZONE 'Europe/Brussels') AS smallint) AS hour_of_week
    GROUP BY camera_id, hour_of_week
)
INSERT INTO camera_rhythms (camera_id, hour_of_week, reads_per_hour)
SELECT camera_id, hour_of_week, coalesce(reads_per_hour, 0)
FROM cameras JOIN (SELECT DISTINCT camera_id FROM usual) AS heard USING (camera_id)
     CROSS JOIN generate_series(0, 167) AS hour_of_week LEFT JOIN usual USING (camera_id, hour_of_week)
"""


async def measure_rhythms(connection: AsyncConnection, now: datetime) -> int:
    """Measure every camera's rhythm anew from its last four weeks; return how many cameras have one."""
    until = now.replace(minute=0, second=0, microsecond=0)
    await connection.execute(text("DELETE FROM camera_rhythms"))
    result = await connection.execute(text(_MEASURE), {"since": until - MEASURED, "until": until})
    return result.rowcount // HOURS_OF_WEEK


async def load_rhythms(connection: AsyncConnection) -> dict[int, Rhythm]:
    """Return the rhythm of every camera that has one, by the camera's number."""
    rows = await connection.execute(text("SELECT camera_id, array_agg(reads_per_hour ORDER BY hour_of_week) "
                                         "FROM camera_rhythms GROUP BY camera_id"))
    return {camera_id: Rhythm(rates) for camera_id, rates in rows}
