"""`python -m services broker`: the broker's files from the database's state, and ingest's own password."""

import argparse
import asyncio
import os
import pwd
from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services import audit, broker_files, gateways, mqtt_passwords
from services.broker_reload import reload_broker
from services.database import transaction
from services.errors import ConfigurationError
from services.settings import BrokerFilesSettings, load_settings

Said = dict[str, Any]
"""What a command has to say, in the order in which people read it."""

_NOT_TOLD = "it knows nothing of this: set ZONESCHILD_BROKER_FOLDER and run `python -m services broker write`"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `broker` is given."""
    parser.add_argument("action", choices=["write", "ingest"],
                        help="write: the files anew; ingest: a new password for ingest, printed once")
    parser.add_argument("--json", action="store_true", help="print JSON, for scripts")


async def run(arguments: argparse.Namespace, engine: AsyncEngine) -> str:
    """Do what `broker` is asked and return what there is to say."""
    settings = load_settings(BrokerFilesSettings)
    if settings.broker_folder is None:
        raise ConfigurationError("ZONESCHILD_BROKER_FOLDER must name the folder from which the broker reads its users")
    broker_files.check_folder(settings.broker_folder)
    if arguments.action == "write":
        said: Said = {"broker": await tell_broker(engine, settings)}
    else:
        said = await _rotate_ingest(engine, settings)
    return in_words(said, as_json=arguments.json)


async def _rotate_ingest(engine: AsyncEngine, settings: BrokerFilesSettings) -> Said:
    assert settings.broker_folder is not None  # noqa: S101  # asked by the caller
    password = mqtt_passwords.make_password()
    programs = [user for user in broker_files.read_programs(settings.broker_folder)
                if user.name != broker_files.INGEST_USER]
    ours = broker_files.ingest_user(mqtt_passwords.password_hash(password))
    async with transaction(engine) as connection:
        await audit.console_trail().record(connection, console_actor(), audit.Entry(
            audit.Action.broker_rotated, "nieuw wachtwoord voor ingest bij de broker", {"name": ours.name}))
    broker_files.write_programs(settings.broker_folder, [ours, *programs])
    return {"mqtt_username": ours.name, "mqtt_password": password, "broker": await tell_broker(engine, settings)}


async def tell_broker(engine: AsyncEngine, settings: BrokerFilesSettings, *, restart: bool = False) -> str:
    """Write the broker's files from the database's state, make it read them, and return a sentence on it.

    `restart` runs the command that restarts it, if one is set. Raises ConfigurationError or OSError when it fails.
    """
    folder = settings.broker_folder
    if folder is None:
        return _NOT_TOLD
    command = (settings.broker_restart if restart else "") or settings.broker_reload
    async with transaction(engine) as connection:
        # One at a time: who read the older state must not be the last to write.
        await connection.execute(text("SELECT pg_advisory_xact_lock(7264002)"))
        users = await gateways.broker_users(connection)
        await asyncio.to_thread(broker_files.write_files, folder, users)
        return await asyncio.to_thread(reload_broker, folder, command)


def console_actor() -> audit.Actor:
    """Return who acts at the console: the operating system's user, and who called `sudo` if that is root."""
    try:
        user = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user that has no name
        user = f"uid {os.getuid()}"
    caller = os.environ.get("SUDO_USER") if os.getuid() == 0 else None
    return audit.Actor(f"{user} ({caller})" if caller else user, "", "console")


def in_words(said: Said, *, as_json: bool) -> str:
    """Return what a command has to say: a line for each thing, or one JSON object for scripts."""
    if as_json:
        return msgspec.json.encode(said).decode()
    return "\n".join(f"{name.replace('_', ' '):<14} {value}" for name, value in said.items())
