"""Logging in and out: the password, then the code of the second factor."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import (
    SESSION_COOKIE,
    STEP_PAGES,
    MaybeVisitor,
    Visitor,
    client_address,
    give_session,
    step_of,
    take_session,
)
from search.accounts.checking import WAIT, check_code, check_password
from search.doors import open_to_all
from search.pages.language import Words, words
from search.pages.links import local_path
from search.pages.rendering import show_page
from search.program import Program, RunningProgram
from services import audit, sessions
from services.clock import utc_now
from services.consultations import end_consultation
from services.database import transaction
from services.sessions import Step

router = APIRouter(include_in_schema=False)
MAX_NAME = 64

_TOO_LATE = words("That took too long. Log in again.")


@router.get("/login", dependencies=[open_to_all("who is there")])
async def show_login(request: Request, program: RunningProgram, visitor: MaybeVisitor) -> Response:
    """Show the log-in, unless somebody is logged in already, or has begun to."""
    following = local_path(request.query_params.get("next", ""))
    if step := step_of(request):
        return RedirectResponse(f"{STEP_PAGES[step]}?next={quote(following, safe='')}", 303)
    if visitor:
        return RedirectResponse(following, 303)
    return show_page(request, "login.html", following=following, username="", problem=None, provider=program.provider)


@router.post("/login", dependencies=[open_to_all("who is there")])
async def log_in(
        request: Request, program: RunningProgram, username: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "", following: Annotated[str, Form(alias="next")] = "/") -> Response:
    """Open a session when name and password belong together; with a second factor it has only begun."""
    username, following = username.strip()[:MAX_NAME], local_path(following)
    async with program.password_checks, transaction(program.engine) as connection:
        token = await _try(connection, request, program, username, password)
    if isinstance(token, Words):
        return show_page(request, "login.html", _status(token), following=following, username=username, problem=token,
                         provider=program.provider, here="/login")
    response = RedirectResponse(following, 303)
    give_session(request, response, token)
    return response


def _status(problem: Words) -> int:
    return 429 if problem is WAIT else 401


async def _try(connection: AsyncConnection, request: Request, program: Program, username: str,
               password: str) -> str | Words:
    """Return a new session's secret, or why there is none."""
    address = client_address(request)
    user = await check_password(connection, program, audit.Actor(username, "", address), password)
    if isinstance(user, Words):
        return user
    await sessions.end_session(connection, request.cookies.get(SESSION_COOKIE, ""))
    proof, action = ((sessions.Proof.begun, audit.Action.login_begun) if user.has_second_factor else
                     (sessions.Proof.complete, audit.Action.logged_in))
    token = await sessions.open_session(connection, user, proof, address, now=utc_now(),
                                        hours=program.settings.session_hours)
    await program.trail.record(connection, audit.Actor(user.username, user.role, address, user.user_id),
                               audit.Entry(action))
    return token


@router.get("/login/code", dependencies=[open_to_all("whoever has given their password")])
async def ask_for_code(request: Request, visitor: MaybeVisitor) -> Response:
    """Ask whoever has given their password for the code of their second factor."""
    following = local_path(request.query_params.get("next", ""))
    if visitor is None or visitor.step is not Step.code:
        return RedirectResponse(following, 303)
    return show_page(request, "login_code.html", following=following, problem=None)


@router.post("/login/code", dependencies=[open_to_all("whoever has given their password")])
async def give_code(request: Request, program: RunningProgram, visitor: MaybeVisitor,
                    code: Annotated[str, Form(max_length=20)] = "",
                    following: Annotated[str, Form(alias="next")] = "/") -> Response:
    """Complete a session with the code; its secret is a new one from now on."""
    following = local_path(following)
    if visitor is None or visitor.step is not Step.code:
        return RedirectResponse(following, 303)
    async with transaction(program.engine) as connection:
        token = await _complete(connection, program, visitor, code)
    if token is _TOO_LATE:
        return RedirectResponse("/login", 303)
    if isinstance(token, Words):
        return show_page(request, "login_code.html", _status(token), following=following, problem=token,
                         here=STEP_PAGES[Step.code])
    response = RedirectResponse(following, 303)
    give_session(request, response, token)
    return response


async def _complete(connection: AsyncConnection, program: Program, visitor: Visitor, code: str) -> str | Words:
    """Return the completed session's new secret, or why there is none."""
    problem = await check_code(connection, program, visitor.actor, visitor.user.user_id, code)
    if problem:
        return problem
    token = await sessions.renew_session(connection, visitor.session_token or "", now=utc_now(),
                                         hours=program.settings.session_hours)
    if token is None:
        return _TOO_LATE
    await program.trail.record(connection, visitor.actor, audit.Entry(audit.Action.logged_in))
    return token


@router.post("/logout", dependencies=[open_to_all("ends nothing but one's own session")])
async def log_out(request: Request, program: RunningProgram, visitor: MaybeVisitor) -> Response:
    """End the session, and the consultation that it has open."""
    if visitor:
        async with transaction(program.engine) as connection:
            await _end(connection, program, visitor)
    response = RedirectResponse("/login", 303)
    take_session(request, response)
    return response


async def _end(connection: AsyncConnection, program: Program, visitor: Visitor) -> None:
    opened = visitor.consultation
    if visitor.session_token:
        await sessions.end_session(connection, visitor.session_token)
    if opened:
        await end_consultation(connection, opened.consultation_id, visitor.user.user_id, utc_now())
        await program.trail.record(connection, visitor.actor, audit.Entry(
            audit.Action.consultation_ended, consultation_id=opened.consultation_id))
    await program.trail.record(connection, visitor.actor, audit.Entry(audit.Action.logged_out))
