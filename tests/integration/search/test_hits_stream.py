"""The stream: each event of one's own groups once, in order, over restarts; the heartbeat; who is shut out or slow."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from fastapi import FastAPI

from search.app import create_app
from search.hits import boards, streams
from services.clock import utc_now
from services.settings import SearchSettings
from tests.integration.search.hits_world import Listening, Message, Officer, Room, ask_for_stream
from tests.integration.search.world import World


@pytest.fixture
def room(world: World, app: FastAPI, images: Path) -> Iterator[Room]:
    return Room(world, app, images)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the heart beat faster: nobody waits two seconds a test."""
    monkeypatch.setattr(boards, "BEAT_S", 0.2)


@pytest_asyncio.fixture
async def tom(room: Room) -> AsyncIterator[Officer]:
    yield room.officer("tom.wouters", "dispatcher", "Tom Wouters")


async def test_a_new_hit_is_told_at_once_with_its_card_and_was_in_the_audit_before(room: Room, tom: Officer) -> None:
    async with tom.listen(cards=True) as board:
        await board.next("beat")
        hit = room.raise_hit()
        message = await board.next()
        row = room.world.audit("hits-shown")[0]
    assert (message.data["hit"], message.data["kind"]) == (hit.hit_id, "raised")
    assert f'id="hit-{hit.hit_id}"' in message.data["card"]
    assert "3-ABC-123" in message.data["card"]
    assert (row["username"], row["filters"], row["read_ids"]) == (
        "tom.wouters", {"hits": [hit.hit_id]}, [hit.read_id])


async def test_a_program_hears_the_hits_data(room: Room, tom: Officer) -> None:
    async with tom.listen() as board:
        await board.next("beat")
        hit = room.raise_hit()
        item = (await board.next()).data["item"]
    assert (item["hit_id"], item["plate"], item["camera"], item["lists"]) == (
        hit.hit_id, "3ABC123", "BRE01A", ["Stolen-Vehicle"])


async def test_a_board_that_opens_while_others_are_told_misses_nothing(room: Room, tom: Officer) -> None:
    after = (await tom.get("/api/v1/hits")).json()["after"]
    async with AsyncExitStack() as open_boards:
        listening, hits = [], []
        for number in range(24):
            listening.append(await open_boards.enter_async_context(tom.listen(after)))
            await asyncio.sleep(number % 7 * 0.004)
            hits.append(room.raise_hit(f"3AAA{number:03}").hit_id)
            await asyncio.sleep(number % 5 * 0.004)
        for board in listening:
            assert [(await board.next()).data["hit"] for _ in hits] == hits


async def test_what_a_colleague_does_is_told_to_everybody_and_whose_it_is(room: Room, tom: Officer) -> None:
    els = room.officer("els.maes", "dispatcher", "Els Maes")
    hit = room.raise_hit().hit_id
    async with tom.listen(cards=True) as mine, els.listen(cards=True) as theirs:
        await mine.next("beat")
        await theirs.next("beat")
        await tom.step(hit, "claim")
        room.number()
        told, heard = await mine.next(), await theirs.next()
    assert (told.data["own"], heard.data["own"]) == (True, False)
    assert "U hebt hem" in told.data["card"]
    assert "Tom Wouters heeft hem" in heard.data["card"]


async def test_whoever_comes_again_hears_everything_once_in_order(room: Room, tom: Officer) -> None:
    heard: list[Message] = []
    hits = [room.raise_hit(f"3AAA{number:03}").hit_id for number in range(3)]
    async with tom.listen() as board:
        await board.next("beat")
        hits += [room.raise_hit(f"3AAB{number:03}").hit_id for number in range(3)]
        heard += [await board.next() for _ in range(2)]
    hits += [room.raise_hit(f"3AAC{number:03}").hit_id for number in range(3)]
    async with tom.listen(last=heard[-1].id) as board:
        heard += [await board.next() for _ in range(4)]
        assert await board.quiet()
    assert [message.data["hit"] for message in heard] == hits[3:]


async def test_nothing_is_missed_or_doubled_over_a_restart_of_search(
        room: Room, tom: Officer, settings: SearchSettings) -> None:
    async with tom.listen() as board:
        await board.next("beat")
        first = room.raise_hit("3AAA001").hit_id
        heard = [await board.next()]
        room.app.state.program.boards.close()
        await asyncio.wait_for(board.ended.wait(), 3)
    missed = room.raise_hit("3AAA002").hit_id
    another = create_app(settings)
    tom.app = another
    async with tom.listen(last=heard[-1].id) as board:
        heard.append(await board.next())
        later = room.raise_hit("3AAA003").hit_id
        heard.append(await board.next())
        assert await board.quiet()
    await another.state.program.engine.dispose()
    assert [message.data["hit"] for message in heard] == [first, missed, later]


async def test_a_page_goes_on_where_it_was_made(room: Room, tom: Officer) -> None:
    room.raise_hit("3AAA001")
    page = (await tom.get("/hits")).text
    missed = room.raise_hit("3AAA002").hit_id
    after = page.split('data-after="')[1].split('"')[0]
    async with tom.listen(after, cards=True) as board:
        assert (await board.next()).data["hit"] == missed
        assert await board.quiet()


async def test_a_mark_tells_nothing_and_a_forged_one_is_worth_nothing(room: Room, tom: Officer) -> None:
    async with tom.listen() as board:
        await board.next("beat")
        room.raise_hit("3AAA001")
        room.raise_hit("3AAA002")
        marks = [(await board.next()).id, (await board.next()).id]
    assert len(set(marks)) == 2
    assert all(len(mark) == 22 for mark in marks)
    for forged in ("1", "0", marks[0][:-2] + "AA", "x" * 64, "%00"):
        async with tom.listen(forged) as board:
            await board.next("beat")
            assert await board.quiet(0.3), "what is new from now on, and nothing before"


async def test_the_heartbeat_says_whether_ingest_lives(room: Room, tom: Officer) -> None:
    room.number()
    async with tom.listen() as board:
        assert (await board.next("beat")).data["ingest"] is True
        room.world.run("UPDATE hit_mover SET at = now() - interval '6 seconds'")
        await board.next("beat")
        assert (await board.next("beat")).data["ingest"] is False
        room.world.run("UPDATE hit_mover SET at = now() + interval '1 minute', broker_connected = false")
        await board.next("beat")
        assert (await board.next("beat")).data["ingest"] is False


@pytest.mark.parametrize("ending", [
    "DELETE FROM sessions", "UPDATE sessions SET expires_at = now()", "UPDATE users SET disabled_at = now()",
    "UPDATE users SET role = 'auditor'"])
async def test_a_log_in_that_ends_closes_the_stream_within_seconds(room: Room, tom: Officer, ending: str) -> None:
    async with tom.listen() as board:
        await board.next("beat")
        room.world.run(ending)
        await board.next("over")
        await asyncio.wait_for(board.ended.wait(), 3)
        room.raise_hit()
        assert await board.quiet(0.4)


async def test_a_token_that_ends_closes_its_stream(room: Room, tom: Officer) -> None:
    token = room.world.add_token("tom.wouters", utc_now() + timedelta(hours=1), ["see-hits"])
    board = Listening()
    asked = ask_for_stream("", {"authorization": f"Bearer {token}"})
    task = asyncio.create_task(room.app(asked, board.receive, board.send))
    await board.next("beat")
    hit = room.raise_hit().hit_id
    assert (await board.next()).data["hit"] == hit
    room.world.run("UPDATE api_tokens SET ended_at = now()")
    await board.next("over")
    await asyncio.wait_for(task, 3)


async def test_whoever_leaves_a_group_hears_nothing_of_it_from_then_on(room: Room, tom: Officer) -> None:
    group = room.followed.add_group("stil", tom.user_id)
    async with tom.listen() as board:
        await board.next("beat")
        room.raise_hit("3AAA001", audience_id=group, discreet=True, category="discreet-check")
        assert (await board.next()).data["item"]["plate"] == "3AAA001"
        room.world.run("UPDATE audiences SET user_ids = '{}' WHERE audience_id = %s", group)
        room.raise_hit("3AAA002", audience_id=group, discreet=True, category="discreet-check")
        assert await board.quiet()


async def test_a_client_that_takes_nothing_is_dropped_and_does_not_hold_up_the_others(
        room: Room, tom: Officer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MOST_WAITING", 3)
    els = room.officer("els.maes", "dispatcher")
    async with tom.listen() as slow, els.listen() as board:
        await slow.next("beat")
        await board.next("beat")
        slow.takes.clear()
        hits = [room.raise_hit(f"3AAA{number:03}").hit_id for number in range(4)]
        assert [(await board.next()).data["hit"] for _ in hits] == hits
        for _ in range(50):
            if len(room.app.state.program.boards._streams) == 1:
                break
            await asyncio.sleep(0.1)
        assert len(room.app.state.program.boards._streams) == 1


async def test_events_that_come_while_the_database_is_away_are_told_when_it_is_back(room: Room, tom: Officer) -> None:
    async with tom.listen() as board:
        await board.next("beat")
        await board.next("beat")  # the second comes to boards that have been told all that they missed
        room.world.run("ALTER TABLE hit_events RENAME TO elsewhere")
        await asyncio.sleep(0.6)
        room.world.run("ALTER TABLE elsewhere RENAME TO hit_events")
        hit = room.raise_hit().hit_id
        assert (await board.next()).data["hit"] == hit


async def test_without_a_notification_a_hit_comes_all_the_same(room: Room, tom: Officer) -> None:
    async with tom.listen() as board:
        await board.next("beat")
        hit = room.followed.add_hit()
        room.followed.add_alert(hit, room.followed.add_entry(room.followed.add_list()))
        room.followed.add_event(hit, "raised")
        assert (await board.next(within=3)).data["hit"] == hit


async def test_nobody_listens_without_a_log_in_or_without_the_right(room: Room) -> None:
    auditor = room.officer("ria.jans", "auditor")
    assert (await auditor.get("/api/v1/hits/events")).status_code == 403
    auditor.secret = "nobody"
    assert (await auditor.get("/api/v1/hits/events")).status_code == 401


async def test_all_who_come_again_at_once_are_told_in_a_few_looks(room: Room, tom: Officer) -> None:
    hits = [room.raise_hit(f"3AAA{number:03}").hit_id for number in range(5)]
    beginning = room.app.state.program.boards.marks.write(0)
    async with AsyncExitStack() as stack:
        coming = [await stack.enter_async_context(tom.listen(beginning, cards=True)) for _ in range(40)]
        for one in coming:
            assert [(await one.next()).data["hit"] for _ in hits] == hits
    assert len(room.world.audit("hits-shown")) < 8
