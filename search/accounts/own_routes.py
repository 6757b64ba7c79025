"""One's own account: the sessions that are open, the password, the second factor."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import STEP_PAGES, CurrentPerson, Visitor, give_session
from search.accounts import wording
from search.accounts.checking import WAIT, check_code, check_password
from search.accounts.drawing import draw_address
from search.accounts.recording import record
from search.accounts.schemas import PasswordForm, SecondFactorForm
from search.doors import may
from search.pages.language import Words, words
from search.pages.links import local_path
from search.pages.rendering import show_page
from search.program import Program, RunningProgram
from services import accounts, api_tokens, audit, second_factor, sessions
from services.clock import utc_now
from services.database import reading, transaction
from services.errors import ForbiddenError, NotFoundError, NotLoggedInError
from services.passwords import Weakness, weakness_of
from services.roles import ALLOWED, Act
from services.sessions import Proof, Session, Step

router = APIRouter(include_in_schema=False)

_ENDED = words("Your session has ended. Log in again.")
_NO_SESSION = words("There is no such session of yours.")
_NOT_HERE = words("You log in with the identity provider: your password and your second factor are there.")
_WRONG_OLD = words("That is not your present password.")
_DIFFERENT = words("The two new passwords are not the same.")
_WRONG_FIRST = words("This code is not right. Check that your telephone's clock is, and take the code that it shows "
                     "now.")
_OLD_PAGE = words("This page is too old. Scan the code anew.")


def session_of(visitor: Visitor) -> Session:
    """Return the session of a person; raises NotLoggedInError when there is none."""
    if visitor.session is None:
        raise NotLoggedInError(_ENDED)
    return visitor.session


async def show_account(request: Request, program: Program, visitor: Visitor, status: int = 200,
                       **more: object) -> Response:
    """Show somebody their own account; `more` is what was just made, or went wrong."""
    user, now = visitor.user, utc_now()
    async with reading(program.engine) as connection:
        held = await sessions.list_sessions(connection, user.user_id, now)
        tokens = await api_tokens.list_tokens(connection, user.user_id)
    possible = [act for act in Act if act in ALLOWED[user.role] - api_tokens.NEVER_IN_A_TOKEN]
    return show_page(request, "account.html", status, here="/account", held=held, tokens=tokens, possible=possible,
                     wording=wording, session=session_of(visitor),
                     **{"problem": None, "made": None, "asked": None, **more})


@router.get("/account", dependencies=[may(Act.be_here)])
async def show_own(request: Request, program: RunningProgram, visitor: CurrentPerson) -> Response:
    """Show somebody their own account."""
    return await show_account(request, program, visitor)


@router.post("/account/sessions/end", dependencies=[may(Act.be_here)])
async def end_one(program: RunningProgram, visitor: CurrentPerson,
                  session_id: Annotated[UUID, Form()]) -> Response:
    """End one of one's own sessions; somebody else's does not exist here."""
    async with transaction(program.engine) as connection:
        ended = await sessions.end_sessions_of(connection, visitor.user.user_id, session_id)
        if ended:
            await record(connection, program, visitor, audit.Action.sessions_ended, words("one of their own sessions"),
                         session_id=str(session_id))
    if not ended:
        raise NotFoundError(_NO_SESSION)
    return RedirectResponse("/account", 303)


@router.post("/account/sessions/end-others", dependencies=[may(Act.be_here)])
async def end_others(program: RunningProgram, visitor: CurrentPerson) -> Response:
    """End all of one's own sessions but this one."""
    async with transaction(program.engine) as connection:
        ended = await sessions.end_sessions_of(connection, visitor.user.user_id, but=session_of(visitor).session_id)
        await record(connection, program, visitor, audit.Action.sessions_ended,
                     words("all of their own other sessions"), count=ended)
    return RedirectResponse("/account", 303)


@router.get("/account/password", dependencies=[may(Act.be_here)])
async def show_password(request: Request, visitor: CurrentPerson) -> Response:
    """Show the form in which a password is changed."""
    _refuse_the_providers(visitor)
    following = local_path(request.query_params.get("next", ""), "/account")
    return show_page(request, "account_password.html", following=following, problem=None)


@router.post("/account/password", dependencies=[may(Act.be_here)])
async def change_password(request: Request, program: RunningProgram, visitor: CurrentPerson,
                          form: Annotated[PasswordForm, Form()]) -> Response:
    """Change one's own password; all other sessions end, and this one gets a new secret."""
    _refuse_the_providers(visitor)
    following = local_path(form.following, "/account")
    problem: Words | str | None = _weak(visitor, form)
    if problem is None:
        async with program.password_checks, transaction(program.engine) as connection:
            problem = await _change_password(connection, program, visitor, form)
    if isinstance(problem, Words):
        return show_page(request, "account_password.html", 429 if problem is WAIT else 422, following=following,
                         problem=problem, here=STEP_PAGES[Step.password])
    response = RedirectResponse(following, 303)
    give_session(request, response, problem or "")
    return response


def _weak(visitor: Visitor, form: PasswordForm) -> Words | None:
    if form.new != form.again:
        return _DIFFERENT
    weakness = Weakness.the_old if form.new == form.old else weakness_of(form.new, visitor.user.username)
    return wording.WEAKNESSES[weakness] if weakness else None


async def _change_password(connection: AsyncConnection, program: Program, visitor: Visitor,
                           form: PasswordForm) -> str | Words:
    """Return the session's new secret, or why nothing was changed."""
    hashed = await accounts.hash_password(form.new)  # before the check, which has the audit's writers wait
    checked = await check_password(connection, program, visitor.actor, form.old)
    if isinstance(checked, Words):
        return checked if checked is WAIT else _WRONG_OLD
    await accounts.set_password(connection, visitor.user.user_id, hashed, utc_now())
    token = await _renew(connection, program, visitor)
    await record(connection, program, visitor, audit.Action.password_changed, words("their own password"))
    return token


async def _renew(connection: AsyncConnection, program: Program, visitor: Visitor) -> str:
    """End all other sessions and return this one's new secret; raises NotLoggedInError when it ended meanwhile."""
    await sessions.end_sessions_of(connection, visitor.user.user_id, but=session_of(visitor).session_id)
    token = await sessions.renew_session(connection, visitor.session_token or "", now=utc_now(),
                                         hours=program.settings.session_hours)
    if token is None:
        raise NotLoggedInError(_ENDED)
    return token


@router.get("/account/second-factor", dependencies=[may(Act.be_here)])
async def show_second_factor(request: Request, program: RunningProgram, visitor: CurrentPerson) -> Response:
    """Offer a second factor: a secret as picture and as text, to be confirmed with its first code."""
    _refuse_the_providers(visitor)
    following = local_path(request.query_params.get("next", ""), "/account")
    return _offer(request, program, visitor, following)


def _offer(request: Request, program: Program, visitor: Visitor, following: str, secret: str | None = None,
           problem: Words | None = None) -> Response:
    secret, user = secret or second_factor.new_secret(), visitor.user
    offer = program.second_factors.seal_offer(user.user_id, session_of(visitor).session_id, secret)
    drawn = draw_address(second_factor.address_of(secret, user.username))
    status = 200 if problem is None else 429 if problem is WAIT else 422
    return show_page(request, "second_factor.html", status, following=following, offer=offer, drawn=drawn,
                     secret=secret, problem=problem, here=STEP_PAGES[Step.second_factor],
                     required=program.settings.second_factor == "required")


@router.post("/account/second-factor", dependencies=[may(Act.be_here)])
async def set_second_factor(request: Request, program: RunningProgram, visitor: CurrentPerson,
                            form: Annotated[SecondFactorForm, Form()]) -> Response:
    """Take the offered secret as second factor; all other sessions end, and this one gets a new secret."""
    _refuse_the_providers(visitor)
    following = local_path(form.following, "/account")
    secret = program.second_factors.open_offer(visitor.user.user_id, session_of(visitor).session_id, form.offer)
    if secret is None:
        return _offer(request, program, visitor, following, problem=_OLD_PAGE)
    step = second_factor.matching_step(secret, form.code, utc_now())
    if step is None:
        return _offer(request, program, visitor, following, secret, _WRONG_FIRST)
    async with transaction(program.engine) as connection:
        token = await _enrol(connection, program, visitor, form, (secret, step))
    if isinstance(token, Words):
        return _offer(request, program, visitor, following, secret, token)
    response = RedirectResponse(following, 303)
    give_session(request, response, token)
    return response


async def _enrol(connection: AsyncConnection, program: Program, visitor: Visitor, form: SecondFactorForm,
                 confirmed: tuple[str, int]) -> str | Words:
    """Return the session's new secret, or why nothing was changed: the present second factor was not shown."""
    user = visitor.user
    if user.has_second_factor:
        problem = await check_code(connection, program, visitor.actor, user.user_id, form.present_code)
        if problem:
            return problem
    await second_factor.enrol(connection, program.second_factors, user.user_id, *confirmed)
    token = await _renew(connection, program, visitor)
    await record(connection, program, visitor, audit.Action.second_factor_set, words("their own second factor"),
                 renewed=user.has_second_factor)
    return token


def _refuse_the_providers(visitor: Visitor) -> None:
    if session_of(visitor).proof is Proof.provider:
        raise ForbiddenError(_NOT_HERE)
