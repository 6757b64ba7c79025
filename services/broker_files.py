"""Who may say and hear what at the broker, as the files that brokers read; written from the state of the database."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from services.errors import ConfigurationError
from services.messages import FEEDBACK_ROOT, HITS_ROOT, MAX_MESSAGE_BYTES, TOPIC_ROOT
from services.secret_files import write_secret

MAX_PACKET_BYTES = 2 * MAX_MESSAGE_BYTES
"""The brokers' limit. What lies between the two ends as one reject; at the same limit the broker would end the
connection instead, and the gateway would come back with the same message for ever."""

INGEST_USER = TOPIC_ROOT.split("/", maxsplit=1)[0]
"""Ingest's user is called like the first level of the topics: see `_INGEST_PATTERN`."""

SIMULATOR_USER = "simulator"
PROGRAM_USERS = frozenset({INGEST_USER, SIMULATOR_USER})
"""No gateway may bear one of these names: it would have the program's rights."""

PROGRAMS_FILE, PID_FILE = "programs.json", "broker.pid"

_INGEST_PATTERN = f"pattern read %u{TOPIC_ROOT.removeprefix(INGEST_USER)}/#"
# Mosquitto that reads its files again takes the rights of the `user` paragraphs from every session that is absent since
# a restart, until it is back: what is published meanwhile is acknowledged and reaches nobody
# (docs/decisions/0063-ingests-user-is-called-anpr.md). A pattern goes by the session's user name and is never lost.


class BrokerUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who may connect; topics are MQTT filters. Without a password only a certificate lets them in."""

    name: str
    password_hash: str | None = None
    publish: tuple[str, ...] = ()
    subscribe: tuple[str, ...] = ()


def ingest_user(password_hash: str | None) -> BrokerUser:
    """Return ingest: it hears every gateway, tells each what became of its messages, and sends hits to channels."""
    return BrokerUser(INGEST_USER, password_hash, (f"{FEEDBACK_ROOT}/+", f"{HITS_ROOT}/#"), (f"{TOPIC_ROOT}/#",))


def gateway_user(name: str, password_hash: str | None) -> BrokerUser:
    """Return a gateway: it speaks for itself alone, and hears what became of its own messages."""
    return BrokerUser(name, password_hash, (f"{TOPIC_ROOT}/{name}/#",), (f"{FEEDBACK_ROOT}/{name}",))


def password_file(users: Iterable[BrokerUser]) -> str:
    """Return Mosquitto's password file."""
    return "".join(f"{user.name}:{user.password_hash}\n" for user in users if user.password_hash)


def acl_file(users: Sequence[BrokerUser]) -> str:
    """Return Mosquitto's ACL file."""
    patterns = [_INGEST_PATTERN] if any(user.name == INGEST_USER for user in users) else []
    return "\n\n".join([_WRITTEN_BY, *patterns, *map(_acl_paragraph, users)]) + "\n"


def users_file(users: Iterable[BrokerUser], programs: Iterable[BrokerUser] = ()) -> str:
    """Return the embedded broker's users: like Mosquitto's two files in one; the programs' client ids are theirs."""
    known = {user.name: {"password": user.password_hash, "publish": user.publish, "subscribe": user.subscribe}
             for user in users if user.password_hash}
    document = {"maxPacketBytes": MAX_PACKET_BYTES, "programs": [user.name for user in programs], "users": known}
    return msgspec.json.format(msgspec.json.encode(document)).decode() + "\n"


def read_programs(folder: Path) -> list[BrokerUser]:
    """Return the programs' own users, as whoever set the broker up wrote them into `programs.json`.

    Raises ConfigurationError when the file cannot be understood; a folder without one has no programs yet.
    """
    try:
        return msgspec.json.decode((folder / PROGRAMS_FILE).read_bytes(), type=list[BrokerUser])
    except FileNotFoundError:
        return []
    except msgspec.DecodeError as error:
        raise ConfigurationError(f"{folder / PROGRAMS_FILE} cannot be read: {error}") from None


def write_programs(folder: Path, programs: Sequence[BrokerUser]) -> None:
    """Write the programs' own users; `write_files` then gives them to the broker."""
    text = msgspec.json.format(msgspec.json.encode(programs)).decode() + "\n"
    write_secret(folder / PROGRAMS_FILE, text, for_folder_owner=True)


def check_folder(folder: Path) -> None:
    """Raise ConfigurationError unless the broker's files can be written, before anything else is changed."""
    if not folder.is_dir():
        raise ConfigurationError(f"ZONESCHILD_BROKER_FOLDER names {folder}, which is no folder")
    read_programs(folder)
    try:
        probe = folder / ".probe"
        write_secret(probe, "")
        probe.unlink()
    except OSError as error:
        raise ConfigurationError(f"the broker's files cannot be written into {folder}: {error.strerror}") from None


def write_files(folder: Path, gateways: Iterable[BrokerUser]) -> None:
    """Write the users of the programs and of `gateways` for both brokers, each file whole or not at all."""
    programs = read_programs(folder)
    taken = PROGRAM_USERS | {program.name for program in programs}
    users = [*programs, *(gateway for gateway in gateways if gateway.name not in taken)]
    for name, text in (("passwd", password_file(users)), ("acl", acl_file(users)),
                       ("users.json", users_file(users, programs))):
        write_secret(folder / name, text, for_folder_owner=True)


_WRITTEN_BY = "# Written by `python -m services gateway` and `broker`; what is changed here by hand is lost."


def _acl_paragraph(user: BrokerUser) -> str:
    writes = [f"topic write {topic}" for topic in user.publish]
    reads = [f"topic read {topic}" for topic in user.subscribe]
    return "\n".join([f"user {user.name}", *writes, *reads])
