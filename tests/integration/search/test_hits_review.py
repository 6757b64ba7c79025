"""The review of follow-up on a page and as a file, of the visitor's own groups, and in the audit without a number."""

import csv
from datetime import timedelta

import httpx
import pytest

from services.clock import utc_now
from tests.integration.search.decisions_world import log_in
from tests.integration.search.followed_world import Followed
from tests.integration.search.world import World


@pytest.fixture
def followed(world: World) -> Followed:
    """Twenty hits on a stolen vehicle that nobody took, one that was intercepted, and a discreet one of a group."""
    made = Followed(world)
    world.run("UPDATE users SET role = 'tecint' WHERE username = 'an.peeters'")
    stolen, wanted = made.add_list(), made.add_list("gezocht")
    noisy, good = made.add_entry(stolen), made.add_entry(wanted, "4XYZ789")
    now = utc_now()
    for _ in range(20):
        made.add_alert(made.add_hit(state="ended", disposition="lapsed", ended_at=now, escalated_at=now), noisy)
    made.add_alert(made.add_hit(plate="4XYZ789", state="ended", disposition="intercepted", ended_at=now,
                                raised_at=now - timedelta(minutes=1), claimed_at=now, confirmed_at=now,
                                dispatched_at=now), good)
    group = made.add_group("schaduw", world.add_user("jan.claes", "tecint"))
    hidden = made.add_entry(made.add_list("heimelijk"), "5HID555", discreet=True, audience_id=group)
    made.add_alert(made.add_hit(plate="5HID555", audience_id=group, discreet=True), hidden, audience_id=group)
    return made


@pytest.mark.usefixtures("followed")
async def test_what_only_makes_noise_is_named_with_its_reason(browser: httpx.AsyncClient) -> None:
    assert 'href="/hits/review"' in (await browser.get("/hits")).text
    page = (await browser.get("/hits/review")).text
    assert page.count("Van 20 hits nam iemand er 0 op.") == 2  # the list and its entry
    assert "Gezocht" in page


async def test_a_discreet_hit_is_seen_by_its_group_alone_and_counted_for_nobody_else(
        followed: Followed, visitor: httpx.AsyncClient) -> None:
    seen = {}
    for username in ("an.peeters", "jan.claes"):
        await log_in(visitor, username)
        page, file = await visitor.get("/hits/review"), await visitor.get("/hits/review.csv")
        rows = {(row["by"], row["name"]): row["hits"] for row in csv.DictReader(file.text.splitlines())}
        seen[username] = ("Heimelijk" in page.text, rows.get(("list", "Heimelijk")))
        visitor.cookies.clear()
    assert seen == {"an.peeters": (False, None), "jan.claes": (True, "1")}
    reviews = followed.world.audit("hits-reviewed")
    assert [row["username"] for row in reviews] == ["an.peeters"] * 2 + ["jan.claes"] * 2
    assert {row["result_count"] for row in reviews} == {None}
    assert "Heimelijk" not in str(reviews)


@pytest.mark.usefixtures("followed")
async def test_the_file_has_every_figure_by_list_entry_camera_and_level(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/hits/review.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(answer.text.splitlines()))
    assert [row["by"] for row in rows] == ["list", "list", "entry", "entry", "camera", "level"]
    noisy, good = rows[:2]
    assert (noisy["name"], noisy["hits"], noisy["lapsed"], noisy["noise"]) == ("Gestolen", "20", "20", "untaken")
    assert (good["intercepted"], good["precision"], good["follow_up"], good["to_claim_s"]) == ("1", "1.0", "1.0", "60")


@pytest.mark.usefixtures("followed")
async def test_a_period_that_is_none_is_said_on_the_page_and_leaves_no_trace(
        world: World, browser: httpx.AsyncClient) -> None:
    wrong = await browser.get("/hits/review", params={"from": "gisteren"})
    assert (wrong.status_code, "gisteren" in wrong.text) == (422, True)
    assert world.audit("hits-reviewed") == []
    before = (utc_now() - timedelta(days=9)).isoformat()
    empty = await browser.get("/hits/review", params={"from": "2026-10-01", "until": before})
    assert "Geen hits in deze periode" in empty.text
