"""The durable MQTT session: messages in, acknowledgements out. The only place with aiomqtt's and paho's private parts.

aiomqtt 2.5 has no public way to acknowledge after the commit, its queue is unbounded or throws messages away, and paho
reads a packet in four system calls. Here paho hands each message to one callback, reads from a buffer, and is
acknowledged by us. tests/system/test_killed_ingest.py breaks when a new version changes any of it.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import aiomqtt
from paho.mqtt.client import MQTT_CLEAN_START_FIRST_ONLY, MQTTMessage
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from ingest import metrics
from ingest.intake import Intake
from ingest.rows import Incoming
from services.clock import epoch_ms, utc_now
from services.messages import TOPIC_FILTER
from services.settings import IngestSettings

log = logging.getLogger(__name__)

_PUBACK = b"\x40\x02"
_READ_BYTES = 256 * 1024
_UNACKNOWLEDGED = 8000
"""Receive Maximum (MQTT 5): the most messages a broker may have under way to us."""
_FOREVER_S = 0xFFFFFFFF
_UNSUPPORTED_VERSION = {1, 132}
"""CONNACK codes by which a broker says that it does not speak this MQTT version (3.1.1 and 5)."""
_BACK_OFF_S = (0.2, 0.5, 1.0, 2.0, 5.0)


class DurableSession:
    """One MQTT session that the broker keeps while we are away; every message goes into `intake`."""

    def __init__(self, settings: IngestSettings, intake: Intake) -> None:
        self._settings = settings
        self._deliver = intake.put
        intake.throttle(self.pause, self.resume)
        self._connection = 0
        self._link: _Link | None = None
        self._paused = False
        self._version = "3.1.1" if settings.mqtt_version == "3.1.1" else "5"

    async def run(self) -> None:
        """Receive for ever; a lost connection is opened again, and what was not acknowledged comes again."""
        failures = 0
        while True:
            try:
                await self._receive()
                failures = 0
            except aiomqtt.MqttError as error:
                self._consider_version(error)
                metrics.DISCONNECTS.inc()
                log.warning("no connection to the broker (%s); trying again", type(error).__name__)
                failures = 0 if self._link else failures + 1
            finally:
                self._link = None
            await asyncio.sleep(_BACK_OFF_S[min(failures, len(_BACK_OFF_S) - 1)])

    def acknowledge(self, messages: Sequence[Incoming]) -> None:
        """Acknowledge stored messages; those of a connection that is gone are not ours to acknowledge any more."""
        link = self._link
        if link is not None:
            link.acknowledge([message.mid for message in messages if message.connection == self._connection])
        metrics.ACKNOWLEDGED.inc(len(messages))

    def pause(self) -> None:
        """Stop reading from the broker; TCP then holds it back."""
        self._paused = True
        if self._link is not None:
            self._link.pause()

    def resume(self) -> None:
        """Read again."""
        self._paused = False
        if self._link is not None:
            self._link.resume()

    async def _receive(self) -> None:
        client = self._client()
        self._connection += 1
        link = _Link(client, self._deliver, self._connection)
        async with client:
            self._link = link
            if self._paused:
                link.pause()
            await client.subscribe(TOPIC_FILTER, qos=1)
            log.info("connected to the broker with MQTT %s", self._version)
            await link.lost()

    def _client(self) -> aiomqtt.Client:
        broker = self._settings.broker
        five = self._version == "5"
        properties = None
        if five:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            properties.SessionExpiryInterval = _FOREVER_S
            properties.ReceiveMaximum = _UNACKNOWLEDGED
        return aiomqtt.Client(
            broker.host, broker.port, username=broker.username, password=broker.password,
            identifier=f"zoneschild-ingest-{self._settings.ingest_number}",
            protocol=aiomqtt.ProtocolVersion.V5 if five else aiomqtt.ProtocolVersion.V311,
            clean_session=None if five else False,
            clean_start=False if five else MQTT_CLEAN_START_FIRST_ONLY, properties=properties,
            tls_context=ssl.create_default_context() if broker.tls else None, keepalive=30)

    def _consider_version(self, error: aiomqtt.MqttError) -> None:
        code = getattr(getattr(error, "rc", None), "value", getattr(error, "rc", None))
        if self._settings.mqtt_version == "auto" and self._version == "5" and code in _UNSUPPORTED_VERSION:
            log.info("the broker does not speak MQTT 5; going on with 3.1.1")
            self._version = "3.1.1"


class _Link:
    """One connection, with paho's private parts exchanged for ours."""

    def __init__(self, client: aiomqtt.Client, deliver: Callable[[Incoming], None], connection: int) -> None:
        self._aiomqtt = client
        self._paho: Any = client._client
        self._deliver = deliver
        self._connection = connection
        self._buffer = b""
        self._at = 0
        self._loop = asyncio.get_running_loop()
        self._recv_from_socket: Callable[[int], bytes] = self._paho._sock_recv
        self._paho.manual_ack_set(True)
        for name, ours in (("_handle_on_message", self._hand_over), ("_sock_recv", self._recv),
                           ("loop_read", self._drain)):
            setattr(self._paho, name, ours)

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
            self._paho._packet_queue(0x40, acknowledgements, mids[-1], 0)

    def pause(self) -> None:
        sock = self._paho.socket()
        if sock is not None:
            self._loop.remove_reader(sock.fileno())

    def resume(self) -> None:
        sock = self._paho.socket()
        if sock is not None:
            self._loop.add_reader(sock.fileno(), self._readable)

    def _readable(self) -> None:
        try:
            self._drain()
        except Exception as error:  # as aiomqtt does: whatever broke, the connection is done for
            with suppress(asyncio.InvalidStateError):
                self._aiomqtt._disconnected.set_exception(error)

    def _hand_over(self, message: MQTTMessage) -> None:
        metrics.RECEIVED.inc()
        topic: bytes = message._topic
        self._deliver(Incoming(topic.decode("utf-8", "replace"), bytes(message.payload), epoch_ms(utc_now()),
                               message.mid if message.qos else 0, self._connection))

    def _drain(self, max_packets: int = 1) -> MQTTErrorCode:  # noqa: ARG002  # paho's signature
        while True:
            code: MQTTErrorCode = self._paho._packet_read()
            if code == MQTTErrorCode.MQTT_ERR_AGAIN:
                return MQTTErrorCode.MQTT_ERR_SUCCESS
            if code > 0:
                failed: MQTTErrorCode = self._paho._loop_rc_handle(code)
                return failed
            if self._at >= len(self._buffer):
                return MQTTErrorCode.MQTT_ERR_SUCCESS

    def _recv(self, size: int) -> bytes:
        if self._at >= len(self._buffer):
            if size >= _READ_BYTES:
                return self._recv_from_socket(size)
            self._buffer, self._at = self._recv_from_socket(_READ_BYTES), 0
        piece = self._buffer[self._at:self._at + size]
        self._at += size
        return piece
