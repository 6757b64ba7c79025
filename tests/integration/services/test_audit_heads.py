"""The copies of the audit's head: one chain of lines, whoever appends; damage is named; old lines are thinned."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.audit_chain import Head, Sealer
from services.audit_heads import Copy, Damaged, HeadsFile, thin
from services.audit_verifying import verify
from services.database import open_engine, reading
from services.settings import StoreSettings
from tests.integration.services.audit_zone import KEY, heads_in, write_rows

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


@pytest.fixture
async def engine(database: Any) -> AsyncIterator[AsyncEngine]:
    """Search's engine: it reads the newest row and appends to the file."""
    made = open_engine(StoreSettings(database_url=database.search_url), connections=4)
    yield made
    await made.dispose()


async def copied(engine: AsyncEngine, file: HeadsFile) -> bool:
    async with reading(engine) as connection:
        return await file.copy(connection, patience_s=2)


async def wrong(engine: AsyncEngine, file: HeadsFile) -> tuple[str, ...]:
    async with engine.connect() as connection:
        return (await verify(connection, Sealer(KEY), file, None)).wrong


def lines(file: HeadsFile) -> list[str]:
    return file.path.read_text(encoding="ascii").splitlines()


async def test_a_line_is_written_only_when_the_newest_row_is_another(engine: AsyncEngine, tmp_path: Path) -> None:
    file = heads_in(tmp_path)
    await copied(engine, file)
    assert lines(file) == []
    await write_rows(engine, 2, 1)
    for _ in range(3):
        await copied(engine, file)
    assert [json.loads(line)["number"] for line in lines(file)] == [2]
    assert sorted(json.loads(lines(file)[0])) == ["at", "link", "number", "tag"]


async def test_several_processes_append_one_chain(engine: AsyncEngine, tmp_path: Path) -> None:
    async def one(seed: int) -> None:
        await write_rows(engine, 15, seed)
        await copied(engine, heads_in(tmp_path))

    async def keep_copying() -> None:
        for _ in range(60):
            async with reading(engine) as connection:
                await heads_in(tmp_path).copy(connection)
            await asyncio.sleep(0)

    await asyncio.gather(one(1), one(2), one(3), keep_copying())
    copies = list(heads_in(tmp_path))
    numbers = [copy.head.audit_id for copy in copies if isinstance(copy, Copy)]
    assert len(numbers) == len(copies) > 2
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == 45
    assert await wrong(engine, heads_in(tmp_path)) == ()


@pytest.mark.parametrize("edit", [
    lambda found: [found[0], found[1].replace('"number": 4', '"number": 5'), *found[2:]],
    lambda found: [found[0], *found[2:]],
    lambda found: found[1:],
    lambda found: [found[1], found[0], *found[2:]],
    lambda found: [*found[:2], found[1], *found[2:]],
    lambda found: [*found, "nothing"],
    lambda found: [*found, '{"at": "2026-11-26T09:00:00+00:00", "number": 99, "link": "00", "tag": "00"}'],
], ids=["a number", "a line gone", "the first gone", "two swapped", "one doubled", "no line", "a line added"])
async def test_an_edited_file_is_named(engine: AsyncEngine, tmp_path: Path, edit: Any) -> None:
    file = heads_in(tmp_path)
    await write_rows(engine, 12, 1, file)
    assert await wrong(engine, file) == ()
    file.path.write_text("".join(f"{line}\n" for line in edit(lines(file))), encoding="ascii")
    found = await wrong(engine, file)
    assert any("of the file of heads was not written by Zoneschild, or lines before it are gone" in line
               for line in found), found


async def test_a_line_of_another_key_counts_for_nothing(engine: AsyncEngine, tmp_path: Path) -> None:
    await write_rows(engine, 3, 1)
    await copied(engine, HeadsFile(tmp_path / "heads.jsonl", b"a key of the attacker's own"))
    assert list(heads_in(tmp_path)) == [Damaged(1)]


async def test_a_line_torn_off_by_a_power_cut_goes_and_the_next_is_whole(engine: AsyncEngine, tmp_path: Path) -> None:
    file = heads_in(tmp_path)
    await write_rows(engine, 3, 1, file)
    whole = file.path.read_bytes()
    file.path.write_bytes(whole + whole[:20])
    await write_rows(engine, 1, 2, file)
    assert await wrong(engine, file) == ()
    assert len(lines(file)) == 3


async def test_a_missing_file_is_an_error_and_no_silence(engine: AsyncEngine, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="the file of the audit's heads cannot be read"):
        await wrong(engine, heads_in(tmp_path))


async def test_the_file_is_thinned_when_a_day_begins_and_its_chain_holds(engine: AsyncEngine, tmp_path: Path) -> None:
    file, now = heads_in(tmp_path), datetime.now(UTC)
    made = [Copy(now - timedelta(days=50, hours=-hour), Head(hour + 1, bytes(16))) for hour in range(48)]
    file.path.write_bytes(file._lines(made))
    await write_rows(engine, 60, 1)
    await copied(engine, file)
    copies = list(file)
    assert all(isinstance(copy, Copy) for copy in copies)
    assert 3 <= len(copies) <= 4
    assert isinstance(copies[-1], Copy)
    assert copies[-1].head.audit_id == 60


async def test_a_damaged_file_is_not_thinned(engine: AsyncEngine, tmp_path: Path) -> None:
    file = heads_in(tmp_path)
    old = [Copy(NOW - timedelta(days=50, hours=-hour), Head(hour + 1, bytes(16))) for hour in range(20)]
    file.path.write_bytes(file._lines(old).replace(b'"number": 7', b'"number": 8'))
    await write_rows(engine, 30, 1)
    await copied(engine, file)
    assert len(lines(file)) == 21


def test_every_copy_of_a_day_is_kept_then_one_a_minute_then_one_a_day() -> None:
    def every(seconds: int, age: timedelta, count: int, first: int) -> list[Copy]:
        return [Copy(NOW - age + timedelta(seconds=seconds * place), Head(first + place, bytes(16)))
                for place in range(count)]

    copies = [*every(600, timedelta(days=40), 100, 1), *every(10, timedelta(days=20), 60, 1000),
              *every(1, timedelta(hours=3), 50, 2000)]
    kept = list(thin(copies, NOW))
    assert [copy for copy in kept if NOW - copy.at < timedelta(days=1)] == copies[-50:]
    assert len([copy for copy in kept if timedelta(days=1) < NOW - copy.at < timedelta(days=30)]) == 10
    assert len([copy for copy in kept if NOW - copy.at > timedelta(days=30)]) == 2
    assert kept == sorted(kept, key=lambda copy: copy.at)


def test_what_shows_that_the_end_was_cut_is_kept_for_ever() -> None:
    old = NOW - timedelta(days=300)
    copies = [Copy(old + timedelta(seconds=place), Head(number, bytes(16)))
              for place, number in enumerate((1, 2, 9, 3, 4, 5))]
    assert [copy.head.audit_id for copy in thin(copies, NOW)] == [9, 5]
