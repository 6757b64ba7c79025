"""Pictures while their store fails: kept in the database, held back when that is full, moved when the store is back."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from ingest import pictures
from services.images import ImageStore, Kind
from tests.ingest_samples import JPEG, NOW, PNG, decode_batch, incoming, picture, read, reading

BOTH = [picture("plate", PNG), picture("overview", JPEG)]


async def test_pictures_are_put_before_their_read_is_acknowledged(start_batcher: Any, look: Any,
                                                                  moment: datetime) -> None:
    batcher = await start_batcher()
    batcher.put(incoming(read(moment, images=BOTH), mid=1))
    await batcher.until_acknowledged(1)
    (stored,) = look.reads()
    assert (stored["images"], stored["images_pending"]) == (3, False)
    assert await batcher.images.get(stored["read_id"], Kind.plate) == PNG
    assert await batcher.images.get(stored["read_id"], Kind.overview) == JPEG


async def test_pictures_wait_in_the_database_and_are_moved_when_the_store_is_back(
        start_batcher: Any, look: Any, engine: Any, image_folder: Any, moment: datetime) -> None:
    batcher = await start_batcher()
    image_folder.break_()
    batcher.put(incoming(read(moment, images=BOTH), mid=1), incoming(read(moment, plate="4-DEF-456"), mid=2))
    await batcher.until_acknowledged(2)
    pending = {row["plate"]: (row["images"], row["images_pending"]) for row in look.reads()}
    assert pending == {"3ABC123": (3, True), "4DEF456": (0, False)}
    assert look.one("SELECT count(*) FROM image_spool") == 2
    with pytest.raises(pictures.STORE_ERRORS):
        await pictures.empty_spool(engine, batcher.images)
    image_folder.mend()
    assert await pictures.empty_spool(engine, batcher.images) == 2
    stored = look.reads()[0]
    assert (stored["images_pending"], look.one("SELECT count(*) FROM image_spool")) == (False, 0)
    assert await batcher.images.get(stored["read_id"], Kind.plate) == PNG


async def test_a_read_is_pending_until_the_last_of_its_pictures_is_moved(
        start_batcher: Any, look: Any, engine: Any, image_folder: Any, moment: datetime) -> None:
    batcher = await start_batcher()
    batcher.put(incoming(reading("3-ABC-123", moment), mid=1))
    await batcher.until_acknowledged(1)
    image_folder.break_()
    later = moment + timedelta(milliseconds=300)
    batcher.put(incoming(reading("3-ABC-123", later, images=BOTH), mid=2))
    await batcher.until_acknowledged(2)
    assert [(row["images"], row["images_pending"]) for row in look.reads()] == [(3, True)]
    image_folder.mend()
    await pictures.empty_spool(engine, batcher.images)
    assert [(row["images"], row["images_pending"]) for row in look.reads()] == [(3, False)]


async def test_when_the_spool_is_full_messages_with_pictures_wait_and_the_others_do_not(
        start_batcher: Any, look: Any, image_folder: Any, monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr("ingest.batcher._HELD_RETRY_S", 0.3)
    batcher = await start_batcher(image_spool_mb=0)
    image_folder.break_()
    batcher.put(incoming(read(moment, images=BOTH), mid=1), incoming(read(moment, plate="4-DEF-456"), mid=2),
                incoming(reading("5-GHJ-789", moment, images=BOTH), mid=3), incoming(b"{", mid=4))
    await batcher.until_acknowledged(2)
    assert sorted(batcher.acknowledged) == [2, 4]
    assert [row["plate"] for row in look.reads()] == ["4DEF456"]
    image_folder.mend()
    await batcher.until_acknowledged(4)
    assert [(row["images"], row["images_pending"]) for row in look.reads()] == [(3, False), (0, False), (3, False)]


async def test_a_later_message_of_a_passage_is_held_back_too(
        start_batcher: Any, look: Any, image_folder: Any, monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr("ingest.batcher._HELD_RETRY_S", 0.3)
    batcher = await start_batcher(image_spool_mb=0)
    batcher.put(incoming(reading("3-ABC-123", moment), mid=1))
    await batcher.until_acknowledged(1)
    image_folder.break_()
    later = moment + timedelta(milliseconds=300)
    batcher.put(incoming(reading("3-ABC-123", later, images=BOTH), mid=2),
                incoming(read(moment, plate="4-DEF-456"), mid=3))
    await batcher.until_acknowledged(2)
    assert batcher.acknowledged == [1, 3]
    image_folder.mend()
    await batcher.until_acknowledged(3)
    assert await batcher.images.get(look.reads()[0]["read_id"], Kind.plate) == PNG


async def test_a_spool_that_was_emptied_has_room_again(
        start_batcher: Any, look: Any, engine: Any, image_folder: Any, monkeypatch: pytest.MonkeyPatch,
        moment: datetime) -> None:
    monkeypatch.setattr("ingest.batcher._HELD_RETRY_S", 0.3)
    large = JPEG + random.Random(1).randbytes(1_200_000)
    batcher = await start_batcher(image_spool_mb=1)
    for mid in (1, 2):
        image_folder.break_()
        batcher.put(incoming(read(moment, lane=mid, images=[picture("plate", large)]), mid=mid))
        await batcher.until_acknowledged(mid, seconds=3)
        assert look.one("SELECT count(*) FROM image_spool") == 1
        image_folder.mend()
        await pictures.empty_spool(engine, batcher.images)


async def test_a_store_that_fails_is_told_by_the_rows_it_did_not_take(settings: Any, image_folder: Any) -> None:
    store = ImageStore.open(settings.images_url)
    image_folder.break_()
    rows = decode_batch(incoming(read(NOW, images=BOTH)), incoming(read(NOW, plate="4-DEF-456"))).rows
    failed = await pictures.put_pictures(store, rows)
    assert [(row.plate, row.images_pending) for row in failed] == [("3ABC123", True)]
