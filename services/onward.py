"""Who goes where after a camera: measured every night on the zone's own traffic (owner's role), and asked of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.clock import ZONE
from services.database import transaction
from services.onward_rule import Share, TimesOfHour, Turn, probabilities, times
from services.schema import camera_legs, cameras, leg_times
from services.schema_hits import onward_shares, onward_turns
from services.travel_times import LONGEST, WINDOW, weeks_of

# Where a plate was seen before and after each read, counted by camera, hour and neighbours. A read so late in the
# period that the next one may lie behind it is not counted. The plates stay inside the statement.
_MEASURE = text("""
WITH reach AS (
    SELECT from_camera, max(minutes) * :longest * interval '1 minute' AS longest FROM camera_legs GROUP BY from_camera
), steps AS (
    SELECT camera_id, captured_at,
           lead(camera_id) OVER vehicle AS after, lead(captured_at) OVER vehicle - captured_at AS took,
           lag(camera_id) OVER vehicle AS before, captured_at - lag(captured_at) OVER vehicle AS came
    FROM reads WHERE captured_at >= :since AND captured_at < :until AND NOT superseded AND left(plate, 1) <> '?'
    WINDOW vehicle AS (PARTITION BY plate ORDER BY captured_at)
)
SELECT reach.from_camera, extract(hour FROM captured_at AT TIME ZONE 'Europe/Brussels')::smallint AS hour,
       came_by.from_camera AS via_camera, went_by.to_camera, count(*) AS vehicles
FROM steps
JOIN reach ON reach.from_camera = camera_id AND captured_at < :until - longest
LEFT JOIN camera_legs AS went_by ON went_by.from_camera = camera_id AND went_by.to_camera = after
     AND took > interval '0' AND took < :longest * went_by.minutes * interval '1 minute'
LEFT JOIN camera_legs AS came_by ON came_by.from_camera = before AND came_by.to_camera = camera_id
     AND came > interval '0' AND came < :longest * came_by.minutes * interval '1 minute'
GROUP BY reach.from_camera, hour, came_by.from_camera, went_by.to_camera
""")


class Step(NamedTuple):
    """How many vehicles passed a camera in one hour of the day, from a neighbour (None: from none) to one."""

    from_camera: int
    hour: int
    via_camera: int | None
    to_camera: int | None
    vehicles: int


@dataclass(frozen=True, slots=True)
class Onward:
    """A camera that a vehicle may reach next: how probably, and after how many seconds."""

    camera_id: int
    code: str
    name: str
    probability: float
    """Of all these together 1 at most: the rest stays, turns off or leaves the zone."""
    soonest_s: float
    usual_s: float
    latest_s: float


async def measure(engine: AsyncEngine, now: datetime) -> int:
    """Count the last 28 days anew, a week at a time, and keep the result; return how many shares there are.

    `now` is aware UTC. The old figures stay until the new ones are there.
    """
    steps: list[Step] = []
    for since, until in weeks_of(now - WINDOW, now):
        async with transaction(engine) as connection:
            found = await connection.execute(_MEASURE, {"since": since, "until": until, "longest": LONGEST})
            steps += [Step(*row) for row in found]
    async with transaction(engine) as connection:
        legs = await _legs(connection)
        shares, turns = list(count_shares(steps, legs)), list(count_turns(steps, legs))
        for table, rows in ((onward_shares, shares), (onward_turns, turns)):
            await connection.execute(delete(table))
            if rows:
                await connection.execute(insert(table), rows)
    return len(shares)


async def _legs(connection: AsyncConnection) -> dict[int, list[int]]:
    legs: dict[int, list[int]] = defaultdict(list)
    for start, end in await connection.execute(select(camera_legs.c.from_camera, camera_legs.c.to_camera)):
        legs[start].append(end)
    return legs


def count_shares(steps: Iterable[Step], legs: dict[int, list[int]]) -> Iterator[dict[str, int]]:
    """Yield a row of `onward_shares` for each leg and hour in which somebody passed its camera."""
    passed: dict[tuple[int, int], int] = defaultdict(int)
    went: dict[tuple[int, int, int | None], int] = defaultdict(int)
    for step in steps:
        passed[step.from_camera, step.hour] += step.vehicles
        went[step.from_camera, step.hour, step.to_camera] += step.vehicles
    for (camera, hour), all_ in passed.items():
        for end in legs.get(camera, ()):
            yield {"from_camera": camera, "to_camera": end, "hour": hour, "passed": all_,
                   "went": went[camera, hour, end]}


def count_turns(steps: Iterable[Step], legs: dict[int, list[int]]) -> Iterator[dict[str, int]]:
    """Yield a row of `onward_turns` for each leg and neighbour from which somebody came to its camera."""
    passed: dict[tuple[int, int], int] = defaultdict(int)
    went: dict[tuple[int, int, int | None], int] = defaultdict(int)
    for step in steps:
        if step.via_camera is not None:
            passed[step.via_camera, step.from_camera] += step.vehicles
            went[step.via_camera, step.from_camera, step.to_camera] += step.vehicles
    for (via, camera), all_ in passed.items():
        # A network that was loaded meanwhile may have lost the leg.
        if camera in legs.get(via, ()):
            for end in legs.get(camera, ()):
                yield {"via_camera": via, "from_camera": camera, "to_camera": end, "passed": all_,
                       "went": went[via, camera, end]}


async def onward_from(connection: AsyncConnection, camera_id: int, at: datetime,
                      via: int | None = None) -> list[Onward]:
    """Return the cameras that a vehicle may reach next after passing `camera_id` at `at`, the most probable first.

    `via` is the camera at which it was seen before that, if it was. A camera from which no leg leads gives nothing.
    """
    hour = at.astimezone(ZONE).hour
    found = (await connection.execute(
        select(camera_legs.c.to_camera, cameras.c.code, cameras.c.name, camera_legs.c.minutes)
        .join(cameras, cameras.c.camera_id == camera_legs.c.to_camera)
        .where(camera_legs.c.from_camera == camera_id))).all()
    chances = probabilities([to_camera for to_camera, *_ in found], await _shares(connection, camera_id), hour,
                            await _turns(connection, camera_id, via))
    measured = await _times(connection, camera_id)
    reached = [Onward(to_camera, code, name, chances[to_camera], *times(minutes, measured[to_camera], hour))
               for to_camera, code, name, minutes in found]
    return sorted(reached, key=lambda one: (-one.probability, one.code))


async def _shares(connection: AsyncConnection, camera_id: int) -> list[Share]:
    table = onward_shares.c
    rows = await connection.execute(select(table.to_camera, table.hour, table.passed, table.went)
                                    .where(table.from_camera == camera_id))
    return [Share(*row) for row in rows]


async def _turns(connection: AsyncConnection, camera_id: int, via: int | None) -> list[Turn]:
    if via is None:
        return []
    table = onward_turns.c
    rows = await connection.execute(select(table.to_camera, table.passed, table.went)
                                    .where(table.via_camera == via, table.from_camera == camera_id))
    return [Turn(*row) for row in rows]


async def _times(connection: AsyncConnection, camera_id: int) -> dict[int, list[TimesOfHour]]:
    table = leg_times.c
    rows = await connection.execute(
        select(table.to_camera, table.hour, table.samples, table.fastest_s, table.usual_s, table.slow_s)
        .where(table.from_camera == camera_id))
    by_leg: dict[int, list[TimesOfHour]] = defaultdict(list)
    for row in rows:
        by_leg[row.to_camera].append(TimesOfHour(*row))
    return by_leg
