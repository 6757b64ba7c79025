"""How far back a question sees."""

from datetime import timedelta

import httpx
import pytest

from services.clock import iso_ms, utc_now
from tests.integration.search.conftest import plates, state_reason
from tests.integration.search.world import World

DAY = timedelta(days=1)


@pytest.fixture
def ids(world: World) -> dict[int, str]:
    """Reads of one plate, by age in days; expiry is late, so that even the oldest still lies in the table."""
    now = utc_now()
    return {days: str(world.add_read("3ABC123", now - days * DAY, 1)) for days in (1, 29, 33, 200, 366)}


@pytest.mark.parametrize(("purpose", "reason", "sentence"), [
    ("judicial-crime", "needs-decision", "need a decision of the procureur"),
    ("judicial-traffic", "needs-decision", "need a decision of the procureur"),
    ("judicial-missing", "needs-decision", "need a decision of the procureur"),
    ("administrative", "never", "sees the last month only"),
])
async def test_the_last_month_is_shown_and_the_rest_is_said_to_be_withheld(
        ids: dict[int, str], program: httpx.AsyncClient, purpose: str, reason: str, sentence: str) -> None:
    await state_reason(program, purpose=purpose)
    answer = await program.get("/reads", params={"plate": "3ABC123"})
    assert [item["read_id"] for item in answer.json()["items"]] == [ids[1], ids[29]]
    assert answer.json()["withheld"]["reason"] == reason
    assert sentence in answer.json()["withheld"]["message"]


async def test_nothing_is_withheld_from_a_question_within_the_month(
        ids: dict[int, str], asker: httpx.AsyncClient) -> None:
    answer = await asker.get("/reads", params={"from": iso_ms(utc_now() - 20 * DAY)})
    assert len(plates(answer)) == 1
    assert answer.json()["withheld"] is None


async def test_no_filter_reaches_behind_the_month(ids: dict[int, str], asker: httpx.AsyncClient) -> None:
    long_ago = iso_ms(utc_now() - 400 * DAY)
    for params in ({"from": long_ago}, {"until": iso_ms(utc_now() - 31 * DAY)}, {"from": long_ago, "plate": "3*"},
                   {"from": long_ago, "camera": "BRE01A"}):
        answer = await asker.get("/reads", params=params)
        assert {item["read_id"] for item in answer.json()["items"]} <= {ids[1], ids[29]}
        assert answer.json()["withheld"] is not None


async def test_one_read_behind_the_month_is_withheld_whether_it_exists_or_not(
        world: World, ids: dict[int, str], asker: httpx.AsyncClient) -> None:
    answer = await asker.get(f"/reads/{ids[33]}")
    world.run("DELETE FROM reads WHERE read_id = %s", ids[33])
    gone = await asker.get(f"/reads/{ids[33]}")
    for refused in (answer, gone):
        assert refused.status_code == 404
        assert "decision of the procureur" in refused.json()["message"]
    assert (await asker.get(f"/reads/{ids[29]}")).status_code == 200


async def test_after_a_year_a_read_is_gone_even_before_expiry_came_round(
        ids: dict[int, str], asker: httpx.AsyncClient) -> None:
    answer = await asker.get(f"/reads/{ids[366]}")
    assert answer.status_code == 404
    assert "disappear after twelve months" in answer.json()["message"]


async def test_the_page_says_in_dutch_what_is_withheld(ids: dict[int, str], browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/reads", params={"plate": "3ABC123"})).text
    assert page.count('class="row"') == 2
    assert "daarvoor is een beslissing van de procureur des Konings nodig" in page
