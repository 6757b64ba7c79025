"""The vehicles of actions that run: alerts become vehicles that are expected at the roadside (ingest's role)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.hits.action_rule import OUTCOMES, Running
from services.hits.rows import Alert
from services.schema_hits import action_alerts, action_cameras, action_vehicles, actions

_REOPENED = [str(outcome) for outcome, meaning in OUTCOMES.items() if not meaning.final]
_OF_THE_READ = ("captured_at", "read_id", "camera_id", "images", "country", "make", "model", "colour", "vehicle_type")

# A further camera moves the expectation; what was handled stays as it is, and an earlier read that comes late changes
# nothing. Who was not seen at the place and is seen by a further camera is expected once more.
_PUT = """
INSERT INTO action_vehicles (action_id, plate, {columns}) VALUES (:action_id, :plate, {values})
ON CONFLICT (action_id, plate) DO UPDATE SET {changes},
    team_id = CASE WHEN action_vehicles.outcome IS NULL THEN action_vehicles.team_id END,
    taken_at = CASE WHEN action_vehicles.outcome IS NULL THEN action_vehicles.taken_at END,
    outcome = NULL, outcome_at = NULL, outcome_by = NULL
WHERE action_vehicles.captured_at < excluded.captured_at
  AND (action_vehicles.outcome IS NULL OR action_vehicles.outcome = ANY (:reopened))
"""
_COLUMNS = (*_OF_THE_READ, "expected_from", "expected_until")
_PUT_VEHICLE = text(_PUT.format(columns=", ".join(_COLUMNS), values=", ".join(f":{name}" for name in _COLUMNS),
                                changes=", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)))

Vehicles = Mapping[tuple[int, str], Sequence[Alert]]
"""Alerts by action and plate."""


async def add_vehicles(connection: AsyncConnection, alerts: Sequence[Alert], now: datetime) -> frozenset[int]:
    """Put the vehicles of alerts into the actions that run, in the caller's transaction.

    Return the numbers of the alerts that an action took; one alert may be of several. Alerts must be in the database.
    """
    running = {action.action_id: action for action in await _running(connection, now)} if alerts else {}
    found = _by_vehicle(running.values(), alerts)
    if not found:
        return frozenset()
    await connection.execute(_PUT_VEHICLE, [_row(running[action_id], seen) for (action_id, _), seen in found.items()])
    await _link(connection, found)
    return frozenset(alert.alert_id for seen in found.values() for alert in seen)


async def _running(connection: AsyncConnection, now: datetime) -> list[Running]:
    rows = await connection.execute(
        select(actions.c.action_id, actions.c.since, actions.c.until, actions.c.list_ids, action_cameras.c.camera_id,
               action_cameras.c.soonest_s, action_cameras.c.latest_s)
        .join(action_cameras, action_cameras.c.action_id == actions.c.action_id)
        .where(actions.c.ended_at.is_(None), actions.c.since <= now, actions.c.until > now))
    return list(_gather(rows))


def _gather(rows: Iterable[Any]) -> Iterator[Running]:
    by_action: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        by_action[row.action_id].append(row)
    for action_id, cameras in by_action.items():
        yield Running(action_id, cameras[0].since, cameras[0].until, frozenset(cameras[0].list_ids),
                      {row.camera_id: (row.soonest_s, row.latest_s) for row in cameras})


def _by_vehicle(running: Iterable[Running], alerts: Sequence[Alert]) -> Vehicles:
    found: dict[tuple[int, str], list[Alert]] = defaultdict(list)
    for action in running:
        for alert in alerts:
            if action.takes(alert):
                found[action.action_id, alert.plate].append(alert)
    return found


def _row(action: Running, seen: Sequence[Alert]) -> dict[str, Any]:
    """Return the vehicle as the last of these reads shows it."""
    last = max(seen, key=lambda alert: (alert.captured_at, alert.alert_id))
    expected_from, expected_until = action.expected(last)
    return {"action_id": action.action_id, "plate": last.plate, "expected_from": expected_from,
            "expected_until": expected_until, "reopened": _REOPENED,
            **{name: getattr(last, name) for name in _OF_THE_READ}}


async def _link(connection: AsyncConnection, found: Vehicles) -> None:
    rows = await connection.execute(
        select(action_vehicles.c.vehicle_id, action_vehicles.c.action_id, action_vehicles.c.plate)
        .where(tuple_(action_vehicles.c.action_id, action_vehicles.c.plate).in_(list(found))))
    await connection.execute(insert(action_alerts).on_conflict_do_nothing(), [
        {"vehicle_id": row.vehicle_id, "alert_id": alert.alert_id}
        for row in rows for alert in found[row.action_id, row.plate]])
