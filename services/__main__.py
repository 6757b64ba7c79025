"""`python -m services`: the commands of whoever keeps the system running."""

import argparse
import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta

import msgspec
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from services import (
    accounts,
    broker_commands,
    camera_commands,
    database,
    gateway_commands,
    retention,
    road_commands,
    silence_commands,
    storage_commands,
)
from services.clock import utc_now
from services.errors import ConfigurationError, ZoneschildError
from services.images import ImageStore
from services.lookalikes.command import learn_from_reads
from services.settings import SecretSettings, StoreSettings, load_settings

Command = Callable[[argparse.Namespace, AsyncEngine], Awaitable[str]]


async def _migrate(arguments: argparse.Namespace, engine: AsyncEngine) -> str:  # noqa: ARG001
    await database.migrate(load_settings(StoreSettings))
    return "the schema is up to date"


class _NewUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    username: str
    name: str
    role: str
    password: str


async def _users(arguments: argparse.Namespace, engine: AsyncEngine) -> str:
    users = _users_on_stdin() if arguments.action == "load" else [_user_named(arguments)]
    async with database.transaction(engine) as connection:
        for user in users:
            await accounts.put_user(connection, user.username, user.name, user.role, user.password)
    return "registered: " + ", ".join(f"{user.username} ({user.role})" for user in users)


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
    expires_at = utc_now() + timedelta(days=arguments.days)
    async with database.transaction(engine) as connection:
        return await accounts.add_token(connection, arguments.username, expires_at)


async def _expire(arguments: argparse.Namespace, engine: AsyncEngine) -> str:
    images = ImageStore.open(load_settings(SecretSettings).images_url)
    removed = await retention.expire(engine, images, utc_now(), thorough=arguments.thorough)
    return "expired: " + ", ".join(f"{count} {what}" for what, count in removed.items())


async def _learn(arguments: argparse.Namespace, engine: AsyncEngine) -> str:  # noqa: ARG001
    return await learn_from_reads(engine, utc_now())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Command, help_: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help_)
        command.set_defaults(run=run)
        return command

    add("migrate", _migrate, "bring the database to the newest schema (owner's role)")
    expiring = add("expire", _expire, "remove everything older than the law allows; hourly (owner's role)")
    expiring.add_argument("--thorough", action="store_true", help="also write large tables and indexes anew, so that "
                          "their free space keeps nothing of it and old weeks take less room; nightly")
    add("learn", _learn, "learn from reads how cameras misread plates; nightly (owner's role)")
    camera_commands.add_arguments(add("cameras", camera_commands.run, "load a list of cameras; move one"))
    add("rhythms", silence_commands.measure, "learn from four weeks how busy each camera usually is; nightly")
    silence_commands.add_arguments(add("silences", silence_commands.find,
                                       "find when cameras were silent, by their rhythms; nightly, and after backfill"))
    storage_commands.add_arguments(add("storage", storage_commands.run,
                                       "how much room everything takes, and what leaves when (owner's role)"))
    road_commands.add_arguments(
        add("network", road_commands.load_network, "load the road network between the cameras (owner's role)"))
    add("travel-times", road_commands.measure_travel_times,
        "measure how long each leg takes, by hour: every night (owner's role)")
    users = add("users", _users, "add a user or set a password anew; load several from standard input")
    users.add_argument("action", choices=["add", "load"],
                       help="load reads a JSON list of username, name, role and password")
    users.add_argument("username", nargs="?")
    users.add_argument("--role", choices=[str(role) for role in accounts.Role])
    users.add_argument("--name", help="name as shown on the pages")
    users.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    gateway_commands.add_arguments(add("gateway", gateway_commands.run,
                                       "register gateways, give them credentials, shut them out (owner's role)"))
    broker_commands.add_arguments(add("broker", broker_commands.run,
                                      "write the files that the broker reads (owner's role)"))
    tokens = add("tokens", _add_token, "make an API token and print it once")
    tokens.add_argument("action", choices=["add"])
    tokens.add_argument("username")
    tokens.add_argument("--days", type=int, default=90, help="days until it expires")
    return parser


async def _run(arguments: argparse.Namespace) -> str:
    run: Command = arguments.run
    engine = database.open_engine(load_settings(StoreSettings), connections=1)
    try:
        return await run(arguments, engine)
    finally:
        await engine.dispose()


def main() -> int:
    """Run one command; errors are one sentence on standard error and exit code 1."""
    arguments = _parser().parse_args()
    try:
        print(asyncio.run(_run(arguments)))
    except (ZoneschildError, OSError) as error:
        print(f"zoneschild: {error}", file=sys.stderr)
        return 1
    except DBAPIError as error:  # its first line alone: the others may quote values
        print(f"zoneschild: the database refuses or is away: {str(error.orig).splitlines()[0]}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
