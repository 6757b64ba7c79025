"""Users and their passwords (argon2id)."""

import asyncio
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.errors import ConfigurationError
from services.passwords import MIN_LENGTH
from services.roles import Role
from services.schema_people import users

_HASHER = PasswordHasher()  # argon2id with the parameters of RFC 9106's second recommendation


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may log in."""

    user_id: int
    username: str
    display_name: str
    role: Role
    has_second_factor: bool = False
    password_temporary: bool = False
    """Whether the first thing to do is to choose a password of their own."""


async def put_user(connection: AsyncConnection, username: str, display_name: str, role: str, password: str) -> int:
    """Add a user, or give the existing one this name, role and password; return its number.

    Raises ConfigurationError for an unknown role or a password under 12 characters.
    """
    if role not in set(Role):
        raise ConfigurationError(f"role must be one of: {', '.join(Role)}")
    if len(password) < MIN_LENGTH:
        raise ConfigurationError(f"a password has at least {MIN_LENGTH} characters")
    values = {"display_name": display_name, "role": role, "password_hash": _HASHER.hash(password),
              "password_changed_at": func.now(), "password_temporary": False}
    result = await connection.execute(
        upsert(users).values(username=username, **values)
        .on_conflict_do_update(index_elements=["username"], set_=values).returning(users.c.user_id))
    return int(result.scalar_one())


async def set_password(connection: AsyncConnection, user_id: int, password_hash: str, now: datetime,
                       *, temporary: bool = False) -> None:
    """Give a user another password; whether it is good enough was asked before (services/passwords.py)."""
    await connection.execute(update(users).where(users.c.user_id == user_id).values(
        password_hash=password_hash, password_changed_at=now, password_temporary=temporary))


async def hash_password(password: str) -> str:
    """Return what is kept of a password; in a thread, as it takes a core for some tens of milliseconds."""
    return await asyncio.to_thread(_HASHER.hash, password)


async def authenticate(connection: AsyncConnection, username: str, password: str) -> User | None:
    """Return the user whose name and password these are, else None, in the same time whether the name exists or not."""
    row = (await connection.execute(
        select(users).where(users.c.username == username, users.c.disabled_at.is_(None)))).one_or_none()
    # In a thread: it takes a core for some tens of milliseconds, and everybody else's requests would wait.
    matches = await asyncio.to_thread(_verify, (row and row.password_hash) or _nobodys_hash(), password)
    return read_user(row) if row and row.password_hash and matches else None


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except Argon2Error:
        return False


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe())


def read_user(row: Any) -> User:
    """Return the user of a row that holds the columns of `users`."""
    return User(row.user_id, row.username, row.display_name, Role(row.role), row.totp_secret is not None,
                row.password_temporary)


async def find_user(connection: AsyncConnection, username: str) -> User:
    """Return the user of that name; raises ConfigurationError when there is none."""
    row = (await connection.execute(select(users).where(users.c.username == username))).one_or_none()
    if row is None:
        raise ConfigurationError(f"there is no user {username}")
    return read_user(row)


async def find_of_roles(connection: AsyncConnection, roles: Collection[Role]) -> dict[int, str]:
    """Return the users who are not disabled and have one of the roles: number and username."""
    return await find_active(connection, users.c.role.in_(sorted(roles)))


async def find_active(connection: AsyncConnection, condition: ColumnElement[bool]) -> dict[int, str]:
    """Return the users who are not disabled and fulfil a condition: number and username."""
    rows = await connection.execute(select(users.c.user_id, users.c.username)
                                    .where(condition, users.c.disabled_at.is_(None)))
    return {row.user_id: row.username for row in rows}
