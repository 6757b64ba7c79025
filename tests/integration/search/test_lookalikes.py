"""Look-alikes in the database: which texts are taken for a plate, from which reads, and with what probability."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from search import answers
from search.answers import Permitted
from search.lookalikes.queries import Alikes, find_alikes
from services.clock import utc_now
from services.database import transaction
from services.gate import PURPOSES, WHOLE, Aim, Decision, Permission, Standing, decide
from services.gate_rules import CAUTIOUS
from services.lookalikes.model import SHIPPED, Habits, Model
from services.roles import Role
from services.schema import reads
from tests.integration.search.world import World

PLATE, MISREAD, NEIGHBOUR = "3ABC123", "3A8C123", "3ABC128"


@dataclass(frozen=True, slots=True)
class Investigator:
    """Somebody with the right to ask for a crime, as the audited path gives it; a transaction for each question."""

    engine: AsyncEngine
    decisions: tuple[Decision, ...] = ()
    """Of the procureur, for the file at hand."""

    @asynccontextmanager
    async def permitted(self) -> AsyncIterator[Permitted]:
        """Open a transaction with the right to query reads."""
        async with transaction(self.engine) as connection:
            standing = Standing(PURPOSES["judicial-crime"], Role.investigator, decisions=self.decisions)
            permission = decide(standing, Aim(WHOLE), CAUTIOUS, utc_now())
            assert isinstance(permission, Permission)
            yield Permitted(answers._MADE_HERE, connection, permission)

    async def alikes(self, level: float, model: Model = SHIPPED) -> Alikes:
        """Ask which texts may be PLATE."""
        async with self.permitted() as permitted:
            return await find_alikes(permitted, model, PLATE, level)

    async def found(self, alikes: Alikes) -> list[tuple[str, float | None]]:
        """Return the reads that fulfil the condition, with their probability, by plate."""
        async with self.permitted() as permitted:
            rows = await permitted.connection.execute(
                permitted.select_reads(reads.c.plate, alikes.probability()).where(alikes.condition())
                .order_by(reads.c.plate, reads.c.captured_at))
            return [(row[0], row[1]) for row in rows]


@pytest.fixture
def investigator(app: FastAPI) -> Investigator:
    """Who asks in these tests."""
    return Investigator(app.state.program.engine)


def drive(world: World, plate: str, times: int, days_ago: float = 1.0, **columns: object) -> None:
    """Let a car pass `times` times."""
    for number in range(times):
        world.add_read(plate, utc_now() - timedelta(days=days_ago, minutes=number), 1, **columns)


async def test_a_misread_is_found_with_its_reason_and_a_car_of_its_own_is_not(
        world: World, investigator: Investigator) -> None:
    drive(world, PLATE, 4)
    drive(world, MISREAD, 1)
    drive(world, NEIGHBOUR, 5)
    alikes = await investigator.alikes(0.5)
    assert [item.text for item in alikes.items] == [MISREAD]
    reason = alikes.why[MISREAD][0]
    assert (reason.plate, reason.read, reason.place) == ("B", "8", 3)
    assert alikes.items[0].probability > 0.9
    found = await investigator.found(alikes)
    assert [plate for plate, _ in found] == [MISREAD, *[PLATE] * 4]
    assert [probability for _, probability in found][1:] == [None] * 4


async def test_nothing_older_than_permitted_has_any_influence(world: World, investigator: Investigator) -> None:
    drive(world, PLATE, 4)
    drive(world, MISREAD, 1)
    before = await investigator.alikes(0.1)
    drive(world, "3A8C128", 6, days_ago=40)     # could be behind the misread, but may not be seen
    drive(world, PLATE, 9, days_ago=40)
    drive(world, MISREAD, 9, days_ago=40)
    drive(world, "3ABC1Z3", 1, days_ago=40)     # a misread of the plate that may not be seen
    after = await investigator.alikes(0.1)
    assert after.items == before.items


async def test_another_plate_that_explains_a_text_better_takes_its_reads(
        world: World, investigator: Investigator) -> None:
    drive(world, PLATE, 2)
    drive(world, "ABC123", 1)
    alone = (await investigator.alikes(0.01)).items
    drive(world, "1ABC123", 40)
    rivalled = (await investigator.alikes(0.01)).items
    assert alone[0].probability > 0.9
    assert rivalled[0].probability < 0.1


async def test_sql_and_python_weigh_every_read_the_same(world: World, investigator: Investigator) -> None:
    drive(world, PLATE, 3)
    for number, confidence in enumerate([None, 0.0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 1.0, 0.8999999]):
        moment = utc_now() - timedelta(hours=1, minutes=number)
        world.add_read(NEIGHBOUR, moment, 1 + number % 2, confidence=confidence)
    model = Model(cameras={1: Habits(3.0, {"alike:3:8": 4.0}), 2: Habits(0.5)})
    alikes = await investigator.alikes(0.0001, model)
    async with investigator.permitted() as permitted:
        rows = (await permitted.connection.execute(permitted.select_reads(
            reads.c.confidence, reads.c.camera_id, alikes.probability()).where(reads.c.plate == NEIGHBOUR))).all()
    assert len(rows) == 12
    item = alikes.items[0]
    assert item.text == NEIGHBOUR
    assert set(item.own) == {1}
    for confidence, camera_id, probability in rows:
        assert abs(probability - item.probability_of(model, confidence, camera_id)) < 1e-12
    assert len({round(row[2], 9) for row in rows}) > 8


async def test_a_doubtful_read_reaches_a_level_that_a_sure_one_of_the_same_text_does_not(
        world: World, investigator: Investigator) -> None:
    drive(world, PLATE, 1)
    drive(world, NEIGHBOUR, 1, days_ago=1, confidence=0.99)
    drive(world, NEIGHBOUR, 1, days_ago=2, confidence=0.3)
    alikes = await investigator.alikes(0.002)
    least = sum(probability or 0 for _, probability in await investigator.found(alikes)) / 2
    at_level = await investigator.alikes(least)
    assert [plate for plate, probability in await investigator.found(at_level) if probability] == [NEIGHBOUR]


async def test_a_reading_that_was_replaced_counts_for_nothing(world: World, investigator: Investigator) -> None:
    drive(world, PLATE, 3)
    drive(world, MISREAD, 1, superseded=True)
    assert (await investigator.alikes(0.1)).items == ()


async def test_a_plate_without_look_alikes_finds_its_own_reads(world: World, investigator: Investigator) -> None:
    drive(world, PLATE, 2)
    drive(world, "6WJT427", 2)
    alikes = await investigator.alikes(0.5)
    assert await investigator.found(alikes) == [(PLATE, None)] * 2
