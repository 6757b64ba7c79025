"""One passage leads to those before and after it: of the vehicle, and at the camera, as far as they may be seen."""

import re
from datetime import timedelta
from uuid import UUID

import httpx

from services.clock import utc_now
from tests.integration.search.decisions_world import add_decision
from tests.integration.search.world import World

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
_LINK = re.compile(r'href="/reads/([0-9a-f-]{36})" data-key="(ArrowLeft|ArrowRight|\[|\])"')


async def leads_to(browser: httpx.AsyncClient, read_id: UUID) -> dict[str, UUID]:
    page = await browser.get(f"/reads/{read_id}")
    assert page.status_code == 200
    return {key: UUID(found) for found, key in _LINK.findall(page.text)}


async def test_it_leads_to_the_nearest_of_the_vehicle_and_of_the_camera(
        world: World, browser: httpx.AsyncClient) -> None:
    now = utc_now() - DAY
    own = world.add_read("3ABC123", now, 1)
    before, after = world.add_read("3ABC123", now - 9 * DAY, 2), world.add_read("3ABC123", now + 5 * MINUTE, 2)
    world.add_read("3ABC123", now - 10 * DAY, 1)
    world.add_read("3ABC123", now - MINUTE, 2, superseded=True)
    other_before, other_after = world.add_read("4XYZ789", now - MINUTE, 1), world.add_read(None, now + MINUTE, 1)
    assert await leads_to(browser, own) == {
        "ArrowLeft": before, "ArrowRight": after, "[": other_before, "]": other_after}
    assert set(await leads_to(browser, other_after)) == {"["}


async def test_of_reads_in_the_same_millisecond_none_is_passed_over(world: World, browser: httpx.AsyncClient) -> None:
    now = utc_now() - DAY
    ids = sorted(world.add_read(f"3ABC12{number}", now, 1) for number in range(3))
    assert [(await leads_to(browser, one)).get("]") for one in ids] == [*ids[1:], None]


async def test_whose_the_next_passage_is_is_not_told_and_leaves_no_row(
        world: World, browser: httpx.AsyncClient) -> None:
    now = utc_now() - DAY
    own = world.add_read("3ABC123", now, 1)
    world.add_read("4XYZ789", now + MINUTE, 1)
    rows = len(world.audit())
    page = (await browser.get(f"/reads/{own}")).text
    assert "4XYZ789" not in page
    assert "4-XYZ-789" not in page
    row, = world.audit()[rows:]
    assert (row["action"], row["read_ids"]) == ("read-opened", [own])


async def test_nothing_that_is_withheld_is_led_to(world: World, browser: httpx.AsyncClient) -> None:
    now = utc_now()
    own = world.add_read("3ABC123", now - 50 * DAY, 1)
    same = world.add_read("3ABC123", now - 60 * DAY, 1)
    world.add_read("4XYZ789", now - 50 * DAY - MINUTE, 1)
    world.add_read("3ABC123", now - 200 * DAY, 1)
    add_decision(world, now - 100 * DAY, now - 40 * DAY, ("3ABC123",))
    assert await leads_to(browser, own) == {"ArrowLeft": same, "[": same}
    assert await leads_to(browser, same) == {"ArrowRight": own, "]": own}
