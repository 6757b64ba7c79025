"""Canonical message v1: what is written is read back, and the borders are where they are said to be."""

from datetime import UTC, datetime

import msgspec
import pytest

from services import messages
from services.messages import Batch, Heartbeat, Image, Passage, Read, Vehicle

MOMENT = datetime(2026, 11, 23, 10, 15, 30, 123_000, UTC)
FULL = Read("cam1", MOMENT, "3-ABC-123", "BE", 0.97, "towards", "front", 1, 71.5,
            Vehicle("Volvo", "V60", "grey", "car"), Passage("p1", 3), True, [Image("plate", b"\x89PNG\r\n\x1a\n")])


@pytest.mark.parametrize("message", [FULL, Read("cam1", MOMENT), Heartbeat("cam1", MOMENT, MOMENT),
                                     Heartbeat("cam1", MOMENT)])
def test_a_message_is_read_back_as_it_was_written(message: Read | Heartbeat) -> None:
    assert msgspec.json.decode(messages.encode(message), type=type(message)) == message


def test_members_that_are_not_known_are_not_written() -> None:
    assert msgspec.json.decode(messages.encode(Read("cam1", MOMENT))) == {
        "camera": "cam1", "captured_at": "2026-11-23T10:15:30.123000Z"}


def test_a_batch_holds_its_reads_one_by_one() -> None:
    encoded = [messages.encode(FULL), messages.encode(Read("cam2", MOMENT))]
    batch = msgspec.json.decode(messages.encode_batch(encoded), type=Batch)
    assert [bytes(raw) for raw in batch.reads] == encoded


@pytest.mark.parametrize("member", [
    '"camera": ""', f'"camera": "{"c" * 65}"', f'"plate": "{"3" * 65}"', '"confidence": 1.01', '"confidence": -0.01',
    '"lane": 100', '"lane": -1', '"lane": 1.5', '"speed_kmh": 400.1', '"speed_kmh": -1', '"direction": "left"',
    '"facing": "side"', '"captured_at": "2026-11-23T10:15:30"', '"captured_at": 1763892930',
    '"passage": {"revision": 1}', '"passage": {"id": "p", "revision": 32768}', '"passage": {"id": ""}',
    '"images": [{"kind": "plate"}]', '"images": [{"kind": "face", "data": ""}]', '"gateway": "genk"',
    '"vehicle": {"owner": "somebody"}', f'"images": [{", ".join(["{}"] * 5)}]', '"clock_synchronised": "yes"',
])
def test_a_member_over_its_border_is_refused(member: str) -> None:
    body = f'{{"camera": "cam1", "captured_at": "2026-11-23T10:15:30Z", {member}}}'
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(body, type=Read)


@pytest.mark.parametrize("member", ['"confidence": 1', '"confidence": 0', '"lane": 99', '"lane": 0', '"speed_kmh": 400',
                                    f'"plate": "{"3" * 64}"', '"passage": {"id": "p", "revision": 32767}'])
def test_a_member_on_its_border_is_taken(member: str) -> None:
    body = f'{{"camera": "cam1", "captured_at": "2026-11-23T10:15:30Z", {member}}}'
    assert msgspec.json.decode(body, type=Read).camera == "cam1"


@pytest.mark.parametrize(("count", "taken"), [(0, False), (1, True), (500, True), (501, False)])
def test_a_batch_holds_1_to_500_reads(count: int, taken: bool) -> None:
    body = messages.encode_batch([b"{}"] * count)
    if taken:
        assert len(msgspec.json.decode(body, type=Batch).reads) == count
    else:
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(body, type=Batch)


def test_topics_name_the_gateway_and_match_the_filter() -> None:
    assert messages.reads_topic("genk") == "anpr/v1/genk/reads"
    assert messages.heartbeats_topic("genk") == "anpr/v1/genk/heartbeats"
    assert messages.TOPIC_FILTER == "anpr/v1/+/#"
    assert messages.feedback_topic("genk") == "anpr/feedback/genk"
