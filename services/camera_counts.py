"""How many reads each camera had lately, by five minutes: counted again and again, for whoever may see no read."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.clock import epoch_ms, from_epoch_ms

SLOT = timedelta(minutes=5)
SHOWN = timedelta(hours=1)
"""So much is counted anew each time: what comes late, or is replaced by a better reading, is then counted right."""
KEPT = timedelta(hours=2)
LOCK = 7264096
"""Advisory lock: one process counts at a time."""

_COUNT = """
INSERT INTO camera_counts (camera_id, slot, reads)
SELECT camera_id, slot, number FROM (
    SELECT camera_id, date_bin(:length, captured_at, :since) AS slot, count(*) AS number
    FROM reads WHERE captured_at >= :since AND captured_at < :now AND NOT superseded GROUP BY 1, 2
) AS counted JOIN cameras USING (camera_id)
ON CONFLICT (camera_id, slot) DO UPDATE SET reads = excluded.reads WHERE camera_counts.reads <> excluded.reads
"""
_FORGET = "DELETE FROM camera_counts WHERE slot < :oldest"


def slot_of(instant: datetime) -> datetime:
    """Return the beginning of the five minutes in which an instant lies (pure)."""
    length_ms = SLOT // timedelta(milliseconds=1)
    return from_epoch_ms(epoch_ms(instant) // length_ms * length_ms)


async def count_reads(connection: AsyncConnection, now: datetime) -> bool:
    """Count the last hour and the five minutes that run, inside the caller's transaction.

    Returns False, having done nothing, while another process counts.
    """
    if not (await connection.execute(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK})).scalar_one():
        return False
    await connection.execute(text(_COUNT), {"length": SLOT, "since": slot_of(now) - SHOWN, "now": now})
    await connection.execute(text(_FORGET), {"oldest": now - KEPT})
    return True
