"""Going through many reads page by page."""

from datetime import timedelta

import httpx

from services.clock import to_milliseconds, utc_now
from tests.integration.search.world import World


async def _walk(asker: httpx.AsyncClient, between: object = None, **params: object) -> list[str]:
    seen: list[str] = []
    after = None
    while True:
        answer = await asker.get("/reads", params={**params, **({"after": after} if after else {})})
        assert answer.status_code == 200, answer.text
        seen += [item["read_id"] for item in answer.json()["items"]]
        after = answer.json()["next"]
        if after is None:
            return seen
        if callable(between):
            between()


async def test_every_read_is_met_once_even_within_one_millisecond(world: World, asker: httpx.AsyncClient) -> None:
    now = to_milliseconds(utc_now())
    ids = [str(world.add_read(f"3AAA{n:03}", now - timedelta(seconds=n // 5), 1)) for n in range(33)]
    ids += [str(world.add_read("4BBB001", now - timedelta(days=days), 1)) for days in (6, 13, 20)]
    seen = await _walk(asker, limit=4)
    assert len(seen) == len(set(seen)) == 36
    assert set(seen) == set(ids)
    assert seen == await _walk(asker, limit=500)


async def test_reads_that_come_in_meanwhile_move_nothing(world: World, asker: httpx.AsyncClient) -> None:
    now = to_milliseconds(utc_now())
    before = {str(world.add_read(f"3AAA{n:03}", now - timedelta(seconds=n), 1)) for n in range(20)}

    def insert_newer_and_between() -> None:
        world.add_read("4BBB001", to_milliseconds(utc_now()), 1)
        world.add_read("4BBB002", now - timedelta(seconds=1.5), 2)

    seen = await _walk(asker, insert_newer_and_between, limit=3)
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


async def test_the_last_page_says_that_it_is_the_last(world: World, asker: httpx.AsyncClient) -> None:
    now = utc_now()
    for n in range(3):
        world.add_read("3ABC123", now - timedelta(seconds=n), 1)
    assert (await asker.get("/reads", params={"limit": 3})).json()["next"] is None
    assert (await asker.get("/reads", params={"limit": 2})).json()["next"] is not None
