"""Actions with their cameras, lists and teams: rows made, changed and found. Vehicles are in vehicle_queries.py."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import any_, delete, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.schema import cameras
from services.schema_hits import action_cameras, action_teams, action_vehicles, actions
from services.schema_people import users
from services.schema_watchlists import watchlists
from services.watchlists.categories import USUAL, Category, Mode

MOST_LISTED = 100
LONGEST = timedelta(hours=24)
"""An action is work at one roadside, and no standing search."""


class ActionState(StrEnum):
    """How an action stands."""

    planned = "planned"
    running = "running"
    over = "over"


@dataclass(frozen=True, slots=True)
class Action:
    """A row of `actions`, with who made it."""

    action_id: int
    name: str
    place: str
    file_number: str
    since: datetime
    until: datetime
    list_ids: tuple[int, ...]
    made_by: int
    made_by_name: str
    ended_at: datetime | None

    @property
    def over_at(self) -> datetime:
        """When it was over, or will be."""
        return min(self.ended_at or self.until, self.until)

    def state(self, now: datetime) -> ActionState:
        """Return how it stands at `now`."""
        if self.over_at <= now:
            return ActionState.over
        return ActionState.planned if now < self.since else ActionState.running


@dataclass(frozen=True, slots=True)
class Team:
    """Who stops vehicles."""

    team_id: int
    name: str


@dataclass(frozen=True, slots=True)
class ActionCamera:
    """A camera of an action, and how many seconds lie between it and the place."""

    camera_id: int
    code: str
    name: str
    soonest_s: int
    latest_s: int


@dataclass(frozen=True, slots=True)
class OfferedList:
    """A list that an action may have."""

    list_id: int
    name: str
    category: str
    state: str
    audience_id: int


@dataclass(frozen=True, slots=True)
class KnownCamera:
    """A camera that an action may have."""

    camera_id: int
    code: str
    name: str
    municipality: str | None


@dataclass(frozen=True, slots=True)
class Planned:
    """An action as it is to be kept; seconds by camera."""

    name: str
    place: str
    file_number: str
    since: datetime
    until: datetime
    list_ids: tuple[int, ...]
    cameras: Mapping[int, tuple[int, int]]
    teams: tuple[str, ...]


_ACTION = select(
    actions.c.action_id, actions.c.name, actions.c.place, actions.c.file_number, actions.c.since, actions.c.until,
    actions.c.list_ids, actions.c.made_by, users.c.display_name.label("made_by_name"), actions.c.ended_at,
).join(users, users.c.user_id == actions.c.made_by)


async def list_actions(connection: AsyncConnection) -> list[Action]:
    """Return the last actions, those that begin last first."""
    rows = await connection.execute(
        _ACTION.order_by(actions.c.since.desc(), actions.c.action_id.desc()).limit(MOST_LISTED))
    return [Action(**{**row, "list_ids": tuple(row["list_ids"])}) for row in rows.mappings()]


async def find_action(connection: AsyncConnection, action_id: int) -> Action | None:
    """Return one action, None when there is no such one."""
    row = (await connection.execute(_ACTION.where(actions.c.action_id == action_id))).mappings().one_or_none()
    return Action(**{**row, "list_ids": tuple(row["list_ids"])}) if row else None


async def find_teams(connection: AsyncConnection, action_id: int) -> list[Team]:
    """Return an action's teams, in the order in which they came."""
    rows = await connection.execute(
        select(action_teams.c.team_id, action_teams.c.name).where(action_teams.c.action_id == action_id)
        .order_by(action_teams.c.team_id))
    return [Team(*row) for row in rows]


async def find_cameras(connection: AsyncConnection, action_id: int) -> list[ActionCamera]:
    """Return an action's cameras, the nearest first."""
    rows = await connection.execute(
        select(action_cameras.c.camera_id, cameras.c.code, cameras.c.name, action_cameras.c.soonest_s,
               action_cameras.c.latest_s)
        .join(cameras, cameras.c.camera_id == action_cameras.c.camera_id)
        .where(action_cameras.c.action_id == action_id).order_by(action_cameras.c.soonest_s, cameras.c.code))
    return [ActionCamera(*row) for row in rows]


async def known_cameras(connection: AsyncConnection) -> list[KnownCamera]:
    """Return every camera that is live, by municipality and code."""
    rows = await connection.execute(
        select(cameras.c.camera_id, cameras.c.code, cameras.c.name, cameras.c.municipality)
        .where(cameras.c.live_since.is_not(None)).order_by(cameras.c.municipality, cameras.c.code))
    return [KnownCamera(*row) for row in rows]


async def offered_lists(connection: AsyncConnection, mine: Iterable[int]) -> list[OfferedList]:
    """Return the lists that somebody of the groups `mine` may take along: in use, theirs, and not discreet (R11)."""
    rows = await connection.execute(
        _LISTS.where(watchlists.c.state.in_([Mode.action, Mode.live]),
                     watchlists.c.category.not_in([one for one in Category if USUAL[one].discreet]),
                     watchlists.c.audience_id == any_(literal(sorted(mine)))))
    return [OfferedList(*row) for row in rows]


async def find_lists(connection: AsyncConnection, list_ids: Iterable[int]) -> list[OfferedList]:
    """Return these lists, however they stand now."""
    rows = await connection.execute(_LISTS.where(watchlists.c.list_id == any_(literal(sorted(list_ids)))))
    return [OfferedList(*row) for row in rows]


_LISTS = select(watchlists.c.list_id, watchlists.c.name, watchlists.c.category, watchlists.c.state,
                watchlists.c.audience_id).order_by(watchlists.c.name, watchlists.c.list_id)


async def insert_action(connection: AsyncConnection, planned: Planned, user_id: int, now: datetime) -> int:
    """Keep a new action with its cameras and teams; return its number."""
    action_id: int = (await connection.execute(insert(actions).values(
        name=planned.name, place=planned.place, file_number=planned.file_number, since=planned.since,
        until=planned.until, list_ids=list(planned.list_ids), made_by=user_id, made_at=now,
    ).returning(actions.c.action_id))).scalar_one()
    await connection.execute(insert(action_cameras), [
        {"action_id": action_id, "camera_id": camera_id, "soonest_s": soonest, "latest_s": latest}
        for camera_id, (soonest, latest) in planned.cameras.items()])
    await connection.execute(insert(action_teams), [{"action_id": action_id, "name": name} for name in planned.teams])
    return action_id


async def begin_now(connection: AsyncConnection, action_id: int, now: datetime) -> bool:
    """Have a planned action begin, for LONGEST at most; tell whether it was one."""
    result = await connection.execute(update(actions).where(
        actions.c.action_id == action_id, actions.c.since > now, actions.c.ended_at.is_(None),
    ).values(since=now, until=func.least(actions.c.until, now + LONGEST)))
    return bool(result.rowcount)


async def end_now(connection: AsyncConnection, action_id: int, now: datetime) -> bool:
    """End an action; tell whether it was not over yet."""
    result = await connection.execute(update(actions).where(
        actions.c.action_id == action_id, actions.c.until > now, actions.c.ended_at.is_(None)).values(ended_at=now))
    return bool(result.rowcount)


async def insert_team(connection: AsyncConnection, action_id: int, name: str) -> None:
    """Add a team."""
    await connection.execute(insert(action_teams).values(action_id=action_id, name=name))


async def delete_team(connection: AsyncConnection, action_id: int, team_id: int) -> bool:
    """Remove a team that has had no vehicle; tell whether it was one."""
    had = select(action_vehicles.c.vehicle_id).where(action_vehicles.c.team_id == team_id).exists()
    result = await connection.execute(delete(action_teams).where(
        action_teams.c.action_id == action_id, action_teams.c.team_id == team_id, ~had))
    return bool(result.rowcount)
