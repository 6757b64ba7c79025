"""One's own API tokens: made, listed, ended; by a person from a session, never by a program with a token."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import CurrentPerson, Visitor
from search.accounts.own_routes import show_account
from search.accounts.recording import record
from search.accounts.schemas import MadeToken, TokenForm, TokenItem, TokenItems, TokenRequest, end_after
from search.doors import may
from search.pages.language import words
from search.program import Program, RunningProgram
from search.refusals import REFUSALS
from services import api_tokens, audit
from services.clock import utc_now
from services.database import reading, transaction
from services.errors import BadQuestionError, NotFoundError
from services.roles import Act

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["tokens"], responses=REFUSALS)

MOST = 20
"""How many tokens somebody may hold that have not ended."""
_NO_TOKEN = words("There is no such token of yours.")
_NEEDS = words("Say what it is for, how many days it lasts (1 to 366), and what it may.")
_MANY = words("You hold 20 tokens. End one that is not needed any more.")


@pages.post("/account/tokens", dependencies=[may(Act.be_here)])
async def make_from_form(request: Request, program: RunningProgram, visitor: CurrentPerson,
                         form: Annotated[TokenForm, Form()]) -> Response:
    """Make a token and show it this once."""
    now, name = utc_now(), form.name.strip()
    expires_at = end_after(form.days, now)
    if not (name and form.scope and expires_at):
        return await show_account(request, program, visitor, 422, problem=_NEEDS, asked=form)
    try:
        made = await _make(program, visitor, name, form.scope, now, expires_at)
    except BadQuestionError as error:
        return await show_account(request, program, visitor, error.status, asked=form,
                                  problem=_MANY if error.args[0] is _MANY else _NEEDS)
    return await show_account(request, program, visitor, made=made)


@pages.post("/account/tokens/end", dependencies=[may(Act.be_here)])
async def end_from_form(program: RunningProgram, visitor: CurrentPerson,
                        token_id: Annotated[UUID, Form()]) -> Response:
    """End one of one's own tokens."""
    await _end(program, visitor, token_id)
    return RedirectResponse("/account", 303)


@api.get("/tokens", summary="Your API tokens", dependencies=[may(Act.be_here)])
async def list_own(program: RunningProgram, visitor: CurrentPerson) -> TokenItems:
    """List one's own tokens, the newest first; their secrets were shown once. Needs a session, not a token."""
    async with reading(program.engine) as connection:
        found = await api_tokens.list_tokens(connection, visitor.user.user_id)
    return TokenItems(items=list(map(TokenItem.of, found)))


@api.post("/tokens", status_code=201, summary="Make an API token", dependencies=[may(Act.be_here)])
async def make_from_api(program: RunningProgram, visitor: CurrentPerson, wanted: TokenRequest) -> MadeToken:
    """Make a token and answer with it this once. Needs a session: a token never makes tokens."""
    return await _make(program, visitor, wanted.name, wanted.scope, utc_now(), wanted.expires_at)


@api.delete("/tokens/{token_id}", status_code=204, summary="End an API token", dependencies=[may(Act.be_here)])
async def end_from_api(program: RunningProgram, visitor: CurrentPerson, token_id: UUID) -> None:
    """End one of one's own tokens. Needs a session, not a token."""
    await _end(program, visitor, token_id)


async def _make(program: Program, visitor: Visitor, name: str, wanted: list[str], now: datetime,
                expires_at: datetime) -> MadeToken:
    scope = api_tokens.scope_of(visitor.user, wanted)
    async with transaction(program.engine) as connection:
        await _refuse_many(connection, visitor, now)
        token = await api_tokens.add_token(connection, visitor.user, name, scope, now=now, expires_at=expires_at)
        await record(connection, program, visitor, audit.Action.token_made,
                     words("API token for {username}: {name}", username=visitor.user.username, name=name),
                     username=visitor.user.username, name=name, scope=sorted(scope), expires_at=expires_at.isoformat())
    return MadeToken(token=token, scope=sorted(scope), expires_at=expires_at)


async def _refuse_many(connection: AsyncConnection, visitor: Visitor, now: datetime) -> None:
    held = await api_tokens.list_tokens(connection, visitor.user.user_id)
    if sum(token.ended_at is None and token.expires_at > now for token in held) >= MOST:
        raise BadQuestionError(_MANY)


async def _end(program: Program, visitor: Visitor, token_id: UUID) -> None:
    async with transaction(program.engine) as connection:
        ended = await api_tokens.end_token(connection, visitor.user.user_id, token_id, utc_now())
        if ended:
            await record(connection, program, visitor, audit.Action.token_ended, words("one of their own API tokens"),
                         token_id=str(token_id))
    if not ended:
        raise NotFoundError(_NO_TOKEN)
