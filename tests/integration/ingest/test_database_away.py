"""The database stopped under a working ingest and started again: the same process stores what was waiting."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from deploy.embedded.postgres import EmbeddedPostgres
from deploy.embedded.roles import INGEST, OWNER, create_roles_and_database
from deploy.invented_papers import TAKE_ALL_LIVE
from services.database import open_engine
from services.settings import IngestSettings
from tests.ingest_samples import KEY, incoming, read


@pytest.fixture
def server(server_folder: Path) -> Iterator[EmbeddedPostgres]:
    """A server of the test's own, which may be stopped."""
    with EmbeddedPostgres(server_folder / "postgres-that-stops", settings={"shared_buffers": "32MB"}) as running:
        yield running


@pytest.fixture
def urls(server: EmbeddedPostgres, tmp_path: Path) -> dict[str, str]:
    """The addresses of a migrated database in it, with one camera."""
    urls = create_roles_and_database(server.superuser_url, tmp_path / "roles.json")
    subprocess.run([sys.executable, "-m", "services", "migrate"], check=True, capture_output=True,
                   env={"ZONESCHILD_DATABASE_URL": urls[OWNER]})
    with psycopg.connect(urls[OWNER]) as connection:
        connection.execute("INSERT INTO gateways (gateway_id, name) VALUES (7, 'houthalen')")
        connection.execute("INSERT INTO cameras (camera_id, code, name) VALUES (11, 'cam1', 'cam1')")
        connection.execute(TAKE_ALL_LIVE)
        connection.execute("INSERT INTO gateway_cameras VALUES (7, 'cam1', 11)")
    return urls


async def test_a_stopped_database_costs_nothing_but_time(server: EmbeddedPostgres, urls: dict[str, str],
                                                         start_batcher: Any, moment: datetime, tmp_path: Path) -> None:
    own = IngestSettings(database_url=urls[INGEST], identity_key=KEY, images_url=f"file:{tmp_path / 'images'}")
    engine = open_engine(own, connections=4)
    batcher = await start_batcher(engine)
    batcher.put(incoming(read(moment), mid=1))
    await batcher.until_acknowledged(1)
    await asyncio.to_thread(server.stop)
    for number in range(2, 12):
        batcher.put(incoming(read(moment + timedelta(seconds=number)), mid=number))
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.5)
    assert batcher.acknowledged == [1]
    await asyncio.to_thread(server.start)
    await batcher.until_acknowledged(11, seconds=20)
    assert batcher.acknowledged == list(range(1, 12))
    with psycopg.connect(urls[OWNER]) as connection:
        assert connection.execute("SELECT count(*) FROM reads").fetchone() == (11,)
        assert connection.execute("SELECT sum(stored), sum(doubled) FROM gateway_days").fetchone() == (11, 0)
    await batcher.stop()
    await engine.dispose()
