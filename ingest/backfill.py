"""Old reads in bulk: recorded messages, decoded like live ones, loaded by COPY; loading them twice changes nothing.

Each line is `{"topic": "anpr/v1/<gateway>/reads", "payload": {…}}`, the payload being any canonical message.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy.ext.asyncio import AsyncEngine

from ingest import copying, pictures, writer
from ingest.decode import Decoder, Window
from ingest.rows import Batch, Incoming
from services.clock import epoch_ms, utc_now
from services.database import open_engine, transaction
from services.identity import Identity
from services.images import ImageStore
from services.partitions import Weeks
from services.registry import load_gateways
from services.settings import IngestSettings

_LINES_AT_ONCE = 100


class _Line(msgspec.Struct, frozen=True):
    topic: str
    payload: msgspec.Raw


_line = msgspec.json.Decoder(_Line)


async def run(settings: IngestSettings, file: Path) -> int:
    """Load `file` and print what came of it; return the exit code: 1 when a line is no recorded message."""
    engine = open_engine(settings, connections=2)
    try:
        outcome = await _load(settings, engine, file)
    finally:
        await engine.dispose()
    print(", ".join(f"{number} {what}" for what, number in outcome.items()))
    return 1 if outcome["unreadable lines"] else 0


async def _load(settings: IngestSettings, engine: AsyncEngine, file: Path) -> Counter[str]:
    images, weeks = ImageStore.open(settings.images_url), Weeks(engine)
    identity = Identity(settings.identity_key.get_secret_value())
    async with transaction(engine) as connection:
        gateways = await load_gateways(connection)
    total: Counter[str] = Counter({"stored": 0, "doubled": 0, "superseded": 0, "rejected": 0, "unreadable lines": 0})
    size = (await asyncio.to_thread(file.stat)).st_size
    columns = (TextColumn("backfill"), BarColumn(), MofNCompleteColumn(), TextColumn("bytes"), TimeElapsedColumn())
    with await asyncio.to_thread(file.open, "rb") as lines, Progress(*columns) as progress:
        task = progress.add_task("backfill", total=size)
        while chunk := list(islice(lines, _LINES_AT_ONCE)):
            decoder = Decoder(identity, gateways, Window.at(utc_now()))
            batch, unreadable = _decode(decoder, chunk)
            total["unreadable lines"] += unreadable
            await weeks.ensure(batch.mondays())
            failed = await pictures.put_pictures(images, batch.rows)
            async with transaction(engine) as connection:
                counts = await writer.store(connection, identity, batch, failed, insert=copying.insert_reads)
            for tally in counts.values():
                for what in ("stored", "doubled", "superseded", "rejected"):
                    total[what] += getattr(tally, what)
            progress.update(task, advance=sum(map(len, chunk)))
    return total


def _decode(decoder: Decoder, lines: list[bytes]) -> tuple[Batch, int]:
    messages = list(_messages(lines))
    batch = Batch.of(outcome for message in messages if message for outcome in decoder.decode(message))
    return batch, messages.count(None)


def _messages(lines: list[bytes]) -> Iterator[Incoming | None]:
    now_ms = epoch_ms(utc_now())
    for line in lines:
        try:
            recorded = _line.decode(line)
        except msgspec.DecodeError:
            yield None
            continue
        yield Incoming(recorded.topic, bytes(recorded.payload), now_ms)

