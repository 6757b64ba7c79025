"""The vehicles of an action as somebody of certain groups may see them (R11), and what is reported of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import any_, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.hits.action_rule import Outcome
from services.hits.action_steps import Standing
from services.schema_hits import action_alerts, action_reports, action_vehicles, alerts, hit_mover

HANDLED_STAYS = timedelta(minutes=10)
"""So long what was handled stays on the board, for whoever tapped the wrong thing."""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle of an action: what of it the viewer's groups may know."""

    vehicle_id: int
    plate: str
    country: str | None
    make: str | None
    model: str | None
    colour: str | None
    vehicle_type: str | None
    read_id: UUID
    camera: str
    captured_at: datetime
    expected_from: datetime
    expected_until: datetime
    team_id: int | None
    outcome: Outcome | None
    outcome_at: datetime | None
    priority: int
    list_ids: tuple[int, ...]
    measures: tuple[str, ...]
    """What its entries ask for."""
    watched: bool
    """Whether an entry still asks for it: entries are revoked and plates corrected while cars drive."""

    @classmethod
    def of(cls, row: Any) -> "Vehicle":
        """Return the vehicle of a row."""
        return cls(**{**row, "list_ids": tuple(row["list_ids"]), "measures": tuple(row["measures"]),
                      "outcome": Outcome(row["outcome"]) if row["outcome"] else None})

    @property
    def standing(self) -> Standing:
        """What tells one version of the vehicle from another: a board that has it needs no other."""
        return Standing(self.captured_at, self.team_id, None, self.outcome, self.outcome_at)


# An alert counts for whoever is of its group, and only while its entry is. A vehicle of which all alerts belong to
# others is not there.
_VEHICLES = """
SELECT v.vehicle_id, v.plate, v.country, v.make, v.model, v.colour, v.vehicle_type, v.read_id, c.name AS camera,
       v.captured_at, v.expected_from, v.expected_until, v.team_id, v.outcome, v.outcome_at,
       min(a.priority) AS priority, array_agg(DISTINCT a.list_id) AS list_ids,
       coalesce(array_agg(DISTINCT e.measure) FILTER (WHERE e.measure IS NOT NULL), '{{}}') AS measures,
       bool_or(a.withdrawn_at IS NULL AND e.entry_id IS NOT NULL) AS watched
FROM action_vehicles v
JOIN action_alerts l ON l.vehicle_id = v.vehicle_id
JOIN alerts a ON a.alert_id = l.alert_id
JOIN cameras c ON c.camera_id = v.camera_id
LEFT JOIN watch_entries e ON e.entry_id = a.entry_id AND e.matched
WHERE v.action_id = :action_id AND a.audience_id = ANY (:mine) AND NOT a.discreet AND {which}
GROUP BY v.vehicle_id, c.name ORDER BY v.captured_at DESC, v.vehicle_id DESC
"""
_ON_BOARD = text(_VEHICLES.format(which=(
    "(v.outcome IS NULL AND (v.team_id IS NOT NULL OR v.expected_until > :now) OR v.outcome_at > :handled_after)")))
_ALL = text(_VEHICLES.format(which="true"))


async def board_vehicles(connection: AsyncConnection, action_id: int, mine: Collection[int],
                         now: datetime) -> list[Vehicle]:
    """Return what may be on a board at `now`: expected, taken, or handled a moment ago."""
    rows = await connection.execute(_ON_BOARD, {
        "action_id": action_id, "mine": sorted(mine), "now": now, "handled_after": now - HANDLED_STAYS})
    found = map(Vehicle.of, rows.mappings())
    # Whoever is stopped already is not simply gone from the team's tablet.
    return [one for one in found if one.watched or one.team_id is not None or one.outcome is not None]


async def all_vehicles(connection: AsyncConnection, action_id: int, mine: Collection[int]) -> list[Vehicle]:
    """Return every vehicle of an action that is shown to somebody of the groups `mine`, the last seen first."""
    return list(map(Vehicle.of, (await connection.execute(
        _ALL, {"action_id": action_id, "mine": sorted(mine)})).mappings()))


@dataclass(frozen=True, slots=True)
class Locked:
    """A vehicle that somebody reports on, held until the transaction ends."""

    read_id: UUID
    standing: Standing


async def lock_vehicle(connection: AsyncConnection, action_id: int, vehicle_id: int,
                       mine: Collection[int]) -> Locked | None:
    """Return a vehicle of an action that somebody of these groups may see, None when there is none; hold its row."""
    shown = select(action_alerts.c.vehicle_id).join(alerts, alerts.c.alert_id == action_alerts.c.alert_id).where(
        action_alerts.c.vehicle_id == action_vehicles.c.vehicle_id, ~alerts.c.discreet,
        alerts.c.audience_id == any_(literal(sorted(mine)))).exists()
    row = (await connection.execute(
        select(action_vehicles.c.read_id, action_vehicles.c.captured_at, action_vehicles.c.team_id,
               action_vehicles.c.taken_at, action_vehicles.c.outcome, action_vehicles.c.outcome_at)
        .where(action_vehicles.c.action_id == action_id, action_vehicles.c.vehicle_id == vehicle_id, shown)
        .with_for_update())).one_or_none()
    if row is None:
        return None
    return Locked(row.read_id, Standing(row.captured_at, row.team_id, row.taken_at,
                                        Outcome(row.outcome) if row.outcome else None, row.outcome_at))


async def keep_report(connection: AsyncConnection, report_key: UUID, vehicle_id: int, now: datetime) -> bool:
    """Keep that a report came in; tell whether it is the first time."""
    first = await connection.scalar(insert(action_reports).values(
        report_key=report_key, vehicle_id=vehicle_id, received_at=now,
    ).on_conflict_do_nothing().returning(action_reports.c.report_key))
    return first is not None


async def keep_standing(connection: AsyncConnection, vehicle_id: int, standing: Standing, user_id: int) -> None:
    """Keep how a vehicle stands now, and who said what came of it."""
    await connection.execute(update(action_vehicles).where(action_vehicles.c.vehicle_id == vehicle_id).values(
        team_id=standing.team_id, taken_at=standing.taken_at, outcome=standing.outcome,
        outcome_at=standing.outcome_at, outcome_by=user_id if standing.outcome else None))


async def mover_at(connection: AsyncConnection) -> datetime | None:
    """Return when alerts were last looked at: long ago means that no vehicle comes any more."""
    found: datetime | None = await connection.scalar(select(hit_mover.c.at))
    return found
