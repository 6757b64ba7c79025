"""Sessions: a log-in that a browser holds. Of its secret the store knows the hash alone."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.accounts import User, read_user
from services.notices import count_unseen
from services.roles import Role
from services.schema_people import sessions, users
from services.urgent import count_owed

IDLE = timedelta(hours=2)
"""A session that nobody used for so long has ended."""

BEGUN = timedelta(minutes=10)
"""How long somebody may take to give their code."""

_NOTED_EVERY = timedelta(minutes=5)
"""How exactly it is noted when a session was last used: not at every request, which would be a write for each."""


class Proof(StrEnum):
    """What somebody has proved in this session."""

    begun = "begun"        # their password; the second factor is still to come
    complete = "complete"  # everything that is asked of them
    provider = "provider"  # the identity provider vouches for them


class Step(StrEnum):
    """What is still to be done before a session is good for anything else."""

    code = "code"                    # the second factor's
    password = "password"            # noqa: S105 - one of their own, for the temporary one
    second_factor = "second-factor"  # to get one


@dataclass(frozen=True, slots=True)
class Session:
    """A log-in that has not expired, and the consultation it has open."""

    user: User
    session_id: UUID
    proof: Proof
    created_at: datetime
    consultation_id: UUID | None = None
    unseen: int = 0
    """How many notices they have not seen; counted here, so that a page need not ask again."""
    owed: int = 0
    """How many PVs they owe (services/urgent.py)."""


@dataclass(frozen=True, slots=True)
class Held:
    """A session as its user sees it in the list of their own."""

    session_id: UUID
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    client_address: str
    proof: Proof


def next_step(session: Session, *, second_factor_required: bool) -> Step | None:
    """Return what somebody must do before anything else, None when their session is good (pure)."""
    match session.proof:
        case Proof.begun:
            return Step.code
        case Proof.provider:
            return None
    if session.user.password_temporary:
        return Step.password
    return Step.second_factor if second_factor_required and not session.user.has_second_factor else None


def token_hash(token: str) -> bytes:
    """Return what the store keeps of a secret; secrets are random, so a plain hash cannot be guessed back."""
    return sha256(token.encode()).digest()


async def open_session(connection: AsyncConnection, user: User, proof: Proof, address: str, *, now: datetime,
                       hours: int) -> str:
    """Open a session of `hours` and return its secret, which only the browser keeps; one that has begun is short."""
    token = _new_token()
    lasts = BEGUN if proof is Proof.begun else timedelta(hours=hours)
    await connection.execute(delete(sessions).where(sessions.c.user_id == user.user_id, sessions.c.expires_at <= now))
    await connection.execute(insert(sessions).values(
        token_hash=token_hash(token), user_id=user.user_id, created_at=now, seen_at=now, client_address=address,
        proof=proof, expires_at=now + lasts))
    return token


async def renew_session(connection: AsyncConnection, token: str, *, now: datetime, hours: int) -> str | None:
    """Give a session in which everything was proved a new secret; the old one is worth nothing from now on.

    It ends `hours` after its beginning. None when it has ended meanwhile.
    """
    renewed, table = _new_token(), sessions.c
    done = await connection.execute(
        update(sessions).where(table.token_hash == token_hash(token), table.expires_at > now)
        .values(token_hash=token_hash(renewed), seen_at=now, proof=Proof.complete,
                expires_at=table.created_at + timedelta(hours=hours)))
    return renewed if done.rowcount == 1 else None


def _new_token() -> str:
    return secrets.token_urlsafe(32)


def _open_session() -> Select[Any]:
    """Make, once for all requests, the statement that finds the session of a secret with who it belongs to."""
    table = sessions.c
    return (select(users, table.session_id, table.proof, table.created_at.label("since"), table.seen_at,
                   table.consultation_id, count_unseen(users.c.user_id).label("unseen"),
                   count_owed(users.c.user_id).label("owed")).join(sessions)
            .where(table.token_hash == bindparam("hashed"), table.expires_at > bindparam("now"),
                   table.seen_at > bindparam("seen_after"), users.c.disabled_at.is_(None)))


_OPEN_SESSION = _open_session()


async def find_session(connection: AsyncConnection, token: str, now: datetime) -> Session | None:
    """Return the session that a browser's secret opens, None when it ended or never was."""
    hashed = token_hash(token)
    row = (await connection.execute(
        _OPEN_SESSION, {"hashed": hashed, "now": now, "seen_after": now - IDLE})).one_or_none()
    if row is None:
        return None
    if now - row.seen_at > _NOTED_EVERY:
        await connection.execute(update(sessions).where(sessions.c.token_hash == hashed).values(seen_at=now))
    return Session(read_user(row), row.session_id, Proof(row.proof), row.since, row.consultation_id, row.unseen,
                   row.owed)


async def hold_consultation(connection: AsyncConnection, token: str, consultation_id: UUID | None) -> None:
    """Remember in the session which consultation is open."""
    await connection.execute(update(sessions).where(sessions.c.token_hash == token_hash(token))
                             .values(consultation_id=consultation_id))


async def end_session(connection: AsyncConnection, token: str) -> None:
    """End a session; the browser's secret is then worth nothing."""
    await connection.execute(delete(sessions).where(sessions.c.token_hash == token_hash(token)))


async def end_sessions_of(connection: AsyncConnection, user_id: int, session_id: UUID | None = None,
                          *, but: UUID | None = None) -> int:
    """End one session of a user, or all of them, `but` perhaps one; return how many."""
    one = [] if session_id is None else [sessions.c.session_id == session_id]
    others = [] if but is None else [sessions.c.session_id != but]
    ended = await connection.execute(delete(sessions).where(sessions.c.user_id == user_id, *one, *others))
    return ended.rowcount


async def list_sessions(connection: AsyncConnection, user_id: int, now: datetime) -> list[Held]:
    """Return a user's sessions that have not ended, the one used last first."""
    table = sessions.c
    rows = await connection.execute(
        select(sessions).where(table.user_id == user_id, table.expires_at > now, table.seen_at > now - IDLE)
        .order_by(table.seen_at.desc(), table.created_at.desc()))
    return [Held(row.session_id, row.created_at, row.seen_at, row.expires_at, row.client_address, Proof(row.proof))
            for row in rows]


async def still_here(connection: AsyncConnection, hashes: Collection[bytes], now: datetime) -> dict[bytes, Role]:
    """Return which of these sessions (by the hash of their secret) are good, and their users' roles now.

    Whoever watches a board uses their session: a quiet night must not log a control room out before its hours are up.
    """
    table = sessions.c
    wanted = (table.token_hash.in_(list(hashes)), table.expires_at > now, table.seen_at > now - IDLE,
              table.proof != Proof.begun)
    await connection.execute(update(sessions).where(*wanted, table.seen_at < now - _NOTED_EVERY).values(seen_at=now))
    rows = await connection.execute(
        select(table.token_hash, users.c.role).join(users).where(*wanted, users.c.disabled_at.is_(None)))
    return {bytes(row.token_hash): Role(row.role) for row in rows}
