"""PUBLISH packets, taken from the wire by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import mqtt_packets
from ingest.mqtt_packets import BrokenStreamError, Publish

TOPIC = b"\x00\x03a/b"


@pytest.mark.parametrize(("command", "body", "five", "found"), [
    (0x30, TOPIC + b"text", False, Publish("a/b", b"text", 0)),
    (0x32, TOPIC + b"\x01\x02text", False, Publish("a/b", b"text", 258)),
    (0x3A, TOPIC + b"\x01\x02text", False, Publish("a/b", b"text", 258)),  # delivered again
    (0x31, TOPIC + b"text", False, Publish("a/b", b"text", 0, retained=True)),
    (0x33, TOPIC + b"\x01\x02\x00text", True, Publish("a/b", b"text", 258, retained=True)),
    (0x30, TOPIC + b"\x02\x01\x01text", True, Publish("a/b", b"text", 0)),
    (0x30, TOPIC, False, Publish("a/b", b"", 0))])
def test_a_packet_is_taken_apart(command: int, body: bytes, five: bool, found: Publish) -> None:
    assert mqtt_packets.publish(command, body, five=five) == found


def test_whole_packets_are_found_and_the_beginning_of_another_stays() -> None:
    stream = b"\xd0\x00" + b"\x30\x05" + TOPIC + b"\x30\x85\x80"
    assert list(mqtt_packets.split(stream)) == [(0xD0, 2, 2), (0x30, 4, 9)]


def test_a_length_that_never_ends_breaks_the_stream() -> None:
    with pytest.raises(BrokenStreamError):
        list(mqtt_packets.split(b"\x30\xff\xff\xff\xff\x01"))


@pytest.mark.parametrize(("command", "body", "five"), [
    (0x30, b"", False), (0x30, b"\x00\x09a/b", False), (0x30, TOPIC + b"\x09\x01", True),
    (0x30, TOPIC + b"\xff" * 100_000, True)])
def test_a_packet_that_is_shorter_than_it_says_breaks_the_stream(command: int, body: bytes, five: bool) -> None:
    with pytest.raises(BrokenStreamError):
        mqtt_packets.publish(command, body, five=five)


@given(st.binary(max_size=60), st.booleans())
def test_garbage_is_a_packet_or_a_broken_stream_and_nothing_else(garbage: bytes, five: bool) -> None:
    try:
        for command, start, end in mqtt_packets.split(garbage):
            assert 0 <= start <= end <= len(garbage)
            mqtt_packets.publish(command, garbage[start:end], five=five)
    except BrokenStreamError:
        pass
