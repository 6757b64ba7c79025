"""Who keeps accounts: adding users, changing what they may do, and shutting them out."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.accounts import User, read_user
from services.errors import BadQuestionError, NotFoundError
from services.roles import Act, Role, may
from services.schema_people import saved_searches, sessions, users

AWAITED = timedelta(hours=72)
"""How long an account waits for its owner's first log-in at the identity provider."""

_USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._@-]{0,62}[a-z0-9])?")
_LONGEST_NAME = 100
_ADMINISTRATORS = [role for role in Role if may(role, Act.manage_users)]


@dataclass(frozen=True, slots=True)
class Account:
    """A user as an administrator sees them."""

    user_id: int
    username: str
    display_name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None
    has_password: bool
    password_temporary: bool
    has_second_factor: bool
    subject: str | None
    """Issuer and subject of the identity provider's account that is theirs."""
    awaited_until: datetime | None
    superior_id: int | None
    superior: str | None
    sessions: int
    seen_at: datetime | None


async def list_accounts(connection: AsyncConnection, now: datetime) -> list[Account]:
    """Return every account by name."""
    return [_read(row) for row in await connection.execute(_select(now).order_by(users.c.username))]


async def find_account(connection: AsyncConnection, user_id: int, now: datetime) -> Account | None:
    """Return one account, None when there is none."""
    row = (await connection.execute(_select(now).where(users.c.user_id == user_id))).one_or_none()
    return _read(row) if row else None


def _select(now: datetime) -> Select[Any]:
    superior = users.alias("superior")
    held = (select(sessions.c.user_id, func.count().filter(sessions.c.expires_at > now).label("sessions"),
                   func.max(sessions.c.seen_at).label("seen_at")).group_by(sessions.c.user_id).subquery("held"))
    return (select(users, superior.c.display_name.label("superior"), held.c.sessions, held.c.seen_at)
            .outerjoin(superior, users.c.superior_id == superior.c.user_id)
            .outerjoin(held, users.c.user_id == held.c.user_id))


def _read(row: Any) -> Account:
    return Account(row.user_id, row.username, row.display_name, Role(row.role), row.created_at, row.disabled_at,
                   row.password_hash is not None, row.password_temporary, row.totp_secret is not None,
                   row.oidc_subject, row.oidc_awaited_until, row.superior_id, row.superior, row.sessions or 0,
                   row.seen_at)


def check_username(username: str) -> str:
    """Return a user name that can be one; raises BadQuestionError.

    Small letters alone: what looks the same is the same.
    """
    if not _USERNAME.fullmatch(username):
        raise BadQuestionError("username: 1 to 64 small letters, digits and . _ @ - in between")
    return username


def check_name(name: str) -> str:
    """Return a name as it is shown; raises BadQuestionError."""
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        raise BadQuestionError("name: as it is shown on the pages, at most 100 characters")
    return name


async def add_account(connection: AsyncConnection, username: str, name: str, role: Role, password_hash: str) -> int:
    """Add a user with a temporary password and return its number; raises BadQuestionError when the name is taken."""
    values = {"username": check_username(username), "display_name": check_name(name), "role": role,
              "password_hash": password_hash, "password_temporary": True}
    try:
        async with connection.begin_nested():
            added = await connection.execute(insert(users).values(**values).returning(users.c.user_id))
    except IntegrityError:
        raise BadQuestionError("username: somebody has this name already") from None
    return int(added.scalar_one())


async def change(connection: AsyncConnection, user_id: int, **values: Any) -> None:
    """Change an account's columns; raises NotFoundError."""
    changed = await connection.execute(update(users).where(users.c.user_id == user_id).values(**values))
    if changed.rowcount != 1:
        raise NotFoundError("there is no such user")


async def set_role(connection: AsyncConnection, user_id: int, role: Role) -> None:
    """Give a user another role; raises BadQuestionError when nobody would be left to manage users."""
    if role not in _ADMINISTRATORS:
        await _keep_an_administrator(connection, user_id)
    await change(connection, user_id, role=role)


async def disable(connection: AsyncConnection, user_id: int, now: datetime) -> None:
    """Shut a user out; their saved searches end with it.

    Raises BadQuestionError when nobody would be left to manage users.
    """
    await _keep_an_administrator(connection, user_id)
    await change(connection, user_id, disabled_at=func.coalesce(users.c.disabled_at, now), oidc_awaited_until=None)
    await connection.execute(delete(saved_searches).where(saved_searches.c.user_id == user_id))


async def _keep_an_administrator(connection: AsyncConnection, user_id: int) -> None:
    """Raise BadQuestionError for the last administrator; two who would remove each other wait for one another."""
    found = await connection.execute(
        select(users.c.user_id).where(users.c.role.in_(_ADMINISTRATORS), users.c.disabled_at.is_(None))
        .order_by(users.c.user_id).with_for_update())
    if {row.user_id for row in found} == {user_id}:
        raise BadQuestionError("role: this is the last administrator")


async def set_superior(connection: AsyncConnection, user_id: int, superior_id: int | None) -> None:
    """Say who is told about a user's overdue PVs; raises BadQuestionError for nobody there, or oneself."""
    if superior_id is not None and (superior_id == user_id or await connection.scalar(
            select(users.c.user_id).where(users.c.user_id == superior_id)) is None):
        raise BadQuestionError("superior: another user")
    await change(connection, user_id, superior_id=superior_id)


async def await_provider(connection: AsyncConnection, user_id: int, now: datetime) -> None:
    """Let the next log-in of that name at the identity provider, within AWAITED, be this user's."""
    await change(connection, user_id, oidc_subject=None, oidc_awaited_until=now + AWAITED)


async def find_by_subject(connection: AsyncConnection, subject: str) -> User | None:
    """Return the user whom the identity provider means, unless they are disabled."""
    row = (await connection.execute(
        select(users).where(users.c.oidc_subject == subject, users.c.disabled_at.is_(None)))).one_or_none()
    return read_user(row) if row else None


async def bind_awaited(connection: AsyncConnection, username: str, subject: str, now: datetime) -> User | None:
    """Bind the awaited account of that name to whom the identity provider means; None when there is none.

    From then on it logs in there alone: its password and its second factor here are gone.
    """
    table = users.c
    taken = select(users.c.user_id).where(users.c.oidc_subject == subject).exists()
    row = (await connection.execute(
        update(users).where(table.username == username, table.oidc_subject.is_(None), ~taken,
                            table.oidc_awaited_until > now, table.disabled_at.is_(None))
        .values(oidc_subject=subject, oidc_awaited_until=None, password_hash=None, password_temporary=False,
                totp_secret=None, totp_used_step=None)
        .returning(users))).one_or_none()
    return read_user(row) if row else None
