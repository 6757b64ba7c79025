"""API tokens: what a program presents, with a scope and an end. The store knows their hashes alone."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.accounts import User, read_user
from services.errors import BadQuestionError
from services.roles import ALLOWED, Act, Role, may
from services.schema_people import api_tokens, users
from services.sessions import token_hash

LONGEST = timedelta(days=366)
NEVER_IN_A_TOKEN = frozenset({Act.be_here, Act.manage_users, Act.confirm_rules, Act.approve_questions,
                              Act.compare_decisions, Act.keep_colleagues})
"""What a person does with their own hands."""

_NOTED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token as its owner sees it; the secret itself was shown once."""

    token_id: UUID
    name: str
    scope: frozenset[Act]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    ended_at: datetime | None


def scope_of(user: User, wanted: Collection[str]) -> frozenset[Act]:
    """Return the acts that a token for `user` may have; raises BadQuestionError for any other.

    Without a wish it is everything that the role may do and a token may hold.
    """
    possible = ALLOWED[user.role] - NEVER_IN_A_TOKEN
    if foreign := sorted(set(wanted) - possible):
        raise BadQuestionError(f"scope: {', '.join(foreign)} is not among: {', '.join(sorted(possible))}")
    return frozenset(map(Act, wanted)) or possible


async def add_token(connection: AsyncConnection, user: User, name: str, scope: frozenset[Act],
                    *, now: datetime, expires_at: datetime) -> str:
    """Make a token for a user and return it; it is shown this once.

    Raises BadQuestionError when it would last longer than LONGEST.
    """
    if not now < expires_at <= now + LONGEST:
        raise BadQuestionError(f"a token ends within {LONGEST.days} days")
    token = f"zs_{secrets.token_urlsafe(32)}"
    await connection.execute(insert(api_tokens).values(
        token_hash=token_hash(token), user_id=user.user_id, name=name, scope=sorted(scope), created_at=now,
        expires_at=expires_at))
    return token


async def find_token(connection: AsyncConnection, token: str, now: datetime) -> tuple[User, frozenset[Act]] | None:
    """Return for whom a token speaks and what it may, None when it ended or never was.

    What the role may no longer do, its tokens may not either; nor what a person does with their own hands, whatever
    the stored scope says.
    """
    table, hashed = api_tokens.c, token_hash(token)
    row = (await connection.execute(
        select(users, table.scope, table.used_at).join(api_tokens)
        .where(table.token_hash == hashed, table.expires_at > now, table.ended_at.is_(None),
               users.c.disabled_at.is_(None)))).one_or_none()
    if row is None:
        return None
    if row.used_at is None or now - row.used_at > _NOTED_EVERY:
        await connection.execute(update(api_tokens).where(table.token_hash == hashed).values(used_at=now))
    user = read_user(row)
    return user, ALLOWED[user.role].intersection(row.scope) - NEVER_IN_A_TOKEN


async def list_tokens(connection: AsyncConnection, user_id: int) -> list[ApiToken]:
    """Return a user's tokens, the newest first."""
    rows = await connection.execute(
        select(api_tokens).where(api_tokens.c.user_id == user_id).order_by(api_tokens.c.created_at.desc()))
    return [ApiToken(row.token_id, row.name, frozenset(map(Act, row.scope)), row.created_at, row.expires_at,
                     row.used_at, row.ended_at) for row in rows]


async def end_token(connection: AsyncConnection, user_id: int, token_id: UUID, now: datetime) -> bool:
    """End one of a user's tokens; tell whether there was one to end."""
    ended = await connection.execute(
        update(api_tokens).where(api_tokens.c.user_id == user_id, api_tokens.c.token_id == token_id,
                                 api_tokens.c.ended_at.is_(None)).values(ended_at=now))
    return ended.rowcount == 1


async def still_good(connection: AsyncConnection, hashes: Collection[bytes], act: Act, now: datetime) -> set[bytes]:
    """Return which of these tokens (by their hash) may still do something."""
    table = api_tokens.c
    rows = await connection.execute(
        select(table.token_hash, table.scope, users.c.role).join(users).where(
            table.token_hash.in_(list(hashes)), table.expires_at > now, table.ended_at.is_(None),
            users.c.disabled_at.is_(None)))
    return {bytes(row.token_hash) for row in rows if act in row.scope and may(Role(row.role), act)}
