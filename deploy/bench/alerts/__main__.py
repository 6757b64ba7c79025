"""`python -m deploy.bench.alerts`: publish → on a real browser's board, at 200 reads a second; beside a backlog too."""

import asyncio
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, repeat

import psycopg
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page

from deploy.bench.alerts.entering import draw_plates, enter
from deploy.bench.alerts.feeding import READS_PER_S, Feeder, send_backlog
from deploy.bench.alerts.watching import open_board, seen_at
from deploy.bench.figures import Figure, percentile, report
from deploy.bench.ingest_bench import register, wait_for_broker
from deploy.bench.stand import FOLDER, INGEST, SEARCH, Stand, open_stand, program, reserve_port, wait_for_http
from deploy.embedded.broker import MosquittoBroker
from services.errors import ZoneschildError
from services.settings import Broker

_USER, _PASSWORD = "bench", "bench-password-of-the-stand"
STEADY_S, BACKLOG_S, PROBES_PER_S = 60, 40, 2.0
BACKLOG = 60_000
_PROBES = 300
_LAST_WORDS_S = 5.0
_PARTS = (("exact", True, False, (150.0, 500.0)), ("exact, beside a backlog", True, True, (None, 1_000.0)),
          ("possible", False, False, (None, 2_000.0)), ("possible, beside a backlog", False, True, (None, None)))
"""What is told apart: the name, whether it was read as entered, whether a backlog came meanwhile, goals of p50, p99."""

_CONFUSED = {"0": "D", "1": "7", "5": "S", "6": "G", "8": "B", "2": "Z"}


@dataclass(frozen=True, slots=True)
class Probe:
    """A plate that will pass, and what is read of it."""

    entered: str
    read: str

    @property
    def is_exact(self) -> bool:
        """Whether it is read as it was entered."""
        return self.entered == self.read


def draw_probes(rng: random.Random) -> list[Probe]:
    """Return probes, by turns exact and with one character taken for another."""
    plates = draw_plates(rng, set())
    exact = [Probe(plate, plate) for plate in islice(plates, _PROBES)]
    confusable = (plate for plate in plates if plate[-2] in _CONFUSED)
    alike = [Probe(plate, f"{plate[:-2]}{_CONFUSED[plate[-2]]}{plate[-1]}") for plate in islice(confusable, _PROBES)]
    return list(chain.from_iterable(zip(exact, alike, strict=True)))


def measure() -> list[Figure]:
    """Run ingest, search, a broker and a browser; return the figures."""
    probes = draw_probes(random.Random(7))
    with open_stand("bench_alerts") as stand:
        asyncio.run(register(stand))
        stand.run("services", "users", "add", _USER, "--role", "tecint", "--name", "Bench", "--password-stdin",
                  standard_input=f"{_PASSWORD}\n")
        enter(stand, [probe.entered for probe in probes if probe.is_exact],
              [probe.entered for probe in probes if not probe.is_exact])
        with MosquittoBroker(FOLDER / "mosquitto") as broker:
            return _with_programs(stand, broker.url_for("ingest"), broker.url_for("simulator"), probes)


def _with_programs(stand: Stand, ingest_url: str, sender_url: str, probes: Sequence[Probe]) -> list[Figure]:
    metrics, port = reserve_port(), reserve_port()
    ingest = stand.environment(INGEST, BROKER_URL=ingest_url, METRICS_PORT=metrics)
    search = stand.environment(SEARCH, SEARCH_PORT=port)
    with program("ingest", ingest), program("search", search):
        wait_for_http(metrics, "/metrics")
        wait_for_broker(metrics)
        wait_for_http(port, "/health")
        with open_board(f"http://127.0.0.1:{port}", _USER, _PASSWORD) as page:
            return _probe(Broker.parse(sender_url), page, probes)


def _probe(broker: Broker, page: Page, probes: Sequence[Probe]) -> list[Figure]:
    """Publish for a minute, then with a backlog beside it; return how long the probes took to the board."""
    feeder = Feeder(broker, _endless(probes), PROBES_PER_S)
    feeder.start()
    page.wait_for_timeout(STEADY_S * 1000)
    steady_until = time.time() * 1000
    send_backlog(broker, BACKLOG)
    page.wait_for_timeout(BACKLOG_S * 1000)
    feeder.stop()
    page.wait_for_timeout(_LAST_WORDS_S * 1000)
    seen = seen_at(page)
    exact = {probe.read for probe in probes if probe.is_exact}
    return [figure for name, is_exact, is_behind, goals in _PARTS for figure in _figures(
        name, {key: at for key, at in feeder.sent_ms.items()
               if (key in exact) is is_exact and (at >= steady_until) is is_behind}, seen, goals)]


def _endless(probes: Sequence[Probe]) -> Iterator[tuple[str, str]]:
    yield from ((probe.read, probe.read) for probe in probes)
    yield from repeat(("", ""))


def _figures(name: str, sent: Mapping[str, float], seen: Mapping[str, float],
             goals: tuple[float | None, float | None]) -> Iterator[Figure]:
    took = [seen[key] - at for key, at in sent.items() if key in seen]
    for share, goal in zip((0.50, 0.99), goals, strict=True):
        if took:
            yield Figure(f"{name}: publish → board, p{share * 100:.0f}", percentile(took, share), "ms", "lower", goal)
    yield Figure(f"{name}: on the board", len(took) / max(1, len(sent)), "share", "higher",
                 1.0 if name.startswith("exact") else None)


def main() -> int:
    """Run the bench, print the figures and write var/bench/alerts.json."""
    try:
        figures = measure()
    except (ZoneschildError, OSError, psycopg.Error, BrowserError) as error:
        print(f"zoneschild: {error}", file=sys.stderr)
        return 1
    report("alerts", f"A read of a million entries' list, to the board; {READS_PER_S} reads/s", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
