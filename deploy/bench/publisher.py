"""A sender that costs next to nothing: MQTT 3.1.1, QoS 1, packets made beforehand, a window of unacknowledged ones.

The product's own publisher (simulator/publisher.py) would be what is measured; a zone's 92 cameras have 92 processors.
"""

import socket
import struct
from collections.abc import Iterable

from services.settings import Broker

_CONNECT, _PUBLISH_QOS1, _SUBSCRIBE = b"\x10", b"\x32", b"\x82"
_USER_PASSWORD_CLEAN = 0b1100_0010
_PUBACK_BYTES = 4
_KEEPALIVE_S = 600
_TIMEOUT_S = 120.0


def packets(topic: str, payloads: Iterable[bytes]) -> list[bytes]:
    """Return one PUBLISH packet a payload, numbered from 1 and again from 1 after 65,535."""
    return [publish_packet(topic, place % 65535 + 1, payload) for place, payload in enumerate(payloads)]


def publish(broker: Broker, messages: list[bytes], window: int) -> None:
    """Send `messages` (from `packets`), at most `window` of them unacknowledged, and wait for the last PUBACK."""
    with socket.create_connection((broker.host, broker.port), timeout=_TIMEOUT_S) as link:
        _connect(link, broker)
        sent = acknowledged_bytes = 0
        while acknowledged_bytes < _PUBACK_BYTES * len(messages):
            under_way = sent - acknowledged_bytes // _PUBACK_BYTES
            if room := min(window - under_way, len(messages) - sent):
                link.sendall(b"".join(messages[sent:sent + room]))
                sent += room
            answer = link.recv(65536)
            if not answer:
                raise ConnectionError("the broker closed the connection")
            acknowledged_bytes += len(answer)


def _connect(link: socket.socket, broker: Broker) -> None:
    link.sendall(connect_packet(broker, "bench"))
    answer = link.recv(4)
    if len(answer) != 4 or answer[3] != 0:
        raise ConnectionError("the broker refuses the bench")


def connect_packet(broker: Broker, client_id: str) -> bytes:
    """Return a CONNECT packet for a clean session."""
    flags = bytes([4, _USER_PASSWORD_CLEAN]) + struct.pack(">H", _KEEPALIVE_S)
    who = _text(client_id) + _text(broker.username or "") + _text(broker.password or "")
    return _packet(_CONNECT, _text("MQTT") + flags + who)


def publish_packet(topic: str, number: int, payload: bytes) -> bytes:
    """Return a PUBLISH packet of quality 1; packets are numbered from 1 to 65,535."""
    return _packet(_PUBLISH_QOS1, _text(topic) + struct.pack(">H", number) + payload)


def subscribe_packet(topic: str) -> bytes:
    """Return a SUBSCRIBE packet of quality 0."""
    return _packet(_SUBSCRIBE, struct.pack(">H", 1) + _text(topic) + b"\0")


def _text(value: str) -> bytes:
    encoded = value.encode()
    return struct.pack(">H", len(encoded)) + encoded


def _packet(kind: bytes, body: bytes) -> bytes:
    length, rest = b"", len(body)
    while True:
        rest, digit = rest >> 7, rest & 127
        length += bytes([digit | (128 if rest else 0)])
        if not rest:
            return kind + length + body
