"""How many reads a second ingest stores and acknowledges, beside the ceiling: the same rows without MQTT."""

import asyncio
import random
import time
from dataclasses import dataclass
from functools import partial

from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.bench import matching, traffic
from deploy.bench.figures import Figure, report
from deploy.bench.metrics import read_metric
from deploy.bench.publisher import packets, publish
from deploy.bench.stand import FOLDER, INGEST, KEY, Stand, open_stand, program, reserve_port, wait_for_http
from deploy.embedded.broker import EmbeddedBroker, MosquittoBroker
from deploy.invented_papers import put_live_cameras
from ingest import writer
from ingest.rows import Batch
from services import messages
from services.clock import utc_now
from services.database import open_engine, transaction
from services.identity import Identity
from services.partitions import Weeks
from services.registry import Gateway, SourceCamera, load_gateways, put_gateway
from services.settings import Broker, StoreSettings

_WARM_UP_READS = 5_000
_CEILING_ROWS = 1_000
_IMAGE_BYTES = 100_000
_TIMEOUT_S = 120.0
_ACKNOWLEDGED, _CONNECTED = "zoneschild_messages_acknowledged_total", "zoneschild_broker_connected"
_LIVE = "zoneschild_live_subscribed"


@dataclass(frozen=True, slots=True)
class Run:
    """One measurement: so many reads, so many a message, at most `window` messages unacknowledged."""

    name: str
    reads: int
    per_message: int
    window: int
    goal: float | None = None
    passages: bool = False


RUNS = (Run("one read a message", 60_000, 1, 4_000, 8_000), Run("batches of 50", 300_000, 50, 200, 30_000),
        Run("batches of 50 with passages", 300_000, 50, 200, 30_000, passages=True))

_MATCHED = Run("batches of 50, turn about", 150_000, 50, 200)


def measure() -> None:
    """Measure every broker and the ceiling on one stand, print and write var/bench/ingest.json."""
    figures: list[Figure] = []
    with open_stand("bench_ingest") as stand:
        gateway = asyncio.run(register(stand))
        ceilings = {run.name: asyncio.run(_ceiling(stand, gateway, run)) for run in RUNS}
        for kind, label in ((MosquittoBroker, "Mosquitto"), (EmbeddedBroker, "embedded broker")):
            with kind(FOLDER / label.split()[0].lower()) as broker:
                figures += _with_broker(stand, broker.url_for("ingest"), broker.url_for("simulator"), label, ceilings)
        figures += [Figure(f"ceiling, {name}: same rows and statements, no MQTT", value, "reads/s", "higher")
                    for name, value in ceilings.items()]
        figures += _with_entries(stand, gateway)
    report("ingest", "Ingest, end to end: published → committed → acknowledged", figures)


def _with_entries(stand: Stand, gateway: Gateway) -> list[Figure]:
    """Measure what exact matching costs, end to end over Mosquitto and then over one connection."""
    matching.put_entries(stand)
    with MosquittoBroker(FOLDER / "mosquitto") as broker:
        def measure(watching: bool) -> float:
            module = "ingest" if watching else "deploy.bench.without_matching"
            return _rate(stand, broker.url_for("ingest"), broker.url_for("simulator"), module)

        without, with_ = matching.turn_about(measure)
    name = f"Mosquitto, {_MATCHED.name}"
    return [Figure(f"{name}, without matching", without, "reads/s", "higher"),
            Figure(f"{name}, with {matching.ENTRIES:,} entries", with_, "reads/s", "higher"),
            matching.cost(name, without, with_), *asyncio.run(matching.compare(stand, gateway))]


def _rate(stand: Stand, ingest_url: str, sender_url: str, module: str) -> float:
    port = reserve_port()
    with program(module, stand.environment(INGEST, BROKER_URL=ingest_url, METRICS_PORT=port)):
        wait_for_http(port, "/metrics")
        wait_for_broker(port)
        send = partial(_send, stand, port, Broker.parse(sender_url))
        send(Run("warm-up", _WARM_UP_READS, 50, 100))
        return _MATCHED.reads / send(_MATCHED)


def _with_broker(stand: Stand, ingest_url: str, sender_url: str, label: str,
                 ceilings: dict[str, float]) -> list[Figure]:
    port = reserve_port()
    environment = stand.environment(INGEST, BROKER_URL=ingest_url, METRICS_PORT=port)
    figures = []
    with program("ingest", environment):
        wait_for_http(port, "/metrics")
        wait_for_broker(port)
        send = partial(_send, stand, port, Broker.parse(sender_url))
        send(Run("warm-up", _WARM_UP_READS, 1, 1_000))
        for run in RUNS:
            rate = run.reads / send(run)
            goal = run.goal if label == "Mosquitto" else None
            figures += [Figure(f"{label}, {run.name}", rate, "reads/s", "higher", goal),
                        Figure(f"{label}, {run.name}, share of the ceiling", rate / ceilings[run.name], "", "higher")]
        if label == "Mosquitto":
            seconds = send(Run("images", 3_000, 1, 100), image=random.Random(1).randbytes(_IMAGE_BYTES))
            figures.append(Figure(f"{label}, images of 100 kB", 3_000 * _IMAGE_BYTES / 1e6 / seconds, "MB/s", "higher"))
    return figures


def _send(stand: Stand, metrics_port: str, broker: Broker, run: Run, image: bytes | None = None) -> float:
    """Publish fresh reads; return the seconds until the last is committed and acknowledged."""
    jpeg = b"\xff\xd8\xff" + image if image else None
    reads = traffic.make_reads(random.Random(), run.reads, utc_now(), jpeg, passages=run.passages)
    messages_ = packets(messages.reads_topic(traffic.GATEWAY), traffic.batches(reads, run.per_message))
    before, acknowledged_before = _stored(stand), read_metric(metrics_port, _ACKNOWLEDGED)
    began = time.perf_counter()
    publish(broker, messages_, run.window)
    acknowledged = acknowledged_before + len(messages_)
    while _stored(stand) < before + run.reads or read_metric(metrics_port, _ACKNOWLEDGED) < acknowledged:
        if time.perf_counter() - began > _TIMEOUT_S:
            raise TimeoutError(f"{run.name}: {_stored(stand) - before} of {run.reads} reads were stored in time")
        time.sleep(0.05)
    return time.perf_counter() - began


def _stored(stand: Stand) -> int:
    with stand.connect() as connection:
        row = connection.execute("SELECT coalesce(sum(stored + doubled + superseded), 0)::bigint "
                                 "FROM gateway_days").fetchone()
        return int(row[0]) if row else 0


def wait_for_broker(port: str) -> None:
    """Wait until ingest hears the broker, on its one session."""
    # A broker queues for a session that exists: what is sent before the first subscription reaches nobody.
    # At the start a second session listens, too (ingest/lag.py); that is not what is measured.
    while read_metric(port, _CONNECTED) < 1 or read_metric(port, _LIVE) > 0:
        time.sleep(0.1)


async def register(stand: Stand) -> Gateway:
    """Register the bench's gateway and its live cameras."""
    engine = _engine(stand, "zoneschild_owner")
    async with transaction(engine) as connection:
        gateway_id = await put_gateway(connection, traffic.GATEWAY, synthetic=True)
        await put_live_cameras(connection, gateway_id, traffic.GATEWAY,
                               [SourceCamera(name, name) for name in traffic.CAMERAS])
        gateways = await load_gateways(connection)
    await engine.dispose()
    return gateways[traffic.GATEWAY]


async def _ceiling(stand: Stand, gateway: Gateway, run: Run) -> float:
    """Write the same rows by the same statements over one connection; return reads a second."""
    now = utc_now()
    reads = traffic.make_reads(random.Random(), run.reads, now, passages=run.passages)
    batches = traffic.decoded(reads, gateway, now, _CEILING_ROWS)
    engine = _engine(stand, INGEST)
    await Weeks(engine).ensure({monday for batch in batches for monday in batch.mondays()})
    began = time.perf_counter()
    await _write(engine, batches)
    seconds = time.perf_counter() - began
    await engine.dispose()
    return run.reads / seconds


async def _write(engine: AsyncEngine, batches: list[Batch]) -> None:
    identity = Identity(KEY.encode())
    for batch in batches:
        async with transaction(engine) as connection:
            await writer.store(connection, identity, batch)


def _engine(stand: Stand, role: str) -> AsyncEngine:
    return open_engine(StoreSettings(database_url=stand.urls[role]), connections=1, joins_by_index=True)
