"""`python -m services users` and `tokens`: accounts and API tokens at the console, the first ones too."""

import argparse
import getpass
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services import accounts, api_tokens, audit, second_factor, sessions, user_administration
from services.broker_commands import console_actor
from services.clock import iso_ms, utc_now
from services.database import reading, transaction
from services.errors import ConfigurationError
from services.roles import Act, Role


class _NewUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    username: str
    name: str
    role: str
    password: str


def add_user_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `users` is given."""
    parser.add_argument("action", choices=[*_USER_ACTIONS],
                        help="add: one, or a role and password anew; load: a JSON list of username, name, role and "
                             "password from standard input; disable, enable; forget-second-factor: as when the last "
                             "administrator's telephone is lost; list")
    parser.add_argument("username", nargs="?")
    parser.add_argument("--role", choices=[str(role) for role in Role])
    parser.add_argument("--name", help="name as shown on the pages")
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")


def add_token_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `tokens` is given."""
    parser.add_argument("action", choices=[*_TOKEN_ACTIONS],
                        help="add: make one and print it once; list: a user's; end: one of them")
    parser.add_argument("username")
    parser.add_argument("token_id", nargs="?", help="which one to end, as `list` shows it")
    parser.add_argument("--days", type=int, default=90, help="days until it expires")
    parser.add_argument("--name", default="console", help="what it is for")
    parser.add_argument("--scope", nargs="*", default=[], metavar="ACT",
                        help=f"what it may: {', '.join(sorted(set(Act) - api_tokens.NEVER_IN_A_TOKEN))}; without it "
                             "everything that the role may and a token can hold")


async def run_users(arguments: argparse.Namespace, engine: AsyncEngine) -> str:
    """Do what `users` is asked and return what there is to say."""
    return await _USER_ACTIONS[arguments.action](arguments, engine)


async def run_tokens(arguments: argparse.Namespace, engine: AsyncEngine) -> str:
    """Do what `tokens` is asked and return what there is to say."""
    return await _TOKEN_ACTIONS[arguments.action](arguments, engine)


async def _put_users(arguments: argparse.Namespace, engine: AsyncEngine) -> str:
    """Add users, or give those that exist a name, role and password anew; their sessions end."""
    users = _users_on_stdin() if arguments.action == "load" else [_user_named(arguments)]
    async with transaction(engine) as connection:
        for user in users:
            user_administration.check_username(user.username)
            user_id = await accounts.put_user(connection, user.username, user.name, user.role, user.password)
            await sessions.end_sessions_of(connection, user_id)
        for user in users:
            await _record(connection, audit.Action.user_changed, f"account {user.username}: rol en wachtwoord",
                          {"username": user.username, "role": user.role})
    return "registered: " + ", ".join(f"{user.username} ({user.role})" for user in users)


async def _disable(arguments: argparse.Namespace, engine: AsyncEngine) -> str:
    async with transaction(engine) as connection:
        user = await _find(connection, arguments)
        await user_administration.disable(connection, user.user_id, utc_now())
        await sessions.end_sessions_of(connection, user.user_id)
        await _record(connection, audit.Action.user_changed, f"account {user.username} uitgeschakeld",
                      {"username": user.username, "disabled": True})
    return f"disabled: {user.username}; sessions and tokens are worth nothing from now on"


async def _enable(arguments: argparse.Namespace, engine: AsyncEngine) -> str:
    async with transaction(engine) as connection:
        user = await _find(connection, arguments)
        await user_administration.change(connection, user.user_id, disabled_at=None)
        await _record(connection, audit.Action.user_changed, f"account {user.username} ingeschakeld",
                      {"username": user.username, "disabled": False})
    return f"enabled: {user.username}"


async def _forget_second_factor(arguments: argparse.Namespace, engine: AsyncEngine) -> str:
    async with transaction(engine) as connection:
        user = await _find(connection, arguments)
        removed = await second_factor.remove(connection, user.user_id)
        await sessions.end_sessions_of(connection, user.user_id)
        await _record(connection, audit.Action.second_factor_removed, f"tweede factor van {user.username} verwijderd",
                      {"username": user.username})
    return f"removed: the second factor of {user.username}" if removed else f"{user.username} had no second factor"


async def _list_users(_: argparse.Namespace, engine: AsyncEngine) -> str:
    async with reading(engine) as connection:
        found = await user_administration.list_accounts(connection, utc_now())
    return "\n".join(_line(account) for account in found) or "there are no users"


def _line(account: user_administration.Account) -> str:
    how = ("provider" if account.subject else "password + second factor" if account.has_second_factor else
           "password" if account.has_password else "cannot log in")
    return (f"{account.username:<24} {account.role:<24} {how:<26} {'disabled' if account.disabled_at else 'enabled':<9}"
            f" {account.display_name}")


async def _find(connection: AsyncConnection, arguments: argparse.Namespace) -> accounts.User:
    if not arguments.username:
        raise ConfigurationError(f"users {arguments.action} needs USERNAME")
    return await accounts.find_user(connection, arguments.username)


def _users_on_stdin() -> list[_NewUser]:
    try:
        return msgspec.json.decode(sys.stdin.buffer.read(), type=list[_NewUser])
    except msgspec.DecodeError as error:
        raise ConfigurationError(f"standard input must hold a JSON list of users: {error}") from None


def _user_named(arguments: argparse.Namespace) -> _NewUser:
    if not (arguments.username and arguments.role and arguments.name):
        raise ConfigurationError("users add needs USERNAME, --role and --name")
    password = sys.stdin.readline().rstrip("\n") if arguments.password_stdin else getpass.getpass("Password: ")
    return _NewUser(arguments.username, arguments.name, arguments.role, password)


async def _add_token(arguments: argparse.Namespace, engine: AsyncEngine) -> str:
    """Make an API token and return it; it is shown this once."""
    now = utc_now()
    async with transaction(engine) as connection:
        user = await accounts.find_user(connection, arguments.username)
        scope = api_tokens.scope_of(user, arguments.scope)
        token = await api_tokens.add_token(connection, user, arguments.name, scope, now=now,
                                           expires_at=now + timedelta(days=arguments.days))
        await _record(connection, audit.Action.token_made, f"API-token voor {user.username}: {arguments.name}",
                      {"username": user.username, "name": arguments.name, "scope": sorted(scope)})
    return token


async def _list_tokens(arguments: argparse.Namespace, engine: AsyncEngine) -> str:
    async with reading(engine) as connection:
        user = await accounts.find_user(connection, arguments.username)
        found = await api_tokens.list_tokens(connection, user.user_id)
    return "\n".join(f"{token.token_id}  {'ended' if token.ended_at else iso_ms(token.expires_at):<24}  {token.name}: "
                     f"{', '.join(sorted(token.scope))}" for token in found) or f"{user.username} has no tokens"


async def _end_token(arguments: argparse.Namespace, engine: AsyncEngine) -> str:
    try:
        token_id = UUID(arguments.token_id or "")
    except ValueError:
        raise ConfigurationError("tokens end needs USERNAME and the token's id, as `tokens list` shows it") from None
    async with transaction(engine) as connection:
        user = await accounts.find_user(connection, arguments.username)
        if not await api_tokens.end_token(connection, user.user_id, token_id, utc_now()):
            raise ConfigurationError(f"{user.username} has no such token that has not ended")
        await _record(connection, audit.Action.token_ended, f"API-token van {user.username} beëindigd",
                      {"username": user.username, "token_id": str(token_id)})
    return f"ended: {token_id}"


async def _record(connection: AsyncConnection, action: audit.Action, question: str, filters: dict[str, object]) -> None:
    await audit.console_trail().record(connection, console_actor(), audit.Entry(action, question, filters))


_Run = Callable[[argparse.Namespace, AsyncEngine], Awaitable[str]]
_USER_ACTIONS: dict[str, _Run] = {
    "add": _put_users, "load": _put_users, "disable": _disable, "enable": _enable,
    "forget-second-factor": _forget_second_factor, "list": _list_users}
_TOKEN_ACTIONS: dict[str, _Run] = {"add": _add_token, "list": _list_tokens, "end": _end_token}
