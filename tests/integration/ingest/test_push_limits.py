"""The push door under pressure and malice: what is too much, too slow or broken is refused, counted and harmless."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY

from ingest import push, push_bodies, push_connections
from ingest.batcher import Batcher
from ingest.intake import Intake
from ingest.push import PushDoor
from ingest.register import Register
from services.images import ImageStore
from services.messages import MAX_MESSAGE_BYTES
from services.registry import State
from tests.ingest_samples import body, read
from tests.push_process import KEY, WRONG_KEY, free_port, put_key

PLACE = f"/push/houthalen?key={KEY}"
FULL = b" " * 600_000


def counted(answer: str) -> float:
    return REGISTRY.get_sample_value("zoneschild_pushes_total", {"answer": answer}) or 0.0


def cut(reason: str) -> float:
    return REGISTRY.get_sample_value("zoneschild_push_connections_cut_total", {"reason": reason}) or 0.0


def held() -> float:
    return REGISTRY.get_sample_value("zoneschild_push_body_bytes") or 0.0


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110  # what is waited for lies outside this program's reach
            await asyncio.sleep(0.01)


async def ended(reader: asyncio.StreamReader) -> bool:
    try:
        return await asyncio.wait_for(reader.read(), 5) == b""
    except ConnectionError:
        return True


class Door:
    """An open push door in this process, over a batcher that works or does not."""

    def __init__(self, settings: Any, engine: Any) -> None:
        self.settings = settings.model_copy(update={"push_port": free_port()})
        self.engine, self.register = engine, Register(engine)
        self.fresh, self.backlog = (Intake(settings.ingest_queue_mb * 2**20) for _ in range(2))
        self.door = PushDoor(self.settings, self.register, self.fresh, self.backlog)
        self.tasks: list[asyncio.Task[None]] = []

    async def open(self, *, working: bool = True) -> None:
        await self.register.look_again()
        self.tasks.append(asyncio.create_task(self.door.run()))
        if working:
            self.work()
        await until(self.accepts)

    def work(self) -> None:
        images = ImageStore.open(self.settings.images_url)
        for lane in (self.fresh, self.backlog):
            batcher = Batcher(self.settings, self.engine, images, lane, lambda _, answers: self.door.answer(answers),
                              self.register)
            self.tasks.append(asyncio.create_task(batcher.run()))

    def accepts(self) -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self.settings.push_port)) == 0

    async def connect(self, sent: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.settings.push_port)
        writer.write(sent)
        return reader, writer

    async def said(self, *pieces: bytes, pause_s: float = 0.0) -> bytes:
        """Send pieces and return all that is answered before the connection ends."""
        reader, writer = await self.connect()
        try:
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(pause_s)
            return await asyncio.wait_for(reader.read(), 10)
        except ConnectionError:
            return b"(cut)"
        finally:
            writer.close()

    async def push(self, content: Any, place: str = PLACE, **more: Any) -> httpx.Response:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.settings.push_port}", timeout=30) as client:
            return await client.post(place, content=content if isinstance(content, bytes) else body(content), **more)

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


@pytest.fixture
async def open_door(settings: Any, engine: Any, look: Any) -> AsyncIterator[Callable[..., Awaitable[Door]]]:
    """Open doors; all are closed at the end."""
    put_key(look.connection, "houthalen")
    opened: list[Door] = []

    async def open_(*, working: bool = True, **changes: Any) -> Door:
        opened.append(Door(settings.model_copy(update=changes), engine))
        await opened[-1].open(working=working)
        return opened[-1]

    yield open_
    for door in opened:
        await door.close()


def head(length: int | None, place: str = PLACE, more: str = "") -> bytes:
    framing = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    return f"POST {place} HTTP/1.1\r\nHost: door\r\n{framing}\r\n{more}\r\n".encode()


async def test_a_push_waits_for_its_commit_and_is_told_to_come_again_if_that_takes_too_long(
        open_door: Any, look: Any, moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "STORED_WITHIN_S", 0.3)
    door, before = await open_door(working=False), counted("not-stored")
    refused = await door.push(read(moment))
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")
    assert counted("not-stored") == before + 1
    monkeypatch.setattr(push, "STORED_WITHIN_S", 10)
    door.work()  # what was handed in is stored yet; that it comes again changes nothing
    assert (await door.push(read(moment))).json()["reads"] == 1
    assert look.counts() == {"stored": 1, "doubled": 1, "superseded": 0, "rejected": 0, "heartbeats": 0}


async def test_a_full_queue_refuses_at_once_and_takes_again_when_there_is_room(open_door: Any, look: Any,
                                                                               moment: datetime) -> None:
    door, before = await open_door(working=False, ingest_queue_mb=1), counted("no-room")
    first = asyncio.create_task(door.push(FULL))
    await until(lambda: not door.fresh.has_room(len(FULL)))
    began = time.monotonic()
    refused = await door.push(FULL)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "10")
    assert time.monotonic() - began < 2
    told = await door.said(head(len(FULL), more="Expect: 100-continue\r\nConnection: close\r\n"))
    assert told.startswith(b"HTTP/1.1 503")  # before a byte of the body was sent
    assert counted("no-room") == before + 2
    door.work()
    assert (await first).status_code == 200
    assert (await door.push(read(moment))).json()["reads"] == 1


async def test_old_reads_wait_behind_the_backlog_and_fresh_ones_do_not(open_door: Any, moment: datetime) -> None:
    door = await open_door(working=False)
    waiting = [asyncio.create_task(door.push(one)) for one in (read(moment), {"camera": "cam1"})]
    lanes = [await asyncio.wait_for(lane.take(10, 0), 5) for lane in (door.backlog, door.fresh)]
    assert [[json.loads(message.payload) for message in lane] for lane in lanes] == [[read(moment)],
                                                                                   [{"camera": "cam1"}]]
    for task in waiting:
        task.cancel()


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_too_long_is_read_no_further_and_is_one_counted_reject(open_door: Any, look: Any,
                                                                            moment: datetime, declared: bool) -> None:
    door, before = await open_door(), counted("too-large")

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(12):
            yield b"x" * 1_000_000

    length = {"content-length": "12000000"} if declared else {}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{door.settings.push_port}", timeout=30) as client:
        for _ in range(2):  # that it comes again changes nothing
            assert (await client.post(PLACE, content=pieces(), headers=length)).status_code == 413
        assert (await client.post(PLACE, content=body(read(moment)))).json()["reads"] == 1
    assert counted("too-large") == before + 2
    (reject,) = look.all("SELECT reason, detail, length(body) < 100000 AS short FROM rejects")
    assert (reject["reason"], reject["short"]) == ("too-large", True)
    assert look.counts()["rejected"] == 1


async def test_the_longest_body_is_taken(open_door: Any, look: Any) -> None:
    door = await open_door()
    answer = await door.push(b" " * MAX_MESSAGE_BYTES)
    assert [reject["reason"] for reject in answer.json()["rejected"]] == ["not-json"]


async def test_all_the_bodies_together_are_bounded(open_door: Any) -> None:
    door, before = await open_door(working=False, ingest_queue_mb=1), counted("no-room")
    half_sent = [await door.connect(head(8_000_000) + b" " * 7_900_000) for _ in range(2)]
    await until(lambda: held() >= 15_800_000)
    told = await door.said(head(1_000_000, more="Connection: close\r\n") + b" " * 1_000_000)
    assert told.startswith(b"HTTP/1.1 503")
    assert counted("no-room") == before + 1
    for _, writer in half_sent:
        writer.close()
    await until(lambda: held() == 0)


async def test_a_body_that_stops_or_trickles_is_given_up(open_door: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_bodies, "PIECE_WITHIN_S", 0.3)
    monkeypatch.setattr(push_bodies, "WHOLE_WITHIN_S", 1.0)
    door, before = await open_door(), counted("too-slow")
    stopped, trickled = await asyncio.gather(door.said(head(100) + b"{"),
                                             door.said(head(100), *[b" "] * 20, pause_s=0.1))
    assert stopped.startswith(b"HTTP/1.1 408")
    assert trickled.startswith((b"HTTP/1.1 408", b"(cut)"))
    assert counted("too-slow") == before + 2


async def test_a_body_that_breaks_off_is_counted_and_nothing_is_stored(open_door: Any, look: Any,
                                                                       moment: datetime) -> None:
    door, before = await open_door(), counted("aborted")
    whole = body(read(moment))
    for framed in (head(len(whole)) + whole[:-1], head(None) + b"%x\r\n" % len(whole) + whole + b"\r\n"):
        _, writer = await door.connect(framed)
        await writer.drain()
        writer.close()
    await until(lambda: counted("aborted") == before + 2)
    assert look.one("SELECT count(*) FROM reads") == look.one("SELECT count(*) FROM rejects") == 0


async def test_connections_that_say_nothing_whole_are_cut(open_door: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_connections, "SILENT_S", 0.5)
    door, before = await open_door(), cut("silent")
    began = time.monotonic()
    said = await asyncio.gather(door.said(), door.said(b"POST /push/houthalen HTTP/1.1\r\nHost: "),
                                door.said(*[b"P", b"O", b"S", b"T", b" ", *[b"/"] * 20], pause_s=0.1))
    assert set(said) <= {b"", b"(cut)"}
    assert time.monotonic() - began < 5
    assert cut("silent") >= before + 3


async def test_a_body_that_goes_on_after_its_answer_is_cut(open_door: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_connections, "ENDLESS_S", 0.5)
    door, before = await open_door(), cut("endless")
    reader, writer = await door.connect(head(10**9, "/push/houthalen"))
    assert (await reader.readline()).startswith(b"HTTP/1.1 401")

    async def go_on() -> None:
        while True:
            writer.write(b" " * 1000)
            await writer.drain()
            await asyncio.sleep(0.02)

    with pytest.raises(ConnectionError):
        await asyncio.wait_for(go_on(), 5)
    assert cut("endless") == before + 1


async def test_a_connection_too_many_takes_the_place_of_the_one_silent_longest(
        open_door: Any, moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_connections, "MOST_CONNECTIONS", 5)
    door, before = await open_door(), cut("too-many")
    silent = [await door.connect() for _ in range(8)]
    assert (await door.push(read(moment))).status_code == 200
    assert cut("too-many") >= before + 4
    assert [await ended(reader) for reader, _ in silent[:4]] == [True] * 4
    for _, writer in silent:
        writer.close()


@pytest.mark.parametrize("garbage", [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20, b"\0" * 100, b"POST\r\n\r\n",
    b"POST /push/houthalen HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", head(None) + b"zz\r\n",
    b"POST /push/houthalen HTTP/1.1\r\nHost: a\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
    b"POST /push/\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n", b"POST /push/houthalen HTTP/1.1\r\n\r\n",
])
async def test_what_is_no_http_ends_its_own_connection_alone(open_door: Any, moment: datetime, garbage: bytes,
                                                             caplog: pytest.LogCaptureFixture) -> None:
    door, before = await open_door(), cut("malformed")
    assert (await door.said(garbage)).startswith((b"HTTP/1.1 400", b"(cut)"))
    assert cut("malformed") == before + 1
    assert (await door.push(read(moment))).status_code == 200
    assert "Traceback" not in caplog.text


async def test_long_headers_are_refused_in_one_piece_or_in_many(open_door: Any) -> None:
    door = await open_door()
    long = head(0, more="".join(f"X-{n}: {'x' * 1000}\r\n" for n in range(100)))
    assert (await door.said(long)).startswith(b"HTTP/1.1 431")
    pieces = [long[n:n + 5000] for n in range(0, len(long), 5000)]
    assert (await door.said(*pieces, pause_s=0.02)).startswith((b"HTTP/1.1 400", b"(cut)"))


async def test_wrong_keys_are_held_back_only_so_many_at_a_time_and_a_right_one_never(open_door: Any,
                                                                                     moment: datetime) -> None:
    door = await open_door()
    wrong = [asyncio.create_task(door.push(b"", f"/push/houthalen?key={WRONG_KEY}")) for _ in range(60)]
    await asyncio.sleep(0.5)
    began = time.monotonic()
    assert (await door.push(read(moment))).status_code == 200
    assert time.monotonic() - began < 2
    answers = [(await task).status_code for task in wrong]
    assert set(answers) == {401, 429}
    assert answers.count(401) >= 32


async def test_who_stops_tells_those_who_wait(open_door: Any, moment: datetime) -> None:
    door, before = await open_door(working=False), cut("stopping")
    waiting = asyncio.create_task(door.push(read(moment)))
    _, half_sent = await door.connect(head(100) + b"{")
    await until(lambda: not door.backlog.has_room(2**26))
    began = time.monotonic()
    await door.close()
    assert time.monotonic() - began < 3
    assert (await waiting).status_code == 503
    assert cut("stopping") == before + 1
    half_sent.close()


async def test_a_gateway_without_a_key_or_a_profile_that_does_not_exist_stops_nothing(open_door: Any, look: Any,
                                                                                      moment: datetime) -> None:
    look.connection.execute("UPDATE gateways SET profile = 'invented' WHERE name = 'houthalen'")
    door = await open_door()
    assert door.register.gateways["houthalen"].state is State.live
    assert (await door.push(read(moment))).text == "OK"
    assert look.one("SELECT reason FROM rejects") == "bad-settings"
    assert (await door.push(read(moment), f"/push/genk?key={KEY}")).status_code == 401
