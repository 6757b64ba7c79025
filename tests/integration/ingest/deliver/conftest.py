"""A database with hits and channels, receivers, and deliverers that empty the outbox."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import psycopg
import pytest

from deploy.processes import free_port
from services.settings import DeliverSettings
from tests.ingest_samples import KEY
from tests.integration.ingest.deliver.receivers import MailReceiver, MailServer, Outbox, Running, WebReceiver
from tests.integration.services.hits_world import HitsWorld

AUDIT_KEY = b"a" * 40


@pytest.fixture
def world(database: Any) -> Iterator[HitsWorld]:
    """The owner's hands."""
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        yield HitsWorld(connection)


@pytest.fixture
def outbox(world: HitsWorld) -> Outbox:
    """Channels and their deliveries."""
    return Outbox(world)


@pytest.fixture
def receiver() -> Iterator[WebReceiver]:
    """A web server that listens."""
    made = WebReceiver()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def mail_server() -> Iterator[tuple[MailServer, MailReceiver]]:
    """A mail server without TLS, and its memory."""
    memory = MailReceiver()
    server = MailServer(memory, hostname="127.0.0.1", port=free_port())
    server.start()
    yield server, memory
    server.stop()


@pytest.fixture
def settings(database: Any) -> DeliverSettings:
    """The deliverer's settings for this database, without broker and mail server."""
    return DeliverSettings(database_url=database.ingest_url, identity_key=KEY, audit_key=AUDIT_KEY,
                           pages_url="https://anpr.zone.example/")


@pytest.fixture
async def start(settings: DeliverSettings) -> AsyncIterator[Callable[..., Running]]:
    """Start deliverers with other settings if named; all are stopped at the end."""
    running: list[Running] = []

    def start(**changes: object) -> Running:
        running.append(Running(settings.model_copy(update=changes)))
        return running[-1]

    yield start
    for one in running:
        if not one.task.done():
            await one.stop()
