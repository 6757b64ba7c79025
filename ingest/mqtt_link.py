"""One connection to the broker, read by ourselves. The only place with aiomqtt's and paho's private parts.

aiomqtt 2.5 has no public way to acknowledge after the commit, its queue is unbounded or throws messages away, and paho
reads a packet in four system calls and copies it three times. Here PUBLISH packets are taken from a buffer and handed
on, everything else goes through paho, and we acknowledge. Tests under tests/system kill ingest and count, so that a
new version that changes any of this is found out.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import aiomqtt
from paho.mqtt.client import PUBACK, PUBLISH
from paho.mqtt.enums import MQTTErrorCode

from ingest import mqtt_packets
from services.clock import epoch_ms, utc_now
from services.mqtt_connecting import fail_at_once

Deliver = Callable[[mqtt_packets.Publish, int], None]
"""Takes a message and when it was received, in milliseconds since 1970."""

_PUBACK = b"\x40\x02"
_READ_BYTES = 256 * 1024


class Link:
    """One connection, with paho's reading exchanged for ours: PUBLISH packets are ours, all others paho's."""

    def __init__(self, client: aiomqtt.Client, deliver: Deliver, *, five: bool) -> None:
        self._aiomqtt = client
        self._paho: Any = client._client
        self._deliver = deliver
        self._five = five
        self._buffer = bytearray()
        self._loop = asyncio.get_running_loop()
        self._paho.manual_ack_set(True)
        fail_at_once(client)
        setattr(self._paho, "loop_read", self._drain)  # noqa: B010  # exchanged, not assigned: mypy knows the class

    async def lost(self) -> None:
        """Wait until the connection ends; raises aiomqtt.MqttError when it ended by itself."""
        try:
            await asyncio.shield(self._aiomqtt._disconnected)
        except (OSError, ValueError) as error:
            raise aiomqtt.MqttError(str(error)) from error
        raise aiomqtt.MqttError("the broker closed the connection")

    def acknowledge(self, mids: Sequence[int]) -> None:
        """Send one PUBACK a message, all in one write, in the order in which they came."""
        acknowledgements = b"".join([_PUBACK + mid.to_bytes(2, "big") for mid in mids if mid])
        if acknowledgements:
            self._paho._packet_queue(PUBACK, acknowledgements, mids[-1], 0)

    def publish(self, topic: str, payload: bytes) -> bool:
        """Send a message that nobody acknowledges (quality 0); return whether it is on its way."""
        sent: MQTTErrorCode = self._paho.publish(topic, payload, 0).rc
        return sent == MQTTErrorCode.MQTT_ERR_SUCCESS

    def pause(self) -> None:
        """Stop reading; TCP then holds the broker back."""
        sock = self._paho.socket()
        if sock is not None:
            self._loop.remove_reader(sock.fileno())

    def resume(self) -> None:
        """Read again."""
        sock = self._paho.socket()
        if sock is not None:
            self._loop.add_reader(sock.fileno(), self._readable)
            self._loop.call_soon(self._readable)  # what TLS has already taken from the socket wakes nobody

    def _readable(self) -> None:
        try:
            self._drain()
            while (sock := self._paho.socket()) is not None and getattr(sock, "pending", _nothing)():
                self._drain()
        except Exception as error:  # as aiomqtt does: whatever broke, the connection is done for
            with suppress(asyncio.InvalidStateError):
                self._aiomqtt._disconnected.set_exception(error)

    def _drain(self, max_packets: int = 1) -> MQTTErrorCode:  # noqa: ARG002  # paho's signature
        """Read what has arrived, once, and handle every packet that is whole; the beginning of another stays."""
        try:
            arrived = self._paho._sock_recv(_READ_BYTES)
        except BlockingIOError:
            return MQTTErrorCode.MQTT_ERR_SUCCESS
        except OSError:
            arrived = b""
        if not arrived:
            return self._fail(MQTTErrorCode.MQTT_ERR_CONN_LOST)
        self._paho._last_bytes_received = time.monotonic()  # for its keep-alive
        self._buffer += arrived
        received_ms, taken = epoch_ms(utc_now()), 0
        try:
            for command, start, end in mqtt_packets.split(self._buffer):
                self._handle(command, bytes(self._buffer[start:end]), received_ms)
                taken = end
        except mqtt_packets.BrokenStreamError:
            return self._fail(MQTTErrorCode.MQTT_ERR_PROTOCOL)
        del self._buffer[:taken]
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def _handle(self, command: int, body: bytes, received_ms: int) -> None:
        if command & 0xF0 == PUBLISH:
            self._deliver(mqtt_packets.publish(command, body, five=self._five), received_ms)
            return
        packet = self._paho._in_packet
        packet |= {"command": command, "packet": bytearray(body), "remaining_length": len(body), "pos": 0}
        code: MQTTErrorCode = self._paho._packet_handle()
        packet |= {"command": 0, "packet": bytearray(), "remaining_length": 0, "pos": 0}
        if code > 0:
            raise mqtt_packets.BrokenStreamError("paho cannot read a packet")

    def _fail(self, code: MQTTErrorCode) -> MQTTErrorCode:
        failed: MQTTErrorCode = self._paho._loop_rc_handle(code)
        return failed


def _nothing() -> int:
    return 0
