"""One passage in full."""

from datetime import timedelta
from uuid import uuid4

import httpx

from services.clock import to_milliseconds, utc_now
from tests.integration.search.world import World, new_read_id


async def test_everything_that_is_known_is_told(world: World, asker: httpx.AsyncClient) -> None:
    captured_at = to_milliseconds(utc_now() - timedelta(hours=1))
    read_id = world.add_read(
        "3-ABC-123", captured_at, 1, plate_raw="3-ABC-123", country_raw="B", confidence=0.93, speed_kmh=67.5, lane=2,
        direction="away", facing="rear", make="Volkswagen", model="Golf", colour="grey", vehicle_type="car", late=True,
        clock_synchronised=False, received_at=captured_at + timedelta(seconds=90))
    answer = (await asker.get(f"/reads/{read_id}")).json()
    assert answer["plate"] == "3ABC123"
    assert answer["plate_raw"] == "3-ABC-123"
    assert (answer["country"], answer["country_raw"]) == ("BE", "B")
    assert answer["captured_at"] == captured_at.isoformat().replace("+00:00", "Z")
    assert answer["delay_seconds"] == 90
    assert answer["camera"]["code"] == "BRE01A"
    assert answer["camera"]["direction"] == "richting Peer"
    assert answer["gateway"] == "bree"
    assert answer["vehicle"] == {"make": "Volkswagen", "model": "Golf", "colour": "grey", "type": "car"}
    assert (answer["late"], answer["clock_synchronised"], answer["lane"]) == (True, False, 2)


async def test_what_was_sent_is_told_in_full_though_it_is_kept_short(world: World, asker: httpx.AsyncClient) -> None:
    read_id = world.add_read("3ABC123", utc_now() - timedelta(hours=1), 1, plate_raw="-")
    assert (await asker.get(f"/reads/{read_id}")).json()["plate_raw"] == "3-ABC-123"


async def test_what_was_read_before_a_correction_is_told_beside_it(
        world: World, asker: httpx.AsyncClient, browser: httpx.AsyncClient) -> None:
    captured_at = utc_now() - timedelta(hours=1)
    read_id = world.add_read("3A8C123", captured_at, 1, superseded=True, confidence=0.6)
    world.add_read("3ABC123", captured_at, 1, read_id=read_id)
    answer = (await asker.get(f"/reads/{read_id}")).json()
    assert answer["plate"] == "3ABC123"
    assert [earlier["plate"] for earlier in answer["earlier"]] == ["3A8C123"]
    page = (await browser.get(f"/reads/{read_id}")).text
    assert "Eerdere lezingen van deze passage" in page
    assert "3A8C123" in page


async def test_the_page_tells_the_same_in_dutch(world: World, browser: httpx.AsyncClient) -> None:
    captured_at = utc_now() - timedelta(hours=1)
    read_id = world.add_read("3ABC123", captured_at, 1, late=True, clock_synchronised=False, speed_kmh=67.5,
                             received_at=captured_at + timedelta(seconds=90))
    page = (await browser.get(f"/reads/{read_id}")).text
    for text in ("3-ABC-123", "Deze passage kwam laat aan", "niet gesynchroniseerd", "indicatief, geen bewijs",
                 "Bree N73 Peerderbaan", "Geen beeld"):
        assert text in page


async def test_a_number_that_is_no_reads_is_answered_helpfully(
        asker: httpx.AsyncClient, browser: httpx.AsyncClient) -> None:
    for number in (new_read_id(utc_now()), uuid4()):
        answer = await asker.get(f"/reads/{number}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
        page = await browser.get(f"/reads/{number}")
        assert page.status_code == 404
        assert "Passages verdwijnen na twaalf maanden" in page.text
    assert (await asker.get("/reads/not-a-number")).status_code == 422
