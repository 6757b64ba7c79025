"""The database stopped under an open push door: no 200 before the commit, no read lost, none doubled."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import psycopg
import pytest

from deploy.embedded.postgres import EmbeddedPostgres
from deploy.embedded.roles import INGEST, OWNER, create_roles_and_database
from deploy.invented_papers import TAKE_ALL_LIVE
from tests.ingest_samples import read
from tests.push_process import KEY, PushIngest, put_key

PLACE = f"/push/houthalen?key={KEY}"


@pytest.fixture
def server(server_folder: Path, tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """A server of the test's own, which may be stopped."""
    with EmbeddedPostgres(server_folder / tmp_path.name, settings={"shared_buffers": "32MB"}) as running:
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
        put_key(connection, "houthalen")
    return urls


@pytest.fixture
def ingest(urls: dict[str, str], tmp_path: Path) -> Iterator[PushIngest]:
    """Ingest on that database."""
    program = PushIngest(urls[INGEST], tmp_path)
    program.start()
    yield program
    program.end()


def stored(urls: dict[str, str]) -> tuple[int, int]:
    with psycopg.connect(urls[OWNER]) as connection:
        return connection.execute("SELECT count(*), count(DISTINCT plate) FROM reads").fetchone()


def test_a_stopped_database_delays_the_answer_and_every_read_is_stored_once(
        server: EmbeddedPostgres, urls: dict[str, str], ingest: PushIngest, moment: datetime) -> None:
    answers: list[int] = []

    def push(number: int) -> None:
        sent = read(moment + timedelta(seconds=number), plate=f"3-XKV-{number:03}")
        answers.append(httpx.post(ingest.address + PLACE, json=sent, timeout=60).status_code)

    push(0)
    assert answers == [200]
    server.stop()
    waiting = [threading.Thread(target=push, args=(number,)) for number in range(1, 21)]
    for one in waiting:
        one.start()
    time.sleep(2)
    assert answers == [200]
    server.start()
    for one in waiting:
        one.join(30)
    assert answers == [200] * 21
    assert stored(urls) == (21, 21)


def test_a_database_that_stays_away_is_a_503_and_the_push_comes_again_without_harm(
        server: EmbeddedPostgres, urls: dict[str, str], ingest: PushIngest, moment: datetime) -> None:
    server.stop()
    began = time.monotonic()
    refused = httpx.post(ingest.address + PLACE, json=read(moment), timeout=60)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")
    assert time.monotonic() - began < 28  # sooner than a proxy gives up
    server.start()
    assert httpx.post(ingest.address + PLACE, json=read(moment), timeout=60).json()["reads"] == 1
    assert stored(urls) == (1, 1)
