"""How an answer lies over time and cameras is told of the very reads that paging through it shows, and of no other."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import httpx
import pytest
from sqlalchemy import text

import search.reads.spread_queries
from search.answers import Permitted
from search.reads.resolving import Resolved
from search.reads.spread import Counted
from services.approvals import question_key
from services.clock import iso_ms, utc_now
from tests.integration.search.decisions_world import add_decision
from tests.integration.search.world import World

DAY = timedelta(days=1)
ROUND_NOON = {"hours": "08-20"}


@pytest.fixture
def filled(world: World) -> datetime:
    """Reads of several vehicles over forty days, one of them superseded, at two cameras; return until when."""
    now = utc_now()
    for number in range(60):
        plate = ("3ABC123", "3ABC124", "3A8C123", None)[number % 4]
        world.add_read(plate, now - number * timedelta(hours=16) - timedelta(minutes=1), 1 + number % 3 % 2,
                       colour=("red", None)[number % 2])
    world.add_read("3ABC123", now - timedelta(minutes=90), 1, superseded=True)
    return now


async def page_through(asker: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    after = None
    while True:
        page = {**params, "limit": 7, **({"after": after} if after else {})}
        answer = (await asker.get("/reads", params=page)).json()
        items += answer["items"]
        after = answer["next"]
        if after is None:
            return items


async def spread_of(asker: httpx.AsyncClient, **params: Any) -> dict[str, Any]:
    answer = await asker.get("/reads", params={**params, "limit": 1, "spread": "true"})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["spread"]
    return found


def counts(spread: dict[str, Any], items: Sequence[dict[str, Any]]) -> list[tuple[int, int]]:
    """Return of each bar its count, and how many of the items lie in it."""
    times = [datetime.fromisoformat(item["captured_at"]) for item in items]
    return [(bar["count"], sum(datetime.fromisoformat(bar["since"]) <= at < datetime.fromisoformat(bar["until"])
                               for at in times)) for bar in spread["bars"]]


@pytest.mark.parametrize("params", [
    {}, {"plate": "3ABC123"}, {"plate": "3ABC12?"}, {"plate": "3ABC123", "alike": "possible"}, {"plate": "3*"},
    {"camera": "BRE02A"}, {"colour": "red", "municipality": "Bree"}, {"road": "N73"}, {"read": "no"}, ROUND_NOON,
    {"witness": "3ABC12?"}, {"plate": "3ABC123,3ABC124"}, {"by": "vehicle", "plate": "9ZZZ999"}], ids=str)
async def test_it_counts_what_paging_through_all_reads_shows(
        filled: datetime, asker: httpx.AsyncClient, params: dict[str, str]) -> None:
    items, spread = await page_through(asker, **params), await spread_of(asker, **params)
    assert spread["total"] == len(items)
    assert not spread["more"]
    assert all(told == shown for told, shown in counts(spread, items))
    assert sum(bar["count"] for bar in spread["bars"]) == len(items)
    assert spread["cameras"] == Counter(item["camera"]["code"] for item in items)


async def test_a_period_is_counted_to_its_minute_and_drawn_whole(
        filled: datetime, asker: httpx.AsyncClient) -> None:
    since, until = filled - 10 * DAY, filled - 3 * DAY
    params = {"from": iso_ms(since), "until": iso_ms(until)}
    items, spread = await page_through(asker, **params), await spread_of(asker, **params)
    assert 0 < spread["total"] == len(items)
    assert datetime.fromisoformat(spread["bars"][0]["since"]) <= since
    assert datetime.fromisoformat(spread["bars"][-1]["until"]) >= until


async def test_by_vehicle_it_still_counts_every_passage(filled: datetime, asker: httpx.AsyncClient) -> None:
    by_read = await spread_of(asker, plate="3ABC12?")
    assert await spread_of(asker, plate="3ABC12?", by="vehicle") == by_read


async def test_what_the_gate_withholds_is_not_even_counted(world: World, asker: httpx.AsyncClient) -> None:
    now = utc_now()
    for age in (1, 20, 50, 60, 300):
        for plate in ("3ABC123", "3ABC124"):
            world.add_read(plate, now - age * DAY, 1)
    assert (await spread_of(asker, plate="3ABC12?"))["total"] == 4
    add_decision(world, now - 100 * DAY, now - 40 * DAY, ("3ABC123",))
    assert (await spread_of(asker, plate="3ABC12?"))["total"] == 6
    assert (await spread_of(asker))["total"] == 6
    bars = [bar for bar in (await spread_of(asker))["bars"] if bar["count"]]
    assert datetime.fromisoformat(bars[0]["since"]) > now - 100 * DAY


async def test_of_more_reads_than_are_counted_it_says_so_and_begins_with_the_oldest_counted(
        filled: datetime, asker: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search.reads.spread_queries, "MOST_READS", 10)
    newest = (await page_through(asker))[:10]
    spread = await spread_of(asker)
    assert (spread["total"], spread["more"]) == (10, True)
    oldest = datetime.fromisoformat(newest[-1]["captured_at"])
    assert datetime.fromisoformat(spread["bars"][0]["since"]) <= oldest
    assert datetime.fromisoformat(spread["bars"][0]["until"]) > oldest
    assert all(told == shown for told, shown in counts(spread, newest))


async def test_it_is_part_of_the_same_question_and_its_one_row_says_so(
        filled: datetime, world: World, browser: httpx.AsyncClient) -> None:
    before = len(world.audit())
    assert (await browser.get("/reads", params={"plate": "3ABC12?", "view": "map"})).status_code == 200
    row, = world.audit()[before:]
    assert row["filters"] == {"plate": ["3ABC12?"], "limit": 50, "spread": "yes"}


def test_an_approval_holds_whether_or_not_the_answer_is_counted() -> None:
    asked = {"plate": ["3A*"], "limit": 50}
    assert question_key("reads-searched", {**asked, "spread": "yes"}) == question_key("reads-searched", asked)


async def test_what_takes_too_long_is_counted_when_somebody_asks_for_it(
        filled: datetime, world: World, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def count_slowly(permitted: Permitted, _resolved: Resolved) -> Counted:
        await permitted.connection.execute(text("SELECT pg_sleep(0.6)"))
        return Counted([1], [1], more=False)

    monkeypatch.setattr(search.reads.spread_queries, "count_reads", count_slowly)
    page = await browser.get("/reads", params={"plate": "3ABC12?"})
    assert page.status_code == 200
    assert page.text.count('class="row"') == 23
    assert "data-histogram" not in page.text
    assert "/reads?plate=3ABC12%3F&amp;spread=yes" in page.text
    page = await browser.get("/reads", params={"plate": "3ABC12?", "spread": "yes"})
    assert "data-histogram" in page.text
    assert [row["filters"]["spread"] for row in world.audit("reads-searched")] == ["yes", "yes"]


async def test_further_pages_are_not_counted_again(
        filled: datetime, world: World, browser: httpx.AsyncClient) -> None:
    for number in range(50):
        world.add_read("4XYZ789", filled - timedelta(minutes=number + 2), 1)
    page = (await browser.get("/reads", params={"read": "yes"})).text
    assert "data-histogram" in page
    more = re.search(r'href="(/reads[^"]*after=[^"]*)"', page)
    assert more is not None
    page = (await browser.get(unescape(more[1]))).text
    assert page.count('class="row"') > 0
    assert "data-histogram" not in page
    assert "spread" not in world.audit("reads-searched")[-1]["filters"]  # type: ignore[operator]
