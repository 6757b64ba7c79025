"""`history.jsonl`: the cases' reads among all the others, in batches by gateway, some of them with pictures."""

from binascii import b2a_base64
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from zlib import crc32

import msgspec
import numpy as np

from services.clock import epoch_ms
from services.messages import encode_batch, reads_topic
from simulator.faults import Sighting
from simulator.render import render_passage
from simulator.sightings import compose, look_at, paint
from simulator.story.background import Background, sighting_at
from simulator.story.tale import Case

BATCH_READS = 200
BATCH_BYTES = 2 * 1024 * 1024
"""With pictures a batch is full sooner: a message may have 8 MB, and loading holds several at once."""
PICTURED_NEIGHBOURS = 300
_NEAR_MS = 60 * 60_000
_EACH = 24


def write_history(path: Path, background: Background, cases: Sequence[Case], pictured: int, anchor: datetime) -> int:
    """Write all reads up to the anchor to `path`, one batch a line; return how many reads.

    The cases' reads have pictures, and so have at most `pictured` others near them.
    """
    neighbours = choose_neighbours(background, cases, pictured)
    reads = list(_gather(background, cases, set(neighbours), anchor))
    with path.open("wb") as file:
        for gateway, batch in _batches(reads):
            topic = msgspec.json.encode(reads_topic(gateway))
            file.write(b'{"topic":' + topic + b',"payload":' + encode_batch(batch) + b"}\n")
    return len(reads)


def _gather(background: Background, cases: Sequence[Case], pictured: set[int],
            anchor: datetime) -> Iterator[tuple[str, int, bytes]]:
    """Yield gateway, milliseconds and JSON of every read."""
    gateways = [camera.gateway for camera in background.passages.cameras]
    columns = zip(background.passages.camera.tolist(), background.passages.captured_ms.tolist(), background.reads,
                  strict=True)
    for row, (camera, captured, read) in enumerate(columns):
        yield gateways[camera], captured, _with_pictures(background, row, read) if row in pictured else read
    for case in cases:
        for number, sighting in enumerate(case.sightings):
            read = _case_read(sighting, f"{case.id}-{anchor:%Y%m%d}-{number}")
            yield sighting.passage.camera.gateway, epoch_ms(sighting.captured_at), read


def choose_neighbours(background: Background, cases: Sequence[Case], most: int) -> list[int]:
    """Return at most `most` rows for pictures: what the same gateway's cameras saw nearest to each read of a case."""
    passages = background.passages
    gateway = np.array([camera.gateway for camera in passages.cameras])[passages.camera]
    chosen: dict[int, None] = {}
    for sighting in (sighting for case in cases for sighting in case.sightings):
        moment = epoch_ms(sighting.captured_at)
        low, high = np.searchsorted(passages.captured_ms, [moment - _NEAR_MS, moment + _NEAR_MS])
        rows = low + np.flatnonzero(gateway[low:high] == sighting.passage.camera.gateway)
        nearest = rows[np.argsort(np.abs(passages.captured_ms[rows] - moment), kind="stable")]
        chosen.update(dict.fromkeys(nearest[:_EACH].tolist()))
    return list(chosen)[:most]


def _case_read(sighting: Sighting, passage_id: str) -> bytes:
    pictures = paint(render_passage, sighting, look_at(sighting), crc32(passage_id.encode()))
    return compose(sighting, passage_id, look_at(sighting), pictures)


def _with_pictures(background: Background, row: int, read: bytes) -> bytes:
    """Return the read with both pictures of what truly passed."""
    sighting = sighting_at(background, row)
    plate, overview = paint(render_passage, sighting, look_at(sighting), crc32(read))
    images = b",".join(b'{"kind":"%s","data":"%s"}' % (kind, b2a_base64(data, newline=False))
                       for kind, data in ((b"plate", plate), (b"overview", overview)))
    return read[:-1] + b',"images":[' + images + b"]}"


def _batches(reads: Iterable[tuple[str, int, bytes]]) -> Iterator[tuple[str, list[bytes]]]:
    """Yield gateway and JSON of the reads, gateway by gateway, each in time order."""
    by_gateway: dict[str, list[tuple[int, bytes]]] = {}
    for gateway, captured, read in reads:
        by_gateway.setdefault(gateway, []).append((captured, read))
    for gateway, timed in sorted(by_gateway.items()):
        batch: list[bytes] = []
        size = 0
        for _, read in sorted(timed):
            if batch and (len(batch) == BATCH_READS or size + len(read) > BATCH_BYTES):
                yield gateway, batch
                batch, size = [], 0
            batch.append(read)
            size += len(read)
        yield gateway, batch
