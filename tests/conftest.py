"""Real servers for every test: PostgreSQL and brokers, in containers when a Docker engine answers, else embedded."""

import importlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from threading import Thread
from types import ModuleType
from typing import Any, Protocol
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from deploy.embedded.broker import EmbeddedBroker, MosquittoBroker
from deploy.embedded.docker import docker_answers
from deploy.embedded.postgres import EmbeddedPostgres
from deploy.embedded.roles import INGEST, OWNER, SEARCH, allow_roles, create_roles_and_database

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "zoneschild_template"
# Nobody cuts the power of the server that tests share: what waits for a disk, waits for nothing.
SETTINGS = {"shared_buffers": "128MB", "max_connections": "200", "fsync": "off", "full_page_writes": "off"}
LONGEST = ("browser/test_every_page", "integration/simulator/test_score", "browser", "integration/deploy",
           "integration/ingest")
"""What begins first, so that in the end no processor waits for another."""
MEMORY, MEMORY_BYTES = Path("/dev/shm"), 2 * 2**30


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that last longest first."""
    items.sort(key=lambda item: next((place for place, name in enumerate(LONGEST)
                                      if item.nodeid.startswith(f"tests/{name}")), len(LONGEST)))


class BrokerServer(Protocol):
    """A running broker, whichever it is."""

    def url_for(self, user: str) -> str:
        """`mqtt://user:password@host:port` for the user `ingest` or `simulator`."""


@dataclass(frozen=True, slots=True)
class Template:
    """The migrated database from which every test's own is copied."""

    superuser_url: str
    role_urls: dict[str, str]
    strategy: str
    """How PostgreSQL copies it."""


@dataclass(frozen=True, slots=True)
class Database:
    """One test's own database, migrated and empty, as each of the three roles sees it."""

    owner_url: str
    ingest_url: str
    search_url: str
    name: str


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """A folder that every user can reach: where root must run PostgreSQL as nobody, pytest's own would not do."""
    with tempfile.TemporaryDirectory(prefix="zoneschild-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="session")
def with_docker() -> bool:
    """Whether the servers run in containers: a Docker engine answers, and ZONESCHILD_TEST_DOCKER does not say 0."""
    return os.environ.get("ZONESCHILD_TEST_DOCKER") != "0" and docker_answers()


@pytest.fixture(scope="session")
def postgres_server(server_folder: Path, with_docker: bool) -> Iterator[str]:
    """The superuser's address of a PostgreSQL server."""
    with memory_folder() as memory:
        server: Any = EmbeddedPostgres((memory or server_folder) / "postgres", settings=SETTINGS)
        if with_docker:
            server = container_module().PostgresContainerServer(SETTINGS)
        with server:
            yield server.superuser_url


@contextmanager
def memory_folder() -> Iterator[Path | None]:
    """A folder in memory, or None where there is too little of it: a server with its tests' databases takes half a GB.

    Each database is six hundred files that live for a second: making one took 0.3 s to 1.2 s on a disk, here 0.03 s.
    """
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < MEMORY_BYTES:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="zoneschild-", dir=MEMORY) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="session")
def database_template(postgres_server: str, server_folder: Path) -> Template:
    """A database with the roles and the whole schema, made once by the product's own migration."""
    urls = create_roles_and_database(postgres_server, server_folder / "roles.json", TEMPLATE)
    hash_cheaply(postgres_server, urls)
    environment = {**os.environ, "ZONESCHILD_DATABASE_URL": urls[OWNER]}
    done = subprocess.run([sys.executable, "-m", "services", "migrate"], cwd=ROOT, env=environment,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"python -m services migrate failed:\n{done.stdout}{done.stderr}"
    return Template(postgres_server, urls, strategy_for(postgres_server))


def hash_cheaply(superuser_url: str, role_urls: dict[str, str]) -> None:
    """Give the roles the same passwords, hashed once and not 4,096 times: tests log in thirty thousand times."""
    with psycopg.connect(superuser_url) as connection:
        connection.execute("SET scram_iterations = 1")
        for role, url in role_urls.items():
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                sql.Identifier(role), sql.Literal(urlsplit(url).password)))


def strategy_for(superuser_url: str) -> str:
    """Tell how to copy a database: file by file takes half as long in memory, and twice as long on a disk."""
    with psycopg.connect(superuser_url) as connection:
        (folder,) = connection.execute("SHOW data_directory").fetchone() or ("",)
    return "FILE_COPY" if Path(folder).is_relative_to(MEMORY) else "WAL_LOG"


class Databases:
    """Makes the next tests' databases, and drops those of the last ones, while a test runs."""

    def __init__(self, template: Template) -> None:
        self._template = template
        self._work: Queue[Callable[[psycopg.Connection], None] | None] = Queue()
        self._ready: Queue[str | Exception] = Queue()
        for _ in range(2):
            self._work.put(self._make)
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def take(self) -> str:
        """Return the name of a fresh database."""
        self._work.put(self._make)
        made = self._ready.get(timeout=120)
        if isinstance(made, Exception):
            raise made
        return made

    def give_back(self, name: str) -> None:
        """Have a database dropped, whoever is still connected."""
        self._work.put(lambda connection: _drop(connection, name))

    def close(self) -> None:
        """Wait until everything that was given back is dropped."""
        self._work.put(None)
        self._thread.join()

    def _run(self) -> None:
        with psycopg.connect(self._template.superuser_url, autocommit=True) as connection:
            for work in iter(self._work.get, None):
                try:
                    work(connection)
                except psycopg.Error as error:
                    self._ready.put(error)

    def _make(self, connection: psycopg.Connection) -> None:
        name = f"test_{secrets.token_hex(6)}"
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY {}").format(
            sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(TEMPLATE), sql.SQL(self._template.strategy)))
        allow_roles(connection, name)
        self._ready.put(name)


def _drop(connection: psycopg.Connection, name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def databases(database_template: Template) -> Iterator[Databases]:
    """Databases for tests, made and dropped in the background."""
    made = Databases(database_template)
    yield made
    made.close()


@pytest.fixture
def database(database_template: Template, databases: Databases) -> Iterator[Database]:
    """A database of the test's own, gone after it."""
    name = databases.take()
    urls = {role: url.replace(f"/{TEMPLATE}", f"/{name}") for role, url in database_template.role_urls.items()}
    yield Database(urls[OWNER], urls[INGEST], urls[SEARCH], name)
    databases.give_back(name)


@pytest.fixture(scope="session")
def broker(server_folder: Path, with_docker: bool) -> Iterator[BrokerServer]:
    """An MQTT broker with the users `ingest` and `simulator`: 3.1.1 at least."""
    kind: Any = container_module().MosquittoContainerBroker if with_docker else EmbeddedBroker
    with kind(server_folder / "broker") as running:
        yield running


@pytest.fixture(scope="session")
def mosquitto(server_folder: Path, with_docker: bool) -> Iterator[BrokerServer]:
    """Mosquitto, the broker of production: MQTT 3.1.1 and 5."""
    kind: Any = container_module().MosquittoContainerBroker if with_docker else MosquittoBroker
    with kind(server_folder / "mosquitto") as running:
        yield running


def container_module() -> ModuleType:
    """Import testcontainers only where there is an engine: it takes a second."""
    return importlib.import_module("deploy.embedded.containers")
