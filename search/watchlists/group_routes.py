"""Groups: who may see an entry and its hits; those of named people alone may see what is discreet: pages and API."""

from collections.abc import Collection, Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import CurrentVisitor, Visitor
from search.doors import may
from search.pages.language import AUDIT_LANGUAGE, Words, words
from search.pages.rendering import show_page
from search.pages.vocabulary import ROLES
from search.program import Program, RunningProgram
from search.refusals import REFUSALS
from search.watchlists.keeping import is_code
from search.watchlists.schemas import GroupChange, GroupGiven, GroupItem, GroupsAnswer
from services import audit
from services.database import reading, transaction
from services.decision_rule import is_writing
from services.errors import BadQuestionError, ForbiddenError, NotFoundError
from services.roles import Act, roles_with
from services.schema_people import users
from services.watchlists import audiences
from services.watchlists.audiences import Audience

pages = APIRouter(prefix="/watchlists/groups", include_in_schema=False)
api = APIRouter(prefix="/api/v1/audiences", tags=["watchlists"], responses=REFUSALS)

POSSIBLE = tuple(sorted(roles_with(Act.see_hits)))
"""The roles that see hits at all; no other can be of a group."""


async def _people(connection: AsyncConnection) -> dict[int, str]:
    """Return everybody who may be of a group: number and user name."""
    rows = await connection.execute(select(users.c.user_id, users.c.username).where(
        users.c.role.in_(POSSIBLE), users.c.disabled_at.is_(None)).order_by(users.c.username))
    return {row.user_id: row.username for row in rows}


@api.get("", summary="Groups", dependencies=[may(Act.keep_audiences)])
async def get_groups(program: RunningProgram) -> GroupsAnswer:
    """Return every group with who belongs to it."""
    async with reading(program.engine) as connection:
        people = await _people(connection)
        return GroupsAnswer(items=[_item(one, people) for one in await audiences.list_audiences(connection)])


def _item(audience: Audience, people: Mapping[int, str]) -> GroupItem:
    names = sorted(people[user_id] for user_id in audience.user_ids if user_id in people)
    return GroupItem(code=audience.code, name=audience.name, roles=list(audience.roles), usernames=names,
                     named=audience.is_named)


@api.post("", status_code=201, summary="Make a group", dependencies=[may(Act.keep_audiences)])
async def post_group(given: GroupGiven, program: RunningProgram, visitor: CurrentVisitor) -> GroupItem:
    """Make a group."""
    return await _make(program, visitor, given)


@api.put("/{group_code}", summary="Change who belongs to a group", dependencies=[may(Act.keep_audiences)])
async def put_group(group_code: str, given: GroupChange, program: RunningProgram, visitor: CurrentVisitor) -> GroupItem:
    """Replace who belongs to it; what they may see follows at once."""
    return await _change(program, visitor, group_code, given)


async def _make(program: Program, visitor: Visitor, given: GroupGiven) -> GroupItem:
    async with transaction(program.engine) as connection:
        people = await _people(connection)
        roles, user_ids = _members(given, people)
        if not is_code(given.code):
            raise BadQuestionError(words("Take a code of small letters, digits and hyphens."))
        if await audiences.make_audience(connection, given.code, given.name.strip(), roles, user_ids) is None:
            raise BadQuestionError(words("There is a group of that code already."))
        return await _conclude(connection, program, visitor, given.code, people)


async def _change(program: Program, visitor: Visitor, group_code: str, given: GroupChange) -> GroupItem:
    async with transaction(program.engine) as connection:
        people = await _people(connection)
        roles, user_ids = _members(given, people)
        known = {one.code: one for one in await audiences.list_audiences(connection)}
        if group_code not in known:
            raise NotFoundError(words("There is no such group."))
        if known[group_code].is_named:
            await _guard_named(connection, visitor, known[group_code], roles)
        await audiences.change_audience(connection, group_code, given.name.strip(), roles, user_ids)
        return await _conclude(connection, program, visitor, group_code, people)


def _members(given: GroupGiven | GroupChange, people: Mapping[int, str]) -> tuple[Collection[str], Collection[int]]:
    """Return roles and numbers of users; raises BadQuestionError for what a group cannot hold."""
    numbers = {name: user_id for user_id, name in people.items()}
    if not is_writing(given.name.strip(), 2, 80):
        raise BadQuestionError(words("Give the group a name (2 to 80 characters)."))
    if not set(given.roles) <= set(POSSIBLE) or not set(given.usernames) <= set(numbers):
        raise BadQuestionError(words("A group holds roles and people who see hits."))
    if not given.roles and not given.usernames:
        raise BadQuestionError(words("Choose who belongs to the group."))
    return set(given.roles), {numbers[name] for name in given.usernames}


async def _guard_named(connection: AsyncConnection, visitor: Visitor, group: Audience, roles: Collection[str]) -> None:
    """Raise BadQuestionError or ForbiddenError where a change would let strangers see what is discreet (R11).

    Whether anything is discreet for the group is not looked at: the answer would tell it.
    """
    if roles:
        raise BadQuestionError(words("This group stays one of named people: something may be for it alone."))
    keepers = (await connection.execute(select(users.c.user_id).where(
        users.c.user_id.in_(group.user_ids), users.c.disabled_at.is_(None),
        users.c.role.in_(sorted(roles_with(Act.keep_audiences)))))).scalars().all()
    if keepers and visitor.user.user_id not in keepers:
        raise ForbiddenError(words("One of its own members changes a group of named people."))


async def _conclude(connection: AsyncConnection, program: Program, visitor: Visitor, code: str,
                    people: Mapping[int, str]) -> GroupItem:
    found = next(one for one in await audiences.list_audiences(connection) if one.code == code)
    item = _item(found, people)
    sentence = words("group {name}: {members}", name=item.name, members=[*item.roles, *item.usernames])
    await program.trail.record(connection, visitor.actor, audit.Entry(
        audit.Action.audience_changed, program.pages.languages[AUDIT_LANGUAGE].say(sentence), item.model_dump()))
    return item


@pages.get("", dependencies=[may(Act.keep_audiences)])
async def show_groups(request: Request, program: RunningProgram) -> Response:
    """Show every group with who belongs to it, each as a form."""
    return await _show(request, program)


async def _show(request: Request, program: Program, problem: Words | None = None) -> Response:
    async with reading(program.engine) as connection:
        people = await _people(connection)
        items = [_item(one, people) for one in await audiences.list_audiences(connection)]
    return show_page(request, "watchlist_groups.html", 422 if problem else 200, groups=items, problem=problem,
                     people=list(people.values()), roles={role: ROLES[role] for role in POSSIBLE},
                     here="/watchlists/groups")


@pages.post("", dependencies=[may(Act.keep_audiences)])
async def make_from_form(request: Request, form: Annotated[GroupGiven, Form()], program: RunningProgram,
                         visitor: CurrentVisitor) -> Response:
    """Make a group."""
    try:
        await _make(program, visitor, form)
    except BadQuestionError as error:
        return await _show(request, program, error.args[0])
    return RedirectResponse("/watchlists/groups", 303)


@pages.post("/{group_code}", dependencies=[may(Act.keep_audiences)])
async def change_from_form(request: Request, group_code: str, form: Annotated[GroupChange, Form()],
                           program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """Change who belongs to a group."""
    try:
        await _change(program, visitor, group_code, form)
    except BadQuestionError as error:
        return await _show(request, program, error.args[0])
    return RedirectResponse("/watchlists/groups", 303)
