"""The test stand: a database of its own with the real schema and roles, and the product's programs as processes."""

# ruff: noqa: S603 - the programs started here are our own

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import psycopg

from deploy.embedded.postgres import EmbeddedPostgres
from deploy.embedded.roles import INGEST, OWNER, SEARCH, create_roles_and_database
from deploy.processes import LOOPBACK, free_port, stop_child

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "var" / "bench"
KEY = "bench" * 8
_READY_S = 120.0


@dataclass(frozen=True, slots=True)
class Stand:
    """A running database, migrated and otherwise empty, as each role reaches it."""

    urls: dict[str, str]

    def connect(self) -> psycopg.Connection:
        """Connect as the owner; every statement commits by itself."""
        return psycopg.connect(self.urls[OWNER], autocommit=True)

    def environment(self, role: str, **settings: str) -> dict[str, str]:
        """Return the environment of a program that speaks to the database as `role`."""
        known = {"DATABASE_URL": self.urls[role], "IDENTITY_KEY": KEY, "AUDIT_KEY": KEY, "SECOND_FACTOR": "offered",
                 "IMAGES_URL": f"file:{FOLDER}/images"}
        ours = {f"ZONESCHILD_{name}": value for name, value in (known | settings).items()}
        return {**{name: value for name, value in os.environ.items() if not name.startswith("ZONESCHILD_")}, **ours}

    def run(self, *arguments: str, standard_input: str = "", **settings: str) -> str:
        """Run one of the product's own commands as the owner and return what it printed."""
        done = subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, env=self.environment(OWNER, **settings),
                              check=True, input=standard_input, capture_output=True, text=True)
        return done.stdout.strip()


@contextmanager
def open_stand(name: str) -> Iterator[Stand]:
    """Start PostgreSQL with a fresh database `name`, and drop the database in the end."""
    # A bench reads and writes more than a laptop's demo: the write-ahead log may grow before it is checkpointed.
    with EmbeddedPostgres(FOLDER / "postgres", settings={"max_wal_size": "8GB"}) as server:
        superuser = server.superuser_url
        _drop(superuser, name)
        stand = Stand(create_roles_and_database(superuser, FOLDER / "roles.json", name))
        stand.run("services", "migrate")
        try:
            yield stand
        finally:
            _drop(superuser, name)


def _drop(superuser_url: str, name: str) -> None:
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # our own constant


@contextmanager
def program(module: str, environment: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run `python -m module`, its log in var/bench, and stop it in the end."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{module}.log").open("wb") as log:
        child = subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=ROOT, env=environment, stdout=log,
                                 stderr=log)
        try:
            yield child
        finally:
            stop_child(child)


def reserve_port() -> str:
    """Return a free port of loopback, as a setting's text."""
    return str(free_port())


def wait_for_http(port: str, path: str) -> None:
    """Wait until `path` answers on `port` of loopback; raises TimeoutError after two minutes."""
    deadline = time.monotonic() + _READY_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{port}{path}", timeout=2):  # our own
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise TimeoutError(f"nothing answers on port {port}; see the logs in {FOLDER}")


__all__ = ["FOLDER", "INGEST", "KEY", "OWNER", "SEARCH", "Stand", "open_stand", "program", "reserve_port",
           "wait_for_http"]
