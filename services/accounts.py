"""Users, their passwords (argon2id), sessions and API tokens. Of a token the store knows the hash alone."""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from hashlib import sha256
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error
from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services import schema
from services.errors import ConfigurationError

MIN_PASSWORD = 12
_HASHER = PasswordHasher()  # argon2id with the parameters of RFC 9106's second recommendation


class Role(StrEnum):
    """What somebody is here to do."""

    investigator = "investigator"
    tecint = "tecint"
    dispatcher = "dispatcher"
    traffic = "traffic"
    camera_manager = "camera-manager"
    dpo = "dpo"
    auditor = "auditor"
    technical_administrator = "technical-administrator"
    integrator = "integrator"


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may log in."""

    user_id: int
    username: str
    display_name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Session:
    """A log-in that has not expired, and the consultation it has open."""

    user: User
    consultation_id: UUID | None = None


async def put_user(connection: AsyncConnection, username: str, display_name: str, role: str, password: str) -> int:
    """Add a user, or give the existing one this name, role and password; return its number.

    Raises ConfigurationError for an unknown role or a password under 12 characters.
    """
    if role not in set(Role):
        raise ConfigurationError(f"role must be one of: {', '.join(Role)}")
    if len(password) < MIN_PASSWORD:
        raise ConfigurationError(f"a password has at least {MIN_PASSWORD} characters")
    values = {"display_name": display_name, "role": role, "password_hash": _HASHER.hash(password)}
    result = await connection.execute(
        upsert(schema.users).values(username=username, **values)
        .on_conflict_do_update(index_elements=["username"], set_=values).returning(schema.users.c.user_id))
    return int(result.scalar_one())


async def authenticate(connection: AsyncConnection, username: str, password: str) -> User | None:
    """Return the user whose name and password these are, else None, in the same time whether the name exists or not."""
    row = (await connection.execute(select(schema.users).where(schema.users.c.username == username))).one_or_none()
    # In a thread: it takes a core for some tens of milliseconds, and everybody else's requests would wait.
    matches = await asyncio.to_thread(_verify, row.password_hash if row else _nobodys_hash(), password)
    return _user(row) if row and matches else None


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except Argon2Error:
        return False


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe())


def _user(row: object) -> User:
    return User(row.user_id, row.username, row.display_name, Role(row.role))  # type: ignore[attr-defined]


def token_hash(token: str) -> bytes:
    """Return what the store keeps of a token; tokens are random, so a plain hash cannot be guessed back."""
    return sha256(token.encode()).digest()


async def open_session(connection: AsyncConnection, user: User, now: datetime, hours: int) -> str:
    """Open a session of `hours` and return its secret, which only the browser keeps."""
    token = secrets.token_urlsafe(32)
    await connection.execute(insert(schema.sessions).values(
        token_hash=token_hash(token), user_id=user.user_id, created_at=now, expires_at=now + timedelta(hours=hours)))
    return token


async def find_session(connection: AsyncConnection, token: str, now: datetime) -> Session | None:
    """Return the session that a browser's secret opens, None when it expired or never was."""
    row = (await connection.execute(
        select(schema.users, schema.sessions.c.consultation_id).join(schema.sessions)
        .where(schema.sessions.c.token_hash == token_hash(token), schema.sessions.c.expires_at > now))).one_or_none()
    return Session(_user(row), row.consultation_id) if row else None


async def hold_consultation(connection: AsyncConnection, token: str, consultation_id: UUID | None) -> None:
    """Remember in the session which consultation is open."""
    await connection.execute(update(schema.sessions).where(schema.sessions.c.token_hash == token_hash(token))
                             .values(consultation_id=consultation_id))


async def end_session(connection: AsyncConnection, token: str) -> None:
    """End a session; the browser's secret is then worth nothing."""
    await connection.execute(delete(schema.sessions).where(schema.sessions.c.token_hash == token_hash(token)))


async def add_token(connection: AsyncConnection, username: str, expires_at: datetime) -> str:
    """Make an API token for a user and return it; it is shown this once.

    Raises ConfigurationError when there is no such user.
    """
    user_id = (await connection.execute(
        select(schema.users.c.user_id).where(schema.users.c.username == username))).scalar_one_or_none()
    if user_id is None:
        raise ConfigurationError(f"there is no user {username}")
    token = f"zs_{secrets.token_urlsafe(32)}"
    await connection.execute(insert(schema.api_tokens).values(
        token_hash=token_hash(token), user_id=user_id, expires_at=expires_at))
    return token


async def find_token(connection: AsyncConnection, token: str, now: datetime) -> User | None:
    """Return the user for whom an API token speaks, None when it expired or never was."""
    row = (await connection.execute(
        select(schema.users).join(schema.api_tokens)
        .where(schema.api_tokens.c.token_hash == token_hash(token),
               schema.api_tokens.c.expires_at > now))).one_or_none()
    return _user(row) if row else None
