"""The statement that counts an answer's newest reads, under the very conditions by which the answer was found."""

from datetime import datetime
from typing import Any

from psycopg.errors import QueryCanceled
from sqlalchemy import ARRAY, Integer, Select, cast, extract, func, select, text
from sqlalchemy.exc import DBAPIError

from search.answers import Permitted
from search.reads.resolving import Resolved
from search.reads.spread import MOST_READS, Counted, Spread, spread_over
from services.schema import reads

_NEWEST_FIRST = (reads.c.captured_at.desc(), reads.c.read_id.desc(), reads.c.plate.desc())


AT_ONCE_MS = 400
"""A page waits so long for the statement; what takes longer is counted when somebody asks for it."""

_WITHIN = text("SELECT set_config('statement_timeout', :limit, true)")
_LIMIT = text("SELECT current_setting('statement_timeout')")


async def find_spread(permitted: Permitted, resolved: Resolved, now: datetime, *,
                      within_ms: int | None = None) -> Spread | None:
    """Return how the newest MOST_READS reads of an answer lie; None where that takes longer than `within_ms`, ms."""
    counted = await (count_reads(permitted, resolved) if within_ms is None
                     else _count_within(permitted, resolved, within_ms))
    return None if counted is None else spread_over(counted, resolved.earliest, min(resolved.asked.until or now, now))


async def _count_within(permitted: Permitted, resolved: Resolved, within_ms: int) -> Counted | None:
    """Count, and go on with the question as if nothing had been where that takes too long."""
    connection = permitted.connection
    usual = await connection.scalar(_LIMIT)
    try:
        async with connection.begin_nested():
            await connection.execute(_WITHIN, {"limit": f"{within_ms}ms"})
            counted = await count_reads(permitted, resolved)
            await connection.execute(_WITHIN, {"limit": usual})
    except DBAPIError as error:
        if not isinstance(error.orig, QueryCanceled):
            raise
        return None
    return counted


async def count_reads(permitted: Permitted, resolved: Resolved) -> Counted:
    """Return minute and camera of the newest reads, going back in time as the answer does."""
    minutes: list[int] = []
    cameras: list[int] = []
    statement = _in_arrays(resolved, permitted.select_reads(
        reads.c.captured_at, reads.c.read_id, reads.c.plate, reads.c.camera_id)
        .where(*resolved.conditions).order_by(*_NEWEST_FIRST))
    if resolved.wanted.rare:
        await permitted.plan_once()
    for start, end in resolved.stretches():
        stretch = {"start": start, "end": end, "missing": MOST_READS + 1 - len(minutes)}
        found = (await permitted.execute(statement, stretch)).one()
        minutes += found.minutes or ()
        cameras += found.cameras or ()
        if len(minutes) > MOST_READS:
            break
    return Counted(minutes[:MOST_READS], cameras[:MOST_READS], len(minutes) > MOST_READS)


def _in_arrays(resolved: Resolved, query: Select[Any]) -> Select[*tuple[Any, ...]]:
    """Return one row of two arrays: ten thousand rows would take longer to carry than to find."""
    chosen = resolved.in_a_stretch(query).subquery("chosen").c  # in order, and array_agg takes them as they come
    minute = cast(func.floor(extract("epoch", chosen.captured_at) / 60), Integer)
    return select(func.array_agg(minute, type_=ARRAY(Integer)).label("minutes"),
                  func.array_agg(chosen.camera_id, type_=ARRAY(Integer)).label("cameras"))
