"""The zone of one run: database, broker and ingest, each kept running by a supervisor, and the network between them."""

import asyncio
import contextlib
import os
import shutil
import time
import urllib.request
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psycopg

from deploy.chaos.image_place import ImagePlace
from deploy.chaos.proxy import Proxy
from deploy.chaos.traffic import GATEWAYS
from deploy.demo.programs import Program, Service, StopRequest, Supervisor, run_to_end
from deploy.embedded.broker import EmbeddedBroker, MosquittoBroker
from deploy.embedded.postgres import EmbeddedPostgres
from deploy.embedded.roles import INGEST, OWNER, create_roles_and_database
from deploy.guardian import Guardian
from deploy.invented_papers import put_live_cameras
from deploy.processes import LOOPBACK, free_port
from services.database import open_engine, transaction
from services.registry import SourceCamera, put_gateway
from services.settings import StoreSettings

KEY = "chaos" * 8
"""The key of read ids, and of the audit."""

_SPOOL_MB = 1
"""So small that a full image store fills it within seconds, and messages with pictures are held back."""

_TICK_S = 0.05
_LONGEST_PAUSE_S = 2.0
"""A service that this program kills over and over is not one that fails over and over."""

_READY_S = 60.0
_CONNECTED = "zoneschild_broker_connected 1.0"
_BROKERS = {"Mosquitto": MosquittoBroker, "embedded": EmbeddedBroker}


class _Counted:
    """A service whose starts are counted, those too during which it was killed."""

    def __init__(self, service: Service) -> None:
        self._service, self.starts = service, 0

    @property
    def name(self) -> str:
        return self._service.name

    @property
    def pid(self) -> int:
        return self._service.pid

    @property
    def log(self) -> Path:
        return self._service.log

    def start(self) -> None:
        self.starts += 1
        self._service.start()

    def poll(self) -> int | None:
        return self._service.poll()

    def stop(self) -> None:
        self._service.stop()


class Zone:
    """Servers and programs on loopback, all that they keep in `folder`, and ways to reach them."""

    def __init__(self, folder: Path, broker: str, guardian: Guardian, images_mb: int) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        folder.chmod(0o711)  # where root runs PostgreSQL as nobody, nobody passes
        self.folder, self._guardian = folder.resolve(), guardian
        self.images = ImagePlace(folder / "images", images_mb)
        self.database = EmbeddedPostgres(folder / "postgres", guardian=guardian)
        self.broker = _BROKERS[broker](folder / "broker", guardian=guardian)
        self._metrics_port = free_port()
        self._supervisors: list[Supervisor] = []
        self._counted: list[_Counted] = []
        self._ingest: Program | None = None

    @property
    def ingest(self) -> Program:
        """The program that everything is about."""
        assert self._ingest is not None  # noqa: S101  # `open_zone` made it
        return self._ingest

    async def start(self) -> None:
        """Start everything, in order, until ingest hears the broker."""
        await asyncio.to_thread(self.supervise, self.database)
        self.urls = await asyncio.to_thread(create_roles_and_database, self.database.superuser_url,
                                            self.folder / "roles.json", "chaos")
        self.owner_url = self.urls[OWNER]
        await asyncio.to_thread(self._migrate)
        await self._register()
        await asyncio.to_thread(self.supervise, self.broker)
        self.to_ingest, self.to_gateways = Proxy(self.broker.port), Proxy(self.broker.port)
        for proxy in (self.to_ingest, self.to_gateways):
            await proxy.start()
        self._ingest = Program("ingest", ["-m", "ingest"], environment(
            DATABASE_URL=self.urls[INGEST], IDENTITY_KEY=KEY, IMAGES_URL=f"file:{self.images.pictures}",
            BROKER_URL=self._broker_url("ingest", self.to_ingest), IMAGE_SPOOL_MB=str(_SPOOL_MB),
            METRICS_PORT=str(self._metrics_port)), self.folder / "ingest.log", self._guardian)
        self.supervise(self._ingest)
        await self._wait_until_connected()

    def sender(self, seed: int, rate: float, kept_s: float) -> Program:
        """Return the gateways, not yet started; they are never started again."""
        arguments = ["--seed", str(seed), "--rate", str(rate), "--kept-s", str(kept_s), "--truth", str(self.truth)]
        settings = environment(BROKER_URL=self.gateways_url)
        return Program("sender", ["-m", "deploy.chaos.sender", *arguments], settings, self.folder / "sender.log",
                       self._guardian)

    @property
    def gateways_url(self) -> str:
        """The broker as gateways reach it."""
        return self._broker_url("simulator", self.to_gateways)

    @property
    def restarts(self) -> int:
        """How often something had to be started again."""
        return sum(counted.starts - 1 for counted in self._counted)

    @property
    def truth(self) -> Path:
        """Where the sender writes what it sends."""
        return self.folder / "truth.jsonl"

    def connect(self) -> psycopg.Connection:
        """Connect as the owner; every statement commits by itself."""
        return psycopg.connect(self.owner_url, autocommit=True)

    async def keep_running(self) -> None:
        """Start again whatever ends, for ever; each service by itself, as a system's own supervisor does it."""
        async def keep(supervisor: Supervisor) -> None:
            while True:
                await asyncio.to_thread(supervisor.tick)
                await asyncio.sleep(_TICK_S)

        await asyncio.gather(*(keep(supervisor) for supervisor in self._supervisors))

    async def stop(self) -> None:
        """Stop everything, last started first."""
        for supervisor in reversed(self._supervisors):
            await asyncio.to_thread(supervisor.stop)
        if self._supervisors[2:]:
            for proxy in (self.to_ingest, self.to_gateways):
                await proxy.stop()
        self.images.close()

    def supervise(self, service: Service) -> None:
        """Start a service, to be stopped with the zone and, while `keep_running` runs, started again when it ends."""
        supervisor = Supervisor(lambda: None, longest_pause_s=_LONGEST_PAUSE_S)
        self._supervisors.append(supervisor)
        self._counted.append(_Counted(service))
        supervisor.start(self._counted[-1])

    def _broker_url(self, user: str, proxy: Proxy) -> str:
        return self.broker.url_for(user).replace(f"@{LOOPBACK}:{self.broker.port}", f"@{LOOPBACK}:{proxy.port}")

    def _migrate(self) -> None:
        run_to_end(["-m", "services", "migrate"], environment(DATABASE_URL=self.owner_url),
                   self.folder / "migrate.log", self._guardian, StopRequest())

    async def _register(self) -> None:
        engine = open_engine(StoreSettings(database_url=self.owner_url), connections=1)
        async with transaction(engine) as connection:
            for name, cameras in GATEWAYS.items():
                gateway_id = await put_gateway(connection, name, synthetic=True)
                await put_live_cameras(connection, gateway_id, name, [SourceCamera(one, one) for one in cameras])
        await engine.dispose()

    async def _wait_until_connected(self) -> None:
        # A broker queues for a session that exists: what is sent before the first subscription reaches nobody.
        await wait_until(lambda: _answers(f"http://{LOOPBACK}:{self._metrics_port}/metrics", _CONNECTED), _READY_S,
                         f"ingest was not connected; see {self.ingest.log}")


async def wait_until(holds: Callable[[], bool], seconds: float, complaint: str) -> None:
    """Wait until `holds`, asked in a thread; raises TimeoutError with `complaint` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not await asyncio.to_thread(holds):
        if time.monotonic() > deadline:
            raise TimeoutError(complaint)
        await asyncio.sleep(0.1)


@contextlib.asynccontextmanager
async def open_zone(folder: Path, broker: str, guardian: Guardian, images_mb: int) -> AsyncIterator[Zone]:
    """Start a zone, and stop it whatever happens."""
    zone = Zone(folder, broker, guardian, images_mb)
    try:
        await zone.start()
        yield zone
    finally:
        await zone.stop()


def environment(**settings: str) -> dict[str, str]:
    """Return the environment of one of our programs: this machine's, with these settings and no others of ours."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("ZONESCHILD_")}
    return known | {f"ZONESCHILD_{name}": value for name, value in settings.items()}


def _answers(address: str, line: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310  # our own, on loopback
            return line in answer.read().decode().splitlines()
    except OSError:
        return False
