"""Watching a gateway through the database: both states of a gateway, what is refused, and no plate in what is said."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from ingest.kit import conform
from services.clock import iso_ms, utc_now
from services.errors import ConfigurationError
from services.settings import IngestSettings
from tests import ingest_samples
from tests.ingest_samples import BEATS, JPEG, picture

PLANTED = ("3ABC", "3-ABC", "ABC-12", "ABC12")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conform, "_SETTLING_S", 0.6)


def came(camera: str, number: int, **members: Any) -> Any:
    now = utc_now()
    # Later ones are captured later: on a slow machine two of one car could else have one millisecond, and be one read.
    return ingest_samples.incoming({"camera": camera, "captured_at": iso_ms(now - timedelta(milliseconds=80 - number)),
                                    "plate": f"3-ABC-12{number}", **members}, received_at=now)


class Watching:
    """Watches gateway houthalen while messages are sent, and keeps what was said."""

    def __init__(self, settings: IngestSettings, batcher: Any, capsys: pytest.CaptureFixture[str]) -> None:
        self.settings, self.batcher, self.capsys, self.code = settings, batcher, capsys, -1

    async def __call__(self, *makers: Any) -> str:
        watching = asyncio.create_task(conform.run(self.settings, "houthalen", 1))
        said = ""
        while "watching gateway" not in said:  # only what arrives from here on is looked at
            await asyncio.sleep(0.02)
            said += self.capsys.readouterr().out
        messages = [maker() for maker in makers]
        self.batcher.put(*messages)
        await self.batcher.until_acknowledged(len(messages))
        self.code = await watching
        said = self.capsys.readouterr().out
        assert not any(plate in said for plate in PLANTED)
        return said


@pytest.fixture
async def watch(settings: IngestSettings, start_batcher: Any, capsys: pytest.CaptureFixture[str]) -> Watching:
    return Watching(settings, await start_batcher(), capsys)


def good(camera: str, number: int) -> Any:
    return lambda: came(camera, number, country="BE", confidence=0.9, images=[picture("plate", JPEG)])


def beat() -> Any:
    return ingest_samples.incoming({"camera": "cam1", "sent_at": iso_ms(utc_now())}, BEATS, utc_now())


async def test_a_gateway_with_which_all_is_right(watch: Watching) -> None:
    said = await watch(*(good(camera, number) for number in range(3) for camera in ("cam1", "cam2")), beat)
    assert {line[0] for line in said.splitlines()} == {"✓"}, said
    assert "every registered camera was heard (2)" in said
    assert watch.code == 0


async def test_a_gateway_that_sends_nothing(watch: Watching) -> None:
    said = await watch()
    assert "✗ nothing arrived in" in said
    assert watch.code == 1


async def test_what_is_refused_unread_or_said_without_scale_is_told(watch: Watching, look: Any) -> None:
    mapping = {"name": "invented", "messages": [
        {"kind": "read", "camera": "body.camera", "captured_at": "body.captured_at", "plate": "body.plate",
         "confidence": "body.p", "country": "body.country"}]}
    look.connection.execute("UPDATE gateways SET profile = 'mapping', decoding = %s WHERE gateway_id = 7",
                            [json.dumps({"mapping": mapping})])
    ahead = iso_ms(utc_now() + timedelta(hours=2))
    said = await watch(
        *(lambda n=n: came("cam1", n, p=90 + n, country="NLD") for n in range(3)), lambda: came("cam9", 4),
        lambda: came("cam1", 5, captured_at=ahead), lambda: came("cam1", 6, captured_at=ahead))
    assert "✗ refused 1, unknown-camera: this gateway has no camera of that name" in said
    assert "✗ refused 2, in-the-future" in said
    assert "✗ what was refused: 2 h ahead of our clock" in said
    assert "✗ 3 of 3 confidences lie beyond the scale or are no numbers (their shapes: 99 3 times)" in said
    assert "✗ 3 of 3 countries are not understood (their shapes: AAA 3 times)" in said
    assert "? houthalen:cam2: never heard yet" in said
    assert watch.code == 1


async def test_a_gateway_in_state_proef_is_judged_by_its_trial_reads(watch: Watching, look: Any) -> None:
    look.connection.execute("UPDATE gateways SET state = 'proef' WHERE gateway_id = 7")
    said = await watch(*(good(camera, number) for number in range(3) for camera in ("cam1", "cam2")), beat)
    assert "? state proef" in said
    assert "reads 6, heartbeats 1," in said
    assert "✓ confidences from 0.90 to 0.90" in said
    assert "✓ all cameras: in time" in said
    assert watch.code == 0


async def test_one_car_stored_several_times_is_seen_without_looking_at_its_plate(watch: Watching) -> None:
    said = await watch(*(lambda n=n: came("cam1", n, plate="3-ABC-123") for n in range(3)), good("cam2", 1))
    assert "? 2 reads follow the same plate at the same camera within seconds" in said


async def test_there_must_be_such_a_gateway(settings: IngestSettings, look: Any) -> None:
    with pytest.raises(ConfigurationError, match="there is no gateway nowhere"):
        await conform.run(settings, "nowhere", 1)
