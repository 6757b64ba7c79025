"""Backfill: old reads in bulk, twice the same, with what is no recorded message counted and told."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest import backfill, copying, writer
from services.database import transaction
from services.images import ImageStore, Kind
from tests.ingest_samples import IDENTITY, JPEG, TOPIC, decode_batch, incoming, picture, read, reading


@pytest.fixture
def load(settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Load lines and return the exit code and the counts that were printed."""
    async def run(*lines: str) -> tuple[int, dict[str, int]]:
        file = tmp_path / "recorded.jsonl"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        code = await backfill.run(settings, file)
        said = capsys.readouterr().out.strip().splitlines()[-1]
        return code, {what: int(number) for number, what in (part.split(" ", 1) for part in said.split(", "))}

    return run


def line(message: object, topic: str = TOPIC) -> str:
    return json.dumps({"topic": topic, "payload": message})


def months(moment: datetime) -> list[str]:
    vehicle = {"make": 'a\\b\tc"\n'}
    return [line(read(moment - timedelta(days=9 * n), plate=f"3-ABC-{n:03}", country="BE", vehicle=vehicle))
            for n in range(40)]


async def test_a_file_loaded_twice_is_stored_once(load: Any, look: Any, moment: datetime) -> None:
    lines = [*months(moment), line({"reads": [read(moment), read(moment, plate="4-DEF-456")]}),
             line(reading("5-GHJ-789", moment)), line(reading("5-GHJ-788", moment, revision=1))]
    assert await load(*lines) == (0, {"stored": 43, "doubled": 0, "superseded": 1, "rejected": 0,
                                      "unreadable lines": 0})
    before = look.reads()
    assert await load(*lines) == (0, {"stored": 0, "doubled": 44, "superseded": 0, "rejected": 0,
                                      "unreadable lines": 0})
    assert look.reads() == before
    assert before[0]["make"] == 'a\\b\tc"\n'
    assert look.counts()["stored"] == 43


async def test_backfill_and_live_store_the_same_rows(load: Any, look: Any, store: Any, moment: datetime) -> None:
    await load(*months(moment)[:5])
    before = [{**row, "received_at": None, "late": None} for row in look.reads()]
    look.connection.execute("DELETE FROM reads")
    await store(*(incoming(json.loads(one)["payload"]) for one in months(moment)[:5]))
    assert [{**row, "received_at": None, "late": None} for row in look.reads()] == before


async def test_lines_that_are_no_recorded_message_are_counted(load: Any, moment: datetime) -> None:
    code, counts = await load(line(read(moment)), "nonsense", "", '{"topic": 1, "payload": {}}', "[" * 5000,
                              '{"topic": "x", "payload": ' + "[" * 5000, line(read(moment, camera="cam2")))
    assert (code, counts["stored"], counts["unreadable lines"]) == (1, 2, 5)


async def test_reads_that_are_too_old_are_refused_and_leave_no_body(load: Any, look: Any, moment: datetime) -> None:
    code, counts = await load(line(read(moment - timedelta(days=366), plate="7-XKV-938")), line(read(moment)))
    assert (code, counts["stored"], counts["rejected"]) == (0, 1, 1)
    assert look.all("SELECT reason, body, excerpt FROM rejects") == [{"reason": "too-old", "body": None, "excerpt": ""}]


async def test_a_line_that_the_database_refuses_does_not_stop_the_others(load: Any, look: Any,
                                                                         moment: datetime) -> None:
    look.connection.execute("ALTER TABLE reads ADD CONSTRAINT poison CHECK (plate <> '7XKV938')")
    _, counts = await load(line(read(moment, plate="7-XKV-938")), line(read(moment)))
    assert (counts["stored"], counts["rejected"]) == (1, 1)


async def test_pictures_of_a_later_message_lie_under_the_id_of_the_first(load: Any, look: Any, settings: Any,
                                                                         moment: datetime) -> None:
    later = moment + timedelta(milliseconds=300)
    await load(line(reading("3-ABC-123", moment)), line(reading("3-ABC-123", later, images=[picture("plate", JPEG)])))
    (stored,) = look.reads()
    assert await ImageStore.open(settings.images_url).get(stored["read_id"], Kind.plate) == JPEG


async def test_copied_rows_belong_to_the_transaction_around_them(engine: Any, look: Any, store: Any,
                                                                 moment: datetime) -> None:
    batch = decode_batch(incoming(read(moment)), now=moment)
    await store.weeks.ensure(batch.mondays())

    async def store_and_fail() -> None:
        async with transaction(engine) as connection:
            await writer.store(connection, IDENTITY, batch, insert=copying.insert_reads)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store_and_fail()
    assert look.one("SELECT count(*) FROM reads") == 0
