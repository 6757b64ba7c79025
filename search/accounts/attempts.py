"""Log-ins at the identity provider that have begun: each is good once, for ten minutes, and in one browser."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from search.accounts.oidc import Attempt
from services.schema_people import oidc_attempts
from services.sessions import token_hash

LASTS = timedelta(minutes=10)
_MOST = 10_000
"""How many may be open at once: anybody may begin one, and the table is not to grow without bound."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An attempt that was found, and where its visitor was going."""

    attempt: Attempt
    following: str


async def begin_attempt(connection: AsyncConnection, following: str, now: datetime) -> Attempt | None:
    """Begin an attempt and return its secrets; None when too many are open."""
    table = oidc_attempts.c
    await connection.execute(delete(oidc_attempts).where(table.expires_at <= now))
    if (await connection.scalar(select(func.count()).select_from(oidc_attempts)) or 0) >= _MOST:
        return None
    attempt = Attempt(*(secrets.token_urlsafe(32) for _ in range(3)))
    await connection.execute(insert(oidc_attempts).values(
        state_hash=token_hash(attempt.state), nonce=attempt.nonce, verifier=attempt.verifier, following=following,
        expires_at=now + LASTS))
    return attempt


async def take_attempt(connection: AsyncConnection, state: str, now: datetime) -> Taken | None:
    """Return the attempt of this state, which nobody can take again; None when there is none, or it is too late."""
    row = (await connection.execute(
        delete(oidc_attempts).where(oidc_attempts.c.state_hash == token_hash(state)).returning(oidc_attempts)
    )).one_or_none()
    if row is None or row.expires_at <= now:
        return None
    return Taken(Attempt(state, row.nonce, row.verifier), row.following)
