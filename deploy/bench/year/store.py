"""The year's own PostgreSQL cluster: built once for a number of reads, kept, and started anew for every measurement."""

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import msgspec
import psycopg
from rich.console import Console

from deploy.bench.stand import FOLDER, ROOT, Stand
from deploy.bench.year.days import open_world
from deploy.bench.year.filling import Week, fill_dictionary, fill_week, prepare, vacuum_rest, vacuum_week, weeks_of
from deploy.embedded.postgres import EmbeddedPostgres
from deploy.embedded.roles import OWNER, create_roles_and_database
from services.clock import local_day, utc_now
from services.errors import ConfigurationError
from services.retention_rule import cut_off
from simulator.network import DATA, load_network

FILL_VERSION = 2
"""Raised when what is filled changes: a store of another version is built anew."""

BYTES_A_READ = 280
"""What a read takes on the disk with indexes, its share of the dictionary and of what filling needs meanwhile."""
FIXED_BYTES = 3 * 1024**3
SPARE_BYTES = 10 * 1024**3
_MOST_AGE = timedelta(days=10)
_WORKERS = 2
_DATABASE = "bench_year"
# Nothing here has to survive a power cut before the marker is written.
_FILLING = {"wal_level": "minimal", "max_wal_senders": "0", "fsync": "off", "synchronous_commit": "off",
            "full_page_writes": "off", "autovacuum": "off", "max_wal_size": "1GB",
            "shared_buffers": "2GB"}
_MOST_BUFFERS_MB = 4096


_NIGHTLY = (("network", "load", str(DATA / "zone_road_graph.csv"), str(DATA / "zone_road_paths.geojson")),
            ("travel-times",), ("learn",), ("rhythms",))
"""What a zone's timers would have worked out of the reads by now, after the road network was loaded."""


class Filled(msgspec.Struct, frozen=True):
    """What was built, as the folder keeps it: the marker that it is whole."""

    schema: str
    version: int
    reads: int
    plates: int
    first: date
    last: date
    database_bytes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Year:
    """A built store."""

    folder: Path
    filled: Filled

    @contextmanager
    def serve(self, *, cold: bool = True) -> Iterator[Stand]:
        """Start the server, with `cold` none of its files in the machine's memory, and stop it in the end."""
        if cold:
            forget_pages(self.folder)
        with _server(self.folder, serving_settings()) as stand:
            yield stand


def serving_settings() -> dict[str, str]:
    """Return PostgreSQL's settings for asking: a quarter of the memory, 4 GB at most; everything else as it comes."""
    memory_mb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    return {"shared_buffers": f"{min(_MOST_BUFFERS_MB, memory_mb // 4)}MB", "max_wal_size": "4GB"}


def open_year(rows: int, *, fresh: bool = False, folder: Path = FOLDER) -> Year:
    """Return a store of about `rows` reads of the last legal year, built if there is none that still holds.

    Raises ConfigurationError when the disk has no room for it.
    """
    home = folder / f"year-{rows}"
    filled = None if fresh else _find(home)
    if filled is None:
        shutil.rmtree(home, ignore_errors=True)
        check_disk(folder, rows)
        filled = _build(home, rows)
    return Year(home, filled)


def check_disk(folder: Path, rows: int) -> None:
    """Raise ConfigurationError, naming what would fit, unless there is room for `rows` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if needed_bytes(rows) > free:
        fits = max(0, (free - FIXED_BYTES - SPARE_BYTES) // BYTES_A_READ // 1_000_000)
        raise ConfigurationError(f"{rows:,} reads need {needed_bytes(rows) / 1e9:.0f} GB of disk, and "
                                 f"{free / 1e9:.0f} GB are free: ROWS={fits}000000 would fit")


def needed_bytes(rows: int) -> int:
    """Return how much free disk a store of `rows` reads asks for, a tenth of the disk's worth left over."""
    return rows * BYTES_A_READ + FIXED_BYTES + SPARE_BYTES


def schema_digest() -> str:
    """Return what stands for the schema: a digest of all migrations."""
    files = sorted((ROOT / "services/migrations/versions").glob("*.py"))
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:16]


def legal_year(now: datetime) -> tuple[date, date]:
    """Return the first day that lies wholly behind the cut-off, and today, which is no longer filled."""
    return local_day(cut_off(now)) + timedelta(days=1), local_day(now)


def forget_pages(folder: Path) -> None:
    """Have the machine's memory forget the files below `folder`; no other program's files suffer."""
    os.sync()
    for file in folder.rglob("*"):
        if file.is_file():
            handle = os.open(file, os.O_RDONLY)
            try:
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(handle)


def _find(home: Path) -> Filled | None:
    """Return what was built before, None when there is nothing or it is of another schema, version or time."""
    try:
        filled = msgspec.json.decode((home / "filled.json").read_bytes(), type=Filled)
    except (OSError, msgspec.MsgspecError):
        return None
    same = filled.schema == schema_digest() and filled.version == FILL_VERSION
    return filled if same and local_day(utc_now()) - filled.last <= _MOST_AGE else None


@contextmanager
def _server(home: Path, settings: dict[str, str]) -> Iterator[Stand]:
    with EmbeddedPostgres(home / "postgres", settings=settings) as server:
        yield Stand(create_roles_and_database(server.superuser_url, home / "roles.json", _DATABASE))


def _build(home: Path, rows: int) -> Filled:
    began, (first, last) = time.monotonic(), legal_year(utc_now())
    home.mkdir(parents=True)
    with _server(home, _FILLING) as stand:
        stand.run("services", "migrate")
        stand.run("services", "cameras", "load", str(DATA / "zone_cameras.csv"))
        stand.run("services", "cameras", "papers", str(DATA / "zone_camera_papers.csv"))
        stand.run("services", "cameras", "live", "--all")
        weeks = weeks_of(stand.urls[OWNER], rows // (last - first).days, first, last)
        with stand.connect() as connection:
            prepare(connection, load_network(), weeks)
        reads = sum(_fill(weeks))
        with stand.connect() as connection:
            Console().print("filling the dictionary of plates …")
            plates = fill_dictionary(connection)
            vacuum_rest(connection)
        for command in _NIGHTLY:
            stand.run("services", *command)
        with stand.connect() as connection:
            size = _database_bytes(connection)
    os.sync()  # the server was told not to
    filled = Filled(schema_digest(), FILL_VERSION, reads, plates, first, last, size, time.monotonic() - began)
    (home / "filled.json").write_bytes(msgspec.json.encode(filled))
    return filled


def _fill(weeks: list[Week]) -> Iterator[int]:
    """Fill the weeks, two at a time, and tell how far it is."""
    began, done = time.monotonic(), 0
    open_world(weeks[0].rows_a_day)  # a mistake in it is told once, not by every worker
    with ProcessPoolExecutor(_WORKERS, get_context("spawn")) as workers:
        for begin in range(0, len(weeks), _WORKERS):
            some = weeks[begin:begin + _WORKERS]
            reads = sum(workers.map(fill_week, some))
            list(workers.map(vacuum_week, some))
            done += reads
            if begin % 10 == 0 or some[-1] is weeks[-1]:
                rate = done / (time.monotonic() - began)
                Console().print(f"{begin + len(some)} of {len(weeks)} weeks, {done:,} reads, {rate:,.0f} a second")
            yield reads


def _database_bytes(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    return int(row[0]) if row else 0
