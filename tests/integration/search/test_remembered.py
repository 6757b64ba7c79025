"""What a witness remembers, looked up in a real dictionary by the audited path."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from search.answers import Asking, Found, Permitted, Question
from search.lookalikes.remembered import Remembered, find_remembered
from search.pages.language import words
from services.audit import Action
from services.clock import utc_now
from services.gate import WHOLE, Aim
from services.schema import reads
from tests.integration.search.world import World


@pytest.fixture
def passed() -> datetime:
    """When most vehicles of these tests passed."""
    return utc_now() - timedelta(days=2)


@pytest.fixture
def remember(app: FastAPI, asker: httpx.AsyncClient) -> Any:
    """Ask what stands for a remembered text, and the reads that it chooses with their probabilities."""
    kept: dict[str, Any] = {}

    async def look(permitted: Permitted) -> Found[None]:
        found = await find_remembered(permitted, kept["told"], kept["level"])
        chosen = permitted.select_reads(reads.c.plate, found.probability()).where(found.condition())
        kept["found"] = found
        kept["reads"] = {row[0]: row[1] for row in await permitted.connection.execute(chosen)}
        return Found(None)

    @app.get("/api/v1/remembered-by-a-test")
    async def answer(answers: Asking) -> None:
        await answers.ask(Question(Action.reads_searched, words("All passages"), {}, look, Aim(WHOLE)))

    async def ask(told: str, level: float = 0.01) -> tuple[Remembered, dict[str, float | None]]:
        kept.update(told=told, level=level)
        response = await asker.get("/remembered-by-a-test")
        assert response.status_code == 200, response.text
        return kept["found"], kept["reads"]

    return ask


def _add(world: World, when: datetime, *plates: str) -> None:
    camera = int(str(world.run("SELECT camera_id FROM cameras LIMIT 1")[0][0]))
    for plate in plates:
        world.add_read(plate, when, camera)


@pytest.mark.parametrize("told", ["3-ABC-123", "3BAC123", "123-ABC", "ABC12", "3ABC128", "3AB?123", "BC12", "321CAB3"])
async def test_the_plate_that_was_meant_comes_first(world: World, remember: Any, passed: datetime, told: str) -> None:
    _add(world, passed, "3ABC123", "4XYZ789", "5KLM456")
    found, chosen = await remember(told)
    assert found.items[0].plate == "3ABC123"
    assert chosen["3ABC123"] == pytest.approx(found.items[0].probability, abs=1e-6)


async def test_what_is_less_probable_than_the_level_allows_is_left_out(world: World, remember: Any,
                                                                      passed: datetime) -> None:
    _add(world, passed, "3ABC123", "3ABC128", "3ABC178")
    assert set((await remember("3ABC123", 0.0001))[1]) == {"3ABC123", "3ABC128", "3ABC178"}
    assert set((await remember("3ABC123", 0.5))[1]) == {"3ABC123"}


async def test_a_letter_and_a_digit_choose_every_read_that_holds_both(world: World, remember: Any,
                                                                     passed: datetime) -> None:
    _add(world, passed, "3KBC127", "7XYK789", "5KLM456", "K7")
    found, chosen = await remember("K, 7")
    assert found.contains is not None
    assert set(chosen) == {"3KBC127", "7XYK789", "K7"}
    assert set(chosen.values()) == {None}


async def test_a_passage_without_a_plate_is_not_taken_for_one(world: World, remember: Any, passed: datetime) -> None:
    camera = int(str(world.run("SELECT camera_id FROM cameras LIMIT 1")[0][0]))
    world.add_read(None, passed, camera)
    assert (await remember(str(camera)))[1] == {}


async def test_a_character_told_twice_must_stand_twice(world: World, remember: Any, passed: datetime) -> None:
    _add(world, passed, "3KBC127", "7KKB789")
    assert set((await remember("KK"))[1]) == {"7KKB789"}


async def test_a_piece_of_too_many_plates_is_held_against_the_reads(world: World, remember: Any,
                                                                   passed: datetime) -> None:
    camera = int(str(world.run("SELECT camera_id FROM cameras LIMIT 1")[0][0]))
    world.add_read("3ABC001", passed, camera)
    world.run("INSERT INTO plates SELECT '4ABC' || i, %s, 'x' FROM generate_series(100, 1100) AS i", passed.date())
    found, chosen = await remember("ABC")
    assert not found.items
    assert set(chosen) == {"3ABC001"}


async def test_plates_that_passed_before_the_permitted_month_have_no_say(world: World, remember: Any,
                                                                        passed: datetime) -> None:
    _add(world, passed, "3ABC123")
    before = (await remember("3ABC124"))[0]
    _add(world, passed - timedelta(days=60), "3ABC124", "3ABC125")
    after, chosen = await remember("3ABC124")
    assert [item.plate for item in after.items] == [item.plate for item in before.items] == ["3ABC123"]
    assert set(chosen) == {"3ABC123"}


async def test_what_fits_nothing_finds_nothing(world: World, remember: Any, passed: datetime) -> None:
    _add(world, passed, "3ABC123")
    found, chosen = await remember("7XYZ789")
    assert found.items == ()
    assert chosen == {}


async def test_nothing_remembered_is_no_question(remember: Any, asker: httpx.AsyncClient) -> None:
    with pytest.raises(AssertionError, match="at most 16 characters"):
        await remember("??")
