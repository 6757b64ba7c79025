"""What a board shows, with its trace: the audit has a row before somebody sees a vehicle that they did not see yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import Visitor
from search.actions import changing, queries, vehicle_queries
from search.actions.queries import Action, ActionState, OfferedList, Team
from search.actions.vehicle_queries import Vehicle
from search.pages.language import AUDIT_LANGUAGE, words
from search.program import Program
from services import audit
from services.clock import utc_now
from services.database import transaction
from services.errors import ForbiddenError
from services.hits.action_rule import Shown, choose

STILL_AFTER = timedelta(seconds=10)
"""So long after the last sign of life of whoever hands alerts over, a board says that nothing comes any more."""

NOT_YOUR_LISTS = words("Your groups see none of the lists of this action.")


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on a board."""

    action: Action
    state: ActionState
    teams: tuple[Team, ...]
    lists: Mapping[int, OfferedList]
    shown: Shown[Vehicle]
    handled: tuple[Vehicle, ...]
    still: bool
    """Whether no vehicle can come, as nobody hands alerts over."""
    now: datetime

    @property
    def vehicles(self) -> tuple[Vehicle, ...]:
        """Every vehicle on it."""
        return (*self.shown.taken, *self.shown.coming, *self.handled)

    @property
    def version(self) -> str:
        """What tells this board from another; the time that has passed does not."""
        content = repr((self.action, self.state, self.teams, self.shown, self.handled, self.still))
        return blake2b(content.encode(), digest_size=8).hexdigest()

    def version_of(self, vehicle: Vehicle) -> str:
        """Return the same of one vehicle's card."""
        return blake2b(repr((vehicle, self.teams)).encode(), digest_size=8).hexdigest()


async def show_board(program: Program, visitor: Visitor, action_id: int) -> Board:
    """Return the board of an action as the visitor may see it, after its trace was kept.

    Raises NotFoundError, and ForbiddenError for whoever is of none of its lists' groups.
    """
    user_id, now = visitor.user.user_id, utc_now()
    async with transaction(program.engine) as connection:
        board = await _board(connection, visitor, action_id, now)
        seen = frozenset((vehicle.vehicle_id, vehicle.read_id) for vehicle in board.vehicles)
        if program.last_shown.new(user_id, action_id, seen):
            await program.trail.record(connection, visitor.actor, _entry(program, board))
    program.last_shown.keep(user_id, action_id, seen)
    return board


async def _board(connection: AsyncConnection, visitor: Visitor, action_id: int, now: datetime) -> Board:
    action = await changing.find(connection, action_id)
    mine = await changing.groups_of(connection, visitor)
    lists = {one.list_id: one for one in await queries.find_lists(connection, action.list_ids)}
    if not mine & {one.audience_id for one in lists.values()}:
        raise ForbiddenError(NOT_YOUR_LISTS)
    teams = tuple(await queries.find_teams(connection, action_id))
    mover_at = await vehicle_queries.mover_at(connection)
    state = action.state(now)
    found = [] if state is ActionState.over else await vehicle_queries.board_vehicles(connection, action_id, mine, now)
    return Board(action, state, teams, lists, choose(found, [team.team_id for team in teams], now),
                 tuple(vehicle for vehicle in found if vehicle.outcome is not None),
                 mover_at is None or mover_at < now - STILL_AFTER, now)


def _entry(program: Program, board: Board) -> audit.Entry:
    """Return the row: which vehicles by their numbers and reads, no plate."""
    action, vehicles = board.action, board.vehicles
    sentence = words("Board of ANPR operation {name}, file {file}", name=action.name, file=action.file_number)
    return audit.Entry(
        audit.Action.action_shown, program.pages.languages[AUDIT_LANGUAGE].say(sentence),
        {"action_id": action.action_id, "vehicles": [vehicle.vehicle_id for vehicle in vehicles]},
        result_count=len(vehicles), read_ids=[vehicle.read_id for vehicle in vehicles])
