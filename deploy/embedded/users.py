"""Who may speak to a broker of the demo or the tests: two users, their passwords and the topics they may use."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from deploy.secret_files import write_secret, write_secret_json
from services.messages import TOPIC_ROOT

_MOSQUITTO_ITERATIONS = 1000  # random passwords of 144 bits need no slow hash; Mosquitto's own default is 101


@dataclass(frozen=True, slots=True)
class BrokerUser:
    """One user: the beginnings of the topics on which it may publish and to which it may subscribe."""

    name: str
    publish: tuple[str, ...] = ()
    subscribe: tuple[str, ...] = ()


USERS = (
    BrokerUser("ingest", subscribe=(f"{TOPIC_ROOT}/",)),
    BrokerUser("simulator", publish=(f"{TOPIC_ROOT}/",)),
)


def load_passwords(file: Path) -> dict[str, str]:
    """Return every user's password, random, made at the first call and kept readable by its owner only."""
    if not file.exists():
        write_secret_json(file, {user.name: secrets.token_urlsafe(18) for user in USERS})
    stored: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return stored


def aedes_user(user: BrokerUser, password: str) -> dict[str, object]:
    """Return what broker.mjs wants to know of a user: salt, scrypt hash and rights."""
    salt = secrets.token_hex(16)
    hashed = hashlib.scrypt(password.encode(), salt=salt.encode(), n=16384, r=8, p=1, dklen=32)
    return {"salt": salt, "hash": hashed.hex(), "publish": user.publish, "subscribe": user.subscribe}


def mosquitto_password_line(user: BrokerUser, password: str) -> str:
    """Return the user's line of a Mosquitto password file (`$7$`: PBKDF2 with SHA-512)."""
    salt = secrets.token_bytes(12)
    hashed = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _MOSQUITTO_ITERATIONS, dklen=64)
    salt_text, hash_text = (base64.b64encode(part).decode() for part in (salt, hashed))
    return f"{user.name}:$7${_MOSQUITTO_ITERATIONS}${salt_text}${hash_text}"


def mosquitto_acl(user: BrokerUser) -> str:
    """Return the user's paragraph of a Mosquitto ACL file."""
    writes = [f"topic write {prefix}#" for prefix in user.publish]
    reads = [f"topic read {prefix}#" for prefix in user.subscribe]
    return "\n".join([f"user {user.name}", *writes, *reads])


def write_mosquitto_users(folder: Path) -> None:
    """Write Mosquitto's password file and ACL file into `folder`."""
    passwords = load_passwords(folder / "passwords.json")
    lines = [mosquitto_password_line(user, passwords[user.name]) for user in USERS]
    write_secret(folder / "passwd", "\n".join(lines) + "\n")
    write_secret(folder / "acl", "\n\n".join(map(mosquitto_acl, USERS)) + "\n")


def write_aedes_users(folder: Path, most_bytes: int) -> None:
    """Write the users.json that broker.mjs reads into `folder`."""
    passwords = load_passwords(folder / "passwords.json")
    users = {user.name: aedes_user(user, passwords[user.name]) for user in USERS}
    write_secret_json(folder / "users.json", {"maxPacketBytes": most_bytes, "users": users})
