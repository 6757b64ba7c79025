"""`python -m deploy.bench.outage`: a 30-day outage is over. How fast the backlog drains, and how long fresh reads take.

The backlog lies at four simulated gateways, which drain it over Mosquitto as the integrator guide asks, paced by
feedback, and go on sending what is fresh, read by read. A fresh read is stored when a second connection, which looks
every 25 ms, sees it in the database.
"""

import argparse
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import psycopg
from rich.console import Console

from deploy.bench import traffic
from deploy.bench.figures import Figure, percentile, report
from deploy.bench.metrics import read_metric
from deploy.bench.outage_backlog import A_BATCH, DAYS, GATEWAYS, cameras_of, check_disk, write_all
from deploy.bench.stand import FOLDER, INGEST, ROOT, Stand, open_stand, program, reserve_port, wait_for_http
from deploy.chaos.process_table import list_processes
from deploy.embedded.broker import MosquittoBroker
from deploy.invented_papers import TAKE_ALL_LIVE
from services.clock import from_epoch_ms, utc_now
from services.errors import ConfigurationError, ZoneschildError

_FRESH_A_SECOND = 20.0
_LOOKS_EVERY_S, _WEIGHS_EVERY_S = 0.025, 0.5
_SLOWEST_READS_A_SECOND, _AT_LEAST_S = 2_000, 300.0
_ACKNOWLEDGED, _CONNECTED = "zoneschild_messages_acknowledged_total", "zoneschild_broker_connected"
_SEEN = "SELECT (extract(epoch FROM captured_at) * 1000)::bigint FROM reads WHERE captured_at BETWEEN %s AND %s"
_COUNTED = "SELECT coalesce(sum(stored), 0)::bigint, coalesce(sum(doubled + superseded), 0)::bigint FROM gateway_days"


@dataclass(slots=True)
class Fresh:
    """Fresh reads on their way, by the millisecond of their capture, and how long the others took, s."""

    under_way: set[int] = field(default_factory=set)
    took_s: list[float] = field(default_factory=list)

    def look(self, connection: psycopg.Connection) -> None:
        """See which of them are stored by now."""
        if waiting := sorted(self.under_way):
            seen = connection.execute(_SEEN, [from_epoch_ms(waiting[0]), from_epoch_ms(waiting[-1])]).fetchall()
            now_ms = time.time_ns() / 1e6
            stored = self.under_way & {number for number, in seen}
            self.took_s += [(now_ms - captured_ms) / 1000 for captured_ms in stored]
            self.under_way -= stored


@dataclass(slots=True)
class Drained:
    """What came of one run."""

    sent: int
    seconds: float
    fresh_s: list[float]
    peaks: dict[str, float]


class Scales:
    """Samples memory, MB, and the messages between the gateways' acknowledgements and ingest's, and keeps the peaks."""

    def __init__(self, port: str, **programs: int) -> None:
        self.acknowledged: dict[str, int] = {}
        self.peaks = dict.fromkeys((*programs, "messages"), 0.0)
        self._port, self._programs = port, programs

    def weigh(self) -> None:
        """Take one sample."""
        processes = list_processes()
        for name, pid in self._programs.items():
            self._raise(name, processes[pid].resident_kb / 1024)
        self._raise("messages", sum(self.acknowledged.values()) - read_metric(self._port, _ACKNOWLEDGED))

    def _raise(self, name: str, value: float) -> None:
        self.peaks[name] = max(self.peaks[name], value)


def measure(reads: int) -> None:
    """Measure the drain of about `reads` reads, print and write var/bench/outage.json."""
    check_disk(ROOT, reads)
    folder = FOLDER / "outage"
    shutil.rmtree(folder, ignore_errors=True)  # what a run that was stopped has left, its broker's queue too
    with open_stand("bench_outage") as stand, MosquittoBroker(folder / "mosquitto") as broker:
        Console().print(f"writing {reads:,} reads of {DAYS} days to the gateways' files …")
        write_all(folder, reads, utc_now() - timedelta(minutes=2))
        figures = _figures(stand, _run(stand, broker, folder, reads))
    shutil.rmtree(folder)
    report("outage", f"A {DAYS}-day outage drains: batches of {A_BATCH}, paced by feedback, over Mosquitto", figures)


def _run(stand: Stand, broker: MosquittoBroker, folder: Path, reads: int) -> Drained:
    urls, port = _register(stand, broker), reserve_port()
    environment = stand.environment(INGEST, BROKER_URL=broker.url_for("ingest"), METRICS_PORT=port)
    with program("ingest", environment) as ingest:
        wait_for_http(port, "/metrics")
        while read_metric(port, _CONNECTED) < 1:
            time.sleep(0.1)
        scales = Scales(port, ingest=ingest.pid, broker=broker.pid)
        deadline = time.monotonic() + max(_AT_LEAST_S, reads / _SLOWEST_READS_A_SECOND)
        return _drain(stand, {"urls": urls, "folder": str(folder), "fresh_a_second": _FRESH_A_SECOND}, scales, deadline)


def _register(stand: Stand, broker: MosquittoBroker) -> dict[str, str]:
    """Register the gateways as an administrator does; return their addresses at the broker."""
    with stand.connect() as connection:
        connection.execute("INSERT INTO cameras (code, name, synthetic) SELECT code, code, true "
                           "FROM unnest(%s::text[]) AS code", [traffic.CAMERAS])
        connection.execute(TAKE_ALL_LIVE)
    urls = {}
    for name in GATEWAYS:
        said = json.loads(stand.run("services", "gateway", "add", name, "--state", "live", "--json", "--cameras",
                                    *(f"{code}={code}" for code in cameras_of(name)), BROKER_FOLDER=str(broker.folder)))
        address = broker.url_for("ingest").rpartition("@")[2]
        urls[name] = f"mqtt://{said['mqtt_username']}:{said['mqtt_password']}@{address}"
    return urls


def _drain(stand: Stand, settings: dict[str, object], scales: Scales, deadline: float) -> Drained:
    fresh, ended = Fresh(), threading.Event()
    with _in_background(_watch, stand, fresh, ended), _in_background(_weigh, scales, ended), stand.connect() as store:
        began = time.perf_counter()
        try:
            sent = _play(settings, fresh, scales, deadline)
            while (counted := _counted(store)[0]) < sent or fresh.under_way:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{counted:,} of {sent:,} reads were stored in time")
                time.sleep(_LOOKS_EVERY_S)
            seconds = time.perf_counter() - began
        finally:
            ended.set()
    return Drained(sent, seconds, fresh.took_s, scales.peaks)


def _play(settings: dict[str, object], fresh: Fresh, scales: Scales, deadline: float) -> int:
    """Let the gateways drain, listen to what they say, and return how many reads they sent."""
    gateways = subprocess.Popen([sys.executable, "-m", "deploy.bench.outage_gateways"], cwd=ROOT, text=True,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    giving_up = threading.Timer(deadline - time.monotonic(), gateways.kill)
    giving_up.start()
    assert gateways.stdin is not None and gateways.stdout is not None  # noqa: S101, PT018  # both are pipes
    try:
        gateways.stdin.write(json.dumps(settings))
        gateways.stdin.close()
        for line in gateways.stdout:
            said = json.loads(line)
            if "reads" in said:
                return int(said["reads"])
            fresh.under_way.add(said["captured_ms"])
            scales.acknowledged[said["gateway"]] = said["acknowledged"]
    finally:
        giving_up.cancel()
        gateways.kill()
        gateways.wait()
    raise ConfigurationError("the gateways ended, or did not end in time")


@contextmanager
def _in_background(work: Callable[..., None], *arguments: object) -> Iterator[None]:
    thread = threading.Thread(target=work, args=arguments)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _watch(stand: Stand, fresh: Fresh, ended: threading.Event) -> None:
    with stand.connect() as connection:
        connection.execute("SET enable_seqscan = off")  # tables that nobody has analysed yet
        while not ended.wait(_LOOKS_EVERY_S):
            fresh.look(connection)


def _weigh(scales: Scales, ended: threading.Event) -> None:
    while not ended.wait(_WEIGHS_EVERY_S):
        scales.weigh()


def _counted(connection: psycopg.Connection) -> tuple[int, int]:
    row = connection.execute(_COUNTED).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def _figures(stand: Stand, run: Drained) -> list[Figure]:
    with stand.connect() as connection:
        row = connection.execute("SELECT count(*) FROM reads").fetchone()
        stored, doubled = int(row[0]) if row else 0, _counted(connection)[1]
    return [
        Figure("reads sent", run.sent, "reads", "higher"),
        Figure("drain rate", run.sent / run.seconds, "reads/s", "higher"),
        Figure("fresh reads meanwhile", len(run.fresh_s), "reads", "higher"),
        *(Figure(f"fresh reads, published to visible, p{share * 100:g}", percentile(run.fresh_s, share), "s", "lower",
                 1.0 if share == 0.99 else None) for share in (0.5, 0.99)),
        Figure("fresh reads, published to visible, slowest", max(run.fresh_s), "s", "lower"),
        Figure("peak memory of ingest", run.peaks["ingest"], "MB", "lower"),
        Figure("peak memory of the broker", run.peaks["broker"], "MB", "lower"),
        Figure("most messages acknowledged by the broker and not yet by ingest", run.peaks["messages"], "messages",
               "lower"),
        Figure("reads lost", run.sent - stored, "reads", "lower", 0),
        Figure("reads counted twice", doubled, "reads", "lower", 0),
    ]


def main() -> int:
    """Run the bench."""
    parser = argparse.ArgumentParser(prog="python -m deploy.bench.outage", description=__doc__)
    parser.add_argument("--reads", type=int, default=1_000_000, help="reads of the outage (default: %(default)s)")
    try:
        measure(parser.parse_args().reads)
    except (ZoneschildError, TimeoutError, OSError) as error:
        print(f"zoneschild: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
