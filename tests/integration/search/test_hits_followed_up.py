"""Following a hit up: every step from every state, who may take it, what it leaves, and who is told."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from services.hits.following import Disposition, HitState, Step, dispositions, may_step
from tests.integration.search.hits_world import Room
from tests.integration.search.world import World

ON = {Step.confirm: {"on": "image"}, Step.end: {"disposition": "misread"}}


@pytest.fixture
def room(world: World, app: FastAPI, images: Path) -> Iterator[Room]:
    return Room(world, app, images)


def set_state(room: Room, hit_id: int, state: HitState, claimer: int | None) -> None:
    """Put a hit into a state, held by somebody where the state says that it is."""
    room.world.run("UPDATE hits SET state = %s, claimed_by = %s, claimed_at = now(), ended_at = %s WHERE hit_id = %s",
                   state, None if state in (HitState.open, HitState.ended) else claimer,
                   "2026-11-23T10:00:00Z" if state is HitState.ended else None, hit_id)


async def test_each_step_is_taken_from_where_the_table_says_and_by_whom_it_says(room: Room) -> None:
    tom, els = room.officer("tom.wouters", "dispatcher"), room.officer("els.maes", "dispatcher")
    hit = room.raise_hit().hit_id
    for state in HitState:
        for step in Step:
            for is_claimer in (True, False):
                set_state(room, hit, state, tom.user_id if is_claimer else els.user_id)
                answer = await tom.step(hit, step, **ON.get(step, {}))
                held = is_claimer and state not in (HitState.open, HitState.ended)
                allowed = may_step(step, state, is_claimer=held, discreet=False)
                assert (answer.status_code == 303) is allowed, f"{step} from {state}, claimer {is_claimer}"
                if not allowed:
                    assert answer.status_code == 409


@pytest.mark.parametrize("discreet", [False, True])
async def test_what_came_of_it_is_said_from_where_the_table_says(room: Room, discreet: bool) -> None:
    tom = room.officer("tom.wouters", "dispatcher")
    group = room.followed.add_group("stil", tom.user_id)
    hit = room.raise_hit(discreet=discreet, audience_id=group).hit_id
    for state in (HitState.claimed, HitState.confirmed, HitState.dispatched):
        for one in Disposition:
            set_state(room, hit, state, tom.user_id)
            room.world.run("UPDATE hits SET ended_at = NULL WHERE hit_id = %s", hit)
            answer = await tom.step(hit, "end", disposition=one, remark="zoals besproken")
            allowed = one in dispositions(state, discreet=discreet)
            assert (answer.status_code == 303) is allowed, f"{one} from {state}"


async def test_nobody_is_sent_before_somebody_confirmed_it_on_the_image(room: Room) -> None:
    """R10."""
    tom = room.officer("tom.wouters", "dispatcher")
    hit = room.raise_hit().hit_id
    await tom.step(hit, "claim")
    assert (await tom.step(hit, "dispatch")).status_code == 409
    assert (await tom.step(hit, "confirm")).status_code == 409, "on nothing"
    answer = await tom.step(hit, "confirm", on="spot")
    assert answer.status_code == 409
    assert "Er is een beeld" in answer.text
    assert (await tom.step(hit, "confirm", on="image")).status_code == 303
    assert (await tom.step(hit, "dispatch")).status_code == 303
    assert room.events(hit) == ["raised", "claimed", "confirmed", "dispatched"]


async def test_without_an_image_it_is_sent_to_be_confirmed_on_the_spot(room: Room) -> None:
    """R10."""
    tom = room.officer("tom.wouters", "dispatcher")
    hit = room.raise_hit(images=0).hit_id
    await tom.step(hit, "claim")
    assert (await tom.step(hit, "confirm", on="image")).status_code == 409
    assert (await tom.step(hit, "confirm", on="spot")).status_code == 303
    assert "ter plaatse te bevestigen" in (await tom.get("/hits")).text
    assert (await tom.step(hit, "dispatch")).status_code == 303


async def test_of_two_who_take_a_hit_at_once_one_has_it_and_the_other_hears_who(room: Room) -> None:
    tom = room.officer("tom.wouters", "dispatcher", "Tom Wouters")
    els = room.officer("els.maes", "dispatcher", "Els Maes")
    for number in range(5):
        hit = room.raise_hit(f"3AAA00{number}").hit_id
        answers = await asyncio.gather(tom.step(hit, "claim"), els.step(hit, "claim"))
        assert sorted(answer.status_code for answer in answers) == [303, 409]
        winner, lost = (tom, answers[1]) if answers[0].status_code == 303 else (els, answers[0])
        assert f"{winner.name} heeft deze hit opgenomen." in lost.text
        assert room.events(hit) == ["raised", "claimed"]
    assert len(room.world.audit("hit-handled")) == 5


async def test_a_colleague_takes_over_and_whoever_lets_go_takes_the_confirmation_back(room: Room) -> None:
    tom = room.officer("tom.wouters", "dispatcher", "Tom Wouters")
    els = room.officer("els.maes", "dispatcher", "Els Maes")
    hit = room.raise_hit().hit_id
    await tom.step(hit, "claim")
    await tom.step(hit, "confirm", on="image")
    assert (await els.step(hit, "release")).status_code == 409
    assert (await els.step(hit, "take-over")).status_code == 303
    assert (await tom.step(hit, "dispatch")).status_code == 409
    assert room.state(hit) == "confirmed"
    assert room.world.audit("hit-handled")[-1]["filters"] == {
        "hit": hit, "event": "claimed", "before": "confirmed", "from": tom.user_id}
    await els.step(hit, "release")
    await tom.step(hit, "claim")
    assert (await tom.step(hit, "dispatch")).status_code == 409, "nobody has looked at it again"


async def test_not_following_needs_a_reason(room: Room) -> None:
    tom = room.officer("tom.wouters", "dispatcher", "Tom Wouters")
    hit = room.raise_hit().hit_id
    await tom.step(hit, "claim")
    assert (await tom.step(hit, "end", disposition="not-followed")).status_code == 409
    assert (await tom.step(hit, "end", disposition="not-followed", remark="geen ploeg vrij")).status_code == 303
    ((remark,),) = room.world.run("SELECT remark FROM hits WHERE hit_id = %s", hit)
    assert str(remark).endswith("Tom Wouters: geen ploeg vrij")


async def test_each_step_leaves_one_row_in_the_audit_with_the_read_and_without_the_plate(room: Room) -> None:
    tom = room.officer("tom.wouters", "dispatcher")
    hit = room.raise_hit()
    for step, more in (("claim", {}), ("confirm", {"on": "image"}), ("dispatch", {}),
                       ("end", {"disposition": "intercepted"})):
        assert (await tom.step(hit.hit_id, step, **more)).status_code == 303
    rows = room.world.audit("hit-handled")
    assert [row["question"] for row in rows] == [
        f"Hit {hit.hit_id}: Ik neem op", f"Hit {hit.hit_id}: Het beeld toont deze nummerplaat",
        f"Hit {hit.hit_id}: Ploeg gestuurd", f"Hit {hit.hit_id}: Onderschept"]
    assert all(row["read_ids"] == [hit.read_id] for row in rows)
    assert "3ABC123" not in str(rows)


async def test_a_refused_step_changes_nothing_and_leaves_no_event(room: Room) -> None:
    tom = room.officer("tom.wouters", "dispatcher")
    hit = room.raise_hit().hit_id
    await tom.step(hit, "dispatch")
    assert (room.state(hit), room.events(hit), room.world.audit("hit-handled")) == ("open", ["raised"], [])


async def test_a_remark_is_added_to_what_stands_there_by_whom_and_when(room: Room) -> None:
    tom = room.officer("tom.wouters", "dispatcher", "Tom Wouters")
    els = room.officer("els.maes", "dispatcher", "Els Maes")
    hit = room.raise_hit().hit_id
    await tom.post(f"/hits/{hit}/remark", remark="rijdt richting Peer")
    await els.post(f"/hits/{hit}/remark", remark="ploeg 2   is ter plaatse")
    page = (await tom.get(f"/hits/{hit}")).text
    assert "Tom Wouters: rijdt richting Peer" in page
    assert "Els Maes: ploeg 2 is ter plaatse" in page
    assert (await tom.post(f"/hits/{hit}/remark", remark=" ")).status_code == 409
    assert room.events(hit) == ["raised", "remarked", "remarked"]


async def test_a_confirmed_image_and_a_misread_teach_the_look_alike_model(room: Room) -> None:
    tom = room.officer("tom.wouters", "dispatcher")
    right, wrong = room.raise_hit("3AAA001").hit_id, room.raise_hit("3AAA002").hit_id
    await tom.step(right, "claim")
    await tom.step(right, "confirm", on="image")
    await tom.step(wrong, "claim")
    await tom.step(wrong, "end", disposition="misread", shown="3-aaa-008")
    assert room.world.run("SELECT plate_read, plate_shown FROM confirmations ORDER BY plate_read") == [
        ("3AAA001", "3AAA001"), ("3AAA002", "3AAA008")]


async def test_the_requester_hears_what_came_of_it(room: Room) -> None:
    tom, els = room.officer("tom.wouters", "dispatcher"), room.officer("els.maes", "investigator")
    hit = room.raise_hit(requested_by=els.user_id).hit_id
    await tom.step(hit, "claim")
    await tom.step(hit, "end", disposition="misread")
    page = (await els.get("/notices")).text
    assert "Foute lezing" in page


async def test_hits_are_followed_up_over_the_api_with_the_same_rules(room: Room) -> None:
    tom = room.officer("tom.wouters", "dispatcher", "Tom Wouters")
    hit = room.raise_hit().hit_id
    async with tom._client() as client:
        assert [one["hit_id"] for one in (await client.get("/api/v1/hits")).json()["items"]] == [hit]
        answer = await client.post(f"/api/v1/hits/{hit}/steps/claim", json={})
        assert (answer.status_code, answer.json()["claimed_by"]) == (200, "Tom Wouters")
        answer = await client.post(f"/api/v1/hits/{hit}/steps/dispatch", json={})
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
        answer = await client.post(f"/api/v1/hits/{hit}/steps/end", json={"disposition": "misread"})
        assert answer.json()["disposition"] == "misread"
        assert (await client.get("/api/v1/hits")).json()["items"] == []
        assert (await client.get(f"/api/v1/hits/{hit}")).json()["state"] == "ended"
