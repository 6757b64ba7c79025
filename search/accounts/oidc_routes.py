"""Logging in with the identity provider: there and back again."""

import hmac
import logging

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import SESSION_COOKIE, client_address, give_session
from search.accounts.attempts import LASTS, begin_attempt, take_attempt
from search.accounts.oidc import Claimed, Provider, TokenRefusedError
from search.accounts.recording import record
from search.doors import open_to_all
from search.pages.language import Words, words
from search.pages.links import local_path
from search.pages.rendering import show_page
from search.program import Program, RunningProgram
from services import audit, sessions, user_administration
from services.accounts import User
from services.clock import utc_now
from services.database import transaction
from services.errors import NotFoundError, ProviderAwayError

router = APIRouter(include_in_schema=False)
ATTEMPT_COOKIE = "zoneschild_attempt"
RETURN = "/login/provider/return"
_log = logging.getLogger(__name__)

_NO_PROVIDER = words("There is nothing at this address.")
_FULL = words("Too many people are logging in at this moment. Try again in a few minutes.")
_NOT_BEGUN = words("This log-in was not begun in this browser, or took too long. Begin again.")
_NOT_BELIEVED = words("The identity provider did not say who you are. Begin again.")
_UNKNOWN = words("No account here belongs to you at the identity provider. Ask the administrator to link yours.")


@router.get("/login/provider", dependencies=[open_to_all("leads to the identity provider")])
async def go_there(request: Request, program: RunningProgram) -> Response:
    """Begin a log-in and lead to the identity provider."""
    provider = _provider_of(program)
    following = local_path(request.query_params.get("next", ""))
    async with transaction(program.engine) as connection:
        attempt = await begin_attempt(connection, following, utc_now())
    if attempt is None:
        raise ProviderAwayError(_FULL)
    response = RedirectResponse(await provider.address(attempt, _return_address(request, program)), 303)
    # Lax, since the way back begins at the provider's page, where a strict cookie stays behind.
    response.set_cookie(ATTEMPT_COOKIE, attempt.state, max_age=int(LASTS.total_seconds()), path=RETURN, httponly=True,
                        samesite="lax", secure=program.settings.search_https)
    return response


@router.get(RETURN, dependencies=[open_to_all("who comes back from the identity provider")])
async def come_back(request: Request, program: RunningProgram) -> Response:
    """Open a session for whom the identity provider vouches, if an account here is theirs."""
    provider = _provider_of(program)
    state, code = request.query_params.get("state", ""), request.query_params.get("code", "")
    held = request.cookies.get(ATTEMPT_COOKIE, "")
    if not state or not hmac.compare_digest(state.encode(), held.encode()):
        return _refuse(request, program, _NOT_BEGUN)
    async with transaction(program.engine) as connection:
        taken = await take_attempt(connection, state, utc_now())
    if taken is None:
        return _refuse(request, program, _NOT_BEGUN)
    # RFC 9207: the answer of another provider is none of ours.
    if not code or request.query_params.get("iss", provider.issuer) != provider.issuer:
        return _refuse(request, program, _NOT_BELIEVED)
    try:
        claimed = await provider.identify(code, taken.attempt, _return_address(request, program))
    except TokenRefusedError as error:
        _log.warning("the identity provider's token was refused: %s", error)
        return _refuse(request, program, _NOT_BELIEVED)
    async with transaction(program.engine) as connection:
        token = await _open(connection, request, program, claimed)
    return _arrive(request, program, taken.following, token)


def _provider_of(program: Program) -> Provider:
    if program.provider is None:
        raise NotFoundError(_NO_PROVIDER)
    return program.provider


def _return_address(request: Request, program: Program) -> str:
    """Return where the provider sends people back to; it knows which addresses are ours and takes no other."""
    return f"{'https' if program.settings.search_https else 'http'}://{request.headers.get('host', '')}{RETURN}"


async def _open(connection: AsyncConnection, request: Request, program: Program, claimed: Claimed) -> str | None:
    """Return a new session's secret, None when no account is theirs; either leaves its trace."""
    address, now = client_address(request), utc_now()
    user = await user_administration.find_by_subject(connection, claimed.subject)
    if user is None:
        user = await _bind(connection, program, claimed, address)
    if user is None:
        # Under no name: whoever is called the same elsewhere must not keep a colleague waiting here.
        await record(connection, program, audit.Actor("", "", address), audit.Action.login_refused,
                     words("unknown to this zone, though the identity provider knows them"),
                     subject=claimed.subject, username=claimed.username)
        return None
    await sessions.end_session(connection, request.cookies.get(SESSION_COOKIE, ""))
    token = await sessions.open_session(connection, user, sessions.Proof.provider, address, now=now,
                                        hours=program.settings.session_hours)
    await record(connection, program, _actor(user, address), audit.Action.logged_in,
                 words("with the identity provider"))
    return token


async def _bind(connection: AsyncConnection, program: Program, claimed: Claimed, address: str) -> User | None:
    user = await user_administration.bind_awaited(connection, claimed.username, claimed.subject, utc_now())
    if user:
        await sessions.end_sessions_of(connection, user.user_id)
        await record(connection, program, _actor(user, address), audit.Action.user_changed,
                     words("account {username}: linked to the identity provider", username=user.username),
                     username=user.username, subject=claimed.subject)
    return user


def _actor(user: User, address: str) -> audit.Actor:
    return audit.Actor(user.username, user.role, address, user.user_id)


def _arrive(request: Request, program: Program, following: str, token: str | None) -> Response:
    """Answer with a page of our own that leads on: only from there does the browser bring its strict cookie."""
    if token is None:
        return _refuse(request, program, _UNKNOWN, 403)
    response = show_page(request, "login_return.html", following=following, here="/")
    give_session(request, response, token)
    response.delete_cookie(ATTEMPT_COOKIE, path=RETURN)
    return response


def _refuse(request: Request, program: Program, problem: Words, status: int = 401) -> Response:
    response = show_page(request, "login.html", status, following="/", username="", problem=problem,
                         provider=program.provider, here="/login")
    response.delete_cookie(ATTEMPT_COOKIE, path=RETURN)
    return response
