"""The durable MQTT session: messages in, acknowledgements out. The only place with aiomqtt's and paho's private parts.

aiomqtt 2.5 has no public way to acknowledge after the commit, its queue is unbounded or throws messages away, and paho
reads a packet in four system calls and copies it three times. Here PUBLISH packets are taken from a buffer and handed
to the intake, everything else goes through paho, and we acknowledge. Tests under tests/system kill ingest and count,
so that a new version that changes any of this is found out.
"""

import asyncio
import logging
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import aiomqtt
from paho.mqtt.client import MQTT_CLEAN_START_FIRST_ONLY, PUBACK, PUBLISH
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from ingest import metrics, mqtt_packets
from ingest.incoming import Incoming
from ingest.intake import Intake
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
                metrics.CONNECTED.set(0)
            await asyncio.sleep(_BACK_OFF_S[min(failures, len(_BACK_OFF_S) - 1)])

    def acknowledge(self, messages: Sequence[Incoming]) -> None:
        """Acknowledge stored messages; those of a connection that is gone are not ours to acknowledge any more."""
        ours = [message.mid for message in messages if message.connection == self._connection]
        if self._link is not None and ours:
            self._link.acknowledge(ours)
            metrics.ACKNOWLEDGED.inc(len(ours))

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
        link = _Link(client, self._deliver, self._connection, five=self._version == "5")
        async with client:
            self._link = link
            if self._paused:
                link.pause()
            await client.subscribe(TOPIC_FILTER, qos=1)
            metrics.CONNECTED.set(1)
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
    """One connection, with paho's reading exchanged for ours: PUBLISH packets are ours, all others paho's."""

    def __init__(self, client: aiomqtt.Client, deliver: Callable[[Incoming], None], connection: int, *,
                 five: bool) -> None:
        self._aiomqtt = client
        self._paho: Any = client._client
        self._deliver = deliver
        self._connection = connection
        self._five = five
        self._buffer = bytearray()
        self._loop = asyncio.get_running_loop()
        self._paho.manual_ack_set(True)
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
            message = mqtt_packets.publish(command, body, five=self._five)
            self._deliver(Incoming(message.topic, message.payload, received_ms, message.mid, self._connection))
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
