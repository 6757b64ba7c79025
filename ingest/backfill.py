"""Old reads in bulk: recorded messages, decoded like live ones, loaded by COPY; loading them twice changes nothing.

Each line is `{"topic": "anpr/v1/<gateway>/reads", "payload": {…}}`, the payload being any canonical message.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import msgspec
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from ingest import copying, pictures, writer
from ingest.batcher import is_passing, refusal
from ingest.decode import Decoder, Window
from ingest.incoming import Incoming
from ingest.revisions import foresee_read_ids
from ingest.rows import Batch, Raising
from services.clock import epoch_ms, utc_now
from services.database import open_engine, transaction
from services.identity import Identity
from services.images import ImageStore
from services.partitions import Weeks
from services.registry import Gateway, load_gateways
from services.settings import IngestSettings

_LINES_AT_ONCE = 100


class _Line(msgspec.Struct, frozen=True):
    topic: str
    payload: msgspec.Raw


_line = msgspec.json.Decoder(_Line)


async def run(settings: IngestSettings, file: Path) -> int:
    """Load `file` and print what came of it; return the exit code: 1 when a line is no recorded message."""
    engine = open_engine(settings, connections=2, joins_by_index=True)
    try:
        outcome = await _load(settings, engine, file)
    finally:
        await engine.dispose()
    print(", ".join(f"{number} {what}" for what, number in outcome.items()))
    return 1 if outcome["unreadable lines"] else 0


async def _load(settings: IngestSettings, engine: AsyncEngine, file: Path) -> Counter[str]:
    async with transaction(engine) as connection:
        gateways = await load_gateways(connection)
    loader = _Loader(engine, ImageStore.open(settings.images_url), Weeks(engine),
                     Identity(settings.identity_key.get_secret_value()), gateways)
    size = (await asyncio.to_thread(file.stat)).st_size
    columns = (TextColumn("backfill"), BarColumn(), MofNCompleteColumn(), TextColumn("bytes"), TimeElapsedColumn())
    with await asyncio.to_thread(file.open, "rb") as lines, Progress(*columns) as progress:
        task = progress.add_task("backfill", total=size)
        while chunk := list(islice(lines, _LINES_AT_ONCE)):
            messages = list(_messages(chunk))
            loader.total["unreadable lines"] += messages.count(None)
            await loader.load([message for message in messages if message])
            progress.update(task, advance=sum(map(len, chunk)))
    return loader.total


@dataclass(slots=True)
class _Loader:
    engine: AsyncEngine
    images: ImageStore
    weeks: Weeks
    identity: Identity
    gateways: dict[str, Gateway]
    total: Counter[str] = field(default_factory=lambda: Counter(
        {"stored": 0, "doubled": 0, "superseded": 0, "rejected": 0, "unreadable lines": 0}))

    async def load(self, messages: list[Incoming]) -> None:
        """Store `messages` in one transaction; if the database refuses them, in halves, to find the one it refuses."""
        decoder = Decoder(self.identity, self.gateways, Window.at(utc_now()))
        try:
            await self._store(Batch.of(outcome for message in messages for outcome in decoder.decode(message)))
        except DBAPIError as error:
            if is_passing(error):
                raise
            middle = len(messages) // 2
            if middle == 0:
                await self._store(Batch(rejects=[refusal(messages[0], error)]))
                return
            await self.load(messages[:middle])
            await self.load(messages[middle:])

    async def _store(self, batch: Batch) -> None:
        batch.raising = Raising.nothing
        await self.weeks.ensure(batch.mondays())
        async with transaction(self.engine) as connection:
            await foresee_read_ids(connection, [row for row in batch.rows if row.passage_key])
        failed = await pictures.put_pictures(self.images, batch.rows)
        async with transaction(self.engine) as connection:
            counts = await writer.store(connection, self.identity, batch, failed, insert=copying.insert_reads)
        for tally in counts.values():
            for what in ("stored", "doubled", "superseded", "rejected"):
                self.total[what] += getattr(tally, what)


def _messages(lines: list[bytes]) -> Iterator[Incoming | None]:
    now_ms = epoch_ms(utc_now())
    for line in lines:
        try:
            recorded = _line.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            yield None
            continue
        yield Incoming(recorded.topic, bytes(recorded.payload), now_ms)

