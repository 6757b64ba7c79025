"""The mover's statements: alerts become hits, counts and vehicles of actions, and every event gets its number.

One transaction at a time does this, under an advisory lock that ends with it: so numbers are given in the order in
which transactions commit, without a gap, and "greater than the last one that I saw" skips nothing.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.clock import local_day
from services.hits.actions import add_vehicles
from services.hits.events import EventKind
from services.hits.folding import (
    Change,
    Fate,
    OpenHit,
    Summary,
    Unmoved,
    Vehicle,
    alerts_of,
    fold,
    for_actions,
    must_be_told_anew,
)
from services.hits.following import Disposition, HitState
from services.hits.matching import MatchedAs
from services.hits.outbox import queue
from services.hits.outcome_telling import tell_outcome
from services.hits.rows import Alert
from services.watchlists.categories import Mode

LOCK = 7264006
CHANNEL = "hits"
"""On which boards are told that there is something: the payload is the last number."""

LAPSES_AFTER = timedelta(hours=12)
"""So long after its vehicle was last seen a hit that nobody took ends by itself: every hit ends with a disposition."""

MOST = 200
"""So many alerts are moved at once, fresh ones first: a backlog must not make them wait."""

_MOST_EVENTS = 5 * MOST

_TRY = text("SELECT pg_try_advisory_xact_lock(:lock)")

_WAITING = text("SELECT EXISTS (SELECT FROM alerts WHERE moved_at IS NULL) "
                "OR EXISTS (SELECT FROM hit_events WHERE number IS NULL)")

# Whether an entry is watched for still. What has merely reached its end stays as it was raised: it counted then.
_STANDS = """
    EXISTS (SELECT FROM watch_entries AS entry WHERE entry.entry_id = alerts.entry_id AND entry.matched
            AND (entry.validated_at IS NOT NULL OR entry.lapses_at > :now)
            AND (entry.plate = alerts.plate OR alerts.matched_as NOT IN ('exact', 'country')))
    AND EXISTS (SELECT FROM watchlists WHERE watchlists.list_id = alerts.list_id AND watchlists.state <> 'off')
"""

# What ingest is correcting just now is left to the next move: its transaction is not over.
_UNMOVED = text(f"""
SELECT alerts.*, watchlists.state AS mode, ({_STANDS}) AS stands
FROM alerts JOIN watchlists ON watchlists.list_id = alerts.list_id
WHERE moved_at IS NULL ORDER BY late, alert_id LIMIT :most FOR UPDATE OF alerts SKIP LOCKED
""")  # noqa: S608  # made of the constant above

_OPEN = text("""
SELECT * FROM hits
WHERE ended_at IS NULL AND hit_id IN (
    SELECT unnest(CAST(:hit_ids AS bigint[]))
    UNION SELECT known.hit_id FROM unnest(CAST(:plates AS text[]), CAST(:audiences AS int[]), CAST(:discreet AS bool[]))
          AS wanted (plate, audience_id, discreet) JOIN hits AS known USING (plate, audience_id, discreet)
          WHERE known.ended_at IS NULL)
ORDER BY hit_id FOR UPDATE
""")

_STANDING = text("SELECT * FROM alerts WHERE hit_id = ANY(:hit_ids) AND withdrawn_at IS NULL")
_KNOWN = text("SELECT hit_id, read_id FROM alerts WHERE read_id = ANY(:read_ids) AND hit_id = ANY(:hit_ids) "
              "AND withdrawn_at IS NULL AND moved_at IS NOT NULL")

_SUMMARY = tuple(column.name for column in fields(Summary))
_KINDS = {"priority": "smallint", "matched_as": "text", "probability": "real", "sightings": "int", "late": "bool",
          "first_captured_at": "timestamptz", "last_captured_at": "timestamptz", "last_camera_id": "int"}
_OF_SUMMARIES = ", ".join(f"CAST(:{name} AS {_KINDS[name]}[])" for name in _SUMMARY)

_RAISE = text(f"""
INSERT INTO hits (plate, audience_id, discreet, {", ".join(_SUMMARY)}, raised_at)
SELECT *, :now FROM unnest(CAST(:plate AS text[]), CAST(:audience_id AS int[]), CAST(:discreet AS bool[]),
                           {_OF_SUMMARIES})
RETURNING hit_id, plate, audience_id, discreet
""")  # noqa: S608  # made of the constants above

_CHANGE = text(f"""
UPDATE hits SET {", ".join(f"{name} = now_is.{name}" for name in _SUMMARY)}
FROM unnest(CAST(:hit_id AS bigint[]), {_OF_SUMMARIES}) AS now_is (hit_id, {", ".join(_SUMMARY)})
WHERE hits.hit_id = now_is.hit_id
""")  # noqa: S608  # made of the constants above

_END = text("UPDATE hits SET state = 'ended', disposition = :disposition, ended_at = :now WHERE hit_id = ANY(:hit_ids)")

_TELL = text("""
INSERT INTO hit_events (hit_id, kind, at, detail)
SELECT hit_id, kind, :now, detail
FROM unnest(CAST(:hit_id AS bigint[]), CAST(:kind AS text[]), CAST(:detail AS jsonb[])) AS told (hit_id, kind, detail)
""")

_MOVED = text("""
UPDATE alerts SET moved_at = :now, hit_id = coalesce(moved.hit_id, alerts.hit_id),
                  withdrawn_at = CASE WHEN moved.gone THEN coalesce(withdrawn_at, :now) END
FROM unnest(CAST(:alert_id AS bigint[]), CAST(:hit_id AS bigint[]), CAST(:gone AS bool[]))
     AS moved (alert_id, hit_id, gone)
WHERE alerts.alert_id = moved.alert_id
""")

_COUNT = text("""
INSERT INTO watch_days AS known (list_id, day, camera_id, discreet, matched)
SELECT list_id, day, camera_id, discreet, count(*)
FROM unnest(CAST(:list_id AS int[]), CAST(:day AS date[]), CAST(:camera_id AS int[]), CAST(:discreet AS bool[]))
     AS seen (list_id, day, camera_id, discreet)
GROUP BY list_id, day, camera_id, discreet
ON CONFLICT (list_id, day, camera_id, discreet) DO UPDATE SET matched = known.matched + excluded.matched
""")
_FORGET = text("DELETE FROM alerts WHERE alert_id = ANY(:alert_ids)")

_NUMBER = text("""
WITH waiting AS (
    SELECT event_id, row_number() OVER (ORDER BY event_id) AS place
    FROM (SELECT event_id FROM hit_events WHERE number IS NULL ORDER BY event_id LIMIT :most) AS first
), mover AS (
    UPDATE hit_mover SET last_number = last_number + (SELECT count(*) FROM waiting)
    RETURNING last_number - (SELECT count(*) FROM waiting) AS before
)
UPDATE hit_events SET number = before + place FROM waiting, mover WHERE hit_events.event_id = waiting.event_id
RETURNING hit_events.event_id, hit_events.number
""")
_NOTIFY = text("SELECT pg_notify(:channel, :payload)")

_WITHDRAW_FALLEN = text(f"""
UPDATE alerts SET withdrawn_at = :now, moved_at = NULL
WHERE withdrawn_at IS NULL AND hit_id IN (SELECT hit_id FROM hits WHERE ended_at IS NULL)
  AND NOT ({_STANDS})
""")  # noqa: S608  # made of the constant above

_LAPSE = text("""
WITH lapsed AS (
    UPDATE hits SET state = 'ended', disposition = :disposition, ended_at = :now
    WHERE ended_at IS NULL AND state = 'open' AND greatest(raised_at, last_captured_at) < :before RETURNING hit_id
)
INSERT INTO hit_events (hit_id, kind, at, detail)
SELECT hit_id, :kind, :now, jsonb_build_object('disposition', CAST(:disposition AS text)) FROM lapsed
RETURNING hit_id
""")

# Of several ingest processes one may have lost its broker while another has not: its word counts after three seconds.
_STAMP = text("""
UPDATE hit_mover SET at = clock_timestamp(), broker_connected = :connected
WHERE :connected OR broker_connected IS NOT TRUE OR at < clock_timestamp() - interval '3 seconds'
""")


@dataclass(frozen=True, slots=True)
class Moved:
    """What one move did."""

    alerts: int
    events: int

    @property
    def full(self) -> bool:
        """Whether there may be more to do."""
        return self.alerts == MOST or self.events == _MOST_EVENTS


async def is_waiting(connection: AsyncConnection) -> bool:
    """Tell whether there are alerts to move or events to number; the look costs a third of a millisecond."""
    waiting: bool = (await connection.execute(_WAITING)).scalar_one()
    return waiting


async def try_lock(connection: AsyncConnection) -> bool:
    """Become the mover until the transaction ends; return whether nobody else is."""
    mine: bool = (await connection.execute(_TRY, {"lock": LOCK})).scalar_one()
    return mine


async def stamp(connection: AsyncConnection, *, connected: bool) -> None:
    """Say that the mover lives, and whether its process is connected to the broker."""
    await connection.execute(_STAMP, {"connected": connected})


async def tend(connection: AsyncConnection, now: datetime) -> None:
    """Withdraw the alerts of open hits whose entry fell, and end the hits that nobody took: `move` tells of both.

    Whoever asked for the entries of those that nobody took hears so.
    """
    await connection.execute(_WITHDRAW_FALLEN, {"now": now})
    lapsed = await connection.execute(_LAPSE, {
        "now": now, "before": now - LAPSES_AFTER, "kind": str(EventKind.ended),
        "disposition": str(Disposition.lapsed)})
    for hit_id in lapsed.scalars().all():
        await tell_outcome(connection, hit_id, Disposition.lapsed, now)


async def move(connection: AsyncConnection, now: datetime) -> Moved:
    """Move what waits, and number every event, in the caller's transaction; whoever calls holds the lock."""
    rows = await connection.execute(_UNMOVED, {"now": now, "most": MOST})
    unmoved = [_unmoved(row) for row in rows]
    if unmoved:
        await _move(connection, unmoved, now)
    return Moved(len(unmoved), len(await number_events(connection, now)))


def _unmoved(row: Any) -> Unmoved:
    return Unmoved(Alert.of(row), row.hit_id, row.withdrawn_at is not None and row.stands, row.stands, Mode(row.mode))


async def _move(connection: AsyncConnection, unmoved: Sequence[Unmoved], now: datetime) -> None:
    changes = fold(unmoved, await _open_hits(connection, unmoved))
    raised = await _raise(connection, [change for change in changes if change.hit_id is None], now)
    hit_of = {change.vehicle: change.hit_id or raised[change.vehicle] for change in changes}
    await _change(connection, [change for change in changes if change.hit_id is not None], now)
    await _tell(connection, [(hit_of[change.vehicle], change) for change in changes], now)
    taken = await add_vehicles(connection, for_actions(unmoved), now)
    gone = {alert.alert_id for alert in alerts_of(unmoved, Fate.withdrawn)}
    counted = [alert for alert in alerts_of(unmoved, Fate.counted, Fate.action) if alert.alert_id not in taken]
    first = [one.alert for one in unmoved if one.hit_id is None and one.fate is not Fate.withdrawn]
    await _count(connection, first)
    # Of what is counted and nothing else nothing else is kept.
    await connection.execute(_FORGET, {"alert_ids": [alert.alert_id for alert in counted]})
    in_hit = {alert.alert_id: hit_of[change.vehicle] for change in changes for alert in change.added}
    ids = [one.alert.alert_id for one in unmoved]
    await connection.execute(_MOVED, {"now": now, "alert_id": ids, "hit_id": [in_hit.get(one) for one in ids],
                                      "gone": [one in gone for one in ids]})


async def _open_hits(connection: AsyncConnection, unmoved: Sequence[Unmoved]) -> list[OpenHit]:
    vehicles = sorted({Vehicle.of(alert) for alert in alerts_of(unmoved, Fate.hit)})
    rows = (await connection.execute(_OPEN, {
        "hit_ids": [one.hit_id for one in unmoved if one.hit_id is not None],
        "plates": [one.plate for one in vehicles], "audiences": [one.audience_id for one in vehicles],
        "discreet": [one.discreet for one in vehicles]})).all()
    if not rows:
        return []
    anew: dict[int, list[Alert]] = {hit_id: [] for hit_id in must_be_told_anew(unmoved)}
    for row in await connection.execute(_STANDING, {"hit_ids": list(anew)}) if anew else ():
        anew[row.hit_id].append(Alert.of(row))
    known: dict[int, set[UUID]] = defaultdict(set)
    for row in await connection.execute(_KNOWN, {"hit_ids": [row.hit_id for row in rows],
                                                 "read_ids": [one.alert.read_id for one in unmoved]}):
        known[row.hit_id].add(row.read_id)
    return [OpenHit(row.hit_id, Vehicle(row.plate, row.audience_id, row.discreet), HitState(row.state), _summary(row),
                    frozenset(known[row.hit_id]), tuple(anew[row.hit_id]) if row.hit_id in anew else None)
            for row in rows]


def _summary(row: Any) -> Summary:
    values = {name: getattr(row, name) for name in _SUMMARY}
    return Summary(**{**values, "matched_as": MatchedAs(row.matched_as)})


async def _raise(connection: AsyncConnection, changes: Sequence[Change], now: datetime) -> dict[Vehicle, int]:
    if not changes:
        return {}
    vehicles = [change.vehicle for change in changes]
    rows = await connection.execute(_RAISE, _columns(changes) | {
        "now": now, "plate": [one.plate for one in vehicles], "audience_id": [one.audience_id for one in vehicles],
        "discreet": [one.discreet for one in vehicles]})
    return {Vehicle(row.plate, row.audience_id, row.discreet): row.hit_id for row in rows}


async def _change(connection: AsyncConnection, changes: Sequence[Change], now: datetime) -> None:
    changed = [change for change in changes if change.summary is not None]
    if changed:
        await connection.execute(_CHANGE, _columns(changed) | {"hit_id": [change.hit_id for change in changed]})
    if ended := [change.hit_id for change in changes if change.disposition is not None]:
        await connection.execute(_END, {"now": now, "hit_ids": ended, "disposition": str(Disposition.withdrawn)})


def _columns(changes: Iterable[Change]) -> dict[str, list[Any]]:
    summaries = [change.summary for change in changes]
    return {name: [_plain(getattr(summary, name)) for summary in summaries] for name in _SUMMARY}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, MatchedAs) else value


async def _tell(connection: AsyncConnection, changes: Collection[tuple[int, Change]], now: datetime) -> None:
    if changes:
        await connection.execute(_TELL, {
            "now": now, "hit_id": [hit_id for hit_id, _ in changes],
            "kind": [str(change.kind) for _, change in changes],
            "detail": [json.dumps(change.detail) for _, change in changes]})


async def _count(connection: AsyncConnection, alerts: Sequence[Alert]) -> None:
    """Count matches by list, day and camera; one that is corrected later stays counted."""
    if alerts:
        await connection.execute(_COUNT, {
            "list_id": [alert.list_id for alert in alerts], "day": [local_day(alert.captured_at) for alert in alerts],
            "camera_id": [alert.camera_id for alert in alerts], "discreet": [alert.discreet for alert in alerts]})


async def number_events(connection: AsyncConnection, now: datetime) -> list[int]:
    """Give events that have none their numbers, in the caller's transaction; tell the boards and whom channels tell."""
    rows = (await connection.execute(_NUMBER, {"most": _MOST_EVENTS})).all()
    numbered = sorted(rows, key=lambda row: int(row.number))
    if numbered:
        await connection.execute(_NOTIFY, {"channel": CHANNEL, "payload": str(numbered[-1].number)})
    event_ids = [row.event_id for row in numbered]
    await queue(connection, event_ids, now)
    return event_ids
