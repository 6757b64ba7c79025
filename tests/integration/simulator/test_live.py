"""Live traffic as a program: life at once, pictures, heartbeats, a story, a clean end."""

import asyncio
import json
import os
import signal
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiomqtt
import msgspec
import pytest
from pydantic import SecretStr

from services.clock import utc_now
from services.messages import Heartbeat, Read
from services.settings import Broker, SimulatorSettings
from simulator import live
from simulator.faults import parse_faults
from simulator.network import load_network
from simulator.truth import read_truth

EVENT = {"after_s": 2.0, "camera": "BRE01A", "plate_raw": "3XYZ99B", "truth_plate": "3-XYZ-998", "country": "BE",
         "vehicle": {"make": "Volvo", "model": "V60", "colour": "black", "type": "car"}, "confidence": 0.66,
         "direction": "away", "lane": 1, "speed_kmh": 61.0, "facing": "rear"}


class Heard:
    """What came over the broker while the program ran."""

    def __init__(self) -> None:
        self.reads: list[tuple[float, str, Read]] = []
        self.heartbeats: list[tuple[str, Heartbeat]] = []
        self.order: list[Read | Heartbeat] = []
        self.more = asyncio.Event()

    def take(self, message: aiomqtt.Message) -> None:
        self.more.set()
        gateway, kind = str(message.topic).split("/")[2:]
        if kind == "reads":
            self.reads.append((time.monotonic(), gateway, msgspec.json.decode(message.payload, type=Read)))
            self.order.append(self.reads[-1][2])
        else:
            self.heartbeats.append((gateway, msgspec.json.decode(message.payload, type=Heartbeat)))
            self.order.append(self.heartbeats[-1][1])

    async def until(self, reads: int) -> None:
        """Wait until so many reads have come."""
        async with asyncio.timeout(10):
            while len(self.reads) < reads:
                self.more.clear()
                await self.more.wait()

    def vouched_wrongly(self) -> list[Read]:
        """Reads that came for the first time after a heartbeat had said that all of their time were there."""
        until: dict[str, datetime] = {}
        known: set[str] = set()
        wrong = []
        for message in self.order:
            if isinstance(message, Heartbeat):
                assert message.complete_until is not None
                until[message.camera] = message.complete_until
            elif message.passage is not None and message.passage.id not in known:
                known.add(message.passage.id)
                if message.camera in until and message.captured_at <= until[message.camera]:
                    wrong.append(message)
        return wrong


async def listen(url: str, heard: Heard, ready: asyncio.Event) -> None:
    broker = Broker.parse(url)
    async with aiomqtt.Client(broker.host, broker.port, username=broker.username, password=broker.password) as client:
        await client.subscribe("anpr/v1/#", qos=1)
        ready.set()
        async for message in client.messages:
            heard.take(message)


async def play(broker: Any, folder: Path, *arguments: str, seconds: float) -> tuple[Heard, float, str]:
    """Run `live`, end it by SIGTERM after `seconds`; what was heard, when it began, what it said."""
    heard, ready = Heard(), asyncio.Event()
    listening = asyncio.create_task(listen(broker.url_for("ingest"), heard, ready))
    await ready.wait()
    environment = {**os.environ, "ZONESCHILD_BROKER_URL": broker.url_for("simulator")}
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", "live", "--truth", str(folder / "truth.jsonl"), *arguments,
        env=environment, stderr=asyncio.subprocess.PIPE)
    await asyncio.sleep(seconds)
    process.send_signal(signal.SIGTERM)
    _, said = await asyncio.wait_for(process.communicate(), 30)
    await asyncio.sleep(0.2)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    assert process.returncode == 0, said.decode()
    return heard, began, said.decode()


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "story.json"
    path.write_text(json.dumps({"live": [EVENT]}))
    return path


async def test_traffic_story_pictures_and_heartbeats_are_sent_and_the_truth_knows_all(
    broker: Any, tmp_path: Path, story: Path,
) -> None:
    heard, began, said = await play(broker, tmp_path, "--reads-per-day", "400000", "--seed", "3", "--story", str(story),
                                    "--faults", "", seconds=9)
    network = load_network()
    truth = {line.passage_id: line for line in read_truth(tmp_path / "truth.jsonl")}
    assert heard.reads[0][0] - began < 6  # importing OpenCV on a busy machine is most of it
    assert len(heard.reads) == len(truth) >= 4
    for _, gateway, read in heard.reads:
        assert read.passage is not None
        line = truth[read.passage.id]
        assert (read.camera, read.plate, gateway) == (line.camera, line.read, network.gateway_of(read.camera))
        assert [image.kind for image in read.images] == ["plate", "overview"]
        assert all(image.data.startswith(b"\xff\xd8") for image in read.images)
        assert abs(utc_now() - read.captured_at) < timedelta(minutes=1)
    assert {heartbeat.camera for _, heartbeat in heard.heartbeats} == set(network.cameras)
    assert all(beat.complete_until is not None and beat.complete_until < beat.sent_at for _, beat in heard.heartbeats)
    told = next(read for _, _, read in heard.reads if read.plate == "3XYZ99B")
    assert (told.camera, told.facing, told.direction) == ("BRE01A", "rear", "away")
    assert not any(line.plate in said or (line.read or "-") in said for line in truth.values())


async def test_no_heartbeat_vouches_for_a_read_that_is_still_to_come(
    broker: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.5)
    heard, ready, start = Heard(), asyncio.Event(), utc_now()
    listening = asyncio.create_task(listen(broker.url_for("ingest"), heard, ready))
    await ready.wait()
    faults = parse_faults("late=0.3,late_s=3,duplicate=0.2,misread=0.2,miss=0.1", start)
    # So many a day that every fault strikes in eight seconds even at night.
    options = live.Options(1, 100_000, faults, tmp_path / "truth.jsonl", [], 100.0, 8.0, images=False)
    settings = SimulatorSettings(broker_url=SecretStr(broker.url_for("simulator")))
    await live._play(settings, load_network(), options, start)
    lines = read_truth(tmp_path / "truth.jsonl")
    sent = sum(len(line.sent_at) for line in lines)
    await heard.until(sent)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    assert {fault for line in lines for fault in line.faults} == {"late", "duplicate", "misread", "miss"}
    assert len(heard.order) > 500
    assert heard.vouched_wrongly() == []


async def test_it_ends_by_itself_after_its_duration(broker: Any, tmp_path: Path) -> None:
    environment = {**os.environ, "ZONESCHILD_BROKER_URL": broker.url_for("simulator")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", "live", "--truth", str(tmp_path / "t.jsonl"), "--duration", "2",
        "--no-images", env=environment, stderr=asyncio.subprocess.PIPE)
    _, said = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0
    assert b"messages sent" in said
