"""A registered zone in a database of the test's own, and the ways to store into it and to look at it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.invented_papers import TAKE_ALL_LIVE
from ingest import writer
from ingest.batcher import Batcher
from ingest.incoming import Incoming
from ingest.intake import Intake
from services.clock import to_milliseconds, utc_now
from services.database import open_engine, transaction
from services.images import ImageStore
from services.partitions import Weeks
from services.settings import IngestSettings
from tests.ingest_samples import GATEWAYS, IDENTITY, KEY, decode_batch
from tests.integration.ingest.watching import Watchlists


class Look:
    """What the owner sees in the database."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection

    def all(self, query: str, *values: object) -> list[dict[str, Any]]:
        """Return every row."""
        return self.connection.execute(query, values).fetchall()

    def one(self, query: str, *values: object) -> Any:
        """Return the first column of the only row."""
        (row,) = self.all(query, *values)
        return next(iter(row.values()))

    def reads(self) -> list[dict[str, Any]]:
        """Return every read, plate by plate."""
        return self.all("SELECT * FROM reads ORDER BY plate, captured_at")

    def counts(self, gateway_id: int = 7) -> dict[str, int]:
        """Return what was counted of a gateway, all days together."""
        (row,) = self.all("SELECT sum(stored)::int AS stored, sum(doubled)::int AS doubled, "
                          "sum(superseded)::int AS superseded, sum(rejected)::int AS rejected, "
                          "sum(heartbeats)::int AS heartbeats FROM gateway_days WHERE gateway_id = %s", gateway_id)
        return row


class Store:
    """Decodes messages and stores them in one transaction, as ingest does."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine, self.weeks = engine, Weeks(engine)

    async def __call__(self, *messages: Incoming, **how: Any) -> writer.CountsByGateway:
        """Store `messages` together; return what came of them."""
        batch = decode_batch(*messages, now=utc_now())
        await self.weeks.ensure(batch.mondays())
        async with transaction(self.engine) as connection:
            return await writer.store(connection, IDENTITY, batch, **how)


class RunningBatcher:
    """A batcher at work, with what it acknowledged."""

    def __init__(self, settings: IngestSettings, engine: AsyncEngine) -> None:
        self.intake = Intake(settings.ingest_queue_mb * 2**20)
        self.images = ImageStore.open(settings.images_url)
        self.acknowledged: list[int] = []
        batcher = Batcher(settings, engine, self.images, self.intake, self._acknowledge)
        self.task = asyncio.create_task(batcher.run())

    def _acknowledge(self, messages: Any, _answers: Any) -> None:
        self.acknowledged += [message.mid for message in messages]

    def put(self, *messages: Incoming) -> None:
        """Hand messages in, as the session does."""
        for message in messages:
            self.intake.put(message)

    async def until_acknowledged(self, count: int, seconds: float = 10) -> None:
        """Wait until `count` messages are acknowledged; a batcher that ends meanwhile fails the test."""
        await self.until(lambda: len(self.acknowledged) >= count, seconds)

    async def until(self, holds: Callable[[], bool], seconds: float = 10) -> None:
        """Wait until something holds."""
        async with asyncio.timeout(seconds):
            while not holds():
                if self.task.done():
                    self.task.result()
                await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Stop as serve() does."""
        self.task.cancel()
        await asyncio.wait([self.task])
        if not self.task.cancelled():
            self.task.exception()  # whoever wanted it has seen it


@pytest.fixture
def moment() -> datetime:
    """An hour ago: the store takes reads of real time only."""
    return to_milliseconds(utc_now() - timedelta(hours=1))


@pytest.fixture
def look(database: Any) -> Iterator[Look]:
    """The owner's eyes, on a zone with two gateways and three cameras."""
    with psycopg.connect(database.owner_url, autocommit=True, row_factory=dict_row) as connection:
        for gateway in GATEWAYS.values():
            connection.execute("INSERT INTO gateways (gateway_id, name) VALUES (%s, %s)",
                               [gateway.gateway_id, gateway.name])
            for source, camera in gateway.cameras.items():
                connection.execute("INSERT INTO cameras (camera_id, code, name) VALUES (%s, %s, %s)",
                                   [camera, f"{gateway.name}:{source}", source])
                connection.execute("INSERT INTO gateway_cameras VALUES (%s, %s, %s)",
                                   [gateway.gateway_id, source, camera])
        connection.execute(TAKE_ALL_LIVE)
        yield Look(connection)


@pytest.fixture
def settings(database: Any, look: Look, tmp_path: Path) -> IngestSettings:
    """Ingest's settings for this database, with pictures in a folder of the test's own."""
    return IngestSettings(database_url=database.ingest_url, identity_key=KEY, images_url=f"file:{tmp_path / 'images'}",
                          ingest_linger_ms=5)


@pytest.fixture
async def engine(settings: IngestSettings) -> AsyncIterator[AsyncEngine]:
    """Connections of ingest's own role."""
    engine = open_engine(settings, connections=4)
    yield engine
    await engine.dispose()


@pytest.fixture
def store(engine: AsyncEngine) -> Store:
    """A way to store messages in one transaction."""
    return Store(engine)


@pytest.fixture
async def start_batcher(settings: IngestSettings, engine: AsyncEngine) -> AsyncIterator[
        Callable[..., Awaitable[RunningBatcher]]]:
    """Start batchers with other settings if named; all are stopped at the end."""
    running: list[RunningBatcher] = []

    async def start(own_engine: AsyncEngine = engine, **changes: object) -> RunningBatcher:
        running.append(RunningBatcher(settings.model_copy(update=changes), own_engine))
        return running[-1]

    yield start
    for batcher in running:
        await batcher.stop()


@pytest.fixture
def image_folder(tmp_path: Path) -> SimpleNamespace:
    """The folder of the pictures, and two ways to treat it."""
    folder, aside = tmp_path / "images", tmp_path / "images-aside"

    def break_() -> None:
        folder.mkdir(exist_ok=True)
        folder.rename(aside)
        folder.write_text("no folder")

    def mend() -> None:
        folder.unlink()
        aside.rename(folder)

    return SimpleNamespace(path=folder, break_=break_, mend=mend)


@pytest.fixture
def watchlists(look: Look) -> Watchlists:
    """A way to put entries."""
    return Watchlists(look)
