"""One run: boards and clients listen, reads are published, programs are killed, and then everything is compared."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from pydantic import SecretStr

from deploy.chaos.boards.comparing import Compared, compare
from deploy.chaos.boards.listening import Listener
from deploy.chaos.boards.room import PASSWORD, Room, draw_plates, is_calm, make_room
from deploy.chaos.boards.tabs import Noted, Tabs, open_tabs
from deploy.chaos.striking import kill_family
from deploy.chaos.traffic import GATEWAYS
from deploy.chaos.zone import Zone, open_zone, wait_until
from deploy.demo.programs import Service
from deploy.demo.screen import say
from deploy.guardian import Guardian
from services import messages
from services.clock import utc_now
from services.settings import BrokerSettings
from simulator.publisher import Publisher

CLOSING_S = 480.0
"""The most that a run may take beside its strikes: to start, to settle and to stop."""

_CALM_S, _CONNECTED_S = 60.0, 30.0
_IMAGES_MB = 16


@dataclass(frozen=True, slots=True)
class Strike:
    """What is killed, how long it stays away, and how long it is left in peace afterwards, s."""

    what: str
    down_s: float
    after_s: float


@dataclass(frozen=True, slots=True)
class Struck:
    """A strike that was done; moments in s since 1970."""

    strike: Strike
    killed_at: float
    started_at: float
    """When it was begun to be started again."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How many boards and clients, how many reads a second, and what is done to them."""

    tabs: int
    clients: int
    rate: float
    strikes: tuple[Strike, ...]
    before_s: float

    @property
    def seconds(self) -> float:
        """How long reads are published."""
        return self.before_s + sum(strike.down_s + strike.after_s for strike in self.strikes)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run."""

    seconds: float
    compared: Compared
    ended_themselves: int
    workers: int
    """Shared workers in the browser."""
    struck: Sequence[Struck]
    listeners: Sequence[Listener]
    noted: Sequence[Noted]


@dataclass(slots=True)
class _Stage:
    """Everything that runs."""

    plan: Plan
    zone: Zone
    room: Room
    tabs: Tabs
    listeners: list[Listener]
    services: dict[str, Service]
    published: list[str] = field(default_factory=list)
    struck: list[Struck] = field(default_factory=list)


async def carry_out(plan: Plan, folder: Path, guardian: Guardian) -> Outcome:
    """Run the zone and its boards, strike them, and settle the accounts.

    Raises TimeoutError when something does not come back, or nothing comes to rest.
    """
    began = time.monotonic()
    async with open_zone(folder, "Mosquitto", guardian, _IMAGES_MB) as zone, _client() as client:
        room = make_room(zone, guardian)
        await room.open()
        client.base_url = httpx.URL(room.url)
        async with open_tabs(room.url, room.officers[0].username, PASSWORD, plan.tabs) as tabs:
            stage = _Stage(plan, zone, room, tabs, await _listeners(plan, room, client), {
                "search": room.search, "ingest": zone.ingest, "database": zone.database})
            async with _listening(stage.listeners, client):
                await _perform(stage, client)
                say("  everything is calm; what everybody heard is compared")
                compared = await compare(room, stage.listeners, tabs, stage.published)
            return Outcome(time.monotonic() - began, compared, _ended(stage), tabs.workers, stage.struck,
                           stage.listeners, await tabs.noted())


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(limits=httpx.Limits(max_connections=None, max_keepalive_connections=None), timeout=10.0)


async def _listeners(plan: Plan, room: Room, client: httpx.AsyncClient) -> list[Listener]:
    """Return clients by turns of each officer, of which every other pair waits for ever when it hears nothing."""
    made = [Listener(officer.username, officer.token, patient=number // 2 % 2 == 0)
            for number in range(plan.clients) for officer in [room.officers[number % 2]]]
    for one in made:
        await one.begin(client)
    return made


@asynccontextmanager
async def _listening(listeners: Sequence[Listener], client: httpx.AsyncClient) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(one.run(client)) for one in listeners]
        try:
            await wait_until(lambda: all(one.beats for one in listeners), _CONNECTED_S, "a client was not connected")
            yield
        finally:
            for task in running:
                task.cancel()


async def _perform(stage: _Stage, client: httpx.AsyncClient) -> None:
    """Publish and follow up while the strikes are done."""
    following = asyncio.create_task(stage.room.follow_up(client))
    publishing = asyncio.create_task(_publish(stage))
    try:
        await asyncio.sleep(stage.plan.before_s)
        for strike in stage.plan.strikes:
            say(f"  {strike.what} killed, away for {strike.down_s:g} s")
            stage.struck.append(await _strike(stage.services[strike.what], strike))
            await asyncio.sleep(strike.after_s)
        await publishing
        await wait_until(lambda: is_calm(stage.zone), _CALM_S, "the hits did not come to rest")
    finally:
        for task in (following, publishing):
            task.cancel()
        await asyncio.gather(following, publishing, return_exceptions=True)


async def _publish(stage: _Stage) -> None:
    plan, (gateway, cameras), rng = stage.plan, next(iter(GATEWAYS.items())), random.Random(11)
    plates = draw_plates(rng)
    wanted = [next(plates) for _ in range(int(plan.seconds * plan.rate))]
    await asyncio.to_thread(stage.room.watch_for, wanted)
    began = time.monotonic()
    async with Publisher(BrokerSettings(broker_url=SecretStr(stage.zone.gateways_url))) as publisher:
        for number, plate in enumerate(wanted):
            await asyncio.sleep(began + number / plan.rate - time.monotonic())
            read = messages.Read(camera=rng.choice(cameras), captured_at=utc_now(), plate=plate, country="BE",
                                 confidence=0.97, direction="towards")
            stage.published.append(plate)
            await publisher.send(messages.reads_topic(gateway), messages.encode(read))
        await publisher.drain()


async def _strike(service: Service, strike: Strike) -> Struck:
    if service.poll() is not None:
        raise TimeoutError(f"{service.name} ended by itself; see {service.log}")
    killed_at = time.time()
    kill_family(service.pid)
    await asyncio.sleep(strike.down_s)
    started_at = time.time()
    await asyncio.to_thread(service.stop)  # reaps it, and gives back what it held
    await asyncio.to_thread(service.start)
    return Struck(strike, killed_at, started_at)


def _ended(stage: _Stage) -> int:
    """Return how many programs are not running any more, though nobody killed them."""
    return sum(service.poll() is not None for service in stage.services.values())
