"""Publishing messages to topics of the zone's own broker, with quality 1."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiomqtt

from ingest.deliver.message import Message, as_json
from ingest.deliver.sending import NotTakenError, Send
from services.hits.channels import Channel
from services.mqtt_connecting import fail_at_once
from services.settings import BrokerSettings

_LONGEST_S = 10.0
_UNSUPPORTED_VERSION = {1, 132}
"""CONNACK codes by which a broker says that it does not speak this MQTT version (3.1.1 and 5)."""


class Topics:
    """Connects for each batch, as nobody, so that several processes never take each other's place."""

    most = 32

    def __init__(self, settings: BrokerSettings) -> None:
        self._settings = settings
        self._five = settings.mqtt_version != "3.1.1"

    @asynccontextmanager
    async def open(self, channel: Channel, secret: str | None) -> AsyncIterator[Send]:  # noqa: ARG002
        """Connect to the broker; raises NotTakenError when it is away or knows us not."""
        client, one_at_a_time = self._client(), asyncio.Lock()
        refusals = _Refusals(client)

        async def send(message: Message) -> None:
            async with one_at_a_time:
                await _publish(client, channel.address, message, refusals)

        try:
            fail_at_once(client)
            async with client:
                yield send
        except aiomqtt.MqttError as error:
            self._consider_version(error)
            raise NotTakenError("no connection", away=True) from None

    async def close(self) -> None:
        """Nothing is kept open."""

    def _client(self) -> aiomqtt.Client:
        broker = self._settings.broker
        return aiomqtt.Client(
            broker.host, broker.port, username=broker.username, password=broker.password, timeout=_LONGEST_S,
            identifier=f"zoneschild-deliver-{uuid.uuid4().hex[:12]}", tls_context=self._settings.broker_tls(),
            protocol=aiomqtt.ProtocolVersion.V5 if self._five else aiomqtt.ProtocolVersion.V311)

    def _consider_version(self, error: aiomqtt.MqttError) -> None:
        code = getattr(getattr(error, "rc", None), "value", getattr(error, "rc", None))
        if self._settings.mqtt_version == "auto" and code in _UNSUPPORTED_VERSION:
            self._five = False


class _Refusals:
    """Hears whether the broker took a message: MQTT 5 says so, and aiomqtt 2.5 does not hand it on."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self.last = False
        paho: Any = client._client
        aiomqtts = paho.on_publish

        def on_publish(of: Any, userdata: Any, mid: int, reason: Any, properties: Any) -> None:
            self.last = bool(getattr(reason, "is_failure", False))
            aiomqtts(of, userdata, mid, reason, properties)

        paho.on_publish = on_publish


async def _publish(client: aiomqtt.Client, topic: str, message: Message, refusals: _Refusals) -> None:
    refusals.last = False
    try:
        await client.publish(topic, as_json(message), qos=1, timeout=_LONGEST_S)
    except aiomqtt.MqttError:
        raise NotTakenError("no connection", away=True) from None
    if refusals.last:
        raise NotTakenError("broker refuses the topic", away=True)
