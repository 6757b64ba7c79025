"""R4: a question across the month gets the part that is permitted, whichever way it is asked, and hears so."""

from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from services.clock import iso_ms, to_milliseconds, utc_now
from services.images import Kind
from tests.integration.search.conftest import plates, state_reason
from tests.integration.search.decisions_world import DAY, add_decision
from tests.integration.search.roads_world import add_road, drive
from tests.integration.search.world import World, draw_plate, put_image

HOUR = timedelta(hours=1)


@pytest.fixture
def now() -> datetime:
    return to_milliseconds(utc_now())


@pytest.fixture
def decided(world: World, now: datetime) -> dict[str, str]:
    """Reads inside and outside of a decision for 3ABC123 at BRE01A from 50 to 40 days ago; their ids by name."""
    add_decision(world, now - 50 * DAY, now - 40 * DAY, cameras=[1], reference="PDK-1/2026")
    made = {"new": ("3ABC123", 1, 1), "new-other": ("4XYZ789", 2, 1), "within": ("3ABC123", 45, 1),
            "too-late": ("3ABC123", 35, 1), "too-early": ("3ABC123", 55, 1), "elsewhere": ("3ABC123", 45, 2),
            "other": ("4XYZ789", 45, 1), "alike": ("3A8C123", 44, 1)}
    return {name: str(world.add_read(plate, now - days * DAY, camera, confidence=0.6 if name == "alike" else 0.97))
            for name, (plate, days, camera) in made.items()}


async def _ids(asker: httpx.AsyncClient, **params: str) -> list[str]:
    answer = await asker.get("/reads", params=params)
    assert answer.status_code == 200, answer.text
    return [item["read_id"] for item in answer.json()["items"]]


@pytest.mark.parametrize(("params", "found"), [
    ({}, ["new", "new-other", "within"]),
    ({"plate": "3ABC123"}, ["new", "within"]),
    ({"plate": "3ABC123,4XYZ789"}, ["new", "new-other", "within"]),
    ({"plate": "3*"}, ["new", "within"]),
    ({"plate": "?ABC12?"}, ["new", "within"]),
    ({"plate": "4*"}, ["new-other"]),
    ({"plate": "3ABC123", "alike": "0.01"}, ["new", "within"]),
    ({"witness": "ABC 132"}, ["new", "within"]),
    ({"camera": "BRE01A"}, ["new", "new-other", "within"]),
    ({"camera": "BRE02A"}, []),
    ({"by": "vehicle"}, ["new", "new-other"]),
    ({"by": "vehicle", "plate": "3*"}, ["new"]),
    ({"first": "yes"}, ["new-other", "within"]),
    ({"first": "no"}, ["new"]),
])
async def test_every_kind_of_question_finds_what_the_decision_reaches_and_nothing_else(
        decided: dict[str, str], asker: httpx.AsyncClient, params: dict[str, str], found: list[str]) -> None:
    assert await _ids(asker, **params) == [decided[name] for name in found]


async def test_the_newest_of_a_vehicle_is_told_among_those_that_may_be_seen(
        decided: dict[str, str], asker: httpx.AsyncClient, now: datetime) -> None:
    until = iso_ms(now - 31 * DAY)  # a newer one, of 35 days ago, is withheld
    assert await _ids(asker, by="vehicle", until=until) == [decided["within"]]


async def test_the_answer_names_the_decision_and_says_what_is_withheld(
        decided: dict[str, str], asker: httpx.AsyncClient, browser: httpx.AsyncClient, now: datetime) -> None:
    answer = (await asker.get("/reads", params={"plate": "3ABC123"})).json()
    assert answer["withheld"]["reason"] == "needs-decision"
    assert "PDK-1/2026" in answer["withheld"]["message"]
    page = (await browser.get("/reads", params={"plate": "3ABC123"})).text
    assert "zover beslissing PDK-1/2026 reikt" in page


async def test_nothing_is_withheld_where_the_decision_opens_all_of_the_question(
        world: World, asker: httpx.AsyncClient, now: datetime) -> None:
    add_decision(world, now - 50 * DAY, now)
    within = {"plate": "3ABC123", "from": iso_ms(now - 49 * DAY)}
    assert (await asker.get("/reads", params=within)).json()["withheld"] is None
    for wider in ({"from": iso_ms(now - 51 * DAY)}, {"plate": "3ABC12?"}, {"plate": "3ABC123,4XYZ789"}):
        assert (await asker.get("/reads", params={**within, **wider})).json()["withheld"] is not None


async def test_one_read_is_opened_within_the_decision_alone_and_the_rest_says_why_not(
        decided: dict[str, str], asker: httpx.AsyncClient) -> None:
    for name, read_id in decided.items():
        answer = await asker.get(f"/reads/{read_id}")
        if name in {"new", "new-other", "within"}:
            assert answer.status_code == 200
        else:
            assert (answer.status_code, "PDK-1/2026" in answer.json()["message"]) == (404, True)


async def test_a_reading_is_confirmed_within_the_decision_alone(
        decided: dict[str, str], asker: httpx.AsyncClient, world: World) -> None:
    for name in ("within", "other", "too-late"):
        answer = await asker.post(f"/reads/{decided[name]}/confirmation", json={"plate": "3ABC123"})
        assert (answer.status_code == 200) == (name == "within"), answer.text
    assert world.run("SELECT read_id::text FROM confirmations") == [(decided["within"],)]


async def test_pictures_are_granted_within_the_decision_alone(
        world: World, images: Path, asker: httpx.AsyncClient, now: datetime) -> None:
    add_decision(world, now - 50 * DAY, now - 40 * DAY)
    ids = [world.add_read(plate, now - 45 * DAY, 1, images=3) for plate in ("3ABC123", "4XYZ789")]
    for read_id in ids:
        put_image(images, read_id, Kind.plate, draw_plate("3-ABC-123"))
    items = (await asker.get("/reads")).json()["items"]
    assert [item["read_id"] for item in items] == [str(ids[0])]
    granted = items[0]["images"]["plate"]
    assert (await asker.get("http://zone" + granted)).status_code == 200
    assert (await asker.get("http://zone" + granted.replace(str(ids[0]), str(ids[1])))).status_code == 403


@pytest.mark.parametrize("kind", ["geojson", "gpx", "csv"])
async def test_journeys_and_their_files_hold_what_the_decision_reaches(
        world: World, asker: httpx.AsyncClient, now: datetime, kind: str) -> None:
    road = add_road(world)
    start = now - 45 * DAY
    inside = drive(world, road, start, "WA", "XA")
    outside = drive(world, road, start - 10 * DAY, "WA", "XA")
    recent = drive(world, road, now - DAY, "WA")
    question = {"plate": "3ABC123", "from": iso_ms(now - 90 * DAY)}
    add_decision(world, start - DAY, start + DAY, cameras=[road["WA"]], reference="PDK-2/2026")
    answer = (await asker.get("/journeys", params=question)).json()
    told = [read["read_id"] for journey in answer["journeys"] for read in journey["reads"]]
    assert told == [str(inside[0]), str(recent[0])]
    assert "PDK-2/2026" in answer["withheld"]["message"]
    file = await asker.get(f"/journeys.{kind}", params=question)
    assert file.status_code == 200
    audited = world.audit("journeys-exported")[-1]
    assert audited["read_ids"] == [inside[0], recent[0]]
    assert not any(str(read_id) in file.text for read_id in (*outside, inside[1]))


async def test_pages_go_on_across_the_boundary_without_a_gap_or_a_double(
        world: World, asker: httpx.AsyncClient, now: datetime) -> None:
    add_decision(world, now - 60 * DAY, now - 33 * DAY, plates=None, cameras=[1])
    add_decision(world, now - 45 * DAY, now - 20 * DAY, plates=("4XYZ789",))
    every = [(plate, now - age * DAY, camera) for age in range(1, 64, 2) for camera in (1, 2)
             for plate in ("3ABC123", "4XYZ789")]
    made = {str(world.add_read(*read)): read for read in every}
    found: list[str] = []
    after = None
    while True:
        answer = (await asker.get("/reads", params={"limit": 7, **({"after": after} if after else {})})).json()
        found += [item["read_id"] for item in answer["items"]]
        after = answer["next"]
        if after is None:
            break
    expected = {read_id for read_id, (plate, at, camera) in made.items()
                if at > now - 28 * DAY or (camera == 1 and now - 60 * DAY <= at < now - 33 * DAY)
                or (plate == "4XYZ789" and at >= now - 45 * DAY)}
    around = {read_id for read_id, (_, at, _) in made.items() if now - 31 * DAY < at <= now - 28 * DAY}
    assert set(found) - around == expected - around
    assert len(found) == len(set(found))
    assert found == sorted(found, key=lambda read_id: (made[read_id][1], read_id), reverse=True)


async def test_a_rejected_message_of_before_the_month_stays_closed_under_a_decision_for_one_plate(
        world: World, program: httpx.AsyncClient, now: datetime) -> None:
    world.run("UPDATE users SET role = 'tecint' WHERE username = 'an.peeters'")
    world.run("UPDATE api_tokens SET scope = scope || '{open-rejects,see-rejects}'")
    digest = world.add_reject(b"MQTT\n\n4XYZ789", now - DAY, captured_at=now - 45 * DAY)
    await state_reason(program)
    add_decision(world, now - 50 * DAY, now)
    assert (await program.get(f"/gateways/bree/rejects/{digest}")).status_code == 404
    add_decision(world, now - 50 * DAY, now, plates=None)
    assert (await program.get(f"/gateways/bree/rejects/{digest}")).status_code == 200


async def test_a_plate_that_only_the_withheld_part_knows_changes_no_probability(
        world: World, asker: httpx.AsyncClient, now: datetime) -> None:
    world.add_read("3ABC123", now - HOUR, 1)
    world.add_read("3ABC132", now - HOUR, 1)
    async def ask() -> list[tuple[str, float]]:
        answer = await asker.get("/reads", params={"witness": "ABC 12", "level": "0.0001"})
        assert plates(answer)
        return sorted((item["plate"], item["probability"]) for item in answer.json()["items"])
    add_decision(world, now - 50 * DAY, now)
    before = await ask()
    world.add_read("1ABC120", now - 45 * DAY, 1)
    assert await ask() == before
