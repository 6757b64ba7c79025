"""Logging in and out."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import CurrentVisitor, MaybeVisitor, client_address, give_session, take_session
from search.accounts.queries import must_wait
from search.pages.language import Words, words
from search.pages.links import local_path
from search.pages.rendering import show_page
from search.program import RunningProgram
from services import accounts, audit
from services.clock import utc_now
from services.consultations import end_consultation
from services.database import transaction

router = APIRouter(include_in_schema=False)
MAX_NAME, MAX_PASSWORD = 64, 1024

_WRONG = words("Name and password do not belong together.")
_WAIT = words("Too many attempts for this name. Wait a quarter of an hour, or ask the administrator.")


@router.get("/login")
async def show_login(request: Request, visitor: MaybeVisitor) -> Response:
    """Show the log-in, unless somebody is logged in already."""
    following = local_path(request.query_params.get("next", ""))
    if visitor:
        return RedirectResponse(following, 303)
    return show_page(request, "login.html", following=following, username="", problem=None)


@router.post("/login")
async def log_in(
        request: Request, program: RunningProgram, username: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "", following: Annotated[str, Form(alias="next")] = "/") -> Response:
    """Open a session when name and password belong together."""
    username, following = username.strip()[:MAX_NAME], local_path(following)
    async with program.password_checks, transaction(program.engine) as connection:
        token = await _try(connection, request, username, password)
    if isinstance(token, Words):
        status = 429 if token is _WAIT else 401
        return show_page(request, "login.html", status, following=following, username=username, problem=token,
                         here="/login")
    response = RedirectResponse(following, 303)
    give_session(request, response, token)
    return response


async def _try(connection: AsyncConnection, request: Request, username: str, password: str) -> str | Words:
    """Return a new session's secret, or why there is none."""
    now, address = utc_now(), client_address(request)
    if await must_wait(connection, username, now):
        return _WAIT
    user = await accounts.authenticate(connection, username, password) if len(password) <= MAX_PASSWORD else None
    if user is None:
        await audit.record(connection, audit.Actor(username, "", address), audit.Entry(audit.Action.login_refused))
        return _WRONG
    await audit.record(connection, audit.Actor(user.username, user.role, address, user.user_id),
                       audit.Entry(audit.Action.logged_in))
    hours: int = request.app.state.program.settings.session_hours
    return await accounts.open_session(connection, user, now, hours)


@router.post("/logout")
async def log_out(program: RunningProgram, visitor: CurrentVisitor) -> Response:
    """End the session, and the consultation that it has open."""
    async with transaction(program.engine) as connection:
        opened = visitor.consultation
        if opened:
            await end_consultation(connection, opened.consultation_id, visitor.user.user_id, utc_now())
            await audit.record(connection, visitor.actor, audit.Entry(
                audit.Action.consultation_ended, consultation_id=opened.consultation_id))
        if visitor.session_token:
            await accounts.end_session(connection, visitor.session_token)
        await audit.record(connection, visitor.actor, audit.Entry(audit.Action.logged_out))
    response = RedirectResponse("/login", 303)
    take_session(response)
    return response
