"""The two MQTT sessions: a durable one, which brings every message, and a live one for copies while it is behind."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

import aiomqtt
from paho.mqtt.client import MQTT_CLEAN_START_FIRST_ONLY
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from ingest import metrics
from ingest.incoming import Door, Incoming
from ingest.intake import Intake
from ingest.lag import Lag
from ingest.lanes import looks_old
from ingest.mqtt_link import Deliver, Link
from ingest.mqtt_packets import Publish
from services.clock import epoch_ms, utc_now
from services.messages import TOPIC_FILTER
from services.settings import IngestSettings

log = logging.getLogger(__name__)

_UNACKNOWLEDGED = 8000
"""Receive Maximum (MQTT 5): the most messages a broker may have under way to us."""
_FOREVER_S = 0xFFFFFFFF
_UNSUPPORTED_VERSION = {1, 132}
"""CONNACK codes by which a broker says that it does not speak this MQTT version (3.1.1 and 5)."""
_BACK_OFF_S = (0.2, 0.5, 1.0, 2.0, 5.0)
_RETAINED_FOR_NEW, _NOT_RETAINED = 1, 2
"""Retain Handling (MQTT 5, 3.8.3.1): retained messages only with a new subscription, or never."""
_LOOKED_EVERY_S = 0.25
_SHARE_OF_COPIES = 0.25
"""Of the intake that copies share with pushes: what is dropped here comes again, a push does not."""

_COPIES_FIRST_S = 1.0
"""How long the durable session waits for the live one: what is sent before that one listens comes after the backlog."""

Work = Callable[[aiomqtt.Client], Awaitable[None]]


class _Session:
    """A session with the broker under a name of its own, connected for ever; `work` is done on each connection."""

    def __init__(self, settings: IngestSettings, name: str, deliver: Deliver, work: Work, *, lasting: bool,
                 prepare: Callable[[], Awaitable[None]] | None = None) -> None:
        self.name, self.connection = name, 0
        self._prepare = prepare
        self.link: Link | None = None
        self._settings, self._deliver, self._work, self._lasting = settings, deliver, work, lasting
        self._version = "3.1.1" if settings.mqtt_version == "3.1.1" else "5"
        self._may_read = asyncio.Event()
        self._may_read.set()

    @property
    def version(self) -> str:
        """The MQTT version that is spoken."""
        return self._version

    @property
    def speaks_5(self) -> bool:
        """Whether it is MQTT 5."""
        return self._version == "5"

    async def run(self) -> None:
        """Stay connected for ever; a lost connection is opened again."""
        failures = 0
        while True:
            await self._may_read.wait()  # with a full intake there is nothing to do but to wait for room
            if self._prepare is not None:
                await self._prepare()
            began = time.monotonic()
            try:
                await self._receive()
            except aiomqtt.MqttError as error:
                self._consider_version(error)
                metrics.DISCONNECTS.labels(self.name).inc()
                log.warning("%s session: no connection to the broker (%s); trying again", self.name,
                            type(error).__name__)
            failures = 0 if time.monotonic() - began > _BACK_OFF_S[-1] else failures + 1
            await asyncio.sleep(_BACK_OFF_S[min(failures, len(_BACK_OFF_S) - 1)])

    def pause(self) -> None:
        """Stop reading from the broker; TCP then holds it back."""
        self._may_read.clear()
        if self.link is not None:
            self.link.pause()

    def resume(self) -> None:
        """Read again."""
        self._may_read.set()
        if self.link is not None:
            self.link.resume()

    async def _receive(self) -> None:
        client = self._client()
        self.connection += 1
        self.link = link = Link(client, self._deliver, five=self.speaks_5)
        try:
            async with client:
                await _until_lost(link, self._work(client))
        finally:
            self.link = None

    def _client(self) -> aiomqtt.Client:
        broker, five, lasting = self._settings.broker, self.speaks_5, self._lasting
        properties = None
        if five and lasting:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            properties.SessionExpiryInterval = _FOREVER_S
            properties.ReceiveMaximum = _UNACKNOWLEDGED
        return aiomqtt.Client(
            broker.host, broker.port, username=broker.username, password=broker.password,
            identifier=f"zoneschild-{self.name}-{self._settings.ingest_number}",
            protocol=aiomqtt.ProtocolVersion.V5 if five else aiomqtt.ProtocolVersion.V311,
            clean_session=None if five else not lasting,
            clean_start=not lasting if five else MQTT_CLEAN_START_FIRST_ONLY, properties=properties,
            tls_context=self._settings.broker_tls(), keepalive=30)

    def _consider_version(self, error: aiomqtt.MqttError) -> None:
        code = getattr(getattr(error, "rc", None), "value", getattr(error, "rc", None))
        if self._settings.mqtt_version == "auto" and self._version == "5" and code in _UNSUPPORTED_VERSION:
            log.info("the broker does not speak MQTT 5; going on with 3.1.1")
            self._version = "3.1.1"


class DurableSession:
    """The session that the broker keeps while we are away; every message goes into `intake`."""

    def __init__(self, settings: IngestSettings, intake: Intake, lag: Lag, live_listens: asyncio.Event) -> None:
        self.connected = False
        self._deliver, self._lag, self._live_listens = intake.put, lag, live_listens
        self._session = _Session(settings, "ingest", self._take, self._begin, lasting=True,
                                 prepare=self._let_live_first)
        intake.throttle(self._session.pause, self._session.resume)

    async def run(self) -> None:
        """Receive for ever; what was not acknowledged on a lost connection comes again."""
        await self._session.run()

    def acknowledge(self, messages: Sequence[Incoming]) -> None:
        """Acknowledge stored messages; those of a connection that is gone are not ours to acknowledge any more."""
        ours = [message.mid for message in messages if message.connection == self._session.connection]
        if self._session.link is not None and ours:
            self._session.link.acknowledge(ours)
            metrics.ACKNOWLEDGED.inc(len(ours))

    def publish(self, topic: str, payload: bytes) -> bool:
        """Send a message with quality 0; return whether it is on its way: without a connection it is not."""
        return self._session.link is not None and self._session.link.publish(topic, payload)

    async def _let_live_first(self) -> None:
        self._lag.note(time.monotonic())  # what the broker has kept for us may be much
        with suppress(TimeoutError):
            async with asyncio.timeout(_COPIES_FIRST_S):
                await self._live_listens.wait()

    async def _begin(self, client: aiomqtt.Client) -> None:
        self._lag.note(time.monotonic())
        try:
            await client.subscribe(TOPIC_FILTER, **_quality(1, _RETAINED_FOR_NEW, five=self._session.speaks_5))
            self._note(connected=True)
            log.info("connected to the broker with MQTT %s", self._session.version)
            await asyncio.Event().wait()
        finally:
            self._note(connected=False)

    def _note(self, *, connected: bool) -> None:
        self.connected = connected
        metrics.CONNECTED.set(connected)

    def _take(self, message: Publish, received_ms: int) -> None:
        self._deliver(Incoming(message.topic, message.payload, received_ms, message.mid, self._session.connection,
                               retained=message.retained))


class LiveSession:
    """Brings copies of what is fresh while the durable session is behind; nothing is owed for them.

    It begins clean and has quality 0, so that the broker keeps nothing for it. Without a backlog it has no
    subscription, and costs a ping every thirty seconds.
    """

    def __init__(self, settings: IngestSettings, fresh: Intake, backlog: Intake, lag: Lag) -> None:
        self.listens = asyncio.Event()
        self._fresh, self._backlog, self._lag = fresh, backlog, lag
        self._session = _Session(settings, "live", self._take, self._follow, lasting=False)

    async def run(self) -> None:
        """Follow the durable session for ever."""
        await self._session.run()

    async def _follow(self, client: aiomqtt.Client) -> None:
        subscribed = False
        try:
            while True:
                now_s = time.monotonic()
                self._lag.look(self._backlog.waiting_ms(epoch_ms(utc_now())), now_s)
                if (behind := self._lag.is_behind(now_s)) is not subscribed:
                    await self._switch(client, on=behind)
                    subscribed = behind
                await asyncio.sleep(_LOOKED_EVERY_S)
        finally:
            self._note(listens=False)

    async def _switch(self, client: aiomqtt.Client, *, on: bool) -> None:
        if on:
            await client.subscribe(TOPIC_FILTER, **_quality(0, _NOT_RETAINED, five=self._session.speaks_5))
            log.info("the durable session is behind: what is fresh comes by the live session too")
        else:
            await client.unsubscribe(TOPIC_FILTER)
            metrics.BACKLOG_AGE.set(0)
            log.info("the durable session has caught up: the live session rests")
        self._note(listens=on)

    def _note(self, *, listens: bool) -> None:
        (self.listens.set if listens else self.listens.clear)()
        metrics.LIVE_SUBSCRIBED.set(listens)

    def _take(self, message: Publish, received_ms: int) -> None:
        if why := self._unwanted(message, received_ms):
            metrics.COPIES_DROPPED.labels(why).inc()
        else:
            self._fresh.put(Incoming(message.topic, message.payload, received_ms, door=Door.live))

    def _unwanted(self, message: Publish, received_ms: int) -> str:
        if message.retained:  # MQTT 3.1.1 cannot be told to leave them
            return "retained"
        if looks_old(message.payload, received_ms):
            return "old"
        return "" if self._fresh.has_room(len(message.payload), share=_SHARE_OF_COPIES) else "full"


async def _until_lost(link: Link, work: Awaitable[None]) -> None:
    """Do `work` until the connection is lost; raises what ended them."""
    tasks = [asyncio.ensure_future(one) for one in (link.lost(), work)]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for finished in done:
            finished.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _quality(quality: int, retained: int, *, five: bool) -> dict[str, Any]:
    return {"options": SubscribeOptions(quality, retainHandling=retained)} if five else {"qos": quality}
