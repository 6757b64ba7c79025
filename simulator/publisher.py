"""Publishes to the broker as a careful gateway does: a window in flight, kept beyond the PUBACK, resent after a loss.

The one place in the simulator with private parts of aiomqtt: `Client._client`, the paho client underneath, whose
`publish`, `on_publish` and `on_connect` are used directly. aiomqtt's own `publish` starts a task and scans all pending
calls for each message, and hides both the PUBACK's reason and the broker's Receive Maximum.
"""

import asyncio
import logging
import secrets
import time
from collections import OrderedDict, deque
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import aiomqtt
from aiomqtt.exceptions import MqttConnectError
from paho.mqtt.client import Client as Paho

from services.mqtt_connecting import fail_at_once
from services.settings import BrokerSettings

KEPT_S = 5.0
"""How long a message is kept beyond its PUBACK: a killed broker forgets the last second or so (decision 5)."""

_VERSIONS = {"5": (aiomqtt.ProtocolVersion.V5,), "3.1.1": (aiomqtt.ProtocolVersion.V311,),
             "auto": (aiomqtt.ProtocolVersion.V5, aiomqtt.ProtocolVersion.V311)}
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 5.0
_LOG = logging.getLogger(__name__)
# Errors reach the log in our own words below; aiomqtt's would repeat them.
_SILENT = logging.getLogger(f"{__name__}.mqtt")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


@dataclass(slots=True)
class Counts:
    """What has become of the messages so far; a message sent twice is sent once and resent once."""

    sent: int = 0
    acknowledged: int = 0
    resent: int = 0
    refused: int = 0
    """Answered by the broker with an error, so never delivered: MQTT 5 only, 3.1.1 has no word for it."""


@dataclass(slots=True)
class _Kept:
    topic: str
    payload: bytes
    handed_over: bool = False
    acknowledged_at: float | None = None


class Publisher:
    """A connection to the broker that mends itself; `send` waits while `window` messages are unacknowledged."""

    def __init__(self, settings: BrokerSettings, *, window: int = 500, kept_s: float = KEPT_S) -> None:
        self.counts = Counts()
        self._settings, self._broker, self._window, self._kept_s = settings, settings.broker, window, kept_s
        self._versions = deque(_VERSIONS[settings.mqtt_version])
        self._name = f"zoneschild-simulator-{secrets.token_hex(4)}"
        self._kept: OrderedDict[int, _Kept] = OrderedDict()
        self._waiting: deque[int] = deque()
        self._in_flight: dict[int, int] = {}
        self._number = 0
        self._unacknowledged = 0
        self._limit = window
        self._heard_at = 0.0
        self._paho: Paho | None = None
        self._changed = asyncio.Event()
        self._connecting: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._connecting = asyncio.create_task(self._stay_connected())
        self._connecting.add_done_callback(lambda _: self._changed.set())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None,
                        trace: TracebackType | None) -> None:
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)

    @property
    def connected(self) -> bool:
        """Whether the broker has accepted the present connection."""
        return self._paho is not None

    @property
    def unacknowledged(self) -> int:
        """Messages that the broker has not yet said it has."""
        return self._unacknowledged

    async def send(self, topic: str, payload: bytes) -> None:
        """Take one message over; returns as soon as there is room for it in the window."""
        await self._wait_until_below(self._window)
        self._number += 1
        self._unacknowledged += 1
        self.counts.sent += 1
        self._kept[self._number] = _Kept(topic, payload)
        self._waiting.append(self._number)
        self._pump()

    async def drain(self) -> None:
        """Wait until the broker has acknowledged every message, over as many connections as that takes."""
        await self._wait_until_below(1)

    async def _wait_until_below(self, limit: int) -> None:
        while self._unacknowledged >= limit:
            if self._connecting is not None and self._connecting.done():
                self._connecting.result()  # it ends by a program error only, which must not look like a slow broker
            self._changed.clear()
            await self._changed.wait()

    async def _stay_connected(self) -> None:
        pause = _FIRST_PAUSE_S
        while True:
            try:
                async with self._client() as client:
                    pause = _FIRST_PAUSE_S
                    self._begin(client)
                    async for _ in client.messages:  # none ever comes; it ends with the connection
                        pass
            except aiomqtt.MqttError as error:
                self._paho = None
                if self._falls_back(error):
                    continue
                _LOG.warning("no connection to the broker at %s:%d (%s); trying again in %.1f s",
                             self._broker.host, self._broker.port, error, pause)
            finally:
                self._paho = None
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    def _falls_back(self, error: aiomqtt.MqttError) -> bool:
        """Tell whether the broker refused MQTT 5 and 3.1.1 comes next; a broker that is away refuses nothing."""
        if len(self._versions) < 2 or not isinstance(error, MqttConnectError):
            return False
        if str(getattr(error.rc, "value", error.rc)) not in ("1", "132"):  # unacceptable protocol version
            return False
        self._versions.popleft()
        return True

    def _client(self) -> aiomqtt.Client:
        broker, version = self._broker, self._versions[0]
        client = aiomqtt.Client(
            broker.host, broker.port, username=broker.username, password=broker.password, identifier=self._name,
            protocol=version, clean_session=None if version is aiomqtt.ProtocolVersion.V5 else True, keepalive=20,
            max_inflight_messages=self._window, logger=_SILENT,
            tls_context=self._settings.broker_tls(),
        )
        paho = client._client
        aiomqtt_on_connect = paho.on_connect

        def on_connect(*arguments: Any) -> None:
            self._limit = min(self._window, getattr(arguments[-1], "ReceiveMaximum", 65_535))
            if aiomqtt_on_connect is not None:
                aiomqtt_on_connect(*arguments)

        paho.on_connect = on_connect
        fail_at_once(client)
        return client

    def _begin(self, client: aiomqtt.Client) -> None:
        """Start on a new connection: everything not surely with the broker is sent again, oldest first."""
        self._forget()
        self._in_flight.clear()
        for kept in self._kept.values():
            if kept.acknowledged_at is not None:
                kept.acknowledged_at = None
                self._unacknowledged += 1
                self.counts.acknowledged -= 1
        self._waiting = deque(self._kept)
        self._paho = client._client
        self._paho.on_publish = self._on_puback
        self._pump()

    def _pump(self) -> None:
        """Hand over what waits, as long as the connection stands and the broker's limit allows."""
        while self._paho is not None and self._waiting and len(self._in_flight) < self._limit:
            number = self._waiting.popleft()
            kept = self._kept[number]
            info = self._paho.publish(kept.topic, kept.payload, qos=1)
            if info.rc != 0:  # the connection is going; _begin sends this one again
                self._paho = None
                return
            self.counts.resent += kept.handed_over
            kept.handed_over = True
            self._in_flight[info.mid] = number

    def _on_puback(self, paho: object, _userdata: object, mid: int, reason: object, _properties: object) -> None:
        number = self._in_flight.pop(mid, None) if paho is self._paho else None
        if number is None:  # of a connection that is gone
            return
        self._unacknowledged -= 1
        self._heard_at = time.monotonic()
        if getattr(reason, "is_failure", False):
            self.counts.refused += 1
            del self._kept[number]
        else:
            self.counts.acknowledged += 1
            self._kept[number].acknowledged_at = self._heard_at
        self._forget()
        self._changed.set()
        # Not from within paho's callback, where publishing cannot write to the socket.
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._pump)

    def _forget(self) -> None:
        """Let go of the oldest messages that a broker still alive had acknowledged for long enough.

        By our own clock, a broker that stays away for longer than `kept_s` would find nothing to be resent.
        """
        limit = self._heard_at - self._kept_s
        while self._kept:
            number, kept = next(iter(self._kept.items()))
            if kept.acknowledged_at is None or kept.acknowledged_at > limit:
                return
            del self._kept[number]
