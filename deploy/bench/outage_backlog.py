"""An outage's backlog as it lies at the gateways: a file each, batches with their lengths in front, oldest first."""

import os
import random
import shutil
import struct
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from deploy.bench import traffic
from services import messages
from services.errors import ConfigurationError

GATEWAYS = [f"outage-{number}" for number in range(1, 5)]
DAYS = 30
A_BATCH = 50
_LENGTH = struct.Struct(">I")
_DISK_BYTES_A_READ = 1_000
"""In the gateways' files 260, in the database with its indexes about 500, and its log until the next checkpoint."""
_SPARE_BYTES = 10 * 1024**3


def check_disk(folder: Path, reads: int) -> None:
    """Raise ConfigurationError unless there is room for the gateways' files, the database and its log."""
    needed, free = reads * _DISK_BYTES_A_READ + _SPARE_BYTES, shutil.disk_usage(folder).free
    if free < needed:
        raise ConfigurationError(f"{reads:,} reads need {needed / 1e9:.0f} GB of disk; there are {free / 1e9:.0f}")


def cameras_of(gateway: str) -> list[str]:
    """Return a gateway's cameras: every fourth of the zone's."""
    return traffic.CAMERAS[GATEWAYS.index(gateway)::len(GATEWAYS)]


def write_all(folder: Path, reads: int, until: datetime) -> None:
    """Write about `reads` reads of the last thirty days before `until`, none of them kept in memory."""
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as workers:
        list(workers.map(_write, [folder / gateway for gateway in GATEWAYS], GATEWAYS,
                         [reads] * len(GATEWAYS), [until] * len(GATEWAYS)))


def _write(file: Path, gateway: str, reads: int, until: datetime) -> None:
    made = _make(gateway, reads, until)
    with file.open("wb") as out:
        while batch := list(islice(made, A_BATCH)):
            payload = messages.encode_batch(batch)
            out.write(_LENGTH.pack(len(payload)) + payload)


def _make(gateway: str, reads: int, until: datetime) -> Iterator[bytes]:
    """Yield a gateway's share of the reads, each of a moment of its own, so that each is a read of its own."""
    rng, fleet, cameras = random.Random(gateway), traffic.vehicles(), cameras_of(gateway)
    step, place = timedelta(days=DAYS) / reads, GATEWAYS.index(gateway)
    for turn, number in enumerate(range(place, reads, len(GATEWAYS))):
        moment = until - timedelta(days=DAYS) + step * number
        yield traffic.make_read(rng, cameras[turn % len(cameras)], moment, fleet)


def read_batches(file: Path) -> Iterator[bytes]:
    """Yield the payloads of a gateway's file."""
    with file.open("rb") as lying:
        while length := lying.read(_LENGTH.size):
            yield lying.read(_LENGTH.unpack(length)[0])
