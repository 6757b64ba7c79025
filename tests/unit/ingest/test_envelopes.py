"""Envelopes: what is written is read again, and a sample file is what its gateway would have sent."""

import pytest

from ingest import envelopes
from ingest.incoming import Door

HEADERS = (("content-type", 'multipart/form-data; boundary="a: b"'), ("x-note", "caf\u00e9 \u0085 and more"),
           ("x-empty", ""))
BODIES = [b"", b"{}", b"\n\nafter two empty lines", b"\r\n\r\n", b"\xff\xd8\xff\x00",
          b"topic: anpr/v1/other/reads\n\n{}"]


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(("topic", "headers"), [
    ("anpr/v1/kade/reads", ()), ("anpr/v1/kade/topic: with words", ()), ("push/kade", ()), ("push/kade/a/b", HEADERS)])
def test_what_is_written_is_read_again(topic: str, headers: tuple[tuple[str, str], ...], body: bytes) -> None:
    message = envelopes.read(envelopes.write(topic, headers, body), 5)
    assert (message.topic, message.headers, message.payload, message.received_ms) == (topic, headers, body, 5)
    assert message.door is (Door.push if topic.startswith("push/") else Door.durable)


def test_a_line_end_in_a_header_or_topic_begins_no_second_line() -> None:
    assert envelopes.read(envelopes.write("push/kade", (("x-a", "one\r\nx-b: two"),), b"{}"), 0).headers == (
        ("x-a", "one  x-b: two"),)
    assert envelopes.read(envelopes.write("anpr/v1/kade/a\n\nb", (), b"{}"), 0).payload == b"{}"


@pytest.mark.parametrize(("name", "head", "topic"), [
    ("a.mqtt", "topic: anpr/v1/kade/frigate/events", "anpr/v1/sample/frigate/events"),
    ("a.MQTT", "Topic:frigate/events", "anpr/v1/sample/frigate/events"),
    ("a.mqtt", "topic: anpr/v1/kade", "anpr/v1/sample"),
    ("a.http", "POST /push/kade/gate-north HTTP/1.1\nHost: kade", "push/sample/gate-north"),
    ("a.http", "POST /push/kade/gate-north?key=secret HTTP/1.1", "push/sample/gate-north"),
    ("a.http", "POST /push/kade/key/secret/gate-north HTTP/1.1", "push/sample/gate-north"),
    ("a.http", "POST https://kade.example:8443/push/kade/gate-north HTTP/1.1", "push/sample/gate-north"),
    ("a.http", "POST https://kade.example/Info/KeepAlive HTTP/1.1", "push/sample/Info/KeepAlive"),
    ("a.http", "POST / HTTP/1.1", "push/sample"), ("a.http", "Content-Type: text/plain", "push/sample"),
])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_sample_comes_from_the_sample_gateway_and_keeps_what_follows(
    name: str, head: str, topic: str, end: str,
) -> None:
    content = (head.replace("\n", end) + end + end + "{}").encode()
    message = envelopes.read_file(name, content, "sample", 5)
    assert (message.topic, message.payload) == (topic, b"{}")


def test_no_header_that_authenticates_is_kept() -> None:
    head = b"POST /push/kade HTTP/1.1\r\nAuthorization: Basic a2Fk\r\nCookie: a\r\nX-API-Key: k\r\nX-Kind: lpr\r\n\r\n"
    assert envelopes.read_file("a.http", head, "sample", 0).headers == (("x-kind", "lpr"),)


@pytest.mark.parametrize(("name", "kind"), [
    ("a.json", "application/json"), ("a.XML", "application/xml"), ("a.bin", "")])
def test_a_body_alone_is_a_push_of_the_kind_that_its_suffix_says(name: str, kind: str) -> None:
    message = envelopes.read_file(name, b"{}\r\n\r\n{}", "sample", 0)
    assert (message.topic, message.payload, message.header("content-type")) == ("push/sample", b"{}\r\n\r\n{}", kind)
