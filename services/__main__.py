"""`python -m services`: the commands of whoever keeps the system running."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from services import (
    account_commands,
    audit,
    audit_commands,
    audit_expiry,
    audit_heads,
    broker_commands,
    camera_commands,
    database,
    gateway_commands,
    overdue,
    retention,
    road_commands,
    silence_commands,
    storage_commands,
    watchlist_commands,
)
from services.clock import utc_now
from services.errors import ZoneschildError
from services.images import ImageStore
from services.settings import SecretSettings, StoreSettings, load_settings

Command = Callable[[argparse.Namespace, AsyncEngine], Awaitable[str]]


async def _migrate(arguments: argparse.Namespace, engine: AsyncEngine) -> str:  # noqa: ARG001
    from services.migrating import migrate  # noqa: PLC0415 - alembic takes a sixth of the time that a command starts in

    await migrate(load_settings(StoreSettings))
    return "the schema is up to date"


async def _expire(arguments: argparse.Namespace, engine: AsyncEngine) -> str:
    images = ImageStore.open(load_settings(SecretSettings).images_url)
    removed = await retention.expire(engine, images, utc_now(), thorough=arguments.thorough)
    removed["audit"] = await audit_expiry.expire_audit(engine, utc_now())
    return "expired: " + ", ".join(f"{count} {what}" for what, count in removed.items())


async def _learn(arguments: argparse.Namespace, engine: AsyncEngine) -> str:  # noqa: ARG001
    from services.lookalikes.command import learn_from_reads  # noqa: PLC0415 - numpy, which no other command needs

    return await learn_from_reads(engine, utc_now())


async def _tell_overdue(arguments: argparse.Namespace, engine: AsyncEngine) -> str:  # noqa: ARG001
    async with database.transaction(engine) as connection:
        told = await overdue.tell_overdue(connection, audit.console_trail(), utc_now())
    return f"told of: {told}"


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
    camera_commands.add_arguments(add("cameras", camera_commands.run,
                                      "load a list of cameras, put their papers, take them live and off; move one"))
    add("rhythms", silence_commands.measure, "learn from four weeks how busy each camera usually is; nightly")
    silence_commands.add_arguments(add("silences", silence_commands.find,
                                       "find when cameras were silent, by their rhythms; nightly, and after backfill"))
    storage_commands.add_arguments(add("storage", storage_commands.run,
                                       "how much room everything takes, and what leaves when (owner's role)"))
    road_commands.add_arguments(
        add("network", road_commands.load_network, "load the road network between the cameras (owner's role)"))
    add("travel-times", road_commands.measure_travel_times,
        "measure how long each leg takes, by hour: every night (owner's role)")
    account_commands.add_user_arguments(add("users", account_commands.run_users,
                                            "add users, the first administrator too; shut them out; list them"))
    add("overdue", _tell_overdue, "tell superiors and DPO of urgent consultations whose PV never came; search does so "
        "by itself, once a minute")
    gateway_commands.add_arguments(add("gateway", gateway_commands.run,
                                       "register gateways, give them credentials, shut them out (owner's role)"))
    broker_commands.add_arguments(add("broker", broker_commands.run,
                                      "write the files that the broker reads (owner's role)"))
    audit_commands.add_arguments(add("audit", audit_commands.run,
                                     "verify, anchor and export the audit; check an export without the database"))
    watchlist_commands.add_arguments(add("watchlists", watchlist_commands.run,
                                         "deliver a whole list, or changes to it, from a file (owner's role)"))
    account_commands.add_token_arguments(add("tokens", account_commands.run_tokens,
                                             "make API tokens, each printed once; list and end them"))
    return parser


async def _run(arguments: argparse.Namespace) -> str:
    if alone := getattr(arguments, "alone", None):
        return str(alone(arguments))
    run: Command = arguments.run
    engine = database.open_engine(load_settings(StoreSettings), connections=1)
    try:
        said = await run(arguments, engine)
        await _copy_head(engine)
        return said
    finally:
        await engine.dispose()


async def _copy_head(engine: AsyncEngine) -> None:
    """Copy the audit's newest row; what the command did is done, and what it says may be said only once."""
    try:
        await audit_heads.copy_after_command(engine)
    except (OSError, DBAPIError):
        print("zoneschild: the audit's newest row could not be copied to ZONESCHILD_AUDIT_HEADS_FILE", file=sys.stderr)


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
