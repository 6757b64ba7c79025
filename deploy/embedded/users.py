"""Who may speak to a broker of the demo or the tests before any gateway is registered: ingest and the simulator."""

import json
from pathlib import Path

from services.broker_files import (
    INGEST_USER,
    SIMULATOR_USER,
    BrokerUser,
    ingest_user,
    write_files,
    write_programs,
)
from services.messages import TOPIC_ROOT
from services.mqtt_passwords import make_password, password_hash
from services.secret_files import write_secret_json

USERS = {"ingest": INGEST_USER, "simulator": SIMULATOR_USER}
"""Program → its user at the broker."""


def load_passwords(file: Path) -> dict[str, str]:
    """Return every program's password, random, made at the first call and kept readable by its owner only."""
    if not file.exists():
        write_secret_json(file, {program: make_password() for program in USERS})
    stored: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return stored


def credentials(folder: Path, program: str) -> tuple[str, str]:
    """Return a program's user and password at the broker of `folder`."""
    return USERS[program], load_passwords(folder / "passwords.json")[program]


def simulator_user(hashed: str) -> BrokerUser:
    """Return the simulator: it plays every gateway, which none of them may do."""
    return BrokerUser(SIMULATOR_USER, hashed, publish=(f"{TOPIC_ROOT}/#",))


def write_users(folder: Path) -> None:
    """Write the programs' users into the folder of a broker that knows no gateway yet."""
    passwords = load_passwords(folder / "passwords.json")
    write_programs(folder, [ingest_user(password_hash(passwords["ingest"])),
                            simulator_user(password_hash(passwords["simulator"]))])
    write_files(folder, ())
