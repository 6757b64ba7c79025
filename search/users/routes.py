"""Users: who there is, and everything that a technical administrator may do about them.

None of it shows a plate. Nobody changes their own role, shuts themselves out, or takes their own second factor away.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from search.access import CurrentPerson, require_person
from search.accounts.recording import record
from search.doors import may
from search.pages.language import Words, words
from search.pages.rendering import show_page
from search.pages.vocabulary import ROLES
from search.program import Program, RunningProgram
from search.users.changes import Changing, choose, find, tell_dpo
from search.users.schemas import RoleForm, SuperiorForm, UserForm
from services import accounts, audit, second_factor, sessions, user_administration
from services.clock import utc_now
from services.database import reading, transaction
from services.errors import BadQuestionError
from services.passwords import make_temporary
from services.roles import Act, Role

router = APIRouter(prefix="/users", include_in_schema=False,
                   dependencies=[may(Act.manage_users), Depends(require_person)])

_PROBLEMS = {
    "username": words("Take a user name of small letters, digits and . _ @ - that nobody has yet."),
    "name": words("Give the name as it is shown on the pages, at most 100 characters."),
    "role": words("Choose a role."),
}
_LAST = words("This is the last administrator. Add another first.")
_ROLE = words("Choose a role.")
_SUPERIOR = words("Choose another user.")


@router.get("")
async def list_users(request: Request, program: RunningProgram) -> Response:
    """Show every user, and the form in which one is added."""
    return await _show_list(request, program)


async def _show_list(request: Request, program: Program, form: UserForm | None = None,
                     problem: Words | None = None) -> Response:
    async with reading(program.engine) as connection:
        found = await user_administration.list_accounts(connection, utc_now())
    return show_page(request, "users.html", 422 if problem else 200, here="/users", accounts=found,
                     form=form or UserForm(), problem=problem)


@router.post("")
async def add(request: Request, program: RunningProgram, visitor: CurrentPerson,
              form: Annotated[UserForm, Form()]) -> Response:
    """Add a user; the temporary password is shown this once."""
    password, role = make_temporary(), form.role
    if role not in set(Role):
        return await _show_list(request, program, form, _PROBLEMS["role"])
    try:
        async with program.password_checks:
            hashed = await accounts.hash_password(password)
        async with transaction(program.engine) as connection:
            user_id = await user_administration.add_account(connection, form.username.strip(), form.name.strip(),
                                                            Role(role), hashed)
            sentence = words("account {username} added: {role}", username=form.username.strip(), role=ROLES[Role(role)])
            await tell_dpo(connection, program, visitor, form.username.strip(), {Role(role)}, sentence)
            await record(connection, program, visitor, audit.Action.user_changed, sentence,
                         username=form.username.strip(), role=role)
    except BadQuestionError as error:
        return await _show_list(request, program, form, _PROBLEMS[str(error).partition(":")[0]])
    return await _show_one(request, program, user_id, password=password)


@router.get("/{user_id}")
async def show_user(request: Request, program: RunningProgram, user_id: int) -> Response:
    """Show one user and what may be done about them."""
    return await _show_one(request, program, user_id)


async def _show_one(request: Request, program: Program, user_id: int, problem: Words | None = None,
                    password: str | None = None) -> Response:
    async with reading(program.engine) as connection:
        account = await find(connection, user_id)
        others = [other for other in await user_administration.list_accounts(connection, utc_now())
                  if other.user_id != user_id and not other.disabled_at]
    return show_page(request, "user.html", 422 if problem else 200, here=f"/users/{user_id}", account=account,
                     others=others, problem=problem, password=password, provider=program.provider)


def _back(user_id: int) -> Response:
    return RedirectResponse(f"/users/{user_id}", 303)


@router.post("/{user_id}/role")
async def change_role(request: Request, program: RunningProgram, visitor: CurrentPerson, user_id: int,
                      form: Annotated[RoleForm, Form()]) -> Response:
    """Give a user another role; their sessions end."""
    if form.role not in set(Role):
        return await _show_one(request, program, user_id, _ROLE)
    role = Role(form.role)
    try:
        async with transaction(program.engine) as connection:
            changing = await choose(connection, program, visitor, user_id)
            await user_administration.set_role(connection, user_id, role)
            await changing.note(words("account {username}: role {role} instead of {old}", username=changing.username,
                                      role=ROLES[role], old=ROLES[changing.account.role]),
                                role=role, old_role=changing.account.role)
    except BadQuestionError:
        return await _show_one(request, program, user_id, _LAST)
    return _back(user_id)


@router.post("/{user_id}/disable")
async def disable(request: Request, program: RunningProgram, visitor: CurrentPerson, user_id: int) -> Response:
    """Shut a user out: their sessions end, their tokens are worth nothing."""
    try:
        async with transaction(program.engine) as connection:
            changing = await choose(connection, program, visitor, user_id)
            await user_administration.disable(connection, user_id, utc_now())
            await changing.note(words("account {username} disabled", username=changing.username), disabled=True)
    except BadQuestionError:
        return await _show_one(request, program, user_id, _LAST)
    return _back(user_id)


@router.post("/{user_id}/enable")
async def enable(program: RunningProgram, visitor: CurrentPerson, user_id: int) -> Response:
    """Let a disabled user in again."""
    async with transaction(program.engine) as connection:
        changing = await choose(connection, program, visitor, user_id)
        await user_administration.change(connection, user_id, disabled_at=None)
        await changing.note(words("account {username} enabled", username=changing.username), disabled=False)
    return _back(user_id)


@router.post("/{user_id}/sessions/end")
async def end_sessions(program: RunningProgram, visitor: CurrentPerson, user_id: int) -> Response:
    """End all of a user's sessions."""
    async with transaction(program.engine) as connection:
        account = await find(connection, user_id)
        ended = await sessions.end_sessions_of(connection, user_id)
        await record(connection, program, visitor, audit.Action.sessions_ended,
                     words("all sessions of {username}", username=account.username), username=account.username,
                     count=ended)
    return _back(user_id)


@router.post("/{user_id}/second-factor/remove")
async def remove_second_factor(program: RunningProgram, visitor: CurrentPerson, user_id: int) -> Response:
    """Take a user's second factor away, as when their telephone is lost; their sessions end."""
    async with transaction(program.engine) as connection:
        changing = await choose(connection, program, visitor, user_id)
        await second_factor.remove(connection, user_id)
        await changing.note(words("second factor of {username} removed", username=changing.username),
                            action=audit.Action.second_factor_removed)
    return _back(user_id)


@router.post("/{user_id}/password")
async def give_password(request: Request, program: RunningProgram, visitor: CurrentPerson, user_id: int) -> Response:
    """Give a user a temporary password, shown this once; they log in with it and no longer with the provider."""
    password = make_temporary()
    async with program.password_checks:
        hashed = await accounts.hash_password(password)
    async with transaction(program.engine) as connection:
        changing = await choose(connection, program, visitor, user_id)
        await accounts.set_password(connection, user_id, hashed, utc_now(), temporary=True)
        await user_administration.change(connection, user_id, oidc_subject=None, oidc_awaited_until=None)
        await changing.note(words("account {username}: temporary password", username=changing.username),
                            unlinked=changing.account.subject)
    return await _show_one(request, program, user_id, password=password)


@router.post("/{user_id}/provider")
async def await_provider(program: RunningProgram, visitor: CurrentPerson, user_id: int) -> Response:
    """Let the next log-in of that name at the identity provider, within 72 hours, be this user's."""
    async with transaction(program.engine) as connection:
        changing = await choose(connection, program, visitor, user_id)
        await user_administration.await_provider(connection, user_id, utc_now())
        await changing.note(words("account {username}: awaits a log-in at the identity provider",
                                  username=changing.username), unlinked=changing.account.subject)
    return _back(user_id)


@router.post("/{user_id}/superior")
async def change_superior(request: Request, program: RunningProgram, visitor: CurrentPerson, user_id: int,
                          form: Annotated[SuperiorForm, Form()]) -> Response:
    """Say who is told about a user's overdue PVs."""
    if form.superior and not (form.superior.isascii() and form.superior.isdigit() and len(form.superior) < 10):
        return await _show_one(request, program, user_id, _SUPERIOR)
    superior_id = int(form.superior) if form.superior else None
    try:
        async with transaction(program.engine) as connection:
            changing = Changing(connection, program, visitor, await find(connection, user_id))
            await user_administration.set_superior(connection, user_id, superior_id)
            await changing.note(words("account {username}: superior", username=changing.username), end_sessions=False,
                                superior_id=superior_id, old_superior_id=changing.account.superior_id)
    except BadQuestionError:
        return await _show_one(request, program, user_id, _SUPERIOR)
    return _back(user_id)
