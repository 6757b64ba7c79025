"""Several ingest processes on one database: the same messages in any order, stored once, and never in a ring."""

import asyncio
import random
from datetime import datetime, timedelta
from typing import Any

from services.clock import iso_ms
from tests.ingest_samples import BEATS, incoming, read, reading


def messages(moment: datetime) -> list[Any]:
    plain = [read(moment + timedelta(milliseconds=n), plate=f"3-ABC-{n:03}", camera=f"cam{n % 2 + 1}")
             for n in range(40)]
    passing = [reading(plate, moment, f"p{n}", revision=revision)
               for n in range(20) for revision, plate in enumerate((f"4-DEF-{n:03}", f"4-DFF-{n:03}"))]
    beats = [{"camera": f"cam{n % 2 + 1}", "sent_at": iso_ms(moment)} for n in range(4)]
    return [*map(incoming, plain + passing), *(incoming(f"garbage {n}".encode()) for n in range(30)),
            *(incoming(beat, BEATS) for beat in beats), incoming(read(moment), "anpr/v1/genk/reads"),
            incoming(read(moment), "anpr/v1/hasselt/reads")]


async def test_writers_of_the_same_shuffled_messages_never_block_each_other_for_good(
        store: Any, look: Any, moment: datetime) -> None:
    rounds = 12
    for number in range(rounds):
        fresh = messages(moment - timedelta(minutes=number))
        orders = [random.Random(f"{number} {writer}").sample(fresh, len(fresh)) for writer in range(3)]
        await asyncio.gather(*(store(*order) for order in orders))  # a deadlock would end one with an error
    assert look.one("SELECT count(*) FROM reads WHERE superseded") == 20
    assert look.counts(7)["stored"] == 40 * rounds + 20
    assert look.counts(7)["superseded"] == 20
    assert look.counts(7)["rejected"] == 30
    total = sum(look.counts(7)[what] for what in ("stored", "doubled", "superseded", "rejected"))
    assert total == rounds * 3 * (40 + 40 + 30)


async def test_writers_of_the_same_shuffled_rejects_never_block_each_other_for_good(store: Any, look: Any) -> None:
    for number in range(8):
        garbage = [incoming(f"garbage {number} {n}".encode()) for n in range(100)]
        await asyncio.gather(*(store(*random.Random(writer).sample(garbage, 100)) for writer in range(4)))
    assert (look.counts()["rejected"], look.counts()["doubled"]) == (800, 2400)


async def test_writers_of_different_reads_of_the_same_plates_never_block_each_other_for_good(
        store: Any, look: Any, moment: datetime) -> None:
    for number in range(6):
        def sight(writer: int, number: int = number) -> list[Any]:
            at = moment - timedelta(days=6 - number, seconds=writer)
            plates = random.Random(writer).sample(range(300), 300)
            return [incoming(read(at, plate=f"3-ABC-{plate:03}")) for plate in plates]

        await asyncio.gather(*(store(*sight(writer)) for writer in range(4)))
    assert look.one("SELECT count(*) FROM plates") == 300
    assert look.counts()["stored"] == 6 * 4 * 300


async def test_two_writers_that_meet_on_a_passage_leave_one_live_read(store: Any, look: Any, moment: datetime) -> None:
    for number in range(15):
        at = moment + timedelta(seconds=number)
        await asyncio.gather(*(store(incoming(reading(plate, at, f"p{number}", revision=revision)))
                               for revision, plate in enumerate(("3-ABC-123", "3-ABG-123", "3-ABQ-123"))))
    live = look.all("SELECT plate, count(*) AS n FROM reads WHERE NOT superseded GROUP BY plate")
    assert live == [{"plate": "3ABQ123", "n": 15}]
