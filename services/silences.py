"""The cameras' silences in the database: opened, ended, and given up when late reads fill them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.database import transaction
from services.rhythms import load_rhythms
from services.schema import camera_silences
from services.silence_rule import (
    SHORTEST,
    Basis,
    Heard,
    Rhythm,
    Silence,
    Stretch,
    heartbeats_missing_since,
    silences_in,
)

LOCK = 7264095
"""Advisory lock: silences are changed by one at a time."""
LOOKED_BACK = timedelta(days=45)
"""How old a silence may be that late reads still fill: the longest outage planned for, and a half."""
_SETTLED = timedelta(minutes=5)
# A camera that is not live owes nothing (R12); one that was off is waited for from when it is live again.
_HEARD = """
SELECT camera_id, CASE WHEN last_captured_at IS NOT NULL THEN greatest(last_captured_at, back) END,
       CASE WHEN last_received_at IS NOT NULL OR heartbeat_at IS NOT NULL THEN greatest(last_received_at, back) END,
       heartbeat_at, heartbeat_every_s
FROM camera_states JOIN cameras USING (camera_id)
     CROSS JOIN LATERAL (SELECT max(until) AS back FROM camera_off_times AS off
                         WHERE off.camera_id = cameras.camera_id) AS off
WHERE live_since IS NOT NULL ORDER BY camera_id
"""
_END_OF_THOSE_OFF = """
UPDATE camera_silences SET until = greatest(off.since, camera_silences.since + interval '1 millisecond')
FROM camera_off_times AS off
WHERE off.camera_id = camera_silences.camera_id AND off.until IS NULL AND camera_silences.until IS NULL
"""
_OFF = "SELECT since, coalesce(until, :now) FROM camera_off_times WHERE camera_id = :camera_id AND since < :now"
_KNOWN = "SELECT * FROM camera_silences WHERE until IS NULL OR until > :after ORDER BY camera_id, since"

# The first read that came as it was captured: from then on the camera is heard again. What came late was waiting.
_FIRST_FRESH = ("SELECT captured_at FROM reads WHERE camera_id = :camera_id AND captured_at > :since AND NOT late "
                "ORDER BY captured_at LIMIT 1")
# LIMIT keeps the planner from joining all reads.
_FILLED = """
SELECT camera_id, since, until FROM camera_silences AS silence CROSS JOIN LATERAL (
    SELECT FROM reads WHERE reads.camera_id = silence.camera_id AND captured_at > silence.since
                        AND captured_at < coalesce(silence.until, :now) LIMIT 1) AS filled
WHERE until IS NULL OR until > :after
"""
# By the index on camera and capture alone, without a look at the reads themselves.
_GAPS = """
SELECT since, captured_at FROM (
    SELECT captured_at, lag(captured_at, 1, CAST(:since AS timestamptz)) OVER (ORDER BY captured_at) AS since
    FROM reads WHERE camera_id = :camera_id AND captured_at > :since AND captured_at < :until
) AS following WHERE captured_at - since >= :shortest
"""
_LAST_BEFORE = "SELECT max(captured_at) FROM reads WHERE camera_id = :camera_id AND captured_at < :moment"
_OPEN = ("INSERT INTO camera_silences (camera_id, since, until, basis) VALUES (:camera_id, :since, :until, :basis) "
         "ON CONFLICT (camera_id, since) DO UPDATE SET until = excluded.until")
_CLOSE = "UPDATE camera_silences SET until = :until WHERE camera_id = :camera_id AND since = :since"
_GIVE_UP = "DELETE FROM camera_silences WHERE camera_id = :camera_id AND since = :since"


@dataclass(frozen=True, slots=True)
class Watch:
    """What whoever listens to the cameras knows: how they usually are, since when it listens, whether it is behind."""

    rhythms: Mapping[int, Rhythm]
    since: datetime
    behind: bool = False


async def look(connection: AsyncConnection, watch: Watch, now: datetime) -> None:
    """Bring the silences up to date with what has come of the cameras, inside the caller's transaction.

    Does nothing while another process does it. What waits in a backlog of ours is no silence: nothing is opened while
    `watch` is behind or has only begun.
    """
    if not (await connection.execute(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK})).scalar_one():
        return
    await connection.execute(text(_END_OF_THOSE_OFF))
    heard = await _all_heard(connection)
    await _end_heartbeat_silences(connection, heard)
    await _refit(connection, watch.rhythms, now)
    known = await _known(connection, now - LOOKED_BACK)
    silent = {silence.camera_id for silence in known if silence.until is None}
    for camera in heard.values():
        if camera.camera_id not in silent:
            await _open_if_silent(connection, watch, camera, known, now)


async def _all_heard(connection: AsyncConnection) -> dict[int, Heard]:
    return {row[0]: Heard(*row) for row in await connection.execute(text(_HEARD))}


async def _known(connection: AsyncConnection, after: datetime) -> list[Silence]:
    rows = await connection.execute(text(_KNOWN), {"after": after})
    return [Silence(row.camera_id, row.since, row.until, Basis(row.basis)) for row in rows]


async def _end_heartbeat_silences(connection: AsyncConnection, heard: Mapping[int, Heard]) -> None:
    """End those of which anything has come since, at the first sign that is known."""
    rows = await connection.execute(select(camera_silences.c.camera_id, camera_silences.c.since).where(
        camera_silences.c.until.is_(None), camera_silences.c.basis == Basis.heartbeat))
    for camera_id, since in rows.all():
        values = {"camera_id": camera_id, "since": since}
        camera = heard.get(camera_id)
        if camera is None or camera.sign_at is None or camera.sign_at <= since:
            continue
        fresh = (await connection.execute(text(_FIRST_FRESH), values)).scalar_one_or_none()
        signs = [sign for sign in (fresh, camera.heartbeat_at, camera.received_at) if sign and sign > since]
        await connection.execute(text(_CLOSE), values | {"until": min(signs)})


async def _refit(connection: AsyncConnection, rhythms: Mapping[int, Rhythm], now: datetime) -> None:
    """Judge anew the silences in which reads stand by now: what they leave of them may still be silences."""
    filled = await connection.execute(text(_FILLED), {"after": now - LOOKED_BACK, "now": now})
    for camera_id, since, until in filled.all():
        gaps = await _gaps(connection, camera_id, since, until or now)
        await connection.execute(text(_GIVE_UP), {"camera_id": camera_id, "since": since})
        for rest in silences_in(rhythms.get(camera_id), gaps, await _off(connection, camera_id, now)):
            await _put(connection, camera_id, rest, Basis.rhythm, now)


async def _gaps(connection: AsyncConnection, camera_id: int, since: datetime, until: datetime) -> list[Stretch]:
    """Return the long gaps between a camera's reads, from `since` to the last and from there to `until`."""
    values = {"camera_id": camera_id, "since": since, "until": until, "shortest": SHORTEST}
    gaps = [Stretch(*row) for row in await connection.execute(text(_GAPS), values)]
    last = await _last_before(connection, camera_id, until)
    return [*gaps, Stretch(max(last or since, since), until)]


async def _off(connection: AsyncConnection, camera_id: int, now: datetime) -> list[Stretch]:
    """Return when a camera was off: no silences."""
    return [Stretch(*row) for row in await connection.execute(text(_OFF), {"camera_id": camera_id, "now": now})]


async def _last_before(connection: AsyncConnection, camera_id: int, moment: datetime) -> datetime | None:
    found: datetime | None = (await connection.execute(text(_LAST_BEFORE), {"camera_id": camera_id, "moment": moment})
                              ).scalar_one()
    return found


async def _put(connection: AsyncConnection, camera_id: int, stretch: Stretch, basis: Basis, now: datetime) -> None:
    """Write a silence; one that reaches `now` lasts."""
    until = None if stretch.until == now else stretch.until
    await connection.execute(text(_OPEN), {"camera_id": camera_id, "since": stretch.since, "until": until,
                                           "basis": basis})


async def _open_if_silent(connection: AsyncConnection, watch: Watch, heard: Heard, known: Sequence[Silence],
                          now: datetime) -> None:
    if watch.behind or now - watch.since < _SETTLED:
        return
    if (since := heartbeats_missing_since(heard, watch.since, now)) is not None:
        await _put(connection, heard.camera_id, Stretch(since, now), Basis.heartbeat, now)
    elif heard.captured_at is not None and heard.captured_at < now:
        before = [Stretch(silence.since, silence.until) for silence in known
                  if silence.camera_id == heard.camera_id and silence.until is not None]
        rests = silences_in(watch.rhythms.get(heard.camera_id), [Stretch(heard.captured_at, now)], before)
        if rests and rests[-1].until == now:
            await _put(connection, heard.camera_id, rests[-1], Basis.rhythm, now)


async def find_silences(engine: AsyncEngine, since: datetime, now: datetime) -> int:
    """Find the silences by rhythm in the reads from `since` to `now` anew; return how many there are.

    Those that heartbeats told of stay; a rhythm silence is only what they leave. Cameras without a rhythm have none.
    """
    async with transaction(engine) as connection:
        rhythms = await load_rhythms(connection)
    found = 0
    for camera_id, rhythm in rhythms.items():
        async with transaction(engine) as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            found += await _find_of_camera(connection, camera_id, rhythm, since, now)
    return found


async def _find_of_camera(connection: AsyncConnection, camera_id: int, rhythm: Rhythm, since: datetime,
                          now: datetime) -> int:
    start = await _last_before(connection, camera_id, since) or (await connection.execute(text(
        "SELECT min(captured_at) FROM reads WHERE camera_id = :camera_id"), {"camera_id": camera_id})).scalar()
    if start is None:
        return 0
    await connection.execute(text(
        "DELETE FROM camera_silences WHERE camera_id = :camera_id AND basis = 'rhythm' AND since >= :start"),
        {"camera_id": camera_id, "start": start})
    known = [Stretch(silence.since, silence.until or now) for silence in await _known(connection, start)
             if silence.camera_id == camera_id] + await _off(connection, camera_id, now)
    silences = silences_in(rhythm, await _gaps(connection, camera_id, start, now), known)
    for silence in silences:
        await _put(connection, camera_id, silence, Basis.rhythm, now)
    return len(silences)
