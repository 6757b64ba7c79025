"""The product's database and its three roles, made on any PostgreSQL of which the superuser's address is known."""

import json
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from services.secret_files import write_secret_json

ROLES = ("zoneschild_owner", "zoneschild_ingest", "zoneschild_search")
OWNER, INGEST, SEARCH = ROLES


def create_roles_and_database(superuser_url: str, passwords: Path, name: str = "zoneschild") -> dict[str, str]:
    """Make the login roles and the database `name`, owned by the owner; return each role's address of it.

    May be repeated. The roles' random passwords are kept in the file `passwords`, readable by its owner only.
    """
    role_passwords = _load_or_make(passwords)
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        for role, password in role_passwords.items():
            _make_role(connection, role, password)
        _make_database(connection, name)
    return {role: address(superuser_url, role, password, name) for role, password in role_passwords.items()}


def address(superuser_url: str, role: str, password: str, name: str) -> str:
    """Return the address of database `name` for `role`, on the same server as `superuser_url`."""
    parts = urlsplit(superuser_url)
    host = f"{parts.hostname or '127.0.0.1'}:{parts.port or 5432}"
    return parts._replace(netloc=f"{role}:{password}@{host}", path=f"/{name}").geturl()


def _load_or_make(passwords: Path) -> dict[str, str]:
    if not passwords.exists():
        write_secret_json(passwords, {role: secrets.token_urlsafe(24) for role in ROLES})
    stored: dict[str, str] = json.loads(passwords.read_text(encoding="utf-8"))
    return stored


def _make_role(connection: psycopg.Connection, role: str, password: str) -> None:
    """Create the role or set its password: the file is what counts."""
    exists = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).rowcount > 0
    verb = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}") if exists else sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
    # PostgreSQL takes a password here as text only; it is hashed on our side so that no log can hold it.
    hashed = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    connection.execute(verb.format(sql.Identifier(role), sql.Literal(hashed)))


def _make_database(connection: psycopg.Connection, name: str) -> None:
    exists = connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount > 0
    if not exists:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
            sql.Identifier(name), sql.Identifier(OWNER)))
    allow_roles(connection, name)


def allow_roles(connection: psycopg.Connection, name: str) -> None:
    """Let the product's roles, and nobody else, connect to database `name`; a copied database needs it again."""
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
        sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, ROLES))))
