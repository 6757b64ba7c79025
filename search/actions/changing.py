"""Making actions, starting and ending them, their teams: each one transaction that ends with its audit row."""

from collections.abc import Mapping
from dataclasses import asdict

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import Visitor
from search.actions import queries
from search.actions.queries import Action, ActionState
from search.actions.schemas import MOST_TEAMS, ActionForm
from search.actions.stating import read_action, read_teams
from search.pages.language import AUDIT_LANGUAGE, Words, words
from search.program import Program
from services import audit
from services.clock import iso_ms, utc_now
from services.database import transaction
from services.errors import BadQuestionError, NotFoundError
from services.watchlists.audiences import audiences_of

UNKNOWN = words("There is no such action.")
_IS_OVER = words("This action is over.")


async def groups_of(connection: AsyncConnection, visitor: Visitor) -> frozenset[int]:
    """Return the groups that a visitor belongs to."""
    return await audiences_of(connection, visitor.user.user_id, visitor.user.role)


async def find(connection: AsyncConnection, action_id: int) -> Action:
    """Return one action; raises NotFoundError."""
    action = await queries.find_action(connection, action_id)
    if action is None:
        raise NotFoundError(UNKNOWN)
    return action


async def make(program: Program, visitor: Visitor, form: ActionForm) -> int:
    """Keep an action as it was typed and return its number; raises BadQuestionError saying what is wrong."""
    now = utc_now()
    async with transaction(program.engine) as connection:
        offered = await queries.offered_lists(connection, await groups_of(connection, visitor))
        camera_ids = {camera.code: camera.camera_id for camera in await queries.known_cameras(connection)}
        planned = read_action(form, camera_ids, [one.list_id for one in offered], now)
        action_id = await queries.insert_action(connection, planned, visitor.user.user_id, now)
        await _record(connection, program, visitor, words("made"), action_id, {
            **{key: value for key, value in asdict(planned).items() if key != "cameras"},
            "since": iso_ms(planned.since), "until": iso_ms(planned.until),
            "cameras": {str(camera_id): list(seconds) for camera_id, seconds in planned.cameras.items()}})
    return action_id


async def start(program: Program, visitor: Visitor, action_id: int) -> None:
    """Have a planned action begin now; one that runs goes on."""
    async with transaction(program.engine) as connection:
        action = await find(connection, action_id)
        if await queries.begin_now(connection, action_id, utc_now()):
            await _record(connection, program, visitor, words("begun"), action_id)
        elif action.state(utc_now()) is ActionState.over:
            raise BadQuestionError(_IS_OVER)


async def end(program: Program, visitor: Visitor, action_id: int) -> None:
    """End an action: from now on it takes no vehicle, and its board shows none. One that is over stays so."""
    async with transaction(program.engine) as connection:
        await find(connection, action_id)
        if await queries.end_now(connection, action_id, utc_now()):
            await _record(connection, program, visitor, words("ended"), action_id)


async def add_team(program: Program, visitor: Visitor, action_id: int, typed: str) -> None:
    """Add a team to an action; raises BadQuestionError for a name that is none or taken."""
    names = read_teams(typed)
    async with transaction(program.engine) as connection:
        await _find_current(connection, action_id)
        known = await queries.find_teams(connection, action_id)
        if {team.name for team in known} & set(names) or len(known) + len(names) > MOST_TEAMS:
            raise BadQuestionError(words("There is a team of that name already, or there are too many."))
        for name in names:
            await queries.insert_team(connection, action_id, name)
        await _record(connection, program, visitor, words("teams added"), action_id, {"teams": list(names)})


async def remove_team(program: Program, visitor: Visitor, action_id: int, team_id: int) -> None:
    """Remove a team that has had no vehicle; raises BadQuestionError for any other, and for the last one."""
    refused = BadQuestionError(words("A team that has had a vehicle stays, and so does the last one."))
    try:
        async with transaction(program.engine) as connection:
            await _find_current(connection, action_id)
            if len(await queries.find_teams(connection, action_id)) == 1:
                raise refused
            if not await queries.delete_team(connection, action_id, team_id):
                raise refused
            await _record(connection, program, visitor, words("team removed"), action_id, {"team": team_id})
    except IntegrityError:  # it got a vehicle in this very moment
        raise refused from None


async def _find_current(connection: AsyncConnection, action_id: int) -> Action:
    action = await find(connection, action_id)
    if action.state(utc_now()) is ActionState.over:
        raise BadQuestionError(_IS_OVER)
    return action


async def _record(connection: AsyncConnection, program: Program, visitor: Visitor, change: Words, action_id: int,
                  more: Mapping[str, object] | None = None) -> None:
    action = await find(connection, action_id)
    sentence = words("ANPR operation {name}, file {file}: {change}", name=action.name, file=action.file_number,
                     change=change)
    await program.trail.record(connection, visitor.actor, audit.Entry(
        audit.Action.action_changed, program.pages.languages[AUDIT_LANGUAGE].say(sentence),
        {"action_id": action_id, **(more or {})}))
